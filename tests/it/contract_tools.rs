//! Tests the nine tools whose names are part of a contract, over a real connection: method, path, query, headers and
//! body.

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::Outcome;
use e2e::{AUTHORIZATION, CLIENT_ID, client};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers};

/// Executes `tool`; returns the outcome and the request that the server saw.
async fn call(tool: &str, arguments: Value, status: u16, answer: Value) -> (Outcome, Request) {
    let server = MockServer::start().await;
    let response = ResponseTemplate::new(status).set_body_json(answer);
    Mock::given(matchers::any()).respond_with(response).expect(1).mount(&server).await;
    let client = client(&server.uri()).unwrap();
    let outcome = client.execute(CATALOG.resolve(tool).unwrap(), &arguments).await;
    let outcome = outcome.unwrap_or_else(|error| panic!("{tool}: {}", error.to_json()));
    let request = server.received_requests().await.unwrap().remove(0);
    let header = |name: &str| request.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    assert_eq!(header("authorization").as_deref(), Some(AUTHORIZATION));
    assert_eq!(header("clientid").as_deref(), Some(CLIENT_ID));
    assert_eq!(header("accept").as_deref(), Some("application/vnd.connectwise.com+json; version=2025.1"));
    assert!(header("user-agent").unwrap().starts_with("connectwise-psa/"));
    (outcome, request)
}

fn sent(request: &Request) -> (String, String, Value) {
    let pairs: Vec<String> =
        request.url.query_pairs().map(|(name, value)| format!("{name}={value}")).collect();
    let body =
        if request.body.is_empty() { Value::Null } else { serde_json::from_slice(&request.body).unwrap() };
    (format!("{} {}", request.method, request.url.path()), pairs.join("&"), body)
}

#[tokio::test]
async fn list_inventory_on_hand_in_a_bin() {
    let arguments =
        json!({"warehouseBinId": 3, "conditions": "catalogItem/identifier = \"MX64\"", "pageSize": 50});
    let rows = json!([{"id": 1, "onHand": 12, "_info": {"lastUpdated": "2025-01-01T00:00:00Z"}}]);
    let (outcome, request) = call("list_all_connect_wise_psa_inventory_on_hands", arguments, 200, rows).await;
    assert_eq!(
        sent(&request),
        (
            "GET /procurement/warehouseBins/3/inventoryOnHand".to_owned(),
            "conditions=catalogItem/identifier = \"MX64\"&pageSize=50".to_owned(),
            Value::Null
        )
    );
    assert_eq!(outcome.value, json!([{"id": 1, "onHand": 12}]), "`_info` is dropped");
}

#[tokio::test]
async fn list_inventory_on_hand_of_an_item_across_all_bins() {
    let arguments = json!({"catalogItemId": 77, "filter": {"warehouse/name": "Main"}});
    let (_, request) = call("list_all_connect_wise_psa_inventory_on_hands", arguments, 200, json!([])).await;
    let (asked, query, _) = sent(&request);
    assert_eq!(asked, "GET /procurement/catalog/77/inventory");
    assert_eq!(query, "conditions=warehouse/name = \"Main\"");
}

#[tokio::test]
async fn inventory_on_hand_needs_a_bin_or_an_item() {
    let client = client("http://127.0.0.1:9").unwrap();
    let tool = CATALOG.resolve("list_all_connect_wise_psa_inventory_on_hands").unwrap();
    let error = client.execute(tool, &json!({})).await.unwrap_err();
    assert_eq!(error.fields()[0].pointer, "/warehouseBinId", "{}", error.to_json());
}

#[tokio::test]
async fn create_a_purchase_order() {
    let order = json!({
        "status": {"id": 1}, "terms": {"id": 2}, "vendorCompany": {"id": 842},
        "customerCompany": {"identifier": "Acme"}, "poDate": "2025-01-31T00:00:00Z",
    });
    let (outcome, request) =
        call("create_a_connect_wise_psa_procurement_purchaseorder", order.clone(), 201, json!({"id": 5092}))
            .await;
    assert_eq!(sent(&request), ("POST /procurement/purchaseorders".to_owned(), String::new(), order));
    assert_eq!((outcome.status, outcome.value), (201, json!({"id": 5092})));
}

