//! Checks rules about the names of types and functions.

use std::collections::BTreeMap;

use super::files;
use super::metadata::Workspace;
use super::scanner::SourceFile;
use super::violation::{Rule, Violation};

/// Words that don't describe what a function does.
const FUNCTIONS: [&str; 7] = ["of", "place", "said", "say", "tell", "text", "told"];
/// Participles, which don't name things.
const TYPES: [&str; 24] = [
    "Answered", "Asked", "Called", "Compared", "Done", "Found", "Given", "Kept", "Known", "Lost", "Lowered",
    "Made", "Named", "Received", "Refused", "Related", "Repaired", "Said", "Settled", "Taken", "Told",
    "Tried", "Unsaid", "Wanted",
];

/// Reports type names that occur several times in the workspace.
pub(crate) fn duplicate_types(workspace: &Workspace, sources: &[SourceFile]) -> Vec<Violation> {
    let mut definitions: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for source in sources {
        for name in &source.types {
            definitions.entry(name).or_default().push(files::display(&workspace.root, &source.path));
        }
    }
    let duplicates = definitions.into_iter().filter(|(_, places)| places.len() > 1);
    let violation = |(name, places): (&str, Vec<String>)| Violation {
        rule: Rule::DuplicateType,
        subject: name.to_owned(),
        count: 1,
        detail: format!("{} definitions: {}", places.len(), places.join(", ")),
    };
    duplicates.map(violation).collect()
}

/// Reports types and functions with a banned name.
pub(crate) fn banned_names(workspace: &Workspace, sources: &[SourceFile]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for source in sources {
        let path = files::display(&workspace.root, &source.path);
        let functions = source.functions.iter().filter(|name| FUNCTIONS.contains(&name.as_str()));
        let types = source.types.iter().filter(|name| TYPES.contains(&name.as_str()));
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for name in functions.map(|name| format!("fn {name}")).chain(types.map(|name| format!("type {name}")))
        {
            *counts.entry(name).or_default() += 1;
        }
        violations.extend(counts.into_iter().map(|(name, count)| Violation {
            rule: Rule::BannedName,
            subject: format!("{path} {name}"),
            count: 1,
            detail: format!(
                "{count} times; use {}",
                if name.starts_with("fn") { "a verb" } else { "a noun" }
            ),
        }));
    }
    violations
}
