//! Records made up from a schema: the same ones each time, so that no list is empty and the record with id 1
//! is there.

use serde_json::{Map, Value, json};

use crate::api::{Api, CollectionId, Member, Resource, api, resource};
use crate::clock;
use crate::query::Kind;
use crate::rules::rules;
use crate::store::State;
use crate::write::{noun, reference};

/// How many records a collection gets.
const RECORDS: i64 = 2;
/// Schemas refer to themselves.
const DEEPEST: usize = 3;

/// Fills a collection that has no seed records.
pub(super) fn fill(state: &mut State, collection: CollectionId) {
    let known = api().of(collection);
    if rules().is_view(collection) || rules().starts_empty(collection) {
        return;
    }
    // They all hang below the first record that could have some.
    let parent = match known.parents.last() {
        Some(Some(above)) => {
            super::ensure(state, *above);
            match state.table(*above).and_then(|table| table.rows().first()) {
                Some(row) => row.id,
                None => return,
            }
        }
        Some(None) => 1,
        None => 0,
    };
    let records = if known.single { 1 } else { RECORDS };
    for id in 1..=records {
        let mut record = members(state, collection, id);
        record.insert("id".to_owned(), known.resource().id(id));
        set_parent(collection, parent, &mut record);
        let date = clock::text(state.began);
        let info =
            json!({"lastUpdated": date, "updatedBy": "Admin1", "dateEntered": date, "enteredBy": "Admin1"});
        record.insert("_info".to_owned(), info);
        state.put(collection, id, parent, true, &record);
    }
}

/// The id of the parent, where the record has a member for it.
fn set_parent(collection: CollectionId, parent: i64, record: &mut Map<String, Value>) {
    let known = api().of(collection);
    let Some(Some(above)) = known.parents.last() else { return };
    let Some(schema) = api().of(*above).schema else { return };
    for (name, member) in &known.resource().members {
        if *member == Member::Integer
            && name.strip_suffix("Id").is_some_and(|name| name.eq_ignore_ascii_case(schema))
        {
            record.insert(name.clone(), Value::from(parent));
        }
    }
}

fn members(state: &mut State, collection: CollectionId, id: i64) -> Map<String, Value> {
    let known = api().of(collection);
    let resource = known.resource();
    let mut record = object(resource, id, &clock::text(state.began), 0);
    let Some(writer) = known.writer() else { return record };
    for link in api().operations[writer].plan().links.iter().filter(|link| link.path.len() == 1) {
        let name = &link.path[0];
        let Some(member @ Member::Object(_)) = resource.member(name) else { continue };
        let target = api().listed_by(&link.tool);
        // Nested ones would need their parents first, which may be the ones that are being made.
        let target = target.filter(|target| *target != collection && api().of(*target).parents.is_empty());
        let value = target.and_then(|target| first(api(), state, target, member));
        match value {
            Some(value) => record.insert(name.clone(), value),
            None => record.shift_remove(name),
        };
    }
    record
}

/// A reference to the first record of a collection.
fn first(api: &Api, state: &mut State, target: CollectionId, member: &Member) -> Option<Value> {
    super::ensure(state, target);
    let row = state.table(target)?.rows().first()?.clone();
    let path = api.of(target).parents.is_empty().then(|| format!("{}/{}", api.of(target).path, row.id));
    Some(Value::Object(reference(target, &row, Some(member), path)))
}

fn object(resource: &Resource, id: i64, date: &str, depth: usize) -> Map<String, Value> {
    let members = resource.members.iter().filter(|(name, _)| name != "_info" && name != "customFields");
    members
        .filter_map(|(name, member)| {
            let kind = resource.kinds.get(&name.to_ascii_lowercase());
            Some((name.clone(), value(&resource.name, name, member, kind, id, date, depth)?))
        })
        .collect()
}

fn value(
    of: &str,
    name: &str,
    member: &Member,
    kind: Option<&Kind>,
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
            Some(Kind::Choice(choices)) => Value::from(choices.first()?.as_str()),
            Some(Kind::Date) => Value::from(date),
            _ => text(of, name, id),
        },
        Member::Object(schema) if depth < DEEPEST => {
            let known = resource(schema);
            if known.members.is_empty() {
                return None;
            }
            Value::Object(object(known, id, date, depth + 1))
        }
        Member::List(_) => Value::Array(Vec::new()),
        Member::Object(_) | Member::Map | Member::Any => return None,
    })
}

fn text(of: &str, name: &str, id: i64) -> Value {
    match name {
        "url" | "hyperlink" | "link" => Value::from(format!("https://example.com/{id}")),
        "identifier" => Value::from(format!("{of}{id}")),
        "name" | "description" | "caption" | "title" | "summary" => Value::from(format!("{} {id}", noun(of))),
        name if name.to_ascii_lowercase().ends_with("email") => {
            Value::from(format!("example{id}@example.com"))
        }
        name if name.to_ascii_lowercase().ends_with("guid") => {
            Value::from(format!("00000000-0000-4000-8000-{id:012}"))
        }
        name => Value::from(format!("{name} {id}")),
    }
}

/// A value that a schema allows, for answers of actions that store nothing.
pub(crate) fn sample(schema: &str, id: i64, date: &str) -> Map<String, Value> {
    object(resource(schema), id, date, 0)
}

/// A value that an inline schema allows.
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
        _ => match api_reference(node) {
            Some(name) => Value::Object(sample(name, id, date)),
            None => Value::Null,
        },
    }
}

fn api_reference(node: &Value) -> Option<&str> {
    node.get("$ref").and_then(Value::as_str)?.rsplit_once('/').map(|(_, name)| name)
}
