//! Tests typed requests in the form in which they are sent, and their responses.

use std::collections::BTreeMap;

use crate::support::model::{Line, Order, OrderStatus};
use crate::support::{API, client};
use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Value, json};
use toolcrate_runtime::{
    Api, Client, Download, ErrorKind, Form, Method, Paging, Patch, Query, QueryPairs, Request,
};
use toolcrate_testing::scripted_server::{ScriptedResponse, ScriptedServer};

#[derive(Default)]
struct ListQuery {
    conditions: Option<String>,
    page: Option<i32>,
    page_size: Option<i32>,
}

impl Query for ListQuery {
    fn write(&self, pairs: &mut QueryPairs) {
        pairs.push_opt("conditions", self.conditions.as_deref());
        pairs.push_opt("page", self.page);
        pairs.push_opt("pageSize", self.page_size);
    }
}

fn list(query: &ListQuery) -> Request<Vec<Order>> {
    Request::new(Method::Get, "/orders").query(query)
}

#[tokio::test]
async fn request_is_sent_as_described() {
    let server =
        ScriptedServer::start([ScriptedResponse::json(201, &json!({"id": 7, "status": "New Status"}))]).await;
    let line = Line { quantity: Some(2), ..Line::default() };
    let request = Request::<Order>::new(Method::Post, "/orders/{id}/lines/{status}")
        .path("id", "a/b")
        .path("status", OrderStatus::InWork)
        .parameter("expand", vec!["lines", "info"])
        .parameter_opt("since", None::<&str>)
        .header("x-note", "hi")
        .body(&[line]);
    let response = client(&server).send_full(&request).await.expect("an order");
    assert_eq!(
        (response.status, response.value.status),
        (201, Some(OrderStatus::Other("New Status".to_owned())))
    );
    let sent = server.last_request();
    assert_eq!(sent.line, "POST /api/orders/a%2Fb/lines/In%20Work?expand=lines&expand=info HTTP/1.1");
    assert_eq!(sent.header("accept"), Some(API.accept));
    assert_eq!(sent.header("user-agent"), Some(API.user_agent));
    assert_eq!(sent.header("content-type"), Some("application/json"));
    assert_eq!(sent.header("x-note"), Some("hi"));
    assert_eq!(sent.body_text(), r#"[{"quantity":2}]"#);
}

#[tokio::test]
async fn client_headers_are_sent_unless_the_request_sets_them() {
    let done = || ScriptedResponse::json(200, &json!([]));
    let server = ScriptedServer::start([done(), done(), done()]).await;
    let plain = client(&server);
    let headers = [("x-trace", "a"), ("x-note", "of the client"), ("accept", "text/plain")]
        .map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value")));
    let traced = plain.with_headers(headers.into_iter().collect());
    let request = list(&ListQuery::default());
    traced.send(&request).await.expect("orders");
    let sent = server.last_request();
    assert_eq!((sent.header("x-trace"), sent.header("x-note")), (Some("a"), Some("of the client")));
    assert_eq!(sent.header("accept"), Some(API.accept));
    traced.send(&request.clone().header("x-note", "mine")).await.expect("orders");
    assert_eq!(server.last_request().header("x-note"), Some("mine"));
    plain.send(&request).await.expect("orders");
    assert_eq!(server.last_request().header("x-trace"), None);
}

#[tokio::test]
async fn every_response_type_works() {
    let server = ScriptedServer::start([
        ScriptedResponse::with_body(204, &[], b""),
        ScriptedResponse::json(200, &json!({"ignored": true})),
        ScriptedResponse::json(200, &json!({"any": 1})),
        ScriptedResponse::json(200, &json!([1, 2])),
        ScriptedResponse::json(200, &json!({"count": 5})),
        ScriptedResponse::json(200, &json!("text")),
        ScriptedResponse::with_body(200, &[], b"\xEF\xBB\xBF{\"id\":3}\r\n"),
    ])
    .await;
    let client = client(&server);
    let get = || Request::<()>::new(Method::Get, "/x");
    client.send(&get()).await.expect("nothing");
    client.send(&get()).await.expect("nothing");
    assert_eq!(client.send(&get().with_response::<Value>()).await.expect("JSON"), json!({"any": 1}));
    assert_eq!(client.send(&get().with_response::<Vec<i32>>()).await.expect("numbers"), [1, 2]);
    let counts = client.send(&get().with_response::<std::collections::BTreeMap<String, i64>>()).await;
    assert_eq!(counts.expect("a map")["count"], 5);
    assert_eq!(client.send(&get().with_response::<String>()).await.expect("text"), "text");
    assert_eq!(client.send(&get().with_response::<Order>()).await.expect("an order").id, Some(3));
}

#[tokio::test]
async fn patch_is_written_in_the_apis_format() {
    let server = ScriptedServer::start([ScriptedResponse::json(200, &json!({"id": 5}))]).await;
    let patch = Patch::changes(&Order { cancel_flag: Some(true), ..Order::default() })
        .replace("/customer", json!({"id": 2}));
    let request = Request::<Order>::new(Method::Patch, "/orders/{id}").path("id", 5).patch(&patch);
    client(&server).send(&request).await.expect("an order");
    let expected = json!([
        {"op": "replace", "path": "cancelFlag", "value": true},
        {"op": "replace", "path": "customer", "value": {"id": 2}},
    ]);
    assert_eq!(server.last_request().body_json(), expected);
}

#[tokio::test]
async fn form_contains_text_fields_and_files() {
    let server = ScriptedServer::start([ScriptedResponse::json(200, &json!({"id": 1}))]).await;
    let form = Form::new()
        .text_field("recordType", OrderStatus::Open)
        .text_field("recordId", 5)
        .text_field_opt("title", None::<&str>)
        .file("file", "ä \"x\".bin", vec![0, 159, 146, 150])
        .file_with_media_type("image", "a.png", "image/png", "png bytes");
    let request = Request::<Order>::new(Method::Post, "/documents").form(&form);
    client(&server).send(&request).await.expect("an answer");
    let sent = server.last_request();
    let boundary =
        sent.header("content-type").and_then(|value| value.strip_prefix("multipart/form-data; boundary="));
    let boundary = boundary.expect("a boundary").to_owned();
    let text = sent.body_text();
    assert_eq!(text.matches(&boundary).count(), 5);
    assert!(text.contains("name=\"recordType\"\r\n\r\nOpen\r\n"), "{text}");
    assert!(text.contains("name=\"recordId\"\r\n\r\n5\r\n"), "{text}");
    assert!(!text.contains("title"));
    assert!(
        text.contains("name=\"image\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\npng bytes"),
        "{text}"
    );
    assert!(sent.body.windows(8).any(|window| window == [b'\r', b'\n', b'\r', b'\n', 0, 159, 146, 150]));
    let bad = Form::new().file_with_media_type("file", "a", "no media type", "x");
    let request = Request::<Order>::new(Method::Post, "/documents").form(&bad);
    assert_eq!(
        client(&server).send(&request).await.expect_err("no type").kind(),
        ErrorKind::InvalidArguments
    );
}

#[tokio::test]
async fn download_preserves_bytes() {
    let headers =
        [("content-type", "image/png"), ("content-disposition", "attachment; filename=\"../a.png\"")];
    let server = ScriptedServer::start([ScriptedResponse::with_body(200, &headers, &[0, 255, 13, 10])]).await;
    let request = Request::<Download>::new(Method::Get, "/documents/{id}/download").path("id", 1);
    let file = client(&server).send(&request).await.expect("a file");
    assert_eq!(file.bytes.as_ref(), [0, 255, 13, 10]);
    assert_eq!((file.media_type.as_str(), file.file_name.as_deref()), ("image/png", Some("a.png")));
    assert_eq!(server.last_request().header("accept"), Some("*/*"));
}

#[tokio::test]
async fn bulk_status_207_is_a_success() {
    let body =
        json!({"payload": [{"success": true, "statusCode": 201}, {"success": false, "statusCode": 400}]});
    let server = ScriptedServer::start([ScriptedResponse::json(207, &body)]).await;
    let request = Request::<Value>::new(Method::Post, "/orders/bulk").body(&json!([{}, {}]));
    let response = client(&server).send_full(&request).await.expect("an answer");
    assert_eq!((response.status, response.value), (207, body));
}

fn page(link: Option<&str>, ids: std::ops::Range<i32>) -> ScriptedResponse {
    let body = Value::from(ids.map(|id| json!({"id": id})).collect::<Vec<_>>()).to_string();
    match link {
        Some(link) => {
            ScriptedResponse::with_body(200, &[("link", link), ("ratelimit-remaining", "9")], body.as_bytes())
        }
        None => ScriptedResponse::with_body(200, &[], body.as_bytes()),
    }
}

#[tokio::test]
async fn links_are_followed_to_the_end_with_the_query() {
    let server = ScriptedServer::start([
        page(Some("<http://elsewhere.example/x?pageSize=2&page=2>; rel=\"next\""), 0..2),
        page(Some("<?page=1>; rel=\"prev\", <?page=3>; rel=\"next\""), 2..4),
        page(Some("<?page=2>; rel=\"prev\""), 4..5),
    ])
    .await;
    let query = ListQuery { conditions: Some("a=1".to_owned()), page_size: Some(2), ..ListQuery::default() };
    let pages: Vec<_> = client(&server).pages(&list(&query)).try_collect().await.expect("pages");
    let ids: Vec<_> =
        pages.iter().map(|page| page.items.iter().filter_map(|order| order.id).collect::<Vec<_>>()).collect();
    assert_eq!(ids, [vec![0, 1], vec![2, 3], vec![4]]);
    assert_eq!(pages[0].rate_limit.remaining, Some(9));
    assert!(pages[2].next.is_none());
    let lines: Vec<String> = server.requests().into_iter().map(|request| request.line).collect();
    assert_eq!(lines[0], "GET /api/orders?conditions=a%3D1&pageSize=2 HTTP/1.1");
    assert_eq!(lines[1], "GET /api/orders?conditions=a%3D1&pageSize=2&page=2 HTTP/1.1");
    assert_eq!(lines[2], "GET /api/orders?conditions=a%3D1&pageSize=2&page=3 HTTP/1.1");
}

#[tokio::test]
async fn forward_only_and_numbered_pages_end_too() {
    // Forward-only: there is always a link, and the last page is empty.
    let forward = |id: i32| format!("<http://h/orders?pageId={id}>; rel=\"next\"");
    let server = ScriptedServer::start([
        page(Some(&forward(7)), 0..2),
        page(Some(&forward(9)), 2..4),
        page(Some(&forward(9)), 0..0),
    ])
    .await;
    let orders: Vec<Order> =
        client(&server).items(&list(&ListQuery::default())).try_collect().await.expect("items");
    assert_eq!(orders.len(), 4);
    assert!(server.last_request().line.contains("pageSize=100&pageId=9"), "{}", server.last_request().line);
    // Numbered: there is no link, and the last page is short.
    let server = ScriptedServer::start([page(None, 0..3), page(None, 3..4)]).await;
    let query = ListQuery { page_size: Some(3), page: Some(4), ..ListQuery::default() };
    let orders: Vec<Order> = client(&server).items(&list(&query)).try_collect().await.expect("items");
    assert_eq!(orders.len(), 4);
    assert!(server.last_request().line.contains("page=5"));
}

#[tokio::test]
async fn endless_list_is_an_error() {
    let server = ScriptedServer::start((0..9).map(|_| page(Some("<?page=2>; rel=next"), 0..2))).await;
    let results: Vec<_> = client(&server).pages(&list(&ListQuery::default())).collect().await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 2, "both pages are handed out");
    let error = results.last().and_then(|result| result.as_ref().err()).expect("an error");
    assert!(error.message().contains("does not end"), "{error}");
    // A server that ignores the page number.
    let server = ScriptedServer::start((0..9).map(|_| page(None, 0..2))).await;
    let query = ListQuery { page_size: Some(2), ..ListQuery::default() };
    let results: Vec<_> = client(&server).pages(&list(&query)).collect().await;
    assert_eq!((results.len(), results[1].is_err()), (2, true));
}

