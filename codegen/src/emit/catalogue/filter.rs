//! What a list can be filtered by: for each listed schema the paths of its members and their kinds.
//!
//! Members of the record, and of the objects in it one level down, go into conditions; members of lists into
//! conditions of their own. What is deeper can still be reached by the raw parameters.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::emit::Context;
use crate::emit::rust::resolved;
use crate::ir::{Content, Method, Operation, Type};

/// The schema that the operation at `index` lists or counts, where it takes the conditions of a filter.
pub fn schema<'a>(context: &'a Context<'_>, index: usize) -> Option<&'a str> {
    let filter = context.profile.filter.as_ref()?;
    let operation = &context.api.operations[index];
    let takes = operation.parameters.iter().any(|parameter| parameter.name == filter.conditions);
    let listed = listed(operation).or_else(|| counted(context, operation));
    listed.filter(|name| takes && !context.api.schemas[*name].fields().is_empty())
}

fn listed(operation: &Operation) -> Option<&str> {
    match (&operation.method, &operation.response.content) {
        (Method::Get, Content::Json(Type::List(item))) => item.innermost(),
        _ => None,
    }
}

/// What a count counts: what the list at the path before it lists.
fn counted<'a>(context: &'a Context<'_>, operation: &Operation) -> Option<&'a str> {
    let path = operation.path.normal_form();
    let (before, _) = path.rsplit_once('/')?;
    let list = context.api.operations.iter().find(|other| {
        other.method == Method::Get && other.path.normal_form() == before && listed(other).is_some()
    });
    list.and_then(listed)
}

/// The lines of `filters.jsonl` for `schemas`, sorted by name.
pub fn lines(context: &Context<'_>, schemas: impl Iterator<Item = String>) -> Vec<Value> {
    let mut lines: BTreeMap<String, Value> = BTreeMap::new();
    for name in schemas {
        lines.entry(name).or_insert_with_key(|name| line(context, name));
    }
    lines.into_values().collect()
}

fn line(context: &Context<'_>, name: &str) -> Value {
    let mut fields = Map::new();
    let mut children = Map::new();
    let record = context.api.schemas[name].fields();
    let custom = context.profile.custom_fields.as_ref().map(|custom| custom.member.as_str());
    for field in record {
        if Some(field.name.as_str()) == custom {
            continue;
        }
        let ty = resolved(context.api, &field.ty);
        match ty {
            Type::List(item) => members(context, &field.name, item, &mut children),
            Type::Named(_) => members(context, &field.name, ty, &mut fields),
            ty => {
                if let Some(kind) = kind(ty) {
                    fields.insert(field.name.clone(), kind);
                }
            }
        }
    }
    for rule in &context.overlay.filter_fields {
        if record.iter().any(|field| field.name == rule.beside) && !fields.contains_key(&rule.field) {
            context.ledger.mark(format!("filter_fields.{}", rule.field));
            fields.insert(rule.field.clone(), json!(rule.kind));
        }
    }
    let custom = record.iter().any(|field| Some(field.name.as_str()) == custom);
    json!({"name": name, "fields": fields, "children": children, "custom": custom})
}

/// Scalars of the object of type `ty`, as `path/member`; of a reference, those that identify it.
fn members(context: &Context<'_>, path: &str, ty: &Type, found: &mut Map<String, Value>) {
    let Type::Named(name) = resolved(context.api, ty) else { return };
    let reference = context.related.references.get(name);
    for field in context.api.schemas[name].fields() {
        if reference.is_some_and(|reference| !reference.keys.contains(&field.name)) {
            continue;
        }
        if let Some(kind) = kind(resolved(context.api, &field.ty)) {
            found.insert(format!("{path}/{}", field.name), kind);
        }
    }
}

fn kind(ty: &Type) -> Option<Value> {
    let kind = match ty {
        Type::Boolean => "boolean",
        Type::Integer | Type::Long => "integer",
        Type::Number => "number",
        Type::Text(Some(format)) if format == "date" => "date",
        Type::Text(_) => "text",
        Type::DateTime => "datetime",
        Type::Choice(values) => return Some(json!(values)),
        _ => return None,
    };
    Some(json!(kind))
}