#[tokio::test]
async fn update_a_purchase_order() {
    let changes =
        json!({"id": 5091, "status": {"id": 4}, "internalNotes": "late", "clear": ["trackingNumber"]});
    let (_, request) =
        call("update_a_connect_wise_psa_procurement_purchaseorder_by_id", changes, 200, json!({"id": 5091}))
            .await;
    let (line, query, body) = sent(&request);
    assert_eq!((line.as_str(), query.as_str()), ("PATCH /procurement/purchaseorders/5091", ""));
    let mut operations = body.as_array().unwrap().clone();
    operations.sort_by_key(|operation| operation["path"].to_string());
    assert_eq!(
        operations,
        [
            json!({"op": "replace", "path": "/internalNotes", "value": "late"}),
            json!({"op": "replace", "path": "/status", "value": {"id": 4}}),
            json!({"op": "remove", "path": "/trackingNumber"}),
        ]
    );
}

#[tokio::test]
async fn create_a_purchase_order_line() {
    let arguments = json!({
        "purchaseorderId": 5091, "description": "Samsung 1TB SSD", "lineNumber": 1, "product": {"id": 7},
        "quantity": 4, "unitOfMeasure": {"id": 1},
    });
    let (_, request) =
        call("create_a_connect_wise_psa_purchaseorder_lineitem", arguments, 201, json!({"id": 9})).await;
    let (line, _, body) = sent(&request);
    assert_eq!(line, "POST /procurement/purchaseorders/5091/lineitems");
    assert_eq!(body["description"], "Samsung 1TB SSD");
    assert_eq!(body.get("purchaseorderId"), None, "the parent's id travels in the path alone");
}

#[tokio::test]
async fn list_tickets() {
    let arguments = json!({
        "conditions": "board/name = \"Network & Infra\" and dateEntered < [2025-01-01T00:00:00Z]",
        "orderBy": "id desc", "fields": "id,summary,_info", "page": 2, "pageSize": 1000,
    });
    let rows = json!([{"id": 1, "_info": {"lastUpdated": "2025-01-01T00:00:00Z"}}]);
    let (outcome, request) = call("list_all_connect_wise_psa_tickets", arguments, 200, rows.clone()).await;
    let (line, query, _) = sent(&request);
    assert_eq!(line, "GET /service/tickets");
    for pair in [
        "conditions=board/name = \"Network & Infra\" and dateEntered < [2025-01-01T00:00:00Z]",
        "orderBy=id desc",
        "fields=id,summary,_info",
        "page=2",
        "pageSize=1000",
    ] {
        assert!(query.contains(pair), "{query}");
    }
    assert!(!request.url.query().unwrap().contains([' ', '"', '[']), "the query is encoded");
    assert_eq!(outcome.value, rows, "`_info` is kept where it is asked for");
}

#[tokio::test]
async fn create_a_ticket_note() {
    let arguments = json!({"ticketId": 9932, "text": "Rebooted.", "internalAnalysisFlag": true});
    let (_, request) = call("create_a_connect_wise_psa_ticket_note", arguments, 201, json!({"id": 1})).await;
    let expected = json!({"text": "Rebooted.", "internalAnalysisFlag": true});
    assert_eq!(sent(&request), ("POST /service/tickets/9932/notes".to_owned(), String::new(), expected));
}

#[tokio::test]
async fn create_a_time_entry() {
    let entry = json!({
        "chargeToId": 9932, "chargeToType": "ServiceTicket", "timeStart": "2025-01-31T08:00:00Z",
        "timeEnd": "2025-01-31T08:30:00Z", "workRole": {"name": "Automated Remediation"},
    });
    let (_, request) =
        call("create_a_connect_wise_psa_time_entry", entry.clone(), 201, json!({"id": 1})).await;
    assert_eq!(sent(&request), ("POST /time/entries".to_owned(), String::new(), entry));
}

