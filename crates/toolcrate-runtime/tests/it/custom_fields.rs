//! Tests custom fields in typed patches: captions must become the IDs of the account's definitions.

use std::sync::{Arc, Mutex};

use serde_json::json;
use toolcrate_runtime::__private::{FieldMut, FieldRef, ModelFields};
use toolcrate_runtime::{
    Api, Bytes, Client, CustomFieldDefinitions, CustomFieldKind, CustomFields, ErrorKind, Method, Patch,
    Request, UnknownFields, Value, http, impl_model, transport_fn,
};

use crate::support::model::Order;
use crate::support::{self, TestCredentials};

static API: Api = Api {
    custom_fields: Some(CustomFields {
        member: "customFields",
        key: "id",
        caption: "caption",
        value: "value",
        definitions: Some(CustomFieldDefinitions {
            path: "/definitions",
            kind: "type",
            kinds: &[("Number", CustomFieldKind::Number), ("Date", CustomFieldKind::Date)],
            required: "required",
            read_only: "readOnly",
            options: "options",
            option: "value",
            inactive: "inactive",
            screen_fields: &["screen"],
            records: &[],
            screen_words: &[],
        }),
    }),
    ..support::API
};

#[derive(Clone, Default)]
struct Ticket {
    summary: Option<String>,
    custom_fields: Option<Vec<Value>>,
    extra: UnknownFields,
}

impl ModelFields for Ticket {
    fn field_names(&self) -> &'static [&'static str] {
        &["summary", "customFields"]
    }
    fn field_mut(&mut self, index: usize) -> FieldMut<'_> {
        match index {
            0 => FieldMut::Text(&mut self.summary),
            _ => FieldMut::Other(&mut self.custom_fields),
        }
    }
    fn field(&self, index: usize) -> FieldRef<'_> {
        match index {
            0 => FieldRef::Text(&self.summary),
            _ => FieldRef::Other(&self.custom_fields),
        }
    }
    fn unknown_fields(&self) -> &UnknownFields {
        &self.extra
    }
    fn unknown_fields_mut(&mut self) -> &mut UnknownFields {
        &mut self.extra
    }
}
impl_model!(Ticket);

/// The requests that a client sent: method and path, and the body.
type Sent = Arc<Mutex<Vec<(String, String)>>>;

/// Returns a client whose account returns its definitions with this status.
fn client(definitions: u16) -> (Client, Sent) {
    let sent = Sent::default();
    let seen = Arc::clone(&sent);
    let transport = transport_fn(move |request: http::Request<Bytes>| {
        let line = format!("{} {}", request.method(), request.uri().path());
        let body = String::from_utf8(request.body().to_vec()).expect("text");
        seen.lock().expect("no panic").push((line, body));
        let is_definitions = request.uri().path().ends_with("/definitions");
        async move {
            let (status, body) = match is_definitions {
                true => (
                    definitions,
                    json!([
                        {"id": 11, "caption": "Region", "type": "Text", "screen": "Site", "options": []},
                        {"id": 12, "caption": "Region", "type": "Text", "screen": "Ticket", "options": []},
                        {"id": 13, "caption": "Seats", "type": "Number", "screen": "Ticket"},
                        {"id": 14, "caption": "Age", "type": "Number", "screen": "Ticket", "readOnly": true},
                        {"id": 15, "caption": "Due ", "type": "Date", "screen": "Ticket"},
                    ]),
                ),
                false => (200, json!({"summary": "x"})),
            };
            let response = http::Response::builder().status(status);
            Ok(response.body(Bytes::from(body.to_string())).expect("a response"))
        }
    });
    let client = Client::builder(&API)
        .base_url("https://tickets.example/api")
        .credentials(TestCredentials)
        .transport(transport)
        .build()
        .expect("a client");
    (client, sent)
}

fn update<T>(patch: &Patch<T>) -> Request<Ticket> {
    Request::new(Method::Patch, "/tickets/{id}").path("id", 7).patch(patch)
}

fn lines(sent: &Sent) -> Vec<String> {
    sent.lock().expect("no panic").iter().map(|(line, _)| line.clone()).collect()
}

fn last_body(sent: &Sent) -> Value {
    let sent = sent.lock().expect("no panic");
    serde_json::from_str(&sent.last().expect("a request").1).expect("JSON")
}

#[tokio::test]
async fn captions_become_ids_and_definitions_are_read_once() {
    let (client, sent) = client(200);
    let patch = Patch::new()
        .set(|ticket: &mut Ticket| &mut ticket.summary, "New")
        .custom_field("Region", "West")
        .custom_field("Seats", 5)
        .custom_field("due", "2026-01-31");
    assert_eq!((patch.len(), patch.is_empty()), (2, false));
    let by_caption = client.preview(&update(&patch)).expect("a request").to_json();
    assert_eq!(by_caption["body"][1]["value"][0], json!({"caption": "Region", "value": "West"}));
    client.send(&update(&patch)).await.expect("a ticket");
    let fields = json!([
        {"id": 12, "value": "West"},
        {"id": 13, "value": 5},
        {"id": 15, "value": "2026-01-31T00:00:00Z"},
    ]);
    let expected = json!([
        {"op": "replace", "path": "summary", "value": "New"},
        {"op": "replace", "path": "customFields", "value": fields},
    ]);
    assert_eq!(last_body(&sent), expected);

    let emptied = Patch::<Ticket>::new().custom_field("Seats", Value::Null);
    client.send(&update(&emptied)).await.expect("a ticket");
    let expected = json!([{"op": "replace", "path": "customFields", "value": [{"id": 13, "value": null}]}]);
    assert_eq!(last_body(&sent), expected);
    assert_eq!(lines(&sent), ["GET /api/definitions", "PATCH /api/tickets/7", "PATCH /api/tickets/7"]);
}

#[tokio::test]
async fn unknown_captions_and_wrong_values_are_refused_before_anything_is_written() {
    let (client, sent) = client(200);
    let patch = Patch::<Ticket>::new()
        .custom_field("Regoin", "West")
        .custom_field("Seats", "many")
        .custom_field("Age", 3);
    let error = client.send(&update(&patch)).await.expect_err("an error");
    assert_eq!((error.kind(), error.changed_nothing()), (ErrorKind::InvalidArguments, true));
    let problems: Vec<_> =
        error.fields().iter().map(|field| format!("{} {}", field.pointer, field.message)).collect();
    assert_eq!(
        problems,
        [
            r#"/customFields/Regoin unknown custom field "Regoin"; did you mean Region?"#,
            "/customFields/Seats expected a number",
            r#"/customFields/Age "Age" is read-only"#,
        ]
    );
    assert_eq!(lines(&sent), ["GET /api/definitions"]);
    let patch = Patch::<Order>::new().custom_field("Region", "West");
    let error = client.send(&update(&patch)).await.expect_err("an error");
    assert!(error.to_string().contains("Order has no custom fields"), "{error}");
    assert_eq!(lines(&sent).len(), 1);
}

#[tokio::test]
async fn captions_are_sent_where_the_definitions_may_not_be_read_and_other_failures_are_errors() {
    let patch = || Patch::<Ticket>::new().custom_field("Region", "West");
    let (denied, sent) = client(403);
    denied.send(&update(&patch())).await.expect("a ticket");
    assert_eq!(last_body(&sent)[0]["value"], json!([{"caption": "Region", "value": "West"}]));
    let (broken, sent) = client(500);
    let error = broken.send(&update(&patch())).await.expect_err("an error");
    assert!(error.changed_nothing(), "{error:?}");
    assert_eq!(lines(&sent), ["GET /api/definitions"]);
}
