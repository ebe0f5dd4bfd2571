//! Operations that a verb in their path or their summary names: `POST /articles/delete` is a deletion, not the
//! creation of a delete.

use indexmap::IndexMap;
use toolcrate_catalog::OperationKind;

use super::identifiers;
use crate::config::{NameRules, PathAction, VerbEffect};
use crate::id::OperationTable;
use crate::ir::{ApiDefinition, Method, Operation, Segment};

/// The verbs that count where the profile does not list its own.
const READING: &str = "calculate check count estimate find list lookup preview query search validate";
const SAFE: &str = "accept acknowledge activate add apply approve assign attach clone complete confirm copy \
    duplicate enable export follow import invite link notify open pin publish refresh register reopen request \
    resend restart restore resume retry run schedule send share snooze start submit subscribe sync test trigger \
    undelete unlock verify";
const DESTRUCTIVE: &str = "abort archive cancel clear close convert deactivate decline delete deprovision \
    destroy detach disable discard dismiss disconnect erase evict expire finalize flush isolate kill lock merge \
    move overwrite purge reassign reboot regenerate reject release remove rename replace reset resolve revoke \
    rollback rotate shutdown stop suspend swap terminate transfer truncate unassign uninstall unlink unpublish \
    unregister unsubscribe void wipe";
/// A summary that begins with one of these says that the operation makes what its path names.
const CREATING: [&str; 7] = ["add", "create", "insert", "make", "new", "post", "upload"];

/// The action that each operation is by its verb, if it is one.
pub fn actions(api: &ApiDefinition, rules: &NameRules) -> OperationTable<Option<PathAction>> {
    let built_in;
    let verbs = match &rules.verbs {
        Some(verbs) => verbs,
        None => {
            built_in = built_in_verbs();
            &built_in
        }
    };
    api.operations.map(|(_, operation)| action(operation, verbs))
}

/// The verbs that count where the profile does not list its own.
fn built_in_verbs() -> IndexMap<String, VerbEffect> {
    let mut verbs = IndexMap::new();
    for (words, effect) in
        [(READING, VerbEffect::Read), (SAFE, VerbEffect::Safe), (DESTRUCTIVE, VerbEffect::Destructive)]
    {
        verbs.extend(words.split_whitespace().map(|word| (word.to_owned(), effect)));
    }
    verbs
}

fn action(operation: &Operation, verbs: &IndexMap<String, VerbEffect>) -> Option<PathAction> {
    if !matches!(operation.method, Method::Post | Method::Put | Method::Patch) || verbs.is_empty() {
        return None;
    }
    let (last, before) = operation.path.segments.split_last()?;
    let Segment::Text(last) = last else { return None };
    let before = before.last()?;
    let on_item = matches!(before, Segment::Placeholder(_));
    let summary = first_word(&operation.summary);
    let makes = |word: &str| CREATING.contains(&word);
    if makes(&summary) || summary.strip_suffix('s').is_some_and(makes) {
        return None;
    }
    let in_summary = known(&summary, verbs);
    let words = identifiers::split(last);
    let found = [0, words.len().saturating_sub(1)]
        .into_iter()
        .find_map(|at| Some((at, verbs.get_key_value(words.get(at)?)?)));
    let noun = if on_item { "a_{P}_{one}" } else { "{P}_{many}" };
    let (verb, effect, tail, name) = match (found, in_summary) {
        // What is replaced or changed is a thing, unless the summary says otherwise.
        (Some((_, (verb, _))), summary)
            if operation.method != Method::Post && summary.is_none_or(|(own, _)| own != verb) =>
        {
            return None;
        }
        (Some((at, (verb, effect))), _) => {
            let rest: Vec<&str> = words
                .iter()
                .enumerate()
                .filter(|(index, _)| *index != at)
                .map(|(_, word)| word.as_str())
                .collect();
            let rest = if rest.is_empty() { String::new() } else { format!("_{}", rest.join("_")) };
            (verb, *effect, last.to_lowercase(), format!("{verb}_{noun}{rest}{{by}}"))
        }
        // What the path names is what the verb is about.
        (None, Some((verb, effect))) if operation.method == Method::Post => {
            (verb, effect, String::new(), format!("{verb}_a_{{P}}_{{one}}{{by}}"))
        }
        _ => return None,
    };
    // Where path and summary disagree, the worse of the two counts.
    let destroys = |effect: VerbEffect| effect == VerbEffect::Destructive;
    let destructive = destroys(effect) || in_summary.is_some_and(|(_, effect)| destroys(effect));
    let read_only = effect == VerbEffect::Read && !destructive;
    Some(PathAction {
        tail,
        methods: vec![operation.method.as_str().to_owned()],
        name,
        on_item: None,
        read_only,
        destructive: Some(destructive),
        idempotent: read_only,
        argument: None,
        variant: None,
        kind: (verb == "delete").then_some(OperationKind::Delete),
    })
}

