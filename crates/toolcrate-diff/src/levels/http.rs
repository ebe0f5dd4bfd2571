//! The first level compares operations, their parameters, request bodies and responses.
//!
//! Widening a request type or narrowing a response type doesn't break clients; the reverse is a breaking change.

use crate::change::Change;
use crate::change_kind::DiffKind;
use crate::member_pairs;
use crate::release_pair::ReleasePair;
use crate::type_relation::{TypeRelation, compare_limits};
use crate::type_words::{self, describe, describe_body_kind, describe_response};
use toolcrate_codegen::ir::{BodyKind, Content, Operation, Parameter, ParameterLocation, Type};

/// Compares all operations.
pub fn compare(pair: &ReleasePair<'_>, found: &mut Vec<Change>) {
    let (old, new) = (&pair.old.api().operations, &pair.new.api().operations);
    for id in &pair.operations.removed {
        let operation = &old[*id];
        found.push(
            Change::new(DiffKind::OperationRemoved, operation.key(), &operation.pointer).breaks_if(true),
        );
    }
    for id in &pair.operations.added {
        let operation = &new[*id];
        found.push(Change::new(DiffKind::OperationAdded, operation.key(), &operation.pointer));
    }
    for (a, b, moved) in pair.operations.pairs() {
        let (a, b) = (&old[a], &new[b]);
        if moved {
            let change = Change::new(DiffKind::OperationMoved, b.key(), &b.pointer);
            found.push(change.was(a.key()).is(b.key()).breaks_if(true));
        }
        words(a, b, found);
        parameters(pair, a, b, found);
        body(pair, a, b, found);
        answer(pair, a, b, found);
    }
}

fn words(old: &Operation, new: &Operation, found: &mut Vec<Change>) {
    let change = |kind| Change::new(kind, new.key(), &new.pointer);
    if old.deprecated != new.deprecated {
        let kind =
            if new.deprecated { DiffKind::OperationDeprecated } else { DiffKind::OperationUndeprecated };
        found.push(change(kind));
    }
    let text = |operation: &Operation| match (operation.summary.trim(), operation.description.trim()) {
        (summary, "") => summary.to_owned(),
        ("", description) => description.to_owned(),
        (summary, description) => format!("{summary}\n{description}"),
    };
    if text(old) != text(new) {
        found.push(change(DiffKind::OperationReworded).was(text(old)).is(text(new)));
    }
    let tags = |operation: &Operation| {
        let mut tags = operation.tags.clone();
        tags.sort();
        tags.join(", ")
    };
    if tags(old) != tags(new) {
        found.push(change(DiffKind::OperationRetagged).was(tags(old)).is(tags(new)));
    }
}

