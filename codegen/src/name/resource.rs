//! Reads a path as a resource: module, parents, the thing itself, and what is asked of it.

use super::words::Words;
use crate::config::{Action, Ledger, NameRules};
use crate::ir::{Method, Operation, Segment};

/// A path, read.
#[derive(Clone, Debug)]
pub struct Resource<'a> {
    /// The API area: the first segment.
    pub module: String,
    /// Parents, outermost first, each the words of one run of fixed text.
    pub parents: Vec<Vec<String>>,
    /// The thing itself, words as the path has them.
    pub own: Vec<String>,
    /// Names from the profile that take the place of parents and own words: singular, plural.
    pub given: Option<(Vec<String>, Vec<String>)>,
    /// The placeholder that picks one thing, where the path ends in one (or the action stands behind one).
    pub item: Option<String>,
    /// The ending that the profile calls an action.
    pub action: Option<&'a Action>,
}

/// Reads the path of `operation`.
pub fn read<'a>(operation: &Operation, rules: &'a NameRules, ledger: &Ledger) -> Resource<'a> {
    let segments = aliased(&operation.path.segments, rules, ledger);
    let action = find_action(operation.method, &segments, rules);
    if let Some(action) = action {
        ledger.mark(format!("names.actions.{}", action.entry()));
    }
    let tail = action.map_or(0, |action| action.tail.split('/').count());
    let mut segments = &segments[..segments.len() - tail];
    let mut item = None;
    if let Some((Segment::Placeholder(name), before)) = segments.split_last() {
        item = Some(name.clone());
        segments = before;
    }
    let module = match segments.first() {
        Some(Segment::Text(text)) => Words::split(text).join("_"),
        _ => "root".to_owned(),
    };
    let mut runs: Vec<Vec<String>> = vec![Vec::new()];
    let mut given = None;
    let mut path = String::new();
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
                    runs.last_mut().expect("never empty").push(text.clone());
                }
                if let Some((key, resource)) = rules.resources.iter().find(|(key, _)| normal(key) == path) {
                    ledger.mark(format!("names.resources.{key}"));
                    given = Some((at, Words::split(&resource.one), Words::split(&resource.many)));
                    runs = vec![Vec::new()];
                }
            }
        }
    }
    let grammar = Words::new(rules, ledger);
    let words = |texts: &Vec<String>| -> Vec<String> {
        let mut words = Vec::new();
        for (at, text) in texts.iter().enumerate() {
            let split = Words::split(text);
            words.extend(if at + 1 < texts.len() { grammar.one(&split) } else { split });
        }
        words
    };
    let own = words(&runs.pop().unwrap_or_default());
    let mut parents: Vec<Vec<String>> =
        runs.iter().map(|run| grammar.one(&words(run))).filter(|run| !run.is_empty()).collect();
    // A name from the profile stands for the resource itself, or for the outermost parent that is left.
    let given = match given {
        Some((at, one, many)) if at + 1 == segments.len() => Some((one, many)),
        Some((_, one, _)) => {
            parents.insert(0, one);
            None
        }
        None => None,
    };
    let own = if own.is_empty() && given.is_none() { Words::split(&module) } else { own };
    Resource { module, parents, own, given, item, action }
}

fn normal(path: &str) -> String {
    crate::ir::Template::parse(path).normal_form()
}

fn aliased(segments: &[Segment], rules: &NameRules, ledger: &Ledger) -> Vec<Segment> {
    let texts = |path: &str| -> Vec<Segment> {
        path.split('/').filter(|part| !part.is_empty()).map(|part| Segment::Text(part.to_owned())).collect()
    };
    for alias in &rules.modules {
        if let Some(rest) = segments.strip_prefix(texts(&alias.from).as_slice()) {
            ledger.mark(format!("names.modules.{}", alias.from));
            return texts(&alias.to).into_iter().chain(rest.iter().cloned()).collect();
        }
    }
    segments.to_vec()
}

/// The action with the longest ending that fits.
fn find_action<'a>(method: Method, segments: &[Segment], rules: &'a NameRules) -> Option<&'a Action> {
    let fits = |action: &&Action| {
        let tail: Vec<&str> = action.tail.split('/').collect();
        let Some(start) = segments.len().checked_sub(tail.len()).filter(|start| *start > 0) else {
            return false;
        };
        let after_item = matches!(segments[start - 1], Segment::Placeholder(_));
        action.methods.iter().any(|name| name == method.as_str())
            && action.on_item.is_none_or(|on_item| on_item == after_item)
            && tail.iter().zip(&segments[start..]).all(|(wanted, segment)| match segment {
                Segment::Text(text) => text.eq_ignore_ascii_case(wanted),
                Segment::Placeholder(_) => *wanted == "{}",
            })
    };
    rules
        .actions
        .iter()
        .filter(fits)
        .max_by_key(|action| (action.tail.matches('/').count(), action.on_item.is_some()))
}
