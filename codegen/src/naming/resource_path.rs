//! Reads a path as a resource: module, parents, the thing itself, and the action on it.
//!
//! A run of fixed text between two placeholders is one noun; the runs before the last are its parents.
//! An ending that the profile calls an action is cut off first.

use std::cell::Cell;
use std::collections::HashMap;

use super::identifiers;
use super::inflection::Inflector;
use crate::config::{NameRules, PathAction, ResourceOverride, UsageTracker};
use crate::id::{OperationId, OperationTable};
use crate::ir::{ApiDefinition, Method, Operation, Segment, Template};

/// A path, read.
#[derive(Clone, Debug)]
pub struct ResourcePath<'a> {
    /// The API area: the first segment.
    pub module: Vec<String>,
    /// The topmost resource within the area, as the path has it.
    pub top: Vec<String>,
    /// Parents, outermost first, each the words of one run of fixed text.
    pub parents: Vec<Vec<String>>,
    /// The thing itself, words as the path has them.
    pub own: Vec<String>,
    /// Names from the profile that take the place of the thing itself: singular, plural.
    pub given: Option<(Vec<String>, Vec<String>)>,
    /// The profile names it, or a parent of it.
    pub named: bool,
    /// The placeholder that picks one thing, where the path ends in one (or the action stands behind one).
    pub item: Option<String>,
    /// The ending that the profile calls an action.
    pub action: Option<&'a PathAction>,
    /// Argument names of the placeholders, in template order.
    pub arguments: Vec<String>,
    /// The path of the collection: without the ending of an action and the placeholder of an item.
    pub segments: Vec<Segment>,
}

/// Reads paths by the rules of one profile.
pub struct ResourceReader<'a> {
    rules: &'a NameRules,
    /// Actions of operations by their verb, for those without a rule.
    verbs: &'a OperationTable<Option<PathAction>>,
    /// The number of segments at the beginning of every path that name nothing.
    prefix: usize,
    /// The same as text, in normal form.
    prefix_text: String,
    usage: &'a UsageTracker,
    modules: Vec<(Vec<Segment>, Vec<Segment>, &'a str)>,
    resources: HashMap<String, (&'a str, &'a ResourceOverride)>,
    actions: HashMap<String, Vec<ActionEnding<'a>>>,
}

/// An action with its ending cut into segments, lower case.
struct ActionEnding<'a> {
    tail: Vec<String>,
    action: &'a PathAction,
    marked: Cell<bool>,
}

impl<'a> ResourceReader<'a> {
    /// Prepares the tables of `rules`.
    pub fn new(
        rules: &'a NameRules,
        verbs: &'a OperationTable<Option<PathAction>>,
        api: &ApiDefinition,
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
        let prefix = common_prefix(api);
        let first = api.operations.values().next();
        let prefix_text = first.iter().flat_map(|operation| &operation.path.segments[..prefix]).fold(
            String::new(),
            |text, segment| match segment {
                Segment::Text(part) => format!("{text}/{}", part.to_lowercase()),
                Segment::Placeholder(_) => text,
            },
        );
        Self { rules, verbs, prefix, prefix_text, usage, modules, resources, actions }
    }

