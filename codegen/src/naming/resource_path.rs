//! Interprets a path as a resource: its API area, its parents, the resource itself, and the action on it.
//!
//! Consecutive literal segments between two placeholders form one noun; the nouns before it are its parents. A suffix
//! that the profile lists as an action is removed first.

use std::cell::Cell;
use std::collections::HashMap;

use super::identifiers;
use super::inflection::Inflector;
use super::path_prefix;
use super::verbs::VerbReading;
use crate::config::{NameRules, PathAction, ResourceOverride, UsageTracker};
use crate::id::{OperationId, OperationTable};
use crate::ir::{Method, Operation, Segment, Template};

/// A path interpreted as a resource.
#[derive(Clone, Debug)]
pub struct ResourcePath<'a> {
    /// The API area: the first segment.
    pub module: Vec<String>,
    /// The topmost resource within the area, as in the path.
    pub top: Vec<String>,
    /// Parents, outermost first, each consisting of the words in one run of literal segments.
    pub parents: Vec<Vec<String>>,
    /// The words of the resource itself, as in the path.
    pub own: Vec<String>,
    /// Names from the profile that replace the resource: singular and plural.
    pub given: Option<(Vec<String>, Vec<String>)>,
    /// True if the profile names it, or one of its parents.
    pub named: bool,
    /// The placeholder that selects one record, if the path ends with one (or is followed only by the
    /// action).
    pub item: Option<String>,
    /// The suffix that the profile lists as an action.
    pub action: Option<&'a PathAction>,
    /// The reason why the action is a guess, if it is one.
    pub guess: Option<&'a str>,
    /// The placeholders' argument names, in template order.
    pub arguments: Vec<String>,
    /// The collection's path, without an action suffix and the placeholder of an item.
    pub segments: Vec<Segment>,
}

/// Interprets paths by the rules of one profile.
pub struct ResourceReader<'a> {
    rules: &'a NameRules,
    /// Actions inferred from operations' verbs, for those without a rule.
    verbs: &'a OperationTable<VerbReading>,
    /// The number of segments at the start of each path that don't name a resource.
    prefixes: &'a OperationTable<usize>,
    usage: &'a UsageTracker,
    modules: Vec<(Vec<Segment>, Vec<Segment>, &'a str)>,
    resources: HashMap<String, (&'a str, &'a ResourceOverride)>,
    actions: HashMap<String, Vec<ActionEnding<'a>>>,
}

/// An action with its suffix split into lowercase segments.
struct ActionEnding<'a> {
    tail: Vec<String>,
    action: &'a PathAction,
    marked: Cell<bool>,
}

impl<'a> ResourceReader<'a> {
    /// Prepares the tables for `rules`.
    pub fn new(
        rules: &'a NameRules,
        verbs: &'a OperationTable<VerbReading>,
        prefixes: &'a OperationTable<usize>,
        usage: &'a UsageTracker,
    ) -> Self {
        let segments = |path: &str| Template::parse(path).segments;
        let modules = rules
            .modules
            .iter()
            .map(|alias| (segments(&alias.from), segments(&alias.to), alias.from.as_str()))
            .collect();
        let resources = rules
            .resources
            .iter()
            .map(|(path, resource)| (Template::parse(path).normal_form(), (path.as_str(), resource)))
            .collect();
        let mut actions: HashMap<String, Vec<ActionEnding<'a>>> = HashMap::new();
        for action in &rules.actions {
            let tail: Vec<String> = action.tail.split('/').map(str::to_lowercase).collect();
            let last = tail.last().cloned().unwrap_or_default();
            actions.entry(last).or_default().push(ActionEnding { tail, action, marked: Cell::new(false) });
        }
        Self { rules, verbs, prefixes, usage, modules, resources, actions }
    }