#[tokio::test]
async fn error_ends_a_stream() {
    let server = ScriptedServer::start([
        page(Some("<?page=2>; rel=next"), 0..2),
        ScriptedResponse::with_body(500, &[], b""),
    ])
    .await;
    let results: Vec<_> = client(&server).items(&list(&ListQuery::default())).collect().await;
    assert_eq!(results.len(), 3);
    assert!(results[2].is_err());
}

#[tokio::test]
async fn envelope_items_are_paged_by_their_marker() {
    static CURSOR: Api = Api {
        paging: Paging::Cursor { parameter: "after", next: "/meta/next", items: "/data" },
        ..Api::new("Orders", "orders/1.0")
    };
    let server = ScriptedServer::start([
        ScriptedResponse::json(200, &json!({"data": [{"id": 1}], "meta": {"next": "m/1"}})),
        ScriptedResponse::json(200, &json!({"data": [{"id": 2}], "meta": {"next": null}})),
        ScriptedResponse::json(200, &json!({"data": [{"id": 1}, "x"]})),
    ])
    .await;
    let client = Client::builder(&CURSOR).base_url(server.url("")).build().expect("a client");
    let request = list(&ListQuery::default());
    let orders: Vec<Order> = client.items(&request).try_collect().await.expect("items");
    assert_eq!(orders.len(), 2);
    assert_eq!(server.last_request().line, "GET /orders?after=m%2F1 HTTP/1.1");
    let mut items = client.items(&request);
    assert_eq!(items.by_ref().try_collect::<Vec<_>>().await.expect("items").len(), 1);
    let skipped: Vec<_> = items.skipped().iter().map(ToString::to_string).collect();
    assert_eq!(skipped, ["item 1: expected an object, got text"]);
}

