//! The body of a callback, before and after its signature is verified.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::error::CallbackError;
use crate::event::{CallbackAction, CallbackEvent, RecordType};

/// The number of bytes of an event ID.
const ID_BYTES: usize = 16;

/// The fields of a callback's body. Fields that are not used are dropped.
pub(crate) struct CallbackPayload {
    fields: Map<String, Value>,
    action: String,
    record_type: String,
    record_id: i64,
}

impl CallbackPayload {
    /// Parses a body.
    ///
    /// # Errors
    /// Returns an error if it is not a callback.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, CallbackError> {
        let fields: Map<String, Value> = serde_json::from_slice(body).map_err(|error| {
            CallbackError::Malformed(format!("expected a JSON object (column {})", error.column()))
        })?;
        let required = |name: &str| non_empty_text(&fields, name).ok_or_else(|| missing(name));
        let (action, record_type) = (required("Action")?.to_owned(), required("Type")?.to_owned());
        let record_id = read_integer(&fields, "ID").ok_or_else(|| missing("ID"))?;
        Ok(Self { fields, action, record_type, record_id })
    }

    /// Returns the URL of the signing key.
    ///
    /// # Errors
    /// Returns an error if it is missing.
    pub(crate) fn key_url(&self) -> Result<&str, CallbackError> {
        let url = self.fields.get("Metadata").and_then(|metadata| metadata["key_url"].as_str());
        url.ok_or_else(|| missing("Metadata.key_url"))
    }

    /// Converts the callback to an event of `company`. `body` is what was parsed.
    pub(crate) fn into_event(mut self, company: &str, body: &[u8]) -> CallbackEvent {
        let id = self.event_id(company, body);
        let entity = match self.fields.remove("Entity") {
            // JSON within a string.
            Some(Value::String(text)) => Some(serde_json::from_str(&text).unwrap_or(Value::String(text))),
            entity => entity,
        };
        CallbackEvent {
            id,
            action: CallbackAction::from(self.action.as_str()),
            record_type: RecordType::from(self.record_type.as_str()),
            record_id: self.record_id,
            entity: entity.filter(|entity| !entity.is_null()),
            company_id: read_text(&self.fields, "CompanyId"),
            member_id: read_text(&self.fields, "MemberId"),
            callback_id: read_integer(&self.fields, "CallbackObjectRecId"),
            message_id: read_text(&self.fields, "MessageId"),
        }
    }

    /// Derives an ID of fixed length from the message ID, or from the body if there is none, so that a repeated callback
    /// has the same ID.
    fn event_id(&self, company: &str, body: &[u8]) -> String {
        let mut hash = Sha256::new();
        let mut add = |part: &[u8]| {
            // The length separates the parts.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        };
        add(company.to_ascii_lowercase().as_bytes());
        match non_empty_text(&self.fields, "MessageId") {
            // One message may be sent to several callbacks, which the other parts distinguish.
            Some(message_id) => {
                for part in [message_id, &self.action, &self.record_type] {
                    add(part.as_bytes());
                }
                for name in ["ID", "CallbackObjectRecId"] {
                    add(self.fields.get(name).unwrap_or(&Value::Null).to_string().as_bytes());
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

fn non_empty_text<'f>(fields: &'f Map<String, Value>, name: &str) -> Option<&'f str> {
    fields.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// Returns a value as text, whatever scalar it is.
fn read_text(fields: &Map<String, Value>, name: &str) -> Option<String> {
    match fields.get(name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn read_integer(fields: &Map<String, Value>, name: &str) -> Option<i64> {
    match fields.get(name)? {
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

    fn parse(body: &str) -> CallbackPayload {
        CallbackPayload::parse(body.as_bytes()).ok().unwrap()
    }

    fn event(body: &str) -> CallbackEvent {
        parse(body).into_event("acme", body.as_bytes())
    }

    #[test]
    fn callback_becomes_an_event() {
        assert_eq!(parse(BODY).key_url(), Ok("https://h/v/k"));
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
        ] {
            let error = CallbackPayload::parse(body.as_bytes()).err().unwrap();
            assert_eq!(error.code(), "malformed");
            assert!(!error.to_string().contains("hush"));
        }
        let payload = parse(&BODY.replace("key_url", "url"));
        assert_eq!(payload.key_url().unwrap_err().code(), "malformed");
    }

    #[test]
    fn event_id_comes_from_the_message() {
        let id = |body: &str, company: &str| parse(body).into_event(company, body.as_bytes()).id;
        let first = id(BODY, "acme");
        assert_eq!(first.len(), 36);
        // Bytes that differ don't make another message of it.
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
