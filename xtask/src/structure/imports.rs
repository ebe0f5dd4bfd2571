//! Checks the rule that a crate's files must not import each other in a cycle.

use std::collections::BTreeMap;
use std::path::Path;

use super::files;
use super::graph::{self, Graph};
use super::metadata::Workspace;
use super::scanner::{PathReference, SourceFile};
use super::violation::{Rule, Violation};

/// Reports files that import each other, directly or through others.
pub(crate) fn cycles(workspace: &Workspace, sources: &[SourceFile]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for package in &workspace.packages {
        let of_package: Vec<&SourceFile> =
            sources.iter().filter(|source| source.package == package.name).collect();
        let graph = imports(&of_package);
        for cycle in graph::cycles(&graph) {
            for path in &cycle {
                let within = graph[path].intersection(&cycle);
                let within: Vec<String> = within.map(|path| files::display(package.folder(), path)).collect();
                violations.push(Violation {
                    rule: Rule::ImportCycle,
                    subject: files::display(&workspace.root, path),
                    count: 1,
                    detail: format!(
                        "part of an import cycle of {} files; imports {}",
                        cycle.len(),
                        within.join(", ")
                    ),
                });
            }
        }
    }
    violations
}

/// Returns which of a crate's files use definitions in which others. A name that a file only re-exports belongs to the
/// file that defines it.
fn imports<'a>(sources: &[&'a SourceFile]) -> Graph<&'a Path> {
    let crate_files = CrateFiles::new(sources);
    let mut graph = Graph::new();
    for source in sources {
        let edges = graph.entry(source.path.as_path()).or_insert_with(Default::default);
        let targets = source.references.iter().filter_map(|reference| crate_files.target(reference));
        edges.extend(targets.filter(|target| *target != source.path));
    }
    graph
}

/// A crate's files by module.
struct CrateFiles<'a> {
    modules: BTreeMap<&'a [String], &'a Path>,
    macros: BTreeMap<&'a str, &'a Path>,
    /// The path that `use` binds to a name in a module.
    bindings: BTreeMap<(&'a [String], &'a str), &'a PathReference>,
}

impl<'a> CrateFiles<'a> {
    fn new(sources: &[&'a SourceFile]) -> Self {
        let mut files = Self { modules: BTreeMap::new(), macros: BTreeMap::new(), bindings: BTreeMap::new() };
        for source in sources {
            // The root of a package with a library and a program is the library, because nothing imports the program.
            if source.path.ends_with("src/main.rs") && files.modules.contains_key(source.module.as_slice()) {
                continue;
            }
            files.modules.insert(&source.module, &source.path);
            for name in &source.exported_macros {
                files.macros.insert(name, &source.path);
            }
            for reference in &source.references {
                if let Some(name) = &reference.binding {
                    files.bindings.insert((&reference.module, name), reference);
                }
            }
        }
        files
    }

    /// Returns the file that defines the target of a path, or `None` if it is in another crate.
    fn target(&self, reference: &PathReference) -> Option<&'a Path> {
        if let [root, name] = &reference.segments[..]
            && reference.is_macro
            && root == "crate"
            && let Some(file) = self.macros.get(name.as_str())
        {
            return Some(file);
        }
        let mut path = self.absolute(reference)?;
        let mut followed: Vec<&PathReference> = vec![reference];
        loop {
            let length = (0..=path.len()).rev().find(|length| self.modules.contains_key(&path[..*length]))?;
            let binding =
                path.get(length).and_then(|name| self.bindings.get(&(&path[..length], name.as_str())));
            let is_new =
                |binding: &&&PathReference| !followed.iter().any(|known| std::ptr::eq(*known, **binding));
            let Some(binding) = binding.copied().filter(|binding| is_new(&binding)) else {
                return self.modules.get(&path[..length]).copied();
            };
            followed.push(binding);
            // A name from another crate belongs to the file that re-exports it.
            let Some(mut bound) = self.absolute(binding) else {
                return self.modules.get(&path[..length]).copied();
            };
            bound.extend(path.drain(length + 1..));
            path = bound;
        }
    }

    /// Returns the path from the crate root, or `None` if it points to another crate.
    fn absolute(&self, reference: &PathReference) -> Option<Vec<String>> {
        let mut module = reference.module.clone();
        let mut rest = reference.segments.as_slice();
        let mut is_local = false;
        while let [first, tail @ ..] = rest {
            match first.as_str() {
                "crate" => module.clear(),
                "self" => {}
                "super" => drop(module.pop()),
                _ => break,
            }
            is_local = true;
            rest = tail;
        }
        let start = module.len();
        module.extend_from_slice(rest);
        if is_local {
            return Some(module);
        }
        // A child module, or a name bound by a `use` in this module.
        let is_child = module.get(..=start).is_some_and(|child| self.modules.contains_key(child));
        let bound = reference.segments.len() > 1 && reference.binding.is_none();
        let is_bound =
            bound && self.bindings.contains_key(&(&reference.module, reference.segments[0].as_str()));
        (is_child || is_bound).then_some(module)
    }
}
