//! Writes operation titles, which tool lists show.

use std::collections::HashSet;

use super::draft::Draft;
use super::identifiers;
use super::inflection::Inflector;
use super::subject::{Subject, SubjectReader, with_article};
use super::tools::{self, FormParts};
use crate::id::OperationTable;
use toolcrate_catalog::{OperationKind, OperationVariant};

/// The verbs of operations that do what their kind implies.
const PLAIN_VERBS: [&str; 8] = ["list", "get", "count", "create", "update", "replace", "delete", "check"];

/// A title and its parts.
#[derive(Clone)]
pub struct Title {
    /// The operation's subject.
    pub subject: Subject,
    /// The verb, such as `merge`.
    pub verb: String,
    /// The full title, e.g. `Merge a ticket`.
    pub text: String,
}

/// Returns the titles of all drafts.
pub fn titles(
    drafts: &OperationTable<Draft<'_>>,
    reader: &SubjectReader<'_>,
    words: &Inflector<'_>,
) -> OperationTable<Title> {
    let subjects = drafts.map(|(_, draft)| reader.read(&draft.resource));
    let without_owner = subjects.values().filter(|subject| subject.owner.is_none());
    let without_owner: HashSet<&str> = without_owner.map(|subject| subject.one.as_str()).collect();
    drafts.map(|(id, draft)| {
        let parts = tools::parts(draft.form);
        let spelled = |text: &str| -> String {
            let words_of = words.spread(&tools::words_of(text));
            words_of.iter().map(|word| words.spelling(word)).collect::<Vec<_>>().join(" ")
        };
        let verb = spelled(parts.verb);
        let by = if draft.form.contains("{by}") { draft.by.as_str() } else { parts.by };
        let by = Some(by.trim_matches('_')).filter(|by| !by.is_empty() && *by != "by_id");
        let by = by.map(|by| by.trim_start_matches("by_").replace('_', " "));
        let by = by.map(|by| by.strip_suffix(" id").map_or(by.clone(), |by| format!("{by} ID")));
        let mut subject = subjects[id].clone();
        subject.is_ambiguous = subject.owner.is_some() && without_owner.contains(subject.one.as_str());
        subject.is_plain = parts.has_noun
            && parts.before.is_empty()
            && (parts.after.is_empty() || reader.is_view(parts.after))
            && PLAIN_VERBS.contains(&parts.verb);
        subject.is_item |= draft.by == "_by_id";
        subject.by = by;
        let variant = draft.resource.action.and_then(|action| action.variant);
        let text = match variant {
            Some(OperationVariant::Usages) if parts.verb == "check" => {
                format!("Check which records reference {}", subject.a_owned(""))
            }
            Some(OperationVariant::Usages) => format!("List records that reference {}", subject.a_owned("")),
            _ if subject.is_plain => plain(draft.kind, &verb, &subject),
            _ => special(&verb, &parts, &subject, &spelled(parts.before), &spelled(parts.after)),
        };
        let text = match &subject.by {
            Some(by) => format!("{text} by {by}"),
            None => text,
        };
        Title { subject, verb, text }
    })
}

/// Returns a title such as `List ticket notes`, `Add a note to a ticket` or `Get a board summary`.
fn plain(kind: OperationKind, verb: &str, subject: &Subject) -> String {
    let verb = identifiers::capital(verb);
    let (is_compound, is_view) = (subject.is_compound(), subject.is_view);
    match kind {
        OperationKind::List | OperationKind::Count => match (is_compound, is_view) {
            (true, true) => format!("{verb} {} summaries", subject.one),
            (true, false) => format!("{verb} {}", subject.many),
            (false, true) => format!("{verb} summaries of {}", subject.many_owned("")),
            (false, false) => format!("{verb} {}", subject.many_owned("")),
        },
        OperationKind::Get if is_view => format!("{verb} {}", summary(subject)),
        OperationKind::Get if !subject.is_item && subject.by.is_none() => match is_compound {
            true => format!("{verb} the {}", subject.one),
            false => format!("{verb} {}", subject.only_owned("")),
        },
        OperationKind::Create => match subject.owner_a() {
            Some(owner) => format!("Add {} to {owner}", subject.own_a()),
            None => format!("{verb} {}", subject.a()),
        },
        OperationKind::Delete => match subject.owner_a().filter(|_| subject.is_link) {
            Some(owner) => format!("Remove {} from {owner}", subject.own_a()),
            None => format!("{verb} {}", subject.a_owned("")),
        },
        _ => format!("{verb} {}", subject.a_owned("")),
    }
}

/// The summary of a record, with its article: `a billing cycle summary`.
pub fn summary(subject: &Subject) -> String {
    match subject.is_compound() {
        true => format!("{} summary", subject.a()),
        false => format!("a summary of {}", subject.a_owned("")),
    }
}

/// Returns a title such as `Merge a ticket` or `Convert an opportunity to project`.
fn special(verb: &str, parts: &FormParts<'_>, subject: &Subject, before: &str, after: &str) -> String {
    let noun = match (parts.has_noun, parts.plural) {
        (true, true) => subject.many.as_str(),
        (true, false) => subject.one.as_str(),
        (false, _) => "",
    };
    let noun =
        [before, noun, after].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let noun = match parts.article {
        "a" | "an" | "single" => with_article(&noun),
        "the" => format!("the {noun}"),
        _ => noun,
    };
    format!("{} {noun}", identifiers::capital(verb))
}
