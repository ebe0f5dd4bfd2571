//! Tests a read and a write in each of the eleven API areas, both as tools and as typed functions, over a real
//! connection.

use connectwise_psa::runtime::{Patch, Tool};
use connectwise_psa::{CATALOG, ListQuery, procurement, service};
use e2e::client;
use futures_util::TryStreamExt;
use serde_json::{Value, json};
use toolcrate_testing::sample;
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// Area, collection to read, operation to write.
const AREAS: [(&str, &str, &str, &str); 11] = [
    ("company", "/company/companies", "POST", "/company/contacts"),
    ("expense", "/expense/entries", "POST", "/expense/entries"),
    ("finance", "/finance/invoices", "PUT", "/finance/invoices/{id}"),
    ("marketing", "/marketing/campaigns", "POST", "/marketing/campaigns"),
    ("procurement", "/procurement/catalog", "PATCH", "/procurement/catalog/{id}"),
    ("project", "/project/projects", "POST", "/project/projects"),
    ("sales", "/sales/activities", "DELETE", "/sales/activities/{id}"),
    ("schedule", "/schedule/entries", "POST", "/schedule/entries"),
    ("service", "/service/boards", "PUT", "/service/boards/{id}"),
    ("system", "/system/members", "POST", "/system/callbacks"),
    ("time", "/time/sheets", "POST", "/time/sheets/{id}/submit"),
];

fn tool_at(verb: &str, template: &str) -> Tool {
    CATALOG
        .tools()
        .find(|tool| tool.method().as_str() == verb && tool.path() == template)
        .unwrap_or_else(|| panic!("no tool for {verb} {template}"))
}

#[tokio::test]
async fn each_area_has_a_working_read_and_write() {
    assert_eq!(CATALOG.modules().collect::<Vec<_>>(), AREAS.map(|(area, ..)| area));
    for (area, collection, verb, template) in AREAS {
        let server = MockServer::start().await;
        Mock::given(method("GET"))
            .and(path(collection))
            .and(query_param("pageSize", "2"))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!([{"id": 1}, {"id": 2}])))
            .expect(1)
            .mount(&server)
            .await;
        Mock::given(method(verb))
            .and(path(template.replace("{id}", "7")))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id": 7})))
            .expect(1)
            .mount(&server)
            .await;
        let client = client(&server.uri()).unwrap();
        let read = tool_at("GET", collection);
        assert_eq!(read.module(), area);
        let rows = client.execute(read, &json!({"pageSize": 2})).await.unwrap().value;
        assert_eq!(rows, json!([{"id": 1}, {"id": 2}]), "{area}");

        let write = tool_at(verb, template);
        assert_eq!(write.module(), area);
        let mut arguments = sample::arguments(&write.input_schema_value());
        // A field that is set isn't cleared.
        arguments.remove("clear");
        if arguments.contains_key("id") {
            arguments.insert("id".to_owned(), json!(7));
        }
        let outcome = client.execute(write, &arguments).await;
        outcome.unwrap_or_else(|error| panic!("{area}: {}", error.to_json()));
        server.verify().await;
    }
}

#[tokio::test]
async fn typed_calls_read_update_and_page() {
    let server = MockServer::start().await;
    let order = json!({"id": 5091, "poNumber": "5091", "shipmentDate": null, "brandNew": {"x": 1},
        "vendorCompany": {"id": 842, "name": "Samsung"}, "status": {"id": 1, "name": "New"}});
    Mock::given(method("GET"))
        .and(path("/procurement/purchaseorders/5091"))
        .respond_with(ResponseTemplate::new(200).set_body_json(&order))
        .mount(&server)
        .await;
    Mock::given(method("PATCH"))
        .and(path("/procurement/purchaseorders/5091"))
        .respond_with(ResponseTemplate::new(200).set_body_json(&order))
        .mount(&server)
        .await;
    let second = format!("<{}/service/tickets?pageSize=2&page=2>; rel=\"next\"", server.uri());
    Mock::given(method("GET"))
        .and(path("/service/tickets"))
        .and(query_param("page", "2"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!([{"id": 3}])))
        .with_priority(1)
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .and(path("/service/tickets"))
        .respond_with(
            ResponseTemplate::new(200)
                .insert_header("link", second)
                .set_body_json(json!([{"id": 1}, {"id": 2}])),
        )
        .with_priority(5)
        .mount(&server)
        .await;
    let client = client(&server.uri()).unwrap();

    let before = client.send(&procurement::get_purchase_order(5091)).await.unwrap();
    assert_eq!(before.vendor_company.id, Some(842));
    assert_eq!(before.extra.get("brandNew"), Some(&json!({"x": 1})), "unknown members are kept");
    let mut after = before.clone();
    after.internal_notes = Some("late".to_owned());
    after.status = 4.into();
    let patch = Patch::between(&before, &after);
    client.send(&procurement::update_purchase_order(5091, &patch)).await.unwrap();
    let requests = server.received_requests().await.unwrap();
    let body: Value = serde_json::from_slice(&requests[1].body).unwrap();
    let mut operations = body.as_array().unwrap().clone();
    operations.sort_by_key(|operation| operation["path"].to_string());
    assert_eq!(
        operations,
        [
            json!({"op": "add", "path": "/internalNotes", "value": "late"}),
            json!({"op": "replace", "path": "/status", "value": {"id": 4}}),
        ]
    );

    let query = ListQuery::new().page_size(2);
    let tickets: Vec<service::Ticket> =
        client.items(&service::list_tickets(&query)).try_collect().await.unwrap();
    let ids: Vec<Option<i32>> = tickets.iter().map(|ticket| ticket.id).collect();
    assert_eq!(ids, [Some(1), Some(2), Some(3)], "the stream follows the Link header to the end");
}
