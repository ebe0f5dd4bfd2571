//! The body of a callback, before and after its signature is verified.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::error::CallbackError;
use crate::event::{CallbackAction, CallbackEvent, RecordType};

/// The length of an event ID in bytes.
const ID_BYTES: usize = 16;

/// A longer value of a field other than the record is ignored. The API's have fewer than 300 bytes.
const MAX_FIELD_BYTES: usize = 4096;

/// A callback's body. Anyone can send one, so its values are only located until the signature is verified; fields that are not
/// used are skipped.
pub(crate) struct CallbackPayload<'b> {
    fields: PayloadFields<'b>,
    action: String,
    record_type: String,
    record_id: i64,
}

/// The fields of a callback's body, as they are written.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PayloadFields<'b> {
    #[serde(borrow, default)]
    action: Option<&'b RawValue>,
    #[serde(borrow, default, rename = "Type")]
    record_type: Option<&'b RawValue>,
    #[serde(borrow, default, rename = "ID")]
    record_id: Option<&'b RawValue>,
    #[serde(borrow, default)]
    company_id: Option<&'b RawValue>,
    #[serde(borrow, default)]
    member_id: Option<&'b RawValue>,
    #[serde(borrow, default)]
    message_id: Option<&'b RawValue>,
    #[serde(borrow, default)]
    callback_object_rec_id: Option<&'b RawValue>,
    #[serde(borrow, default)]
    entity: Option<&'b RawValue>,
    #[serde(borrow, default)]
    metadata: Option<&'b RawValue>,
}

impl<'b> CallbackPayload<'b> {
    /// Parses a body.
    ///
    /// # Errors
    /// Returns an error if the body isn't a callback.
    pub(crate) fn parse(body: &'b [u8]) -> Result<Self, CallbackError> {
        let fields: PayloadFields<'_> = serde_json::from_slice(body).map_err(|error| {
            CallbackError::Malformed(format!("expected a JSON object (column {})", error.column()))
        })?;
        let action = non_empty_text(fields.action).ok_or_else(|| missing("Action"))?;
        let record_type = non_empty_text(fields.record_type).ok_or_else(|| missing("Type"))?;
        let record_id = read_integer(fields.record_id).ok_or_else(|| missing("ID"))?;
        Ok(Self { fields, action, record_type, record_id })
    }

    /// Returns the URL of the signing key.
    ///
    /// # Errors
    /// Returns an error if it is missing.
    pub(crate) fn key_url(&self) -> Result<String, CallbackError> {
        let metadata = read(self.fields.metadata);
        let url = metadata["key_url"].as_str().map(str::to_owned);
        url.ok_or_else(|| missing("Metadata.key_url"))
    }

    /// Converts the callback to an event for `company`. `body` is the unparsed body.
    pub(crate) fn into_event(self, company: &str, body: &[u8]) -> CallbackEvent {
        let id = self.event_id(company, body);
        let Self { fields, action, record_type, record_id } = self;
        let entity = fields.entity.and_then(|entity| serde_json::from_str(entity.get()).ok());
        let entity = match entity {
            // The JSON is encoded as a string.
            Some(Value::String(text)) => Some(serde_json::from_str(&text).unwrap_or(Value::String(text))),
            entity => entity,
        };
        CallbackEvent {
            id,
            action: CallbackAction::from(action.as_str()),
            record_type: RecordType::from(record_type.as_str()),
            record_id,
            entity: entity.filter(|entity| !entity.is_null()),
            company_id: read_text(fields.company_id),
            member_id: read_text(fields.member_id),
            callback_id: read_integer(fields.callback_object_rec_id),
            message_id: read_text(fields.message_id),
        }
    }

    /// Derives a fixed-length ID from the message ID, or from the body if there is none, so a repeated callback gets
    /// the same ID.
    fn event_id(&self, company: &str, body: &[u8]) -> String {
        let mut hash = Sha256::new();
        let mut add = |part: &[u8]| {
            // The length prefix keeps the parts distinct.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        };
        add(company.to_ascii_lowercase().as_bytes());
        match non_empty_text(self.fields.message_id) {
            // One message may be sent to several callbacks; the other parts distinguish them.
            Some(message_id) => {
                for part in [&message_id, &self.action, &self.record_type] {
                    add(part.as_bytes());
                }
                for id in [self.fields.record_id, self.fields.callback_object_rec_id] {
                    add(read(id).to_string().as_bytes());
                }
            }
            None => add(body),
        }
        let digest = hash.finalize();
        digest.iter().take(ID_BYTES).fold("evt_".to_owned(), |text, byte| format!("{text}{byte:02x}"))
    }
}

fn missing(name: &str) -> CallbackError {
    CallbackError::Malformed(format!("missing or invalid property \"{name}\""))
}

