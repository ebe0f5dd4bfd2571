//! Rust names of operations: module, file, function, parameters; and the words of their titles.
//!
//! A function says what the tool says, without prefix and module, with compounds taken apart. Where two
//! functions of a module fall together they say how the thing is picked, then the module.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::resource::Resource;
use super::tools::{self, Kind};
use super::words::Words;
use super::{Draft, rust};
use crate::ir::{Operation, Place};

/// How many spellings of one function there are.
pub const LEVELS: usize = 6;

/// The module of `resource`.
pub fn module(resource: &Resource<'_>) -> String {
    rust::value_name(&resource.module, "module")
}

/// The file of `resource` within its module.
pub fn file(resource: &Resource<'_>, words: &Words<'_>) -> String {
    rust::value_name(&words.spread(&resource.top), "resource")
}

/// Words of the resource of a draft, compounds taken apart: what stands before the thing, the thing in
/// the singular, and in the plural.
pub struct Noun {
    parents: Vec<String>,
    one: Vec<String>,
    many: Vec<String>,
}

impl Noun {
    /// The noun of `resource`.
    pub fn new(resource: &Resource<'_>, words: &Words<'_>) -> Self {
        let (one, many) = match &resource.given {
            Some((one, many)) => (words.spread(one), words.spread(many)),
            None => (words.spread(&words.one(&resource.own)), words.spread(&words.many(&resource.own))),
        };
        let parents = resource.parents.iter().flat_map(|parent| words.spread(parent)).collect();
        Self { parents, one, many }
    }

    fn is_top(&self) -> bool {
        self.parents.is_empty()
    }
}

/// The function of a draft at a level: 0 plain, 1 with how the thing is picked, 2 with the module before a
/// top resource that does not say it anyhow, 3 before nested ones too, 4 before all, 5 with everything.
pub fn function(draft: &Draft<'_>, level: usize) -> String {
    let parts = tools::parts(draft.form);
    let text = |text: &str| -> Vec<String> {
        text.split('_').filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let mut words = text(parts.verb);
    let noun = &draft.noun;
    let module = &draft.resource.module;
    let repeats = noun.parents.first().or(noun.one.first()) == module.last();
    let with_module = match level {
        0 | 1 => false,
        2 => noun.is_top() && !repeats,
        3 => !noun.is_top() || !repeats,
        _ => true,
    };
    words.extend(module.iter().filter(|_| with_module).cloned());
    words.extend(text(parts.before));
    if parts.has_noun {
        words.extend(noun.parents.iter().cloned());
        words.extend(if parts.plural { &noun.many } else { &noun.one }.iter().cloned());
    }
    words.extend(text(parts.after));
    if level == 1 || level == 5 {
        words.extend(text(if parts.by.is_empty() { &draft.by } else { parts.by }));
    }
    rust::value_name(&words, "call")
}

/// Rust names of all parameters, in their order; path parameters are called as the tool's arguments are.
pub fn parameters(operation: &Operation, arguments: &[String], words: &Words<'_>) -> Vec<String> {
    let mut taken = HashSet::new();
    let placeholders: Vec<&str> = operation.path.placeholders().collect();
    operation
        .parameters
        .iter()
        .map(|parameter| {
            let argument = match parameter.place {
                Place::Path => placeholders
                    .iter()
                    .position(|placeholder| *placeholder == parameter.name)
                    .and_then(|at| arguments.get(at)),
                _ => None,
            };
            let words = words.spread(&rust::split(argument.unwrap_or(&parameter.name)));
            let name = rust::unused(&rust::value_name(&words, "parameter"), &[], "_alt", &taken);
            taken.insert(name.clone());
            name
        })
        .collect()
}

/// What people read of an operation.
pub struct Title {
    /// Words of the resource, singular.
    pub one: Vec<String>,
    /// Words of the resource, plural.
    pub many: Vec<String>,
    /// What is done, e.g. `merge`.
    pub verb: String,
    /// All of it, e.g. `Merge a ticket`.
    pub text: String,
}

/// Titles of all drafts, in their order. A top resource of one word has the module said before it
/// (`time entry`), and so has one that another module has too, and one whose tool says it (`said`).
pub fn titles(drafts: &[Draft<'_>], said: impl Fn(usize) -> bool) -> Vec<Title> {
    let mut modules: BTreeMap<&[String], BTreeSet<&[String]>> = BTreeMap::new();
    for draft in drafts.iter().filter(|draft| draft.noun.is_top()) {
        modules.entry(&draft.noun.one).or_default().insert(&draft.resource.module);
    }
    drafts
        .iter()
        .enumerate()
        .map(|(at, draft)| {
            let Noun { parents, one, many } = &draft.noun;
            let module = &draft.resource.module;
            let shared = modules.get(one.as_slice()).is_some_and(|modules| modules.len() > 1);
            let bare = draft.noun.is_top() && draft.resource.given.is_none() && (one.len() == 1 || shared);
            let repeats = parents.first().or(one.first()) == module.last();
            let with_module = (bare || said(at)) && !repeats;
            let parts = tools::parts(draft.form);
            let all = |own: &[String]| -> Vec<String> {
                let text = |text: &str| -> Vec<String> {
                    text.split('_').filter(|word| !word.is_empty()).map(str::to_owned).collect()
                };
                let mut words = text(parts.before);
                if parts.has_noun {
                    words.extend(module.iter().filter(|_| with_module).cloned());
                    words.extend(parents.iter().chain(own).cloned());
                }
                words.extend(text(parts.after));
                words
            };
            let (one, many) = (all(one), all(many));
            let verb = parts.verb.replace('_', " ");
            let text = title(&verb, &parts, &one, &many);
            Title { one, many, verb, text }
        })
        .collect()
}

fn title(verb: &str, parts: &tools::FormParts<'_>, one: &[String], many: &[String]) -> String {
    let noun = if parts.plural { many } else { one }.join(" ");
    let article = match parts.article {
        "a" | "an" | "single" => {
            let vowel = noun.starts_with(['a', 'e', 'i', 'o'])
                || (noun.starts_with('u')
                    && !["uni", "use", "usa"].iter().any(|start| noun.starts_with(start)));
            if vowel { "an " } else { "a " }
        }
        "the" => "the ",
        _ => "",
    };
    format!("{} {article}{noun}", rust::capital(verb))
}

/// Whether a call can lose data that it did not bring.
pub fn is_destructive(draft: &Draft<'_>) -> bool {
    match draft.resource.action {
        Some(action) => action.destructive,
        None => matches!(draft.kind, Kind::Delete | Kind::Replace),
    }
}
