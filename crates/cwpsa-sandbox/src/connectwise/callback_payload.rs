//! Builds the URL and body of the request that delivers a callback.

use bytes::Bytes;
use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json::{self, json};

use super::fields::INFO;
use super::paths::CALLBACK_KEY_PATH;
use crate::message::{ChangeEvent, RecordChangeKind};

/// Builds callback bodies.
pub(crate) struct PayloadBuilder {
    /// The server's URL: `http://127.0.0.1:9090`.
    pub(crate) server_url: String,
    pub(crate) company: String,
    /// The ID of the signing key.
    pub(crate) key_id: String,
}

impl PayloadBuilder {
    /// Builds the body, whose bytes are signed. `Entity` is a JSON string, or null if the record was deleted.
    pub(crate) fn body(&self, callback: &Value, event: &ChangeEvent) -> Bytes {
        let entity = match event.kind {
            RecordChangeKind::Deleted => Value::Null,
            RecordChangeKind::Added | RecordChangeKind::Updated => event.record.to_string().into(),
        };
        let company: String = url::form_urlencoded::byte_serialize(self.company.as_bytes()).collect();
        let key_url =
            format!("{}{CALLBACK_KEY_PATH}?companyName={company}&id={}", self.server_url, self.key_id);
        let body = json!({
            "MessageId": uuid::Uuid::new_v4().to_string(),
            "FromUrl": self.server_url.split("://").last(),
            "CompanyId": self.company,
            "MemberId": event.record[INFO]["updatedBy"],
            "Action": action_name(event.kind),
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

/// Returns the URL to post to: the callback's URL, which ends with a parameter name, followed by ID and
/// action.
pub(crate) fn url(callback: &Value, event: &ChangeEvent) -> String {
    let url = callback["url"].as_str().unwrap_or_default();
    format!("{url}{}&action={}", event.id, action_name(event.kind))
}

/// Returns the API's name for a change.
pub(crate) fn action_name(action: RecordChangeKind) -> &'static str {
    match action {
        RecordChangeKind::Added => "added",
        RecordChangeKind::Updated => "updated",
        RecordChangeKind::Deleted => "deleted",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_as_documented() {
        let builder = PayloadBuilder {
            server_url: "http://127.0.0.1:9090".to_owned(),
            company: "acme & co".to_owned(),
            key_id: "k".to_owned(),
        };
        let callback = json!({"id": 5, "type": "contact", "url": "http://127.0.0.1/hook?recordId="});
        let record = json!({"id": 57961, "firstName": "Zoë \"Z\"", "_info": {"updatedBy": "Admin1"}});
        let event = |kind| ChangeEvent {
            kind,
            collection: "/company/contacts".to_owned(),
            id: 57961,
            record: record.clone(),
        };
        let read =
            |kind| -> Value { serde_json::from_slice(&builder.body(&callback, &event(kind))).expect("JSON") };
        let body = read(RecordChangeKind::Added);
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
            "http://127.0.0.1:9090/v2025_1//system/callbackkey/index.rails?companyName=acme+%26+co&id=k"
        );
        assert_eq!(read(RecordChangeKind::Deleted)["Entity"], Value::Null);
        assert_eq!(
            url(&callback, &event(RecordChangeKind::Updated)),
            "http://127.0.0.1/hook?recordId=57961&action=updated"
        );
    }
}
