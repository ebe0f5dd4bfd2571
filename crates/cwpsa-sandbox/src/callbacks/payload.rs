//! What is posted: the URL and the body, as the API makes them.

use bytes::Bytes;
use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json::{self, json};

use crate::serve::guid;
use crate::{Action, Event};

/// Who posts.
pub(super) struct Sender {
    /// The server's address: `http://127.0.0.1:9090`.
    pub(super) base: String,
    pub(super) company: String,
    /// The id of the signing key.
    pub(super) key_id: String,
}

impl Sender {
    /// The body, whose bytes are signed. `Entity` is JSON within a text, and null where the record is gone.
    pub(super) fn body(&self, callback: &Value, event: &Event) -> Bytes {
        let entity = match event.action {
            Action::Deleted => Value::Null,
            Action::Added | Action::Updated => event.record.to_string().into(),
        };
        let company: String = url::form_urlencoded::byte_serialize(self.company.as_bytes()).collect();
        let key_url = format!(
            "{}/v4_6_release/system/callbackkey/index.rails?companyName={company}&id={}",
            self.base, self.key_id
        );
        let body = json!({
            "MessageId": guid(),
            "FromUrl": self.base.split("://").last(),
            "CompanyId": self.company,
            "MemberId": event.record["_info"]["updatedBy"],
            "Action": word(event.action),
            "Type": callback["type"],
            "ID": event.id,
            "ProductInstanceId": Value::Null,
            "PartnerId": Value::Null,
            "CallbackObjectRecId": callback["id"],
            "Entity": entity,
            "Metadata": {"key_url": key_url},
        });
        serde_json::to_vec(&body).unwrap_or_default().into()
    }
}

/// The callback's URL, which ends with the name of a parameter, then id and action.
pub(super) fn url(callback: &Value, event: &Event) -> String {
    let url = callback["url"].as_str().unwrap_or_default();
    format!("{url}{}&action={}", event.id, word(event.action))
}

/// The API's word for an action.
pub(super) fn word(action: Action) -> &'static str {
    match action {
        Action::Added => "added",
        Action::Updated => "updated",
        Action::Deleted => "deleted",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_as_documented() {
        let sender = Sender {
            base: "http://127.0.0.1:9090".to_owned(),
            company: "acme & co".to_owned(),
            key_id: "k".to_owned(),
        };
        let callback = json!({"id": 5, "type": "contact", "url": "http://127.0.0.1/hook?recordId="});
        let record = json!({"id": 57961, "firstName": "Zoë \"Z\"", "_info": {"updatedBy": "Admin1"}});
        let event = |action| Event {
            action,
            collection: "/company/contacts".to_owned(),
            id: 57961,
            record: record.clone(),
        };
        let read = |action| -> Value {
            serde_json::from_slice(&sender.body(&callback, &event(action))).expect("JSON")
        };
        let body = read(Action::Added);
        let names: Vec<&String> = body.as_object().expect("an object").keys().collect();
        assert_eq!(
            names,
            [
                "MessageId",
                "FromUrl",
                "CompanyId",
                "MemberId",
                "Action",
                "Type",
                "ID",
                "ProductInstanceId",
                "PartnerId",
                "CallbackObjectRecId",
                "Entity",
                "Metadata",
            ]
        );
        assert_eq!(body["Action"], "added");
        assert_eq!(body["ID"], 57961);
        assert_eq!(body["CallbackObjectRecId"], 5);
        let entity: Value = serde_json::from_str(body["Entity"].as_str().expect("text")).expect("JSON");
        assert_eq!(entity, record);
        assert_eq!(
            body["Metadata"]["key_url"],
            "http://127.0.0.1:9090/v4_6_release/system/callbackkey/index.rails?companyName=acme+%26+co&id=k"
        );
        assert_eq!(read(Action::Deleted)["Entity"], Value::Null);
        assert_eq!(
            url(&callback, &event(Action::Updated)),
            "http://127.0.0.1/hook?recordId=57961&action=updated"
        );
    }
}
