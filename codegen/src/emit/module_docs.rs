//! The doc comment of an area's module: a table of its resources, with links to their models and functions.

use std::collections::{BTreeMap, BTreeSet};

use toolcrate_catalog::{OperationKind, OperationVariant};

use super::context::Context;
use crate::id::OperationId;
use crate::ir::{Content, Shape, Type};
use crate::naming::OperationName;
use crate::naming::identifiers::capital;

/// Returns the doc comment of the module with these operations.
pub(super) fn module_docs(context: &Context<'_>, module: &str, ids: &[OperationId]) -> String {
    let mut resources: BTreeMap<&str, Vec<OperationId>> = BTreeMap::new();
    for id in ids {
        resources.entry(&context.named.operations[*id].subject.many).or_default().push(*id);
    }
    let mut resources: Vec<(&str, Vec<OperationId>)> = resources.into_iter().collect();
    resources.sort_by_cached_key(|(noun, _)| noun.to_lowercase());
    let count = match ids.len() {
        1 => "One operation".to_owned(),
        count => format!("{count} operations"),
    };
    let mut text = format!(
        "{count} in the area `{module}`. Each function returns a [`Request`](toolcrate_runtime::Request), to be sent with \
         [`send`](toolcrate_runtime::Request::send).\n\n| resource | functions |\n| --- | --- |\n"
    );
    text.extend(resources.iter().map(|(noun, ids)| row(context, module, noun, ids)));
    text
}

/// Returns a resource's row: its noun with a link to its model, and links to its functions.
fn row(context: &Context<'_>, module: &str, noun: &str, ids: &[OperationId]) -> String {
    let mut operations: Vec<&OperationName> = ids.iter().map(|id| &context.named.operations[*id]).collect();
    operations.sort_by_key(|name| (rank(name), name.function.len(), &name.function));
    let noun = capital(noun).replace('|', "");
    let model = ids.iter().find_map(|id| model(context, *id)).map(|(home, rust)| match home == module {
        true => format!("[{noun}]({rust})"),
        false => format!("[{noun}](crate::{home}::{rust})"),
    });
    let mut labels = BTreeSet::new();
    let links = operations.iter().map(|name| {
        let label = label(name);
        let label = if labels.insert(label.clone()) { label } else { format!("`{}`", name.function) };
        format!("[{label}](fn@{})", name.function)
    });
    format!("| {} | {} |\n", model.unwrap_or(noun), links.collect::<Vec<_>>().join(", "))
}

/// Returns the module and the name of the model for a resource's records, if the operation lists or returns them.
fn model<'a>(context: &'a Context<'_>, id: OperationId) -> Option<(&'a str, &'a str)> {
    let name = &context.named.operations[id];
    let is_main = matches!(name.kind, OperationKind::List | OperationKind::Get | OperationKind::Create)
        && name.variant.is_none()
        && !name.subject.is_view;
    let Content::Json(ty) = &context.api.operations[id].response.content else { return None };
    let Type::Named(schema) = context.api.resolve_item(ty).0 else { return None };
    let is_model = !matches!(context.api.schemas[schema].shape, Shape::Alias(_));
    (is_main && is_model).then(|| (context.features.home(schema), context.named.types[schema].rust.as_str()))
}

/// Returns the position among a resource's functions: reading first, then writing, then everything else.
fn rank(name: &OperationName) -> usize {
    const ORDER: [OperationKind; 7] = [
        OperationKind::List,
        OperationKind::Count,
        OperationKind::Get,
        OperationKind::Create,
        OperationKind::Update,
        OperationKind::Replace,
        OperationKind::Delete,
    ];
    let is_plain = name.variant.is_none() && !name.subject.is_view;
    ORDER.iter().position(|kind| is_plain && *kind == name.kind).unwrap_or(ORDER.len())
}

/// Returns what an operation does with the resource, in one or two words.
fn label(name: &OperationName) -> String {
    let verb = name.function.split('_').next().unwrap_or_default();
    match (name.variant, name.kind) {
        (Some(OperationVariant::Usages), _) => format!("{verb} usages"),
        (None, OperationKind::Action) => name.verb.replace('_', " "),
        (None, OperationKind::Get) if name.subject.is_view => format!("{verb} summary"),
        (None, _) if name.subject.is_view => format!("{verb} summaries"),
        _ => verb.to_owned(),
    }
}