fn parameters(pair: &ReleasePair<'_>, old: &Operation, new: &Operation, found: &mut Vec<Change>) {
    // Placeholders are identified by position; their names aren't sent.
    let placeholders = |operation: &'_ Operation| operation.parameters_in(ParameterLocation::Path).count();
    if placeholders(old) == placeholders(new) {
        for (a, b) in
            old.parameters_in(ParameterLocation::Path).zip(new.parameters_in(ParameterLocation::Path))
        {
            parameter(pair, new, a, b, found);
        }
    }
    let named = |operation: &Operation| -> Vec<Parameter> {
        operation
            .parameters
            .iter()
            .filter(|parameter| parameter.location != ParameterLocation::Path)
            .cloned()
            .collect()
    };
    let (a, b) = (named(old), named(new));
    let change = |kind, operation: &Operation| Change::new(kind, new.key(), &operation.pointer);
    let (mut removed, mut added, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    for parameter in &a {
        let same_name = |other: &&Parameter| other.name == parameter.name;
        let same = b.iter().find(|other| same_name(other) && other.location == parameter.location);
        match same.or_else(|| b.iter().find(same_name)) {
            Some(other) => kept.push((parameter, other)),
            None => removed.push(parameter),
        }
    }
    added.extend(b.iter().filter(|parameter| !kept.iter().any(|(_, kept)| std::ptr::eq(*kept, *parameter))));
    let alike = |old: &Parameter, new: &Parameter| {
        old.location == new.location && describe(&old.ty) == describe(&new.ty)
    };
    let renamed = member_pairs::take_renamed(&mut removed, &mut added, |parameter| &parameter.name, alike);
    for (a, b) in &renamed {
        found.push(change(DiffKind::ParameterRenamed, new).was(&a.name).is(&b.name).breaks_if(true));
    }
    for parameter in removed {
        let change = change(DiffKind::ParameterRemoved, old).member(&parameter.name);
        found.push(change.was(describe(&parameter.ty)).breaks_if(true));
    }
    for parameter in added {
        let change = change(DiffKind::ParameterAdded, new).member(&parameter.name);
        found.push(change.is(describe(&parameter.ty)).breaks_if(parameter.required));
    }
    for (a, b) in kept.into_iter().chain(renamed) {
        if a.location != b.location {
            let place = |location| match location {
                ParameterLocation::Path => "path",
                ParameterLocation::Query => "query",
                ParameterLocation::Header => "headers",
                ParameterLocation::Cookie => "cookies",
            };
            let change = change(DiffKind::ParameterRelocated, new).member(&b.name);
            found.push(change.was(place(a.location)).is(place(b.location)).breaks_if(true));
        }
        parameter(pair, new, a, b, found);
    }
}

fn parameter(
    pair: &ReleasePair<'_>,
    on: &Operation,
    old: &Parameter,
    new: &Parameter,
    found: &mut Vec<Change>,
) {
    let change = |kind| Change::new(kind, on.key(), &on.pointer).member(&new.name);
    if old.required != new.required {
        let kind = if new.required { DiffKind::ParameterRequired } else { DiffKind::ParameterOptional };
        found.push(change(kind).breaks_if(new.required));
    }
    let kinds = TypeKinds {
        added: DiffKind::ParameterValueAdded,
        removed: DiffKind::ParameterValueRemoved,
        narrowed: DiffKind::ParameterNarrowed,
        widened: DiffKind::ParameterWidened,
        retyped: DiffKind::ParameterRetyped,
    };
    compare_type(pair, &old.ty, &new.ty, &kinds, (true, false), &change, found);
    for (relation, a, b) in compare_limits(&old.limits, &new.limits) {
        let narrower = relation == TypeRelation::Narrower;
        let kind = if narrower { DiffKind::ParameterTightened } else { DiffKind::ParameterLoosened };
        found.push(change(kind).was(a).is(b).breaks_if(narrower));
    }
    if old.description != new.description {
        found.push(change(DiffKind::ParameterReworded).was(&old.description).is(&new.description));
    }
}

/// The change kinds for a type in a certain position.
pub struct TypeKinds {
    /// A value was added.
    pub added: DiffKind,
    /// A value was removed.
    pub removed: DiffKind,
    /// Fewer values are valid.
    pub narrowed: DiffKind,
    /// More values are valid.
    pub widened: DiffKind,
    /// Different values are valid.
    pub retyped: DiffKind,
}

/// Reports how a type changed; `used` indicates whether it is part of requests, responses or both.
pub fn compare_type(
    pair: &ReleasePair<'_>,
    old: &Type,
    new: &Type,
    kinds: &TypeKinds,
    (sent, answered): (bool, bool),
    change: &dyn Fn(DiffKind) -> Change,
    found: &mut Vec<Change>,
) {
    let relation = pair.types().relation(old, new);
    if relation == TypeRelation::Equal {
        return;
    }
    if let (Some(a), Some(b)) = (type_words::enum_values(old), type_words::enum_values(new))
        && std::mem::discriminant(old) == std::mem::discriminant(new)
    {
        for value in type_words::missing(a, b) {
            found.push(change(kinds.removed).was(value).breaks_if(sent));
        }
        for value in type_words::missing(b, a) {
            found.push(change(kinds.added).is(value).breaks_if(answered));
        }
        return;
    }
    let (kind, breaks) = match relation {
        TypeRelation::Narrower => (kinds.narrowed, sent),
        TypeRelation::Wider => (kinds.widened, answered),
        _ => (kinds.retyped, true),
    };
    found.push(change(kind).was(describe(old)).is(describe(new)).breaks_if(breaks));
}

fn body(pair: &ReleasePair<'_>, old: &Operation, new: &Operation, found: &mut Vec<Change>) {
    let place = |operation: &Operation| operation.pointer.clone();
    let change = |kind| Change::new(kind, new.key(), place(new));
    let (a, b) = match (&old.body, &new.body) {
        (None, None) => return,
        (None, Some(body)) => {
            found.push(change(DiffKind::BodyAdded).is(describe(&body.ty)).breaks_if(body.required));
            return;
        }
        (Some(body), None) => {
            let change = Change::new(DiffKind::BodyRemoved, new.key(), place(old));
            found.push(change.was(describe(&body.ty)).breaks_if(true));
            return;
        }
        (Some(a), Some(b)) => (a, b),
    };
    if a.required != b.required {
        let kind = if b.required { DiffKind::BodyRequired } else { DiffKind::BodyOptional };
        found.push(change(kind).breaks_if(b.required));
    }
    if a.kind != b.kind {
        let change = change(DiffKind::BodyFormatChanged);
        found.push(change.was(describe_body_kind(a.kind)).is(describe_body_kind(b.kind)).breaks_if(true));
        return;
    }
    // The fields that a JSON Patch can change are those of the response, not of the body.
    if a.kind == BodyKind::Patch {
        return;
    }
    let kind = match pair.types().relation(&a.ty, &b.ty) {
        TypeRelation::Equal => return,
        TypeRelation::Narrower => DiffKind::BodyNarrowed,
        TypeRelation::Wider => DiffKind::BodyWidened,
        TypeRelation::Other => DiffKind::BodyRetyped,
    };
    found
        .push(change(kind).was(describe(&a.ty)).is(describe(&b.ty)).breaks_if(kind != DiffKind::BodyWidened));
}

fn answer(pair: &ReleasePair<'_>, old: &Operation, new: &Operation, found: &mut Vec<Change>) {
    let change = |kind| Change::new(kind, new.key(), &new.pointer);
    let (a, b) = (&old.response, &new.response);
    for status in a.statuses.iter().filter(|status| !b.statuses.contains(status)) {
        let change = Change::new(DiffKind::AnswerStatusRemoved, new.key(), &old.pointer);
        found.push(change.was(status.to_string()));
    }
    for status in b.statuses.iter().filter(|status| !a.statuses.contains(status)) {
        found.push(change(DiffKind::AnswerStatusAdded).is(status.to_string()));
    }
    if describe_response(a) != describe_response(b) {
        let change = change(DiffKind::AnswerFormatChanged).was(describe_response(a)).is(describe_response(b));
        // A client that accepts arbitrary bytes also accepts a file.
        let fits = match (&a.content, &b.content) {
            (Content::None, _) => true,
            (Content::Binary, Content::Binary) => a.media_type.is_none(),
            _ => false,
        };
        found.push(change.breaks_if(!fits));
        return;
    }
    let (Content::Json(a), Content::Json(b)) = (&a.content, &b.content) else { return };
    let kind = match pair.types().relation(a, b) {
        TypeRelation::Equal => return,
        TypeRelation::Narrower => DiffKind::AnswerNarrowed,
        TypeRelation::Wider => DiffKind::AnswerWidened,
        TypeRelation::Other => DiffKind::AnswerRetyped,
    };
    found.push(change(kind).was(describe(a)).is(describe(b)).breaks_if(kind != DiffKind::AnswerNarrowed));
}
