//! Attaches a record from one collection to a record in another, by its ID.
//!
//! For example, a configuration attached to a ticket is represented by `{id, deviceIdentifier, _info: {name}}`, with
//! the configuration's ID.

use serde_json::{Map, Value};

use super::reference::describe_attachment;
use super::rule::RuleSet;
use super::store::{RecordValue, TenantState};
use super::transaction::{BodyValidator, Transaction, expect_object};
use super::write_body::WriteBody;
use crate::api::{CollectionId, api};
use crate::connectwise::error::ApiError;
use crate::connectwise::fields::{DEVICE_IDENTIFIER, lower_first, spaced};

/// Attaches the record that a body identifies to a parent. Returns the ID of the attachment's row.
pub(crate) fn attach(
    rules: &RuleSet,
    tx: &mut Transaction<'_>,
    collection: CollectionId,
    parent: i64,
    body: WriteBody<'_>,
) -> Result<i64, ApiError> {
    let known = api().collection(collection);
    let Some(target) = tx.state.overrides.attached(collection) else { return Err(ApiError::no_endpoint()) };
    tx.ensure(collection);
    tx.ensure(target);
    let given = expect_object(body.value, &body.details.shape.name)?;
    let mut validator = BodyValidator::new(&body.details.shape, known.resource(), body.text);
    let mut record = validator.fields(&given)?;
    rules.validate(collection, &record, &mut validator.invalid_fields);
    validator.finish()?;
    let id = named_target(tx, collection, target, &given)?;
    let rows = tx.children_of(collection, parent);
    if let Some(row) = rows.into_iter().find(|row| attached_id(tx.state, collection, *row) == Some(id)) {
        return Ok(row);
    }
    describe_attachment(tx.state, collection, target, id, &mut record);
    tx.fill_defaults(collection, parent, &body.details.links, &mut record);
    Ok(tx.insert_attachment(collection, parent, record))
}

/// Returns the ID of the record that a row attaches.
fn attached_id(state: &TenantState, collection: CollectionId, row: i64) -> Option<i64> {
    state.row(collection, row)?.record.get("id")?.as_integer()
}

/// Removes the attachments of a deleted record.
pub(crate) fn detach(tx: &mut Transaction<'_>, target: CollectionId, id: i64) {
    for (collection, row) in attachments_of(tx.state, target, id) {
        tx.remove(collection, row);
    }
}

/// Updates the data that attachments show for a changed record.
pub(crate) fn update_attachments(tx: &mut Transaction<'_>, target: CollectionId, id: i64) {
    for (collection, row) in attachments_of(tx.state, target, id) {
        let Some(mut record) = tx.state.value(collection, row) else { continue };
        describe_attachment(tx.state, collection, target, id, &mut record);
        tx.replace_unnoticed(collection, row, &record);
    }
}

fn attachments_of(state: &TenantState, target: CollectionId, id: i64) -> Vec<(CollectionId, i64)> {
    let mut found = Vec::new();
    for (collection, of) in &state.overrides.attachments {
        if *of == target
            && let Some(table) = state.table(*collection)
        {
            let id = RecordValue::Integer(id);
            let rows = table.rows().iter().filter(|row| row.record.get("id") == Some(&id));
            found.extend(rows.map(|row| (*collection, row.id)));
        }
    }
    found
}

/// Returns the ID of the record that a body identifies by its ID or, for a configuration, by its device
/// identifier.
fn named_target(
    tx: &mut Transaction<'_>,
    collection: CollectionId,
    target: CollectionId,
    given: &Map<String, Value>,
) -> Result<i64, ApiError> {
    let resource = api().collection(collection).resource();
    let noun = lower_first(&resource.name);
    let has_device = resource.member(DEVICE_IDENTIFIER).is_some();
    let not_found = |field: &str, value: &str| {
        let message = format!(
            "{} {value} not found",
            spaced(api().collection(target).noun().trim_start_matches("Company"))
        );
        ApiError::invalid_field("NotFound", &noun, field, message)
    };
    let id = match given.get("id") {
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    if let Some(id) = id.filter(|id| *id != 0) {
        return match tx.state.row(target, id) {
            Some(_) => Ok(id),
            None => Err(not_found("id", &id.to_string())),
        };
    }
    match given.get(DEVICE_IDENTIFIER).and_then(Value::as_str).filter(|text| has_device && !text.is_empty()) {
        Some(device) => {
            let same = |text: &str| text.eq_ignore_ascii_case(device);
            let found = tx.find(target, |record| {
                record.get(DEVICE_IDENTIFIER).and_then(RecordValue::as_text).is_some_and(same)
            });
            found.first().copied().ok_or_else(|| not_found(DEVICE_IDENTIFIER, device))
        }
        None => Err(ApiError::attachment_without_id(&noun, has_device)),
    }
}
