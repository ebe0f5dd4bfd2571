//! Generates records from schemas. The records are the same each time. Thanks to them, no list is empty and the record
//! with ID 1 always exists.

use serde_json::{Map, Value};

use super::reference::{build_reference, describe_attachment};
use crate::api::{CollectionId, Member, Resource, api, resource};
use crate::connectwise::date;
use crate::connectwise::fields::{self, AuditStamp, CUSTOM_FIELDS, INFO};
use crate::engine::query::ValueKind;
use crate::engine::store::TenantState;

/// Number of records generated per collection.
const RECORDS_PER_COLLECTION: i64 = 2;
/// Limits recursion, because schemas can contain themselves.
const MAX_DEPTH: usize = 3;
/// The user name of the creator of generated records.
const AUTHOR: &str = "Admin1";

/// Creates the collection's table, with generated records, unless it exists.
pub(crate) fn ensure_table(state: &mut TenantState, collection: CollectionId) {
    if !state.has_table(collection) {
        // The table is created first, so collections that refer to each other don't recurse forever.
        state.table_mut(collection);
        fill(state, collection);
    }
}

fn fill(state: &mut TenantState, collection: CollectionId) {
    let known = api().collection(collection);
    if state.overrides.starts_empty(collection) {
        return;
    }
    // All of them belong to the first possible parent record.
    let parent = match known.parents.last() {
        Some(Some(above)) => {
            ensure_table(state, *above);
            match state.table(*above).and_then(|table| table.rows().first()) {
                Some(row) => row.id,
                None => return,
            }
        }
        Some(None) => 1,
        None => 0,
    };
    let attached = state.overrides.attached(collection);
    let records = if known.single || attached.is_some() { 1 } else { RECORDS_PER_COLLECTION };
    for id in 1..=records {
        let mut record = generate(state, collection, id);
        record.insert("id".to_owned(), known.resource().id(id));
        set_parent(collection, parent, &mut record);
        if let Some(target) = attached {
            ensure_table(state, target);
            let Some(first) = state.table(target).and_then(|table| table.rows().first()) else { return };
            let first = first.id;
            record.shift_remove(INFO);
            describe_attachment(state, collection, target, first, &mut record);
            state.put(collection, id, parent, true, &record);
            continue;
        }
        let date = date::format(state.created_at);
        record.shift_remove(INFO);
        fields::stamp_created(&mut record, AuditStamp { date: &date, member: AUTHOR });
        state.put(collection, id, parent, true, &record);
    }
}

/// Sets the parent's ID, if the record has a field for it.
fn set_parent(collection: CollectionId, parent: i64, record: &mut Map<String, Value>) {
    let known = api().collection(collection);
    let Some(Some(above)) = known.parents.last() else { return };
    let Some(schema) = api().collection(*above).schema else { return };
    for (name, member) in &known.resource().members {
        if *member == Member::Integer
            && name.strip_suffix("Id").is_some_and(|name| name.eq_ignore_ascii_case(schema))
        {
            record.insert(name.clone(), Value::from(parent));
        }
    }
}

fn generate(state: &mut TenantState, collection: CollectionId, id: i64) -> Map<String, Value> {
    let known = api().collection(collection);
    let resource = known.resource();
    let mut record = sample_object(resource, id, &date::format(state.created_at), 0);
    let Some(writer) = known.writer() else { return record };
    for link in api().operations[writer].details().links.iter().filter(|link| link.path.len() == 1) {
        let name = &link.path[0];
        let Some(member @ Member::Object(_)) = resource.member(name) else { continue };
        let target = api().listed_by(&link.tool);
        // Nested targets would need their parents first, which may be the records being generated.
        let target =
            target.filter(|target| *target != collection && api().collection(*target).parents.is_empty());
        let value = target.and_then(|target| first_reference(state, target, member));
        match value {
            Some(value) => record.insert(name.clone(), value),
            None => record.shift_remove(name),
        };
    }
    record
}