#[tokio::test]
async fn page_can_be_resumed_later() {
    let server = ScriptedServer::start([page(Some("<?page=2>; rel=next"), 0..2), page(None, 2..3)]).await;
    let client = client(&server);
    let request = list(&ListQuery { page_size: Some(2), ..ListQuery::default() });
    let response = client.send_full(&request).await.expect("a page");
    let next = response.next.expect("a next page");
    assert_eq!(client.send(&request.next_page(&next)).await.expect("a page").len(), 1);
    assert!(server.last_request().line.contains("?pageSize=2&page=2 "));
}

#[tokio::test]
async fn an_odd_item_of_a_list_does_not_cost_the_others() {
    let rows = json!([{"id": 1}, "maintenance", {"id": 2}, ["x"]]);
    let server = ScriptedServer::start((0..3).map(|_| ScriptedResponse::json(200, &rows))).await;
    let client = client(&server);
    let response = list(&ListQuery::default()).send_full(&client).await.expect("orders");
    let ids: Vec<_> = response.value.iter().filter_map(|order| order.id).collect();
    assert_eq!(ids, [1, 2]);
    let skipped: Vec<_> = response.skipped.iter().map(|item| (item.to_string(), &item.value)).collect();
    assert_eq!(
        skipped,
        [
            ("item 1: expected an object, got text".to_owned(), &json!("maintenance")),
            ("item 3: expected an object, got a list".to_owned(), &json!(["x"])),
        ]
    );
    let orders = list(&ListQuery::default()).send(&client).await.expect("orders");
    assert_eq!(orders.len(), 2);
    let mut items = client.items(&list(&ListQuery::default()));
    assert_eq!(items.by_ref().try_collect::<Vec<_>>().await.expect("orders").len(), 2);
    assert_eq!(items.skipped().len(), 2);
    // The same for an object with entries of one type.
    let server = ScriptedServer::start([ScriptedResponse::json(200, &json!({"a": {"id": 1}, "b": 2}))]).await;
    let request = Request::<BTreeMap<String, Order>>::new(Method::Get, "/orders/by/name");
    let response = request.send_full(&crate::support::client(&server)).await.expect("orders");
    assert_eq!((response.value.len(), response.skipped[0].position.as_str()), (1, "b"));
}

#[tokio::test]
async fn a_list_of_nothing_but_odd_items_is_an_error() {
    let server = ScriptedServer::start([ScriptedResponse::json(200, &json!(["it", "broke"]))]).await;
    let error = client(&server).send(&list(&ListQuery::default())).await.expect_err("an error");
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.message().contains("[0]: expected an object, got text"), "{error}");
}