/// Reads the value of a field; null if it is missing or too long.
fn read(value: Option<&RawValue>) -> Value {
    let value = value.map(RawValue::get).filter(|text| text.len() <= MAX_FIELD_BYTES);
    value.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

fn non_empty_text(value: Option<&RawValue>) -> Option<String> {
    match read(value) {
        Value::String(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// Returns a scalar value of any type as text.
fn read_text(value: Option<&RawValue>) -> Option<String> {
    match read(value) {
        Value::String(text) if !text.is_empty() => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn read_integer(value: Option<&RawValue>) -> Option<i64> {
    match read(value) {
        Value::String(text) => text.parse().ok(),
        value => value.as_i64(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const BODY: &str = r#"{"MessageId":"m","FromUrl":"h","CompanyId":"acme","MemberId":"Admin1","Action":"updated",
        "Type":"contact","ID":57961,"ProductInstanceId":null,"PartnerId":null,"CallbackObjectRecId":5,
        "Entity":"{\"id\":57961,\"firstName\":\"Zoë\"}","Metadata":{"key_url":"https://h/v/k"}}"#;

    fn parse(body: &str) -> CallbackPayload<'_> {
        CallbackPayload::parse(body.as_bytes()).ok().unwrap()
    }

    fn event(body: &str) -> CallbackEvent {
        parse(body).into_event("acme", body.as_bytes())
    }

    #[test]
    fn callback_becomes_an_event() {
        assert_eq!(parse(BODY).key_url().as_deref(), Ok("https://h/v/k"));
        let found = event(BODY);
        let expected = CallbackEvent {
            id: found.id.clone(),
            action: CallbackAction::Updated,
            record_type: RecordType::Contact,
            record_id: 57961,
            entity: Some(json!({"id": 57961, "firstName": "Zoë"})),
            company_id: Some("acme".to_owned()),
            member_id: Some("Admin1".to_owned()),
            callback_id: Some(5),
            message_id: Some("m".to_owned()),
        };
        assert_eq!(found, expected);
        let with_entity =
            |entity: &str| event(&BODY.replace(r#""{\"id\":57961,\"firstName\":\"Zoë\"}""#, entity)).entity;
        assert_eq!(with_entity("null"), None);
        assert_eq!(with_entity(r#"{"id": 1}"#), Some(json!({"id": 1})));
        assert_eq!(with_entity("\"not JSON\""), Some(json!("not JSON")));
    }

    #[test]
    fn numbers_may_be_strings() {
        let found =
            event(&BODY.replace("57961,\"Prod", "\"57961\",\"Prod").replace("RecId\":5", "RecId\":\"5\""));
        assert_eq!((found.record_id, found.callback_id), (57961, Some(5)));
    }

    #[test]
    fn other_bodies_are_rejected_without_being_shown() {
        for body in [
            "",
            "[]",
            "hush",
            "{}",
            r#"{"Action":"added","Type":"ticket"}"#,
            r#"{"Action":"added","Type":"ticket","ID":null}"#,
            r#"{"Action":"added","Type":"ticket","ID":"hush"}"#,
            r#"{"Action":1,"Type":"t","ID":1}"#,
            r#"{"Action":"a","Action":"b","Type":"t","ID":1}"#,
        ] {
            let error = CallbackPayload::parse(body.as_bytes()).err().unwrap();
            assert_eq!(error.code(), "malformed");
            assert!(!error.to_string().contains("hush"));
        }
        let long = format!("https://h/{}", "x".repeat(MAX_FIELD_BYTES));
        for body in [BODY.replace("key_url", "url"), BODY.replace("https://h/v/k", &long)] {
            assert_eq!(parse(&body).key_url().unwrap_err().code(), "malformed");
        }
    }

    #[test]
    fn event_id_comes_from_the_message() {
        let id = |body: &str, company: &str| parse(body).into_event(company, body.as_bytes()).id;
        let first = id(BODY, "acme");
        assert_eq!(first.len(), 36);
        // A different body doesn't make it a different message.
        assert_eq!(id(&BODY.replace("\"FromUrl\":\"h\",", ""), "acme"), first);
        for (old, new) in [
            ("\"m\"", "\"n\""),
            ("updated", "deleted"),
            ("57961,\"Prod", "57962,\"Prod"),
            ("RecId\":5", "RecId\":6"),
            ("contact", "ticket"),
        ] {
            assert!(BODY.contains(old));
            assert_ne!(id(&BODY.replace(old, new), "acme"), first, "{new}");
        }
        assert_ne!(id(BODY, "other"), first);
        let without = BODY.replace("\"MessageId\":\"m\",", "");
        assert_eq!(id(&without, "acme"), id(&without, "acme"));
        assert_ne!(id(&without, "acme"), id(&without.replace("\"h\"", "\"i\""), "acme"));
    }
}
