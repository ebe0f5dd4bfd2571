//! The body of a callback, and the event that it is converted to.
//!
//! An event is the same JSON object for every sink:
//! `{event_id, account, received_at, action, type, record_id, member_id, callback_id, message_id, entity}`. The entity
//! is the record as the API returns it, or null if it was deleted.

use connectwise_psa::runtime::Value;
use serde_json::{Map, json};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::error::WebhookError;

/// The fields of a callback's body that are used. Everything else is dropped.
pub struct CallbackPayload {
    members: Map<String, Value>,
}

impl CallbackPayload {
    /// Parses a body.
    ///
    /// # Errors
    /// Returns an error if it is not a callback.
    pub fn read(body: &[u8]) -> Result<Self, WebhookError> {
        let members: Map<String, Value> = serde_json::from_slice(body).map_err(|error| {
            WebhookError::Malformed(format!("expected a JSON object (column {})", error.column()))
        })?;
        let message = Self { members };
        for name in ["Action", "Type"] {
            if message.non_empty_string(name).is_none() {
                return Err(WebhookError::Malformed(format!("missing property \"{name}\"")));
            }
        }
        if message.members.get("ID").is_none_or(Value::is_null) {
            return Err(WebhookError::Malformed("missing property \"ID\"".to_owned()));
        }
        Ok(message)
    }

    /// Returns the URL of the signing key.
    ///
    /// # Errors
    /// Returns an error if it is missing.
    pub fn key_url(&self) -> Result<&str, WebhookError> {
        let url = self.members.get("Metadata").and_then(|metadata| metadata["key_url"].as_str());
        url.ok_or_else(|| WebhookError::Malformed("missing property \"Metadata.key_url\"".to_owned()))
    }

    /// Returns an ID for deduplication, of fixed length. It is derived from the message ID, or from the body if there is none,
    /// so that a repeated callback has the same ID.
    pub fn identity(&self, account: &str, body: &[u8]) -> String {
        let mut hash = Sha256::new();
        let mut add = |part: &[u8]| {
            // The length separates the parts.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        };
        add(account.as_bytes());
        match self.non_empty_string("MessageId") {
            // One message may be sent to several callbacks, which the other parts distinguish.
            Some(id) => {
                for part in [id, self.non_empty_string("Action").unwrap_or_default()] {
                    add(part.as_bytes());
                }
                for name in ["Type", "ID", "CallbackObjectRecId"] {
                    add(self.value(name).to_string().as_bytes());
                }
            }
            None => add(body),
        }
        let digest = hash.finalize();
        digest.iter().take(16).fold("evt_".to_owned(), |text, byte| format!("{text}{byte:02x}"))
    }

    /// The event, which has come now.
    pub fn event(&self, id: &str, account: &str) -> Value {
        let entity = match self.members.get("Entity") {
            // JSON within a text.
            Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
            Some(entity) => entity.clone(),
            None => Value::Null,
        };
        json!({
            "event_id": id,
            "account": account,
            "received_at": OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default(),
            "action": self.value("Action"),
            "type": self.value("Type"),
            "record_id": self.value("ID"),
            "member_id": self.value("MemberId"),
            "callback_id": self.value("CallbackObjectRecId"),
            "message_id": self.value("MessageId"),
            "entity": entity,
        })
    }

    fn value(&self, name: &str) -> Value {
        self.members.get(name).cloned().unwrap_or_default()
    }

    fn non_empty_string(&self, name: &str) -> Option<&str> {
        self.members.get(name)?.as_str().filter(|text| !text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"MessageId":"m","FromUrl":"h","CompanyId":"acme","MemberId":"Admin1","Action":"updated",
        "Type":"contact","ID":57961,"ProductInstanceId":null,"PartnerId":null,"CallbackObjectRecId":5,
        "Entity":"{\"id\":57961,\"firstName\":\"Zoë\"}","Metadata":{"key_url":"https://h/v/k"}}"#;

    fn read(body: &str) -> CallbackPayload {
        CallbackPayload::read(body.as_bytes()).ok().unwrap()
    }

    #[test]
    fn a_callback_becomes_an_event() {
        let message = read(BODY);
        assert_eq!(message.key_url(), Ok("https://h/v/k"));
        let mut event = message.event("evt_1", "acme");
        let time = event["received_at"].take();
        assert!(OffsetDateTime::parse(time.as_str().unwrap(), &Rfc3339).is_ok());
        assert_eq!(
            event,
            json!({
                "event_id": "evt_1", "account": "acme", "received_at": null, "action": "updated", "type": "contact",
                "record_id": 57961, "member_id": "Admin1", "callback_id": 5, "message_id": "m",
                "entity": {"id": 57961, "firstName": "Zoë"},
            })
        );
        let event = |entity: &str| read(&BODY.replace(r#""{\"id\":57961,\"firstName\":\"Zoë\"}""#, entity));
        assert_eq!(event("null").event("", "")["entity"], Value::Null);
        assert_eq!(event("\"no JSON\"").event("", "")["entity"], "no JSON");
    }

    #[test]
    fn invalid_callback_is_rejected_without_printing_it() {
        for body in [
            "",
            "[]",
            "hush",
            "{}",
            r#"{"Action":"added","Type":"ticket"}"#,
            r#"{"Action":1,"Type":"t","ID":1}"#,
        ] {
            let refused = CallbackPayload::read(body.as_bytes()).err().unwrap();
            assert_eq!(refused.reason(), "malformed");
            assert!(!refused.to_string().contains("hush"));
        }
        let message = read(&BODY.replace("key_url", "url"));
        assert_eq!(message.key_url().unwrap_err().reason(), "malformed");
    }

    #[test]
    fn an_identity_is_that_of_the_message() {
        let of = |body: &str, account: &str| read(body).identity(account, body.as_bytes());
        let first = of(BODY, "acme");
        assert_eq!(first.len(), 36);
        // Bytes that differ do not make another message of it.
        assert_eq!(of(&BODY.replace("\"FromUrl\":\"h\",", ""), "acme"), first);
        for (old, new) in [
            ("\"m\"", "\"n\""),
            ("updated", "deleted"),
            ("57961,\"Prod", "57962,\"Prod"),
            ("RecId\":5", "RecId\":6"),
            ("contact", "ticket"),
        ] {
            assert!(BODY.contains(old));
            assert_ne!(of(&BODY.replace(old, new), "acme"), first, "{new}");
        }
        assert_ne!(of(BODY, "other"), first);
        let without = BODY.replace("\"MessageId\":\"m\",", "");
        assert_eq!(of(&without, "acme"), of(&without, "acme"));
        assert_ne!(of(&without, "acme"), of(&without.replace("\"h\"", "\"i\""), "acme"));
    }
}
