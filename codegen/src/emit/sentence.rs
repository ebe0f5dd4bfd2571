//! One-sentence descriptions of operations.

use toolcrate_catalog::{OperationKind, OperationVariant};

use crate::naming::{OperationName, identifiers, with_s};

/// Returns the sentence in the imperative, without its period: `Add a note to a ticket`. `gloss` explains the
/// record. `is_filtered` is true for an operation that accepts conditions.
pub fn imperative(name: &OperationName, gloss: &str, is_filtered: bool) -> String {
    let subject = &name.subject;
    let gloss = if gloss.is_empty() { String::new() } else { format!(" ({gloss})") };
    if name.variant == Some(OperationVariant::Usages) {
        let each = if name.verb == "check" { "where" } else { "each place where" };
        return format!("List {each} {} is used", subject.a());
    }
    if !subject.is_plain {
        return name.title.clone();
    }
    let many = match subject.owner_a() {
        Some(owner) => format!("the {} of {owner}{gloss}", subject.own_many),
        None => format!("{}{gloss}", subject.many),
    };
    // A record that isn't selected by an ID is the only one of its owner.
    let own = match subject.is_item || subject.by.is_some() {
        true => subject.own_a(),
        false => format!("the {}", subject.own_one),
    };
    let one = match subject.owner_a() {
        Some(owner) => format!("{own} of {owner}{gloss}"),
        None => format!("{own}{gloss}"),
    };
    let by = format!("its {}", subject.by.as_deref().unwrap_or("ID"));
    let filter = if is_filtered { " that match a filter" } else { "" };
    match name.kind {
        OperationKind::List if subject.is_view => format!("List {many} in summary form"),
        OperationKind::List => format!("List {many}"),
        OperationKind::Count if subject.is_view => format!("Count the summaries of {many}{filter}"),
        OperationKind::Count => format!("Count {many}{filter}"),
        OperationKind::Get if subject.is_view => format!("Get a summary of {one} by {by}"),
        OperationKind::Get if subject.is_item || subject.by.is_some() => format!("Get {one} by {by}"),
        OperationKind::Get => format!("Get {one}"),
        OperationKind::Create => match subject.owner_a() {
            Some(owner) => format!("Add {}{gloss} to {owner}", subject.own_a()),
            None => format!("Create {}{gloss}", subject.a()),
        },
        OperationKind::Update => format!("Update fields of {one}"),
        OperationKind::Replace => format!("Replace {one}"),
        OperationKind::Delete => format!("Permanently delete {one}"),
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