    /// Interprets the path of `operation`.
    pub fn read(&self, id: OperationId, operation: &Operation, words: &Inflector<'_>) -> ResourcePath<'a> {
        let (prefix, all) = self.segments(id, operation);
        let in_profile = self.action(operation.method, &all);
        let is_named = in_profile.is_some() || self.rules.operations.contains_key(&operation.key());
        let reading = Some(&self.verbs[id]).filter(|_| !is_named);
        let action = in_profile.or_else(|| reading.and_then(|reading| reading.action.as_ref()));
        let tail = action.filter(|action| !action.tail.is_empty());
        let tail = tail.map_or(0, |action| action.tail.split('/').count());
        let mut segments = &all[..all.len() - tail];
        let mut item = None;
        if let Some((Segment::Placeholder(name), before)) = segments.split_last() {
            // A path that ends with a parent's ID is about all of that parent's records.
            item = Some(name.clone()).filter(|name| action.is_some() || !is_parent(name));
            segments = before;
        }
        let module = match segments.first() {
            Some(Segment::Text(text)) => identifiers::split(text),
            _ => vec!["root".to_owned()],
        };
        let top = match all.get(1) {
            Some(Segment::Text(text)) if all.len() > 2 || action.is_none() => identifiers::split(text),
            _ => module.clone(),
        };
        let (runs, given) = self.runs(prefix, segments);
        let mut runs: Vec<Vec<String>> = runs.iter().map(|run| run_words(run, words)).collect();
        let own = runs.pop().unwrap_or_default();
        let mut parents: Vec<Vec<String>> =
            runs.iter().map(|run| words.one(run)).filter(|run| !run.is_empty()).collect();
        let named = given.is_some();
        // A name from the profile replaces the resource itself, or the outermost remaining parent.
        let given = match given {
            Some((at, resource)) => {
                let one = identifiers::split(&resource.one);
                if at + 1 == segments.len() {
                    Some((one, identifiers::split(&resource.many)))
                } else {
                    parents.insert(0, one);
                    None
                }
            }
            None => None,
        };
        let own = if own.is_empty() && given.is_none() { module.clone() } else { own };
        let arguments = arguments(operation, all.len() - tail, &all, action, item.is_some(), words);
        let segments = segments.to_vec();
        let guess = reading.and_then(|reading| reading.guess.as_deref());
        ResourcePath { module, top, parents, own, given, named, item, action, guess, arguments, segments }
    }

    /// Returns the runs of literal segments between placeholders, without the module. The first run starts
    /// again after text that the profile names, and that name is returned with its position.
    fn runs<'s>(
        &self,
        prefix: String,
        segments: &'s [Segment],
    ) -> (Vec<Vec<&'s str>>, Option<(usize, &'a ResourceOverride)>) {
        let mut runs: Vec<Vec<&str>> = vec![Vec::new()];
        let mut given = None;
        let mut path = prefix;
        for (at, segment) in segments.iter().enumerate() {
            match segment {
                Segment::Placeholder(_) => {
                    path.push_str("/{}");
                    runs.push(Vec::new());
                }
                Segment::Text(text) => {
                    path.push('/');
                    path.push_str(&text.to_lowercase());
                    if at > 0 {
                        runs.last_mut().expect("never empty").push(text);
                    }
                    if let Some((entry, resource)) = self.resources.get(&path) {
                        self.usage.mark(format!("names.resources.{entry}"));
                        given = Some((at, *resource));
                        runs = vec![Vec::new()];
                    }
                }
            }
        }
        (runs, given)
    }

    /// Returns the significant segments of the path, and the part before them in normal form.
    fn segments(&self, id: OperationId, operation: &Operation) -> (String, Vec<Segment>) {
        let segments = operation.path.segments.as_slice();
        for (from, to, entry) in &self.modules {
            if let Some(rest) = segments.strip_prefix(from.as_slice()) {
                self.usage.mark(format!("names.modules.{entry}"));
                return (String::new(), to.iter().chain(rest).cloned().collect());
            }
        }
        let (prefix, segments) = segments.split_at(self.prefixes[id]);
        (path_prefix::normal_form(prefix), segments.to_vec())
    }

    /// Returns the action with the longest matching suffix.
    fn action(&self, method: Method, segments: &[Segment]) -> Option<&'a PathAction> {
        let last = match segments.last()? {
            Segment::Text(text) => text.to_lowercase(),
            Segment::Placeholder(_) => "{}".to_owned(),
        };
        let fits = |ending: &&ActionEnding<'a>| {
            let Some(start) = segments.len().checked_sub(ending.tail.len()).filter(|start| *start > 0) else {
                return false;
            };
            let after_item = matches!(segments[start - 1], Segment::Placeholder(_));
            ending.action.methods.iter().any(|name| name == method.as_str())
                && ending.action.on_item.is_none_or(|on_item| on_item == after_item)
                && ending.tail.iter().zip(&segments[start..]).all(|(wanted, segment)| match segment {
                    Segment::Text(text) => text.eq_ignore_ascii_case(wanted),
                    Segment::Placeholder(_) => wanted == "{}",
                })
        };
        let found = self
            .actions
            .get(&last)?
            .iter()
            .filter(fits)
            .max_by_key(|ending| (ending.tail.len(), ending.action.on_item.is_some()))?;
        if !found.marked.replace(true) {
            self.usage.mark(format!("names.actions.{}", found.action.entry()));
        }
        Some(found.action)
    }

    /// Returns the template of the operation's own name in the profile, if there is one.
    pub fn own_name(&self, operation: &Operation) -> Option<&'a str> {
        let (entry, name) = self.rules.operations.get_key_value(&operation.key())?;
        self.usage.mark(format!("names.operations.{entry}"));
        Some(name)
    }
}