/// Returns a reference to the first record of a collection.
fn first_reference(state: &mut TenantState, target: CollectionId, member: &Member) -> Option<Value> {
    ensure_table(state, target);
    let row = state.table(target)?.rows().first()?.clone();
    let path = api()
        .collection(target)
        .parents
        .is_empty()
        .then(|| format!("{}/{}", api().collection(target).path, row.id));
    Some(Value::Object(build_reference(target, &row, Some(member), path)))
}

fn sample_object(resource: &Resource, id: i64, date: &str, depth: usize) -> Map<String, Value> {
    let members = resource.members.iter().filter(|(name, _)| name != INFO && name != CUSTOM_FIELDS);
    members
        .filter_map(|(name, member)| {
            let kind = resource.kinds.get(&name.to_ascii_lowercase());
            Some((name.clone(), sample_value(&resource.name, name, member, kind, id, date, depth)?))
        })
        .collect()
}

fn sample_value(
    type_name: &str,
    name: &str,
    member: &Member,
    kind: Option<&ValueKind>,
    id: i64,
    date: &str,
    depth: usize,
) -> Option<Value> {
    Some(match member {
        Member::Integer if name == "id" => Value::from(id),
        Member::Integer => Value::from(1),
        Member::Number => Value::from(1.0),
        Member::Boolean => Value::Bool(false),
        Member::Text => match kind {
            Some(ValueKind::Choice(choices)) => Value::from(choices.first()?.as_str()),
            Some(ValueKind::Date) => Value::from(date),
            _ => sample_text(type_name, name, id),
        },
        Member::Object(schema) if depth < MAX_DEPTH => {
            let known = resource(schema);
            if known.members.is_empty() {
                return None;
            }
            Value::Object(sample_object(known, id, date, depth + 1))
        }
        Member::List(_) => Value::Array(Vec::new()),
        Member::Object(_) | Member::Map | Member::Any => return None,
    })
}

fn sample_text(type_name: &str, name: &str, id: i64) -> Value {
    match name {
        "url" | "hyperlink" | "link" => Value::from(format!("https://example.com/{id}")),
        "identifier" => Value::from(format!("{type_name}{id}")),
        "name" | "description" | "caption" | "title" | "summary" => {
            Value::from(format!("{} {id}", fields::spaced(type_name)))
        }
        name if name.to_ascii_lowercase().ends_with("email") => {
            Value::from(format!("example{id}@example.com"))
        }
        name if name.to_ascii_lowercase().ends_with("guid") => {
            Value::from(format!("00000000-0000-4000-8000-{id:012}"))
        }
        name => Value::from(format!("{name} {id}")),
    }
}

/// Generates an object from a schema, for responses to actions that store nothing.
pub(crate) fn sample(schema: &str, id: i64, date: &str) -> Map<String, Value> {
    sample_object(resource(schema), id, date, 0)
}

/// Generates a value from an inline schema.
pub(crate) fn sample_inline(node: &Value, id: i64, date: &str) -> Value {
    let kind = match node.get("type") {
        Some(Value::String(kind)) => kind.as_str(),
        Some(Value::Array(kinds)) => kinds.first().and_then(Value::as_str).unwrap_or_default(),
        _ => "",
    };
    match kind {
        "integer" => Value::from(id),
        "number" => Value::from(1.0),
        "boolean" => Value::Bool(true),
        "string" => Value::from("text"),
        "array" => Value::Array(Vec::new()),
        "object" => {
            let properties = node.get("properties").and_then(Value::as_object);
            let members = properties.into_iter().flatten();
            Value::Object(members.map(|(name, node)| (name.clone(), sample_inline(node, id, date))).collect())
        }
        _ => match referenced_schema(node) {
            Some(name) => Value::Object(sample(name, id, date)),
            None => Value::Null,
        },
    }
}

fn referenced_schema(node: &Value) -> Option<&str> {
    node.get("$ref").and_then(Value::as_str)?.rsplit_once('/').map(|(_, name)| name)
}