#[tokio::test]
async fn list_configurations() {
    let arguments =
        json!({"conditions": "company/name = \"Acme Corp\" and warrantyExpirationDate < [2025-01-31]"});
    let (_, request) =
        call("list_all_connect_wise_psa_company_configurations", arguments, 200, json!([])).await;
    assert_eq!(sent(&request).0, "GET /company/configurations");
}

#[tokio::test]
async fn create_an_opportunity() {
    let opportunity = json!({
        "name": "Firewall renewal", "primarySalesRep": {"identifier": "jdoe"}, "company": {"id": 1},
        "contact": {"id": 2},
    });
    let (_, request) =
        call("create_a_connect_wise_psa_sales_opportunity", opportunity.clone(), 201, json!({"id": 1})).await;
    assert_eq!(sent(&request), ("POST /sales/opportunities".to_owned(), String::new(), opportunity));
}

#[tokio::test]
async fn rate_limit_is_forwarded_immediately() {
    let server = MockServer::start().await;
    let body =
        json!({"error": "ConnectWiseAPI", "message": "Too many requests. Please try again in 30 seconds."});
    let response = ResponseTemplate::new(429).insert_header("retry-after", "30").set_body_json(body);
    Mock::given(matchers::any()).respond_with(response).expect(1).mount(&server).await;
    let client = client(&server.uri()).unwrap();
    let tool = CATALOG.resolve("list_all_connect_wise_psa_tickets").unwrap();
    let error = client.execute(tool, &json!({})).await.unwrap_err().to_json();
    assert_eq!(error["error"]["kind"], "rate_limited", "{error}");
    assert_eq!(error["error"]["retry_after"], 30, "{error}");
    assert_eq!(error["error"]["rate_limit"]["reset"], 30, "{error}");
    server.verify().await;
}

#[tokio::test]
async fn structured_filter_becomes_conditions() {
    let arguments = json!({
        "filter": {
            "board/name": "Network \"Core\"",
            "dateEntered": {"<": "2025-01-01T09:00:00+01:00"},
            "or": [{"closedFlag": false}, {"status/name": {"in": ["New", "Open"]}}],
            "customFields/Region": "West",
        },
        "conditions": "id > 5",
    });
    let (_, request) = call("list_all_connect_wise_psa_tickets", arguments, 200, json!([])).await;
    let (line, query, _) = sent(&request);
    assert_eq!(line, "GET /service/tickets");
    let conditions = "conditions=(id > 5) and (board/name = \"Network \\\"Core\\\"\" and \
                      dateEntered < [2025-01-01T08:00:00Z] and \
                      (closedFlag = false or status/name in (\"New\", \"Open\")))";
    assert!(query.contains(conditions), "{query}");
    assert!(query.contains("customFieldConditions=(caption = \"Region\" and value = \"West\")"), "{query}");
}

#[tokio::test]
async fn unknown_filter_field_gets_the_nearest_names() {
    let client = client("http://127.0.0.1:9").unwrap();
    let tool = CATALOG.resolve("list_all_connect_wise_psa_tickets").unwrap();
    let error = client.execute(tool, &json!({"filter": {"sumary": "x"}})).await.unwrap_err();
    let field = &error.fields()[0];
    assert_eq!(field.pointer, "/filter/sumary");
    assert!(field.message.contains("did you mean summary"), "{}", field.message);
}

#[tokio::test]
async fn bare_id_or_name_is_a_reference() {
    let order = json!({"status": "New", "terms": 2, "vendorCompany": 842, "customerCompany": "Acme"});
    let (_, request) =
        call("create_a_connect_wise_psa_procurement_purchaseorder", order, 201, json!({"id": 5092})).await;
    let expected = json!({
        "status": {"name": "New"}, "terms": {"id": 2}, "vendorCompany": {"id": 842},
        "customerCompany": {"identifier": "Acme"},
    });
    assert_eq!(sent(&request).2, expected);
}