/// The verb that `word` is a form of, and its effect.
fn known<'a>(word: &str, verbs: &'a IndexMap<String, VerbEffect>) -> Option<(&'a String, VerbEffect)> {
    let forms = [Some(word), word.strip_suffix('s'), word.strip_suffix("es")];
    forms
        .into_iter()
        .flatten()
        .find_map(|form| verbs.get_key_value(form))
        .map(|(verb, effect)| (verb, *effect))
}

/// The first word of a sentence, lower case.
fn first_word(text: &str) -> String {
    let word: String = text.trim_start().chars().take_while(|c| c.is_alphabetic()).collect();
    word.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{Content, SuccessResponse, Template};

    fn named(method: Method, path: &str, summary: &str) -> Option<(String, bool, bool)> {
        let operation = Operation {
            method,
            spec_path: path.to_owned(),
            path: Template::parse(path),
            pointer: String::new(),
            summary: summary.to_owned(),
            description: String::new(),
            tags: Vec::new(),
            deprecated: false,
            parameters: Vec::new(),
            body: None,
            response: SuccessResponse { statuses: vec![200], content: Content::None, media_type: None },
            error: None,
        };
        let action = action(&operation, &built_in_verbs())?;
        Some((action.name, action.destructive == Some(true), action.read_only))
    }

    #[test]
    fn a_verb_at_the_end_of_a_path_is_what_is_done() {
        let post = |path, summary| named(Method::Post, path, summary);
        let delete = post("/articles/delete", "Delete knowledge base articles").unwrap();
        assert_eq!(delete, ("delete_{P}_{many}{by}".to_owned(), true, false));
        let remove = post("/roles/{id}/remove-members", "").unwrap();
        assert_eq!(remove, ("remove_a_{P}_{one}_members{by}".to_owned(), true, false));
        assert_eq!(post("/devices/search", "").unwrap(), ("search_{P}_{many}{by}".to_owned(), false, true));
        assert_eq!(post("/tickets/{id}/approve", "").unwrap().0, "approve_a_{P}_{one}{by}");
        assert_eq!(post("/articles/bulkDelete", "").unwrap().0, "delete_{P}_{many}_bulk{by}");
    }

    #[test]
    fn the_summary_counts_too() {
        let post = |path, summary| named(Method::Post, path, summary);
        assert_eq!(
            post("/users/{id}/password", "Resets the password").unwrap(),
            ("reset_a_{P}_{one}{by}".to_owned(), true, false)
        );
        assert_eq!(post("/devices/search", "Delete what is found").map(|found| found.1), Some(true));
        assert_eq!(post("/alerts/export", "Create an export"), None);
        assert_eq!(post("/articles", "Adds an article").map(|found| found.0), None);
        assert_eq!(named(Method::Get, "/articles/search", ""), None);
        assert_eq!(named(Method::Put, "/articles/{id}/copy", ""), None);
        let disable = named(Method::Put, "/users/{id}/disable", "Disables a user");
        assert_eq!(disable.unwrap().0, "disable_a_{P}_{one}{by}");
    }
}
