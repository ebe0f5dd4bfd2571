//! Tests an account's custom fields: they are keyed by caption in arguments and responses, typed once the account's
//! definitions have been fetched, and absent without an error if the account doesn't show them.

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::dialect::{self, Dialect};
use connectwise_psa::runtime::{Client, ErrorKind, ExecuteOptions};
use e2e::client;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

fn definitions() -> Value {
    json!([
        {"id": 11, "podId": 1, "caption": "Region", "screenId": "sr100", "fieldTypeIdentifier": "Text",
         "entryTypeIdentifier": "List", "requiredFlag": true, "readOnlyFlag": false, "options": [
            {"id": 1, "optionValue": "West", "inactiveFlag": false},
            {"id": 2, "optionValue": "East", "inactiveFlag": false},
            {"id": 3, "optionValue": "Gone", "inactiveFlag": true},
        ]},
        {"id": 12, "podId": 1, "caption": "Downtime", "screenId": "sr100", "fieldTypeIdentifier": "Number"},
        {"id": 13, "podId": 1, "caption": "Score", "screenId": "sr100", "fieldTypeIdentifier": "Percent", "readOnlyFlag": true},
        {"id": 21, "podId": 2, "caption": "Birthday", "podDescription": "Contact Overview", "screenId": "ct300", "fieldTypeIdentifier": "Date"},
        {"id": 31, "podId": 3, "caption": "Rebate", "podDescription": "Purchase Order Overview", "fieldTypeIdentifier": "Checkbox"},
    ])
}

async fn serve(status: u16, body: Value) -> (MockServer, Client) {
    let server = MockServer::start().await;
    Mock::given(matchers::path("/system/userDefinedFields"))
        .respond_with(ResponseTemplate::new(status).set_body_json(body))
        .mount(&server)
        .await;
    let client = client(&server.uri()).unwrap();
    (server, client)
}

fn body(client: &Client, tool: &str, arguments: Value) -> Value {
    let tool = CATALOG.get(tool).unwrap();
    client.prepare(tool, &arguments).unwrap().to_json()["body"].clone()
}

#[tokio::test]
async fn enriched_schema_has_custom_fields() {
    let (server, client) = serve(200, definitions()).await;
    let account = client.enrich().await.unwrap();
    let schema = account.input_schema(CATALOG.get("create_a_ticket").unwrap());
    assert_eq!(
        schema["properties"]["customFields"],
        json!({
            "type": "object", "description": "Custom fields by caption.", "required": ["Region"],
            "properties": {"Region": {"type": "string", "enum": ["West", "East"]}, "Downtime": {"type": "number"}},
        })
    );
    assert!(schema["required"].as_array().unwrap().contains(&json!("customFields")));
    // An update doesn't need a record's required fields.
    let update = account.input_schema(CATALOG.get("update_a_ticket_by_id").unwrap());
    assert_eq!(update["properties"]["customFields"].get("required"), None);
    assert_eq!(update["required"], json!(["id"]));
    let order = account.input_schema(CATALOG.get("create_a_procurement_purchaseorder").unwrap());
    assert_eq!(order["properties"]["customFields"]["properties"], json!({"Rebate": {"type": "boolean"}}));
    let captions: Vec<String> = account.fields("Contact").into_iter().map(|field| field.caption).collect();
    assert_eq!(captions, ["Birthday"]);
    // Every dialect accepts them.
    for dialect in Dialect::ALL {
        let declaration = account.declaration(CATALOG.get("create_a_ticket").unwrap(), dialect);
        assert_eq!(dialect::check(dialect, &declaration.value), [], "{dialect}");
        assert!(declaration.value.to_string().contains("Downtime"));
    }
    // They are fetched once, for the client and for the next account, and again on request.
    client.enrich().await.unwrap();
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
    account.refresh().await.unwrap();
    assert_eq!(server.received_requests().await.unwrap().len(), 2);
}