    /// Reads the path of `operation`.
    pub fn read(&self, id: OperationId, operation: &Operation, words: &Inflector<'_>) -> ResourcePath<'a> {
        let all = self.aliased(&operation.path.segments);
        let by_verb =
            || self.verbs[id].as_ref().filter(|_| !self.rules.operations.contains_key(&operation.key()));
        let action = self.action(operation.method, &all).or_else(by_verb);
        let tail = action.filter(|action| !action.tail.is_empty());
        let tail = tail.map_or(0, |action| action.tail.split('/').count());
        let mut segments = &all[..all.len() - tail];
        let mut item = None;
        if let Some((Segment::Placeholder(name), before)) = segments.split_last() {
            // A path that ends in a parent's id is about everything of that parent.
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
        let (runs, given) = self.runs(segments);
        let mut runs: Vec<Vec<String>> = runs.iter().map(|run| run_words(run, words)).collect();
        let own = runs.pop().unwrap_or_default();
        let mut parents: Vec<Vec<String>> =
            runs.iter().map(|run| words.one(run)).filter(|run| !run.is_empty()).collect();
        let named = given.is_some();
        // A name from the profile stands for the thing itself, or for the outermost parent that is left.
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
        ResourcePath { module, top, parents, own, given, named, item, action, arguments, segments }
    }

    /// The runs of fixed text between placeholders, without the module; the first starts again after
    /// text that the profile names, and the name is returned with its position.
    fn runs<'s>(
        &self,
        segments: &'s [Segment],
    ) -> (Vec<Vec<&'s str>>, Option<(usize, &'a ResourceOverride)>) {
        let mut runs: Vec<Vec<&str>> = vec![Vec::new()];
        let mut given = None;
        let mut path = self.prefix_text.clone();
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

    fn aliased(&self, segments: &[Segment]) -> Vec<Segment> {
        for (from, to, entry) in &self.modules {
            if let Some(rest) = segments.strip_prefix(from.as_slice()) {
                self.usage.mark(format!("names.modules.{entry}"));
                return to.iter().chain(rest).cloned().collect();
            }
        }
        segments.get(self.prefix..).unwrap_or(segments).to_vec()
    }

    /// The action with the longest ending that fits.
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

    /// The template of the operation's own name in the profile, where it has one.
    pub fn own_name(&self, operation: &Operation) -> Option<&'a str> {
        let (entry, name) = self.rules.operations.get_key_value(&operation.key())?;
        self.usage.mark(format!("names.operations.{entry}"));
        Some(name)
    }
}

/// The number of segments at the beginning of every path that name nothing, such as `api` and `v1`. What is left
/// of each path still names something.
fn common_prefix(api: &ApiDefinition) -> usize {
    let mut paths = api.operations.values().map(|operation| operation.path.segments.as_slice());
    let Some(first) = paths.next() else { return 0 };
    let mut count = first.iter().take_while(|segment| names_nothing(segment)).count();
    for path in api.operations.values().map(|operation| operation.path.segments.as_slice()) {
        let shared = path.iter().zip(&first[..count]).take_while(|(a, b)| a == b).count();
        count = count.min(shared);
        while count > 0 && !matches!(path.get(count), Some(Segment::Text(_))) {
            count -= 1;
        }
    }
    count
}

/// Returns true if a segment is the same for all of an API: `api`, `rest`, `v1`, `2.0`.
fn names_nothing(segment: &Segment) -> bool {
    let Segment::Text(text) = segment else { return false };
    let text = text.to_lowercase();
    let version = text.strip_prefix('v').unwrap_or(&text);
    let is_version = version.starts_with(|c: char| c.is_ascii_digit())
        && version.chars().all(|c| c.is_ascii_digit() || c == '.');
    is_version || ["api", "apis", "rest", "latest"].contains(&text.as_str())
}

/// The words of a run; all but its last text are singular, as in `account_type`.
pub fn run_words(run: &[&str], words: &Inflector<'_>) -> Vec<String> {
    let mut all = Vec::new();
    for (at, text) in run.iter().enumerate() {
        let split = identifiers::split(text);
        all.extend(if at + 1 < run.len() { words.one(&split) } else { split });
    }
    all
}

/// Returns true if a placeholder doesn't name what its ID is of: `id`, `parentId`.
pub fn is_vague(placeholder: &str) -> bool {
    placeholder.eq_ignore_ascii_case("id") || is_parent(placeholder)
}

fn is_parent(placeholder: &str) -> bool {
    placeholder.to_lowercase().ends_with("parentid")
}

/// Argument names of the placeholders. The thing's own is `id`, or what the path calls it; one that only
/// says `id` or `parentId` of something else is named after the text before it.
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
