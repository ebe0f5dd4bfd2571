//! Names the Rust module, file, function and parameters for an operation.
//!
//! The function name is the tool's name without the prefix and module, with compound words split. If two functions in a
//! module clash, the argument that selects the record is appended to their names, and if that isn't enough, the module.

use std::collections::HashMap;

use super::draft::Draft;
use super::identifiers;
use super::inflection::Inflector;
use super::resource_path::ResourcePath;
use super::tools;
use crate::ir::{Operation, ParameterLocation};

/// Number of name proposals per function.
pub const LEVELS: usize = 6;

/// Returns the module of `resource`.
pub fn module(resource: &ResourcePath<'_>) -> String {
    identifiers::module_name(&resource.module)
}

/// Returns the file of `resource` within its module: its topmost resource, in a normalized number.
pub fn file(resource: &ResourcePath<'_>, words: &Inflector<'_>) -> String {
    let top = words.spread(&resource.top);
    let top = if resource.top == resource.module { top } else { words.many(&top) };
    identifiers::resource_name(&top)
}

/// Returns a draft's function name at a level: 0 plain, 1 with an unusual selector, 2 with the module before
/// a top resource that doesn't include it, 3 with any selector, 4 with the module before nested resources
/// too, 5 with everything.
pub fn function(draft: &Draft<'_>, level: usize, words: &Inflector<'_>) -> String {
    let parts = tools::parts(draft.form);
    let mut name = tools::words_of(parts.verb);
    let noun = &draft.noun;
    let module = &draft.resource.module;
    let repeats = noun.parents.first().or(noun.one.first()) == module.last();
    let with_module = match level {
        0 | 1 | 3 => false,
        2 => noun.is_top() && !repeats,
        4 => !noun.is_top() || !repeats,
        _ => true,
    };
    name.extend(module.iter().filter(|_| with_module).cloned());
    name.extend(words.spread(&tools::words_of(parts.before)));
    if parts.has_noun {
        name.extend(noun.parents.iter().cloned());
        name.extend(if parts.plural { &noun.many } else { &noun.one }.iter().cloned());
    }
    name.extend(words.spread(&tools::words_of(parts.after)));
    let by = tools::words_of(if parts.by.is_empty() { &draft.by } else { parts.by });
    let says_by = match level {
        1 => by != ["by", "id"],
        3 | 5 => true,
        _ => false,
    };
    name.extend(by.into_iter().filter(|_| says_by));
    identifiers::value_name(&name, "call")
}

/// Rust names of parameters. The same few names recur in thousands of operations.
pub struct Parameters<'a> {
    words: &'a Inflector<'a>,
    known: HashMap<String, String>,
}

impl<'a> Parameters<'a> {
    /// Creates an empty cache.
    pub fn new(words: &'a Inflector<'a>) -> Self {
        Self { words, known: HashMap::new() }
    }

    /// Returns the names of all parameters of `operation`, in order; path parameters have the names of the
    /// tool's `arguments`.
    pub fn names(&mut self, operation: &Operation, arguments: &[String]) -> Vec<String> {
        let mut names: Vec<String> = Vec::with_capacity(operation.parameters.len());
        for parameter in &operation.parameters {
            let argument = match parameter.location {
                ParameterLocation::Path => {
                    operation.path.placeholders().position(|name| name == parameter.name)
                }
                _ => None,
            };
            let said = argument.and_then(|at| arguments.get(at)).unwrap_or(&parameter.name);
            let mut name = match self.known.get(said) {
                Some(name) => name.clone(),
                None => {
                    let name =
                        identifiers::value_name(&self.words.spread(&identifiers::split(said)), "parameter");
                    self.known.insert(said.clone(), name.clone());
                    name
                }
            };
            while names.contains(&name) {
                name = format!("{}_alt", name.trim_end_matches('_'));
            }
            names.push(name);
        }
        names
    }
}