#[tokio::test]
async fn captions_become_ids_in_requests() {
    let (_server, client) = serve(200, definitions()).await;
    let ticket = |extras: Value| json!({"company": 1, "summary": "x", "customFields": extras});
    // Before the definitions are known, the caption is sent.
    assert_eq!(
        body(&client, "create_a_ticket", ticket(json!({"Region": "West"})))["customFields"],
        json!([{"caption": "Region", "value": "West"}])
    );
    client.enrich().await.unwrap();
    let sent = body(&client, "create_a_ticket", ticket(json!({"Region": "West", "Downtime": "2.5"})));
    assert_eq!(sent["customFields"], json!([{"id": 11, "value": "West"}, {"id": 12, "value": 2.5}]));
    let update = "update_a_ticket_by_id";
    let patch = body(&client, update, json!({"id": 5, "clear": ["customFields/Region"]}));
    let expected = json!([{"op": "replace", "path": "/customFields", "value": [{"id": 11, "value": null}]}]);
    assert_eq!(patch, expected);
    // Null means that a field is absent, next to one that is set and one that is cleared.
    let both = json!({
        "id": 5, "customFields": {"Region": null, "Downtime": 2}, "clear": ["customFields/region", "company"],
    });
    let value = json!([{"id": 12, "value": 2}, {"id": 11, "value": null}]);
    let expected = json!([
        {"op": "replace", "path": "/customFields", "value": value}, {"op": "remove", "path": "/company"},
    ]);
    assert_eq!(body(&client, update, both), expected);
    let tool = CATALOG.get(update).unwrap();
    for (arguments, pointer, code) in [
        (json!({"id": 5, "customFields": {"Region": null}}), "", "missing"),
        (json!({"id": 5, "clear": ["customFields/Regoin"]}), "/clear/0", "unknown"),
        (json!({"id": 5, "clear": ["summary", "customFields/Score"]}), "/clear/1", "read_only"),
        (json!({"id": 5, "clear": ["customFields/"]}), "/clear/0", "unknown"),
        (json!({"id": 5, "clear": ["customFields", "customFields/Region"]}), "/clear/1", "conflict"),
        (
            json!({"id": 5, "customFields": {"region": "West"}, "clear": ["customFields/Region"]}),
            "/clear/0",
            "conflict",
        ),
    ] {
        let error = client.prepare(tool, &arguments).unwrap_err();
        let found: Vec<(&str, &str)> =
            error.fields().iter().map(|field| (&*field.pointer, &*field.code)).collect();
        assert_eq!(found, [(pointer, code)], "{arguments}: {}", error.to_json());
    }
    let contact = body(
        &client,
        "update_a_company_contact_by_id",
        json!({"id": 5, "customFields": {"Birthday": "1990-02-03"}}),
    );
    assert_eq!(contact[0]["value"], json!([{"id": 21, "value": "1990-02-03T00:00:00Z"}]));
    let tool = CATALOG.get("create_a_ticket").unwrap();
    let error = client.prepare(tool, &ticket(json!({"Regoin": "West", "Score": 5}))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArguments);
    let pointers: Vec<&str> = error.fields().iter().map(|field| field.pointer.as_str()).collect();
    assert_eq!(pointers, ["/customFields/Regoin", "/customFields/Score"]);
    for (tool, arguments, fix) in [
        (
            tool,
            ticket(json!({"Regoin": "West"})),
            json!([{"op": "move", "from": "/customFields/Regoin", "path": "/customFields/Region"}]),
        ),
        (
            tool,
            ticket(json!({"Region": "west"})),
            json!([{"op": "replace", "path": "/customFields/Region", "value": "West"}]),
        ),
        // Nothing is dropped if its caption resembles no other.
        (tool, ticket(json!({"Color": "red"})), Value::Null),
        (
            CATALOG.get(update).unwrap(),
            json!({"id": 5, "clear": ["customFields/Regoin"]}),
            json!([{"op": "replace", "path": "/clear/0", "value": "customFields/Region"}]),
        ),
    ] {
        let error = client.prepare(tool, &arguments).unwrap_err().to_json();
        assert_eq!(error["error"]["fields"][0]["fix"], fix, "{arguments}: {error}");
    }
    // In strict mode, null means absent; elsewhere, a list of captions works as well.
    let strict = ExecuteOptions { dialect: Dialect::OpenAiStrict, ..ExecuteOptions::default() };
    let sent =
        client.prepare_with(tool, &ticket(json!({"Region": "East", "Downtime": null})), &strict).unwrap();
    assert_eq!(sent.to_json()["body"]["customFields"], json!([{"id": 11, "value": "East"}]));
    let listed = ticket(json!([{"caption": "Region", "value": "East"}]));
    let sent = client.prepare_with(tool, &listed, &strict).unwrap();
    assert_eq!(sent.to_json()["body"]["customFields"], json!([{"id": 11, "value": "East"}]));
}

#[tokio::test]
async fn account_without_definitions_adds_nothing() {
    for status in [401, 403, 404] {
        let (server, client) = serve(status, json!({"code": "Security", "message": "no"})).await;
        let account = client.enrich().await.unwrap();
        for tool in CATALOG.tools().filter(|tool| tool.module() == "service") {
            assert_eq!(account.input_schema(tool), tool.input_schema_value());
        }
        // The denial is remembered, too.
        client.enrich().await.unwrap();
        assert_eq!(server.received_requests().await.unwrap().len(), 1);
    }
    let (_server, client) = serve(500, json!({})).await;
    assert_eq!(client.enrich().await.err().unwrap().kind(), ErrorKind::Server);
}

#[tokio::test]
async fn responses_have_captions_and_ids() {
    let server = MockServer::start().await;
    let field = |id: i32, caption: &str, value: Value| json!({"id": id, "caption": caption, "type": "Text", "value": value});
    let ticket = json!({"id": 1, "customFields": [field(11, "Region", json!("West")), field(12, "Downtime", Value::Null)]});
    Mock::given(matchers::any())
        .respond_with(ResponseTemplate::new(200).set_body_json(&ticket))
        .mount(&server)
        .await;
    let client = client(&server.uri()).unwrap();
    let tool = CATALOG.get("get_single_ticket_by_id").unwrap();
    let outcome = client.execute(tool, &json!({"id": 1})).await.unwrap();
    assert_eq!(outcome.value["customFields"], json!({"Region": "West", "Downtime": null}));
    assert_eq!(json!(outcome.custom_fields), json!({"Region": 11, "Downtime": 12}));
    let schema = tool.output_schema();
    assert_eq!(schema["properties"]["customFields"]["type"], json!(["object", "null"]));
    let options = ExecuteOptions { keep_custom_fields: true, ..ExecuteOptions::default() };
    let raw = client.execute_with(tool, &json!({"id": 1}), &options).await.unwrap();
    assert_eq!((raw.value, raw.custom_fields.len()), (ticket, 0));
}
