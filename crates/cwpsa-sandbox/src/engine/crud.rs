//! Creates, replaces, patches and deletes records. Each of these writes is complete: it validates the body, resolves
//! references, fills in defaults and applies the rules of the record's collection.

use serde_json::{Map, Value};

use super::attach;
use super::rule::{RecordChange, RuleSet, WrittenRecord};
use super::transaction::{BodyValidator, Transaction, apply_patch, expect_object, find_uses};
use super::write_body::WriteBody;
use crate::api::{CollectionId, Resource, api};
use crate::connectwise::error::ApiError;
use crate::connectwise::fields::{CUSTOM_FIELDS, spaced};

/// Creates a record and returns its ID.
pub(crate) fn create(
    rules: &RuleSet,
    tx: &mut Transaction<'_>,
    collection: CollectionId,
    parent: i64,
    body: WriteBody<'_>,
) -> Result<i64, ApiError> {
    tx.ensure(collection);
    if tx.state.overrides.attached(collection).is_some() {
        return attach::attach(rules, tx, collection, parent, body);
    }
    let resource = api().collection(collection).resource();
    let mut record = validate(rules, collection, body)?;
    tx.resolve_references(&body.details.links, resource, &mut record, |_| true)?;
    tx.fill_defaults(collection, parent, &body.details.links, &mut record);
    tx.merge_custom_fields(collection, None, &mut record);
    let mut change = RecordChange { collection, parent, before: None, record: &mut record };
    let pending = rules.before_write(tx, &mut change)?;
    drop_write_only(resource, &mut record);
    let id = tx.insert(collection, parent, record);
    pending.after_write(tx, &WrittenRecord { collection, id, before: None })?;
    Ok(id)
}

/// Replaces a record.
pub(crate) fn replace(
    rules: &RuleSet,
    tx: &mut Transaction<'_>,
    collection: CollectionId,
    id: i64,
    body: WriteBody<'_>,
) -> Result<(), ApiError> {
    let resource = api().collection(collection).resource();
    let before = tx.get_or_404(collection, id)?;
    let mut record = validate(rules, collection, body)?;
    tx.resolve_references(&body.details.links, resource, &mut record, |_| true)?;
    // Server-computed fields and custom fields are kept.
    for (name, value) in &before {
        let kept = !body.details.shape.members.contains_key(name) || name == CUSTOM_FIELDS;
        if kept && !record.contains_key(name) {
            record.insert(name.clone(), value.clone());
        }
    }
    let Some(parent) = tx.state.row(collection, id).map(|row| row.parent) else { return Ok(()) };
    tx.fill_defaults(collection, parent, &body.details.links, &mut record);
    store(rules, tx, collection, id, before, record)
}

/// Changes a record's fields according to a JSON Patch.
pub(crate) fn patch(
    rules: &RuleSet,
    tx: &mut Transaction<'_>,
    collection: CollectionId,
    id: i64,
    body: WriteBody<'_>,
) -> Result<(), ApiError> {
    let known = api().collection(collection);
    let resource = known.resource();
    let before = tx.get_or_404(collection, id)?;
    // A patch operation without its own shape accepts the fields that a replacement accepts.
    let details = match known.replace.or(known.create) {
        Some(writer) if body.details.shape.members.is_empty() => api().operations[writer].details(),
        _ => body.details,
    };
    let changed = apply_patch(body.value, &before, resource, &details.shape, &details.links)?;
    let mut validator = BodyValidator::new(&details.shape, resource, body.text);
    let accepted = validator.fields(&changed)?;
    let required: Vec<String> =
        required_fields(collection).iter().filter(|name| accepted.contains_key(*name)).cloned().collect();
    validator.require(&required, &accepted);
    let mut record = before.clone();
    record.extend(accepted.clone());
    rules.validate(collection, &record, &mut validator.invalid_fields);
    validator.finish()?;
    tx.resolve_references(&details.links, resource, &mut record, |field| accepted.contains_key(field))?;
    store(rules, tx, collection, id, before, record)
}

/// Deletes a record unless others refer to it.
pub(crate) fn delete(
    rules: &RuleSet,
    tx: &mut Transaction<'_>,
    collection: CollectionId,
    id: i64,
) -> Result<(), ApiError> {
    let before = tx.get_or_404(collection, id)?;
    if let Some(found) = find_uses(tx.state, collection, id).first() {
        let noun = spaced(&api().collection(collection).noun());
        let user = spaced(&api().collection(found.collection).noun());
        return Err(ApiError::in_use(&noun, id, found.ids.len(), &user));
    }
    tx.remove(collection, id);
    attach::detach(tx, collection, id);
    rules.after_delete(tx, collection, &before)
}

fn validate(
    rules: &RuleSet,
    collection: CollectionId,
    body: WriteBody<'_>,
) -> Result<Map<String, Value>, ApiError> {
    let given = expect_object(body.value, &body.details.shape.name)?;
    let resource = api().collection(collection).resource();
    let mut validator = BodyValidator::new(&body.details.shape, resource, body.text);
    let record = validator.fields(&given)?;
    validator.require(&body.details.required, &record);
    rules.validate(collection, &record, &mut validator.invalid_fields);
    validator.finish()?;
    Ok(record)
}

/// Stores a changed record and applies all consequences of the change.
fn store(
    rules: &RuleSet,
    tx: &mut Transaction<'_>,
    collection: CollectionId,
    id: i64,
    before: Map<String, Value>,
    mut record: Map<String, Value>,
) -> Result<(), ApiError> {
    let Some(parent) = tx.state.row(collection, id).map(|row| row.parent) else { return Ok(()) };
    let resource = api().collection(collection).resource();
    tx.merge_custom_fields(collection, Some(&before), &mut record);
    let mut change = RecordChange { collection, parent, before: Some(&before), record: &mut record };
    let pending = rules.before_write(tx, &mut change)?;
    // An attachment keeps the ID of the attached record.
    let own_id = match tx.state.overrides.attached(collection) {
        Some(_) => before.get("id").cloned().unwrap_or_default(),
        None => resource.id(id),
    };
    record.insert("id".to_owned(), own_id);
    drop_write_only(resource, &mut record);
    let old = tx.state.record(collection, id);
    tx.update(collection, id, record);
    if let Some(old) = old {
        tx.update_references(collection, id, &old);
    }
    attach::update_attachments(tx, collection, id);
    pending.after_write(tx, &WrittenRecord { collection, id, before: Some(&before) })
}

/// Removes fields that are accepted on writes but never returned.
fn drop_write_only(resource: &Resource, record: &mut Map<String, Value>) {
    if !resource.members.is_empty() {
        record.retain(|name, _| resource.member(name).is_some());
    }
}

/// Returns the required fields of the collection's records.
fn required_fields(collection: CollectionId) -> &'static [String] {
    let writer = api().collection(collection).create.or(api().collection(collection).replace);
    writer.map_or(&[], |writer| &api().operations[writer].details().required)
}
