//! Describes operations in one sentence each.

use toolcrate_catalog::{OperationKind, OperationVariant};

use crate::naming::{OperationName, identifiers, summary, with_s};

/// Returns the sentence in the imperative, without its period: `Add a note to a ticket`. `gloss` explains the
/// record. `is_filtered` is true for an operation that accepts conditions.
pub fn imperative(name: &OperationName, gloss: &str, is_filtered: bool) -> String {
    let subject = &name.subject;
    let gloss = if gloss.is_empty() { String::new() } else { format!(" ({gloss})") };
    let gloss = gloss.as_str();
    if name.variant == Some(OperationVariant::Usages) {
        let verb = if name.verb == "check" { "Check which records" } else { "List the records that" };
        return format!("{verb} reference {}", subject.a_owned(""));
    }
    if !subject.is_plain {
        return name.title.clone();
    }
    let by = format!("by its {}", subject.by.as_deref().unwrap_or("ID"));
    // Without an argument that selects it, a record is the only one of its owner.
    let is_picked = subject.is_item || subject.by.is_some();
    let one = if is_picked { subject.a_owned(gloss) } else { subject.only_owned(gloss) };
    let filter = if is_filtered { " that match a filter" } else { "" };
    match name.kind {
        OperationKind::List if subject.is_view => {
            format!("List summaries of {}", subject.many_owned(gloss))
        }
        OperationKind::List => format!("List {}", subject.many_owned(gloss)),
        OperationKind::Count if subject.is_view && subject.is_compound() => {
            format!("Count {} summaries{filter}", subject.one)
        }
        OperationKind::Count if subject.is_view => {
            format!("Count summaries of {}{filter}", subject.many_owned(gloss))
        }
        OperationKind::Count => {
            let many = subject.many_owned(gloss);
            // After an owner at the end, the clause would refer to the wrong noun.
            let filter = if filter.is_empty() || many.ends_with(&format!("{}{gloss}", subject.own_many)) {
                filter
            } else {
                ", optionally with a filter"
            };
            format!("Count {many}{filter}")
        }
        OperationKind::Get if subject.is_view => format!("Get {} {by}", summary(subject)),
        OperationKind::Get if is_picked => format!("Get {one} {by}"),
        OperationKind::Get => format!("Get {one}"),
        OperationKind::Create => match subject.owner_a() {
            Some(owner) => format!("Add {}{gloss} to {owner}", subject.own_a()),
            None => format!("Create {}{gloss}", subject.a()),
        },
        OperationKind::Update => format!("Update {one}"),
        OperationKind::Replace => format!("Replace {one}"),
        OperationKind::Delete => match subject.owner_a().filter(|_| subject.is_link) {
            Some(owner) => format!("Remove {}{gloss} from {owner}", subject.own_a()),
            None => format!("Permanently delete {one}"),
        },
        OperationKind::Action | OperationKind::Download | OperationKind::Upload => name.title.clone(),
    }
}

/// Returns the sentence in the third person: `Merge a ticket` becomes `Merges a ticket`.
pub fn third_person(sentence: &str) -> String {
    let (verb, rest) = sentence.split_once(' ').unwrap_or((sentence, ""));
    if verb.ends_with("ly") {
        let (verb, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        return third_person(&format!("{} {rest}", identifiers::capital(verb)));
    }
    let verb = if verb.ends_with('o') { format!("{verb}es") } else { with_s(verb) };
    if rest.is_empty() { verb } else { format!("{verb} {rest}") }
}

#[cfg(test)]
mod tests {
    use super::third_person;

    #[test]
    fn imperatives_become_third_person() {
        for (imperative, sentence) in [
            ("Merge a ticket", "Merges a ticket"),
            ("Copy an order", "Copies an order"),
            ("Attach children", "Attaches children"),
            ("Deploy it", "Deploys it"),
            ("Permanently delete a ticket", "Deletes a ticket"),
        ] {
            assert_eq!(third_person(imperative), sentence);
        }
    }
}
