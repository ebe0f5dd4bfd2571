//! Generates responses from schemas.

use serde_json::{Map, Value};

use crate::api::{Member, OperationDetails, ResponseSchema, resource};
use crate::connectwise::bodies::confirmation;
use crate::connectwise::date;
use crate::engine::synthetic::{sample, sample_inline};

/// Generates a response from an operation's schema, using matching values from the body.
pub(crate) fn from_schema(details: &OperationDetails, id: i64, now: i64, body: &Value) -> Value {
    let date = date::format(now);
    let item = match &details.schema {
        ResponseSchema::Nothing => Value::Object(Map::new()),
        ResponseSchema::Inline(node) => sample_inline(node, id, &date),
        ResponseSchema::Named(name) => confirmation(name).unwrap_or_else(|| {
            let mut fields = sample(name, id, &date);
            for (field, value) in body.as_object().into_iter().flatten() {
                let scalar = !value.is_object() && !value.is_array() && !value.is_null();
                if scalar && matches!(resource(name).member(field), Some(kind) if accepts(kind, value)) {
                    fields.insert(field.clone(), value.clone());
                }
            }
            Value::Object(fields)
        }),
    };
    if details.list { Value::Array(vec![item]) } else { item }
}

fn accepts(field: &Member, value: &Value) -> bool {
    match field {
        Member::Integer => value.is_i64(),
        Member::Number => value.is_number(),
        Member::Boolean => value.is_boolean(),
        Member::Text => value.is_string(),
        _ => false,
    }
}
