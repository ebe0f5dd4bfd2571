//! Writes doc comments for model fields.

use serde_json::Number;

use super::writable_fields::is_sent;
use crate::emit::argument_words::words_by_name;
use crate::emit::context::Context;
use crate::emit::rust::prose;
use crate::emit::writable::is_writable;
use crate::ir::{DATE_FORMAT, Field, Limits, Type};
use crate::naming::identifiers::capital;

/// Returns a field's description in the overlay or the document; empty if there is none.
pub(in crate::emit) fn field_words(context: &Context<'_>, schema: &str, field: &Field) -> String {
    let key = format!("{schema}.{}", field.name);
    let typed = context.overlay.types.get(&key);
    if typed.is_some() {
        context.ledger.mark(format!("types.{key}"));
    }
    let own = typed.or_else(|| context.overlay.fields.get(&key)).map(String::as_str);
    let description = match own {
        Some(own) => context.with_functions(own),
        None => prose(&field.description),
    };
    let by_name = words_by_name(context, &field.name, context.api.resolve(&field.ty));
    // This description is for values that callers set.
    match by_name.filter(|_| is_writable(context, schema, field, true)) {
        Some(words) if description.is_empty() => context.with_functions(words),
        _ => description,
    }
}

/// Returns a field's documentation: its description, then its limits.
pub(super) fn field_docs(context: &Context<'_>, schema: &str, field: &Field) -> String {
    let mut sentences = Vec::new();
    let description = field_words(context, schema, field);
    let reference = field.ty.innermost().and_then(|target| context.related.references.get(target));
    let source = reference.and_then(|reference| reference.source.as_ref());
    match (description.is_empty(), source) {
        (false, _) => {
            let end = if description.ends_with(['.', '!', '?', ':']) { "" } else { "." };
            sentences.push(format!("{description}{end}"));
        }
        (true, None) => sentences.push(format!("{}.", capital(&context.spoken(&field.name)))),
        (true, Some(source)) => {
            let words = capital(&context.spoken(&field.name));
            sentences.push(format!("{words}, from {}.", context.function_link(source.operation)));
        }
    }
    if let (false, Some(source)) = (description.is_empty(), source) {
        sentences.push(format!("From {}.", context.function_link(source.operation)));
    }
    if let Type::Text(Some(format)) = context.api.resolve(&field.ty)
        && format != DATE_FORMAT
    {
        sentences.push(format!("Format: {format}."));
    }
    sentences.extend(limit_docs(&field.limits));
    if !is_sent(context, schema, field) {
        sentences.push("Set by the server and never sent.".to_owned());
    }
    if field.write_only {
        sentences.push("Sent, and never returned.".to_owned());
    }
    if context.is_required(schema, field) {
        sentences.push("Required.".to_owned());
    } else if field.limits.required_on_replace {
        sentences.push("Required when the record is replaced.".to_owned());
    }
    sentences.join(" ")
}

/// Returns sentences about the limits of a value.
pub fn limit_docs(limits: &Limits) -> Vec<String> {
    let mut sentences = Vec::new();
    let mut add = |limit: Option<String>, text: &str| {
        sentences.extend(limit.map(|limit| text.replace("{}", &limit)));
    };
    add(limits.min_length.map(|n| n.to_string()), "At least {} characters.");
    add(limits.max_length.map(|n| n.to_string()), "At most {} characters.");
    let bound = |limit: &Number| limit.as_f64().filter(|n| n.fract() == 0.0 && n.abs() < 1e15);
    let bound = |limit: &Option<Number>| {
        limit.as_ref().map(|n| bound(n).map_or_else(|| n.to_string(), |n| format!("{n}")))
    };
    add(bound(&limits.minimum), if limits.exclusive_minimum { "Greater than {}." } else { "At least {}." });
    add(bound(&limits.maximum), if limits.exclusive_maximum { "Less than {}." } else { "At most {}." });
    add(bound(&limits.multiple_of), "A multiple of {}.");
    add(limits.min_items.map(|n| n.to_string()), "At least {} items.");
    add(limits.max_items.map(|n| n.to_string()), "At most {} items.");
    add(limits.unique_items.then(String::new), "No item twice.");
    add(limits.pattern.as_deref().map(prose), "Pattern: {}.");
    let values: Vec<String> = limits.values.iter().map(|value| format!("`{value}`")).collect();
    add((!values.is_empty()).then(|| values.join(", ")), "One of {}.");
    add(
        limits.default.as_ref().map(|value| format!("`{}`", value.to_string().replace('`', "'"))),
        "Default: {}.",
    );
    sentences
}
