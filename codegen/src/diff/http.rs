//! The first level: operations, their parameters, bodies and answers.
//!
//! What is sent may become wider and what is answered narrower without breaking anyone; the other way round
//! it breaks.

use super::Pair;
use super::change::Change;
use super::kind::Kind;
use super::types::{self, Relation, say, say_answer, say_format};
use crate::ir::{BodyKind, Content, Operation, Parameter, Place, Type};

/// Compares all operations.
pub fn compare(pair: &Pair<'_>, found: &mut Vec<Change>) {
    let (old, new) = (&pair.old.api().operations, &pair.new.api().operations);
    for index in &pair.operations.removed {
        let operation = &old[*index];
        found.push(Change::new(Kind::OperationRemoved, operation.key(), &operation.pointer).breaks_if(true));
    }
    for index in &pair.operations.added {
        let operation = &new[*index];
        found.push(Change::new(Kind::OperationAdded, operation.key(), &operation.pointer));
    }
    for (a, b, moved) in pair.operations.pairs() {
        let (a, b) = (&old[a], &new[b]);
        if moved {
            let change = Change::new(Kind::OperationMoved, b.key(), &b.pointer);
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
        let kind = if new.deprecated { Kind::OperationDeprecated } else { Kind::OperationUndeprecated };
        found.push(change(kind));
    }
    let text = |operation: &Operation| match (operation.summary.trim(), operation.description.trim()) {
        (summary, "") => summary.to_owned(),
        ("", description) => description.to_owned(),
        (summary, description) => format!("{summary}\n{description}"),
    };
    if text(old) != text(new) {
        found.push(change(Kind::OperationReworded).was(text(old)).is(text(new)));
    }
    let tags = |operation: &Operation| {
        let mut tags = operation.tags.clone();
        tags.sort();
        tags.join(", ")
    };
    if tags(old) != tags(new) {
        found.push(change(Kind::OperationRetagged).was(tags(old)).is(tags(new)));
    }
}

fn parameters(pair: &Pair<'_>, old: &Operation, new: &Operation, found: &mut Vec<Change>) {
    // Placeholders are told apart by where they stand; what they are called is not on the wire.
    let placeholders = |operation: &'_ Operation| operation.parameters_in(Place::Path).count();
    if placeholders(old) == placeholders(new) {
        for (a, b) in old.parameters_in(Place::Path).zip(new.parameters_in(Place::Path)) {
            parameter(pair, new, a, b, found);
        }
    }
    let named = |operation: &Operation| -> Vec<Parameter> {
        operation.parameters.iter().filter(|parameter| parameter.place != Place::Path).cloned().collect()
    };
    let (a, b) = (named(old), named(new));
    let change = |kind, operation: &Operation| Change::new(kind, new.key(), &operation.pointer);
    let (mut removed, mut added, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    for parameter in &a {
        let same_name = |other: &&Parameter| other.name == parameter.name;
        let same = b.iter().find(|other| same_name(other) && other.place == parameter.place);
        match same.or_else(|| b.iter().find(same_name)) {
            Some(other) => kept.push((parameter, other)),
            None => removed.push(parameter),
        }
    }
    added.extend(b.iter().filter(|parameter| !kept.iter().any(|(_, kept)| std::ptr::eq(*kept, *parameter))));
    let alike = |old: &Parameter, new: &Parameter| {
        old.place == new.place && super::types::say(&old.ty) == super::types::say(&new.ty)
    };
    let renamed = super::matching::renamed(&mut removed, &mut added, |parameter| &parameter.name, alike);
    for (a, b) in &renamed {
        found.push(change(Kind::ParameterRenamed, new).was(&a.name).is(&b.name).breaks_if(true));
    }
    for parameter in removed {
        let change = change(Kind::ParameterRemoved, old).of(&parameter.name);
        found.push(change.was(say(&parameter.ty)).breaks_if(true));
    }
    for parameter in added {
        let change = change(Kind::ParameterAdded, new).of(&parameter.name);
        found.push(change.is(say(&parameter.ty)).breaks_if(parameter.required));
    }
    for (a, b) in kept.into_iter().chain(renamed) {
        if a.place != b.place {
            let place = |place| if place == Place::Query { "query" } else { "headers" };
            let change = change(Kind::ParameterRelocated, new).of(&b.name);
            found.push(change.was(place(a.place)).is(place(b.place)).breaks_if(true));
        }
        parameter(pair, new, a, b, found);
    }
}

fn parameter(pair: &Pair<'_>, on: &Operation, old: &Parameter, new: &Parameter, found: &mut Vec<Change>) {
    let change = |kind| Change::new(kind, on.key(), &on.pointer).of(&new.name);
    if old.required != new.required {
        let kind = if new.required { Kind::ParameterRequired } else { Kind::ParameterOptional };
        found.push(change(kind).breaks_if(new.required));
    }
    let kinds = TypeKinds {
        added: Kind::ParameterValueAdded,
        removed: Kind::ParameterValueRemoved,
        narrowed: Kind::ParameterNarrowed,
        widened: Kind::ParameterWidened,
        retyped: Kind::ParameterRetyped,
    };
    of_type(pair, &old.ty, &new.ty, &kinds, (true, false), &change, found);
    for (relation, a, b) in types::limits(&old.limits, &new.limits) {
        let narrower = relation == Relation::Narrower;
        let kind = if narrower { Kind::ParameterTightened } else { Kind::ParameterLoosened };
        found.push(change(kind).was(a).is(b).breaks_if(narrower));
    }
    if old.description != new.description {
        found.push(change(Kind::ParameterReworded).was(&old.description).is(&new.description));
    }
}

/// What changes of a type are called at a place.
pub struct TypeKinds {
    /// A value more.
    pub added: Kind,
    /// A value less.
    pub removed: Kind,
    /// Fewer values.
    pub narrowed: Kind,
    /// More values.
    pub widened: Kind,
    /// Other values.
    pub retyped: Kind,
}

/// Tells how a type changed; `used` says whether it is sent and whether it is answered.
pub fn of_type(
    pair: &Pair<'_>,
    old: &Type,
    new: &Type,
    kinds: &TypeKinds,
    (sent, answered): (bool, bool),
    change: &dyn Fn(Kind) -> Change,
    found: &mut Vec<Change>,
) {
    let relation = pair.types().relation(old, new);
    if relation == Relation::Equal {
        return;
    }
    if let (Some(a), Some(b)) = (types::values(old), types::values(new))
        && std::mem::discriminant(old) == std::mem::discriminant(new)
    {
        for value in types::missing(a, b) {
            found.push(change(kinds.removed).was(value).breaks_if(sent));
        }
        for value in types::missing(b, a) {
            found.push(change(kinds.added).is(value).breaks_if(answered));
        }
        return;
    }
    let (kind, breaks) = match relation {
        Relation::Narrower => (kinds.narrowed, sent),
        Relation::Wider => (kinds.widened, answered),
        _ => (kinds.retyped, sent || answered),
    };
    found.push(change(kind).was(say(old)).is(say(new)).breaks_if(breaks));
}

fn body(pair: &Pair<'_>, old: &Operation, new: &Operation, found: &mut Vec<Change>) {
    let place = |operation: &Operation| operation.pointer.clone();
    let change = |kind| Change::new(kind, new.key(), place(new));
    let (a, b) = match (&old.body, &new.body) {
        (None, None) => return,
        (None, Some(body)) => {
            found.push(change(Kind::BodyAdded).is(say(&body.ty)).breaks_if(body.required));
            return;
        }
        (Some(body), None) => {
            let change = Change::new(Kind::BodyRemoved, new.key(), place(old));
            found.push(change.was(say(&body.ty)).breaks_if(true));
            return;
        }
        (Some(a), Some(b)) => (a, b),
    };
    if a.required != b.required {
        let kind = if b.required { Kind::BodyRequired } else { Kind::BodyOptional };
        found.push(change(kind).breaks_if(b.required));
    }
    if a.kind != b.kind {
        let change = change(Kind::BodyFormatChanged);
        found.push(change.was(say_format(a.kind)).is(say_format(b.kind)).breaks_if(true));
        return;
    }
    // What a JSON Patch changes is told by the answer, not by the body.
    if a.kind == BodyKind::Patch {
        return;
    }
    let kind = match pair.types().relation(&a.ty, &b.ty) {
        Relation::Equal => return,
        Relation::Narrower => Kind::BodyNarrowed,
        Relation::Wider => Kind::BodyWidened,
        Relation::Other => Kind::BodyRetyped,
    };
    found.push(change(kind).was(say(&a.ty)).is(say(&b.ty)).breaks_if(kind != Kind::BodyWidened));
}

fn answer(pair: &Pair<'_>, old: &Operation, new: &Operation, found: &mut Vec<Change>) {
    let change = |kind| Change::new(kind, new.key(), &new.pointer);
    let (a, b) = (&old.response, &new.response);
    for status in a.statuses.iter().filter(|status| !b.statuses.contains(status)) {
        let change = Change::new(Kind::AnswerStatusRemoved, new.key(), &old.pointer);
        found.push(change.was(status.to_string()));
    }
    for status in b.statuses.iter().filter(|status| !a.statuses.contains(status)) {
        found.push(change(Kind::AnswerStatusAdded).is(status.to_string()));
    }
    if say_answer(a) != say_answer(b) {
        let change = change(Kind::AnswerFormatChanged).was(say_answer(a)).is(say_answer(b));
        // Who takes any bytes takes those of a file too.
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
        Relation::Equal => return,
        Relation::Narrower => Kind::AnswerNarrowed,
        Relation::Wider => Kind::AnswerWidened,
        Relation::Other => Kind::AnswerRetyped,
    };
    found.push(change(kind).was(say(a)).is(say(b)).breaks_if(kind != Kind::AnswerNarrowed));
}