/// Returns the words of a run; all but its last segment are singular, as in `account_type`.
pub fn run_words(run: &[&str], words: &Inflector<'_>) -> Vec<String> {
    let mut all = Vec::new();
    for (at, text) in run.iter().enumerate() {
        let split = identifiers::split(text);
        all.extend(if at + 1 < run.len() { words.one(&split) } else { split });
    }
    all
}

/// Returns true if a placeholder doesn't say what its ID identifies: `id`, `parentId`.
pub fn is_vague(placeholder: &str) -> bool {
    placeholder.eq_ignore_ascii_case("id") || is_parent(placeholder)
}

fn is_parent(placeholder: &str) -> bool {
    placeholder.to_lowercase().ends_with("parentid")
}

/// Returns the placeholders' argument names. The resource's own is `id`, or its name in the path; one that is
/// just `id` or `parentId` for something else is named after the preceding text.
fn arguments(
    operation: &Operation,
    end: usize,
    segments: &[Segment],
    action: Option<&PathAction>,
    on_item: bool,
    words: &Inflector<'_>,
) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut noun = Vec::new();
    for (at, segment) in segments.iter().enumerate() {
        let placeholder = match segment {
            Segment::Text(text) => {
                noun = words.one(&identifiers::split(text));
                continue;
            }
            Segment::Placeholder(placeholder) => placeholder,
        };
        let vague = is_vague(placeholder);
        let of_noun = || format!("{}Id", identifiers::lower_camel(&noun));
        let told = action.and_then(|action| action.argument.clone()).filter(|_| at >= end);
        let mut name = match told {
            Some(name) => name,
            None if !vague => placeholder.clone(),
            None if on_item && at + 1 == end => "id".to_owned(),
            None => of_noun(),
        };
        let clashes = |name: &String| {
            names.contains(name)
                || operation.parameters.iter().any(|parameter| {
                    parameter.location == crate::ir::ParameterLocation::Query && parameter.name == *name
                })
        };
        if clashes(&name) {
            name = of_noun();
        }
        while clashes(&name) {
            name = format!("parent{}", identifiers::capital(&name));
        }
        names.push(name);
    }
    names
}
