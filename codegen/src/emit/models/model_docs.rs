//! Writes doc comments for models: what the record is, which operations return it, and which accept it.

use toolcrate_catalog::OperationKind;

use crate::emit::context::Context;
use crate::emit::rust::prose;
use crate::emit::sentence::{imperative, third_person};
use crate::id::OperationId;
use crate::ir::{Schema, Type};
use crate::naming::identifiers::capital;
use crate::naming::with_article;
use crate::relate::Reference;

/// Maximum number of operations or models listed in a sentence.
const MAX_NAMED: usize = 3;

/// Returns the doc comment of a struct or an enum of structs.
pub(super) fn model_docs(context: &Context<'_>, name: &str, schema: &Schema) -> String {
    let lead = stated(context, name, schema).unwrap_or_else(|| derived(context, name));
    match operations(context, name, &lead) {
        Some(operations) => format!("{lead}\n\n{operations}"),
        None => lead,
    }
}

/// Returns the doc comment of a named string enum.
pub(super) fn choice_docs(context: &Context<'_>, name: &str, schema: &Schema) -> String {
    let words = || {
        format!(
            "{}, one of the values that the spec lists or any other.",
            with_article(&context.spoken(name))
        )
    };
    capital(&stated(context, name, schema).unwrap_or_else(words))
}

/// Returns the description from the overlay or the document.
fn stated(context: &Context<'_>, name: &str, schema: &Schema) -> Option<String> {
    if let Some(words) = context.overlay.types.get(name) {
        context.ledger.mark(format!("types.{name}"));
        return Some(context.with_functions(words));
    }
    let description = prose(&schema.description);
    let end = if description.ends_with(['.', '!', '?', ':']) { "" } else { "." };
    (!description.is_empty()).then(|| format!("{description}{end}"))
}

/// Returns a sentence derived from how the model is used.
fn derived(context: &Context<'_>, name: &str) -> String {
    if let Some(reference) = context.related.references.get(name) {
        return capital(&reference_docs(context, name, reference));
    }
    if let Some((noun, gloss)) = context.record_of(name) {
        return match gloss {
            Some(gloss) => capital(&format!("{}: {gloss}.", with_article(&noun))),
            None => capital(&format!("{}.", with_article(&described(context, name, &noun)))),
        };
    }
    let uses = context.model_uses(name);
    if let Some(sentence) = part_docs(context, name) {
        return sentence;
    }
    if !uses.returned.is_empty()
        && uses.returned.iter().all(|id| context.named.operations[*id].kind == OperationKind::Count)
    {
        return "How many records match the conditions of a query.".to_owned();
    }
    match (&uses.sent[..], &uses.returned[..]) {
        ([], []) => capital(&format!("{} that no operation uses.", with_article(&context.spoken(name)))),
        ([only], _) => format!(
            "The request body of {}, which {}.",
            context.function_link(*only),
            what_it_does(context, *only)
        ),
        ([], [only]) => format!(
            "The response of {}, which {}.",
            context.function_link(*only),
            what_it_does(context, *only)
        ),
        ([], several) => format!("The response of {}.", named(context, several)),
        (several, _) => format!("The request body of {}.", named(context, several)),
    }
}

/// Describes a record without a description of its own: the noun, and its source.
fn described(context: &Context<'_>, name: &str, noun: &str) -> String {
    let uses = context.model_uses(name);
    let is_view = |id: &OperationId| context.named.operations[*id].subject.is_view;
    let source = uses.listed.first().or(uses.got.first()).or(uses.created.first());
    let Some(source) = source else { return noun.to_owned() };
    let form = if is_view(source) { " in summary form" } else { "" };
    let owner = context.named.operations[*source].subject.owner.as_deref();
    let owner =
        owner.filter(|owner| !noun.starts_with(*owner)).map(|owner| format!(" of {}", with_article(owner)));
    let link = context.function_link(*source);
    let verb = match (uses.listed.is_empty(), uses.got.is_empty()) {
        (false, _) => "lists",
        (true, false) => "returns",
        (true, true) => "creates",
    };
    format!("{noun}{form}{}, as {link} {verb} it", owner.unwrap_or_default())
}

fn reference_docs(context: &Context<'_>, name: &str, reference: &Reference) -> String {
    let keys: Vec<String> =
        reference.keys.iter().map(|key| if key == "id" { "ID".to_owned() } else { key.clone() }).collect();
    let keys = match &keys[..] {
        [] => return format!("{}.", with_article(&context.spoken(name))),
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        keys => keys.join(""),
    };
    match &reference.source {
        Some(source) => {
            let noun = with_article(&context.named.operations[source.operation].subject.one);
            format!("a reference to {noun} by its {keys}, from {}.", context.function_link(source.operation))
        }
        None => {
            let words = context.spoken(name);
            let noun = words.strip_suffix(" reference").unwrap_or(&words);
            format!("a reference to {} by its {keys}.", with_article(noun))
        }
    }
}

/// Describes the model as a part of another model.
fn part_docs(context: &Context<'_>, name: &str) -> Option<String> {
    let parents = &context.model_uses(name).parents;
    let (parent, field) = parents.first()?;
    let part = match context.api.resolve(&field.ty) {
        Type::List(_) => format!("An item of `{}`", field.name),
        Type::Map(_) => format!("A value of `{}`", field.name),
        _ => format!("The object in `{}`", field.name),
    };
    let mut models: Vec<String> = Vec::new();
    for (parent, _) in parents {
        let link = context.model_link(parent);
        if !models.contains(&link) {
            models.push(link);
        }
    }
    debug_assert!(!parent.is_empty());
    let others = models.len().saturating_sub(MAX_NAMED);
    models.truncate(MAX_NAMED);
    let others = (others > 0).then(|| format!("{others} others"));
    Some(format!("{part} of {}.", join(&models.into_iter().chain(others).collect::<Vec<_>>())))
}

/// Describes which operations list, get and create such records, except those that the sentence before names.
fn operations(context: &Context<'_>, name: &str, lead: &str) -> Option<String> {
    let (_, _) = context.record_of(name)?;
    let uses = context.model_uses(name);
    let mut parts = Vec::new();
    for (ids, does) in [(&uses.listed, "lists them"), (&uses.got, "gets one"), (&uses.created, "creates one")]
    {
        let links = ids.first().map(|id| context.function_link(*id));
        parts.extend(links.filter(|link| !lead.contains(link)).map(|link| format!("{link} {does}")));
    }
    (!parts.is_empty()).then(|| format!("{}.", join(&parts)))
}

fn named(context: &Context<'_>, ids: &[OperationId]) -> String {
    let links: Vec<String> = ids.iter().take(MAX_NAMED).map(|id| context.function_link(*id)).collect();
    match ids.len() - links.len() {
        0 => join(&links),
        1 => format!("{} and one other operation", links.join(", ")),
        others => format!("{} and {others} other operations", links.join(", ")),
    }
}

/// Returns what an operation does, as a clause: `merges a ticket`.
fn what_it_does(context: &Context<'_>, id: OperationId) -> String {
    let sentence = third_person(&imperative(&context.named.operations[id], "", false));
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Joins parts as `a`, `a and b`, `a, b and c`.
fn join(parts: &[String]) -> String {
    match parts {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        parts => parts.concat(),
    }
}
