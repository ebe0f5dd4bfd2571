//! Tests tools: the catalog, its schemas, validation before a call, and the calls themselves.

use std::sync::LazyLock;

use crate::support::{API, PASSWORD, client};
use toolcrate_testing::scripted_server::{ScriptedResponse, ScriptedServer};

use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Map, Value, json};
use toolcrate_runtime::{
    Catalog, Client, CursorKey, Dialect, Error, ErrorKind, ExecuteOptions, Method, OperationKind,
    PreparedBody, PreparedRequest, Tool, ToolClass,
};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let tools = concat!(include_str!("support/sales.jsonl"), include_str!("support/stock.jsonl"));
    let (shapes, schemas) = (include_str!("support/shapes.jsonl"), include_str!("support/schemas.jsonl"));
    Catalog::new(&API, crate::support::catalog(tools, shapes, schemas, ""))
});

fn tool(name: &str) -> Tool {
    CATALOG.get(name).expect(name)
}

/// Creates a client for tests that send nothing.
fn offline() -> Client {
    Client::builder(&API)
        .base_url("https://localhost")
        .credentials(crate::support::TestCredentials)
        .build()
        .expect("a client")
}

fn prepared(name: &str, arguments: &Value) -> PreparedRequest {
    offline().prepare(tool(name), arguments).expect("a request")
}

pub(crate) fn refused(name: &str, arguments: &Value) -> Error {
    offline().prepare(tool(name), arguments).expect_err("an error")
}

/// Returns the problems as `pointer code: message`.
pub(crate) fn problems(error: &Error) -> Vec<String> {
    assert_eq!(error.kind(), ErrorKind::InvalidArguments, "{error}");
    error
        .fields()
        .iter()
        .map(|field| format!("{} {}: {}", field.pointer, field.code, field.message))
        .collect()
}

#[tokio::test]
async fn cursor_is_valid_for_its_tool_and_clients_with_the_same_key() {
    let page = |ids: [i32; 2], next: Option<&str>| {
        let body = json!([{"id": ids[0]}, {"id": ids[1]}]).to_string();
        let link = next.map(|next| format!("<{next}>; rel=\"next\"")).unwrap_or_default();
        ScriptedResponse::with_body(
            200,
            &[("content-type", "application/json"), ("link", &link)],
            body.as_bytes(),
        )
    };
    let server = ScriptedServer::start([
        page([1, 2], Some("?page=2&conditions=other")),
        page([3, 4], None),
        page([1, 2], Some("?page=2")),
    ])
    .await;
    let with = |secret: &[u8], scope: &str| {
        let key = CursorKey::derive(secret, scope);
        crate::support::builder(&server).cursor_key(key).build().expect("a client")
    };
    let options = ExecuteOptions { dialect: Dialect::Truto, ..ExecuteOptions::default() };
    let list = tool("list_all_orders");
    let first = json!({"conditions": "id>0", "pageSize": "2"});
    let outcome = with(b"s", "acme").execute_with(list, &first, &options).await.expect("a page");
    let cursor = outcome.next_cursor().expect("a cursor").to_owned();
    let next = json!({"conditions": "id>0", "next_cursor": cursor});
    for (client, tool) in [
        (with(b"s", "beta"), list),
        (with(b"t", "acme"), list),
        (client(&server), list),
        (with(b"s", "acme"), tool("list_all_stock")),
        (with(b"s", "acme"), tool("delete_an_order_by_id")),
        (with(b"s", "acme"), tool("create_an_order_line")),
    ] {
        let error = client.execute_with(tool, &next, &options).await.expect_err("a foreign cursor");
        assert!(error.message().starts_with("invalid next_cursor; "), "{error}");
        assert!(client.prepare_with(tool, &next, &options).is_err());
    }
    assert_eq!(server.requests().len(), 1);
    let outcome = with(b"s", "acme").execute_with(list, &next, &options).await.expect("a page");
    assert_eq!((outcome.value[0]["id"].as_i64(), outcome.next_cursor()), (Some(3), None));
    let line = server.last_request().line;
    assert!(line.contains("page=2") && line.contains("conditions=id%3E0"), "{line}");
    // A single client needs no key.
    let own = client(&server);
    let outcome = own.execute_with(list, &json!({}), &options).await.expect("a page");
    let next = json!({"next_cursor": outcome.next_cursor()});
    assert!(own.prepare_with(list, &next, &options).expect("a request").url.contains("page=2"));
}

#[test]
fn tools_are_found_by_full_and_short_name() {
    assert_eq!(CATALOG.len(), 10);
    let names: Vec<&str> = CATALOG.names().collect();
    assert!(names.is_sorted() && names.contains(&"list_all_acme_stock"));
    assert_eq!(CATALOG.modules().collect::<Vec<_>>(), ["sales", "stock"]);
    for each in CATALOG.tools() {
        assert_eq!(tool(each.name()), each);
        assert_eq!(tool(each.short_name()), each);
    }
    let found = tool("list_all_stock");
    assert_eq!((found.name(), found.module()), ("list_all_acme_stock", "stock"));
    assert!(CATALOG.get("list_all").is_none() && CATALOG.get("").is_none());
    assert_eq!(CATALOG.nearest("list_orders", 1), ["list_all_acme_orders"]);
    let error = CATALOG.resolve("list_all_order").expect_err("no such tool");
    assert_eq!(error.kind(), ErrorKind::UnknownTool);
    assert!(error.next_step().is_some_and(|next| next.contains("list_all_acme_orders")), "{error:?}");
}

#[test]
fn details_equal_the_record() {
    let tool = tool("create_an_order_line");
    assert_eq!(tool.title(), "Create an order line");
    assert_eq!(tool.description(), "Create an order line. Says \"so\".");
    assert_eq!((tool.class(), tool.kind()), (ToolClass::Write, OperationKind::Create));
    assert_eq!(tool.collection(), Some("/orders/{}/lines"));
    assert_eq!(tool.tags(), ["Orders"]);
    assert_eq!((tool.method(), tool.path()), (Method::Post, "/orders/{parentId}/lines"));
    assert!(!tool.annotations().read_only_hint && tool.annotations().open_world_hint);
    let relations = tool.relations();
    assert_eq!(
        (relations[0].argument.as_ref(), relations[0].tool.as_ref()),
        ("orderId", "list_all_acme_orders")
    );
    assert_eq!(relations[0].field, "id");
}

#[test]
fn input_schema_has_own_arguments_and_shape_properties() {
    let text = tool("create_an_acme_order_line").input_schema();
    assert!(text.starts_with(r#"{"type":"object","properties":{"orderId":{"type":"integer""#), "{text}");
    let schema = tool("create_an_acme_order_line").input_schema_value();
    let names: Vec<&String> = schema["properties"].as_object().expect("properties").keys().collect();
    assert_eq!(
        names,
        ["orderId", "lineType", "description", "quantity", "product", "status", "tags", "amount"]
    );
    assert_eq!(schema["required"], json!(["orderId", "description", "product"]));
    assert_eq!(schema["additionalProperties"], json!(false));
    for tool in CATALOG.tools() {
        assert!(tool.input_schema_value().is_object());
        assert!(jsonschema::draft202012::meta::is_valid(&tool.input_schema_value()), "{tool:?}");
        assert!(jsonschema::draft202012::meta::is_valid(&tool.output_schema()), "{tool:?}");
    }
}

#[test]
fn output_schema_contains_its_definitions() {
    let schema = tool("list_all_acme_orders").output_schema();
    assert_eq!(schema["type"], "array");
    assert_eq!(schema["items"]["properties"]["customer"], json!({"$ref": "#/$defs/Customer"}));
    let names: Vec<&String> = schema["$defs"].as_object().expect("definitions").keys().collect();
    assert_eq!(names, ["Customer", "Line"]);
    let bulk = tool("create_acme_orders_in_bulk").output_schema();
    assert_eq!(bulk["$defs"]["Line"]["type"], "object");
    assert_eq!(tool("create_an_acme_order_line").output_schema().get("$defs"), None);
    assert_eq!(tool("search_acme_orders").output_schema(), json!({}));
    assert_eq!(tool("delete_an_acme_order_by_id").output_schema(), json!({"type": "null"}));
    assert_eq!(tool("download_an_acme_document").output_schema()["properties"]["size"]["type"], "integer");
}

#[test]
fn arguments_are_sent_where_the_catalog_defines() {
    let arguments = json!({
        "orderId": 5.0, "lineType": "X", "description": "Bolt", "product": {"id": 2.0}, "quantity": 1.5,
        "status": null,
    });
    let request = prepared("create_an_acme_order_line", &arguments);
    assert_eq!((request.method.as_str(), request.url.as_str()), ("POST", "https://localhost/orders/5/lines"));
    let body = json!({"type": "X", "description": "Bolt", "product": {"id": 2}, "quantity": 1.5});
    assert_eq!(request.body, PreparedBody::Json(body));
    let request =
        prepared("list_all_acme_stock", &json!({"binId": 3, "X-Trace": "t", "kinds": ["a", "b&c"]}));
    assert_eq!(request.url, "https://localhost/bins/3/stock?kind=a&kind=b%26c");
    assert!(request.headers.contains(&("x-trace".to_owned(), "t".to_owned())));
    assert_eq!(request.body, PreparedBody::None);
    let request = prepared("get_single_acme_order_by_number", &json!({"number": "../x?y"}));
    assert_eq!(request.url, "https://localhost/orders/byNumber/..%2Fx%3Fy");
    let request = prepared("create_acme_orders_in_bulk", &json!({"orders": [{"id": 1}]}));
    assert_eq!(request.body, PreparedBody::Json(json!([{"id": 1}])));
    assert!(request.headers.contains(&("content-type".to_owned(), "application/vnd.bulk+json".to_owned())));
    let request = prepared("search_acme_orders", &json!({}));
    assert_eq!(request.body, PreparedBody::Json(json!({})));
    // A map works as well as a value.
    let mut map = Map::new();
    map.insert("id".to_owned(), Value::from(1));
    assert!(offline().prepare(tool("delete_an_order_by_id"), &map).is_ok());
}

#[test]
fn dry_run_masks_secrets() {
    let request = prepared("list_all_acme_orders", &json!({}));
    let text = format!("{request:?} {}", request.to_json());
    assert!(!text.contains(PASSWORD) && !text.contains("Basic"), "{text}");
    let json = request.to_json();
    assert_eq!(json["headers"]["authorization"], "***");
    assert_eq!(json["headers"]["client-key"], "***");
    assert_eq!(json["headers"]["accept"], API.accept);
    assert_eq!(json["headers"]["user-agent"], API.user_agent);
}

#[test]
fn partial_record_becomes_a_patch() {
    let arguments = json!({
        "id": 5, "orderNumber": "A", "clear": ["customer", "note/text", "customer"],
        "operations": [{"op": "add", "path": "/lines/0", "value": {"quantity": 1.0}}],
    });
    let body = json!([
        {"op": "replace", "path": "orderNumber", "value": "A"},
        {"op": "remove", "path": "customer"},
        {"op": "remove", "path": "note~1text"},
        {"op": "add", "path": "lines/0", "value": {"quantity": 1}},
    ]);
    assert_eq!(prepared("update_an_acme_order_by_id", &arguments).body, PreparedBody::Json(body));
    let nothing = " missing: expected at least one field to change, or fields to empty in \"clear\"";
    for arguments in [json!({"id": 5}), json!({"id": 5, "clear": []}), json!({"id": 5, "customer": null})] {
        assert_eq!(problems(&refused("update_an_acme_order_by_id", &arguments)), [nothing]);
    }
    let error = refused("update_an_acme_order_by_id", &json!({"id": 5, "operations": [{"op": "move"}]}));
    let found = problems(&error);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("/operations/0/op enum: expected one of \"add\""), "{found:?}");
    assert!(found[1].starts_with("/operations/0/path missing"), "{found:?}");
}

#[test]
fn null_never_changes_a_record() {
    // As sent by clients that set every argument: in a record, null means absent even if the schema allows it.
    let arguments = json!({
        "id": 5, "orderNumber": "A", "customer": {"id": null}, "note/text": null, "operations": null, "clear": null,
    });
    let body = json!([{"op": "replace", "path": "orderNumber", "value": "A"}]);
    assert_eq!(prepared("update_an_acme_order_by_id", &arguments).body, PreparedBody::Json(body));
    // A raw operation is sent unchanged.
    let raw = json!([{"op": "replace", "path": "customer", "value": null}]);
    let arguments = json!({"id": 5, "orderNumber": null, "operations": raw});
    assert_eq!(prepared("update_an_acme_order_by_id", &arguments).body, PreparedBody::Json(raw));
    let arguments = json!({
        "orderId": 5, "lineType": null, "description": "Bolt", "product": {"id": 250, "identifier": null},
        "amount": {"value": null}, "tags": null,
    });
    let body = json!({"description": "Bolt", "product": {"id": 250}});
    assert_eq!(prepared("create_an_acme_order_line", &arguments).body, PreparedBody::Json(body));
    // Also as text.
    let arguments = json!({"orderId": 5, "description": "x", "product": "{\"id\": 1, \"identifier\": null}"});
    let body = json!({"description": "x", "product": {"id": 1}});
    assert_eq!(prepared("create_an_acme_order_line", &arguments).body, PreparedBody::Json(body));
    let error = refused(
        "create_an_acme_order_line",
        &json!({"orderId": null, "description": "x", "product": {"id": null}, "tags": ["a", null], "other": null}),
    );
    let pointers: Vec<&str> = error.fields().iter().map(|field| field.pointer.as_str()).collect();
    assert_eq!(pointers, ["/orderId", "/other", "/product", "/tags/1"], "{error:?}");
}

#[test]
fn invalid_clear_is_reported_with_its_pointer() {
    let clear = |names: Value, more: Value| {
        let mut arguments = json!({"id": 5, "clear": names});
        arguments.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        problems(&refused("update_an_acme_order_by_id", &arguments))
    };
    assert_eq!(
        clear(json!(["customr", "zzz", "id", "operations", "customer"]), json!({"customer": 3})),
        [
            "/clear/0 unknown: unknown field \"customr\"; did you mean customer?",
            "/clear/1 unknown: unknown field \"zzz\"",
            "/clear/2 unknown: \"id\" is not a field of the record and can't be cleared",
            "/clear/3 unknown: \"operations\" is not a field of the record and can't be cleared",
            "/clear/4 conflict: \"customer\" can't be both set and cleared in the same call",
        ]
    );
    assert_eq!(clear(json!(true), json!({})), ["/clear type: expected a list, got true"]);
    assert_eq!(clear(json!([true]), json!({})), ["/clear/0 type: expected a string, got true"]);
    let request = prepared("update_an_acme_order_by_id", &json!({"id": 5, "clear": "customer"}));
    assert_eq!(request.body, PreparedBody::Json(json!([{"op": "remove", "path": "customer"}])));
    // Null means absent.
    let arguments = json!({"id": 5, "customer": null, "clear": ["customer"]});
    let body = json!([{"op": "remove", "path": "customer"}]);
    assert_eq!(prepared("update_an_acme_order_by_id", &arguments).body, PreparedBody::Json(body));
    let error = refused("create_an_acme_order_line", &json!({"clear": ["tags"], "orderId": 1}));
    assert_eq!(error.fields()[0].pointer, "/clear", "only an update has it");
}

#[test]
fn clear_accepts_the_names_declared_by_the_dialect() {
    let options = ExecuteOptions { dialect: Dialect::Anthropic, ..ExecuteOptions::default() };
    let update = tool("update_an_acme_order_by_id");
    let declared = update.declaration(Dialect::Anthropic).value;
    assert!(declared["input_schema"]["properties"]["note_text"].is_object(), "{declared}");
    let request = offline().prepare_with(update, &json!({"id": 5, "clear": ["note_text"]}), &options);
    let body = json!([{"op": "remove", "path": "note~1text"}]);
    assert_eq!(request.expect("a request").body, PreparedBody::Json(body));
}

#[test]
fn all_problems_are_reported_at_once() {
    let arguments = json!({
        "ordrId": 5, "description": "much too long a text", "quantity": "three", "status": "opn",
        "tags": ["a", "b", "c"], "amount": {"valu": 1}, "product": {"ident": "x"}, "nonsense": null,
    });
    let error = refused("create_an_acme_order_line", &arguments);
    assert_eq!(
        problems(&error),
        [
            "/amount/valu unknown: unknown property \"valu\"; did you mean value?",
            "/description length: expected at most 10 characters, got 20",
            "/nonsense unknown: unknown argument \"nonsense\" (expected orderId, lineType, description, \
             quantity, product, status, tags, amount)",
            "/ordrId unknown: unknown argument \"ordrId\"; did you mean orderId?",
            "/product/ident unknown: unknown property \"ident\"; did you mean identifier or id?",
            "/quantity type: expected a number, got \"three\"",
            "/status enum: expected one of \"Open\", \"In Work\", \"Closed\", got \"opn\"; did you mean \"Open\"?",
            "/tags length: expected at most 2 items",
        ]
    );
    assert_eq!(error.message(), "8 invalid arguments; nothing was sent");
    assert_eq!(error.request(), Some("POST /orders/{parentId}/lines"));
    let error = refused(
        "create_an_acme_order_line",
        &json!({"orderId": 1, "description": "x", "product": {}, "amount": "x"}),
    );
    let empty = "/product empty: expected a reference with \"id\" or \"identifier\", or omit it";
    let form = "/amount form: expected a number or an object, got \"x\"";
    assert_eq!(problems(&error), [form, empty]);
    let error = refused("create_an_acme_order_line", &json!({"orderId": "one", "description": "x"}));
    assert_eq!(
        problems(&error),
        [
            "/orderId type: expected an integer, got \"one\"",
            "/product missing: \"product\" is required: an object (The product)",
        ]
    );
}

#[test]
fn non_object_arguments_are_an_error() {
    for text in [json!("{}"), json!(""), json!(null)] {
        prepared("list_all_acme_orders", &text);
    }
    for arguments in [json!([1]), json!("x"), json!("[]"), json!(5)] {
        let error = refused("list_all_acme_orders", &arguments);
        assert_eq!(problems(&error), [" type: expected a JSON object of arguments"]);
    }
    let error = refused("get_single_acme_order_by_number", &json!({"number": ".."}));
    let message = "\"number\" must not consist of dots because it is part of the path";
    assert_eq!(problems(&error), [format!("/number invalid: {message}")]);
    let error = refused("list_all_acme_stock", &json!({"binId": 1, "X-Trace": "a\r\nHost: b"}));
    assert!(problems(&error)[0].starts_with("/X-Trace invalid: "), "{error}");
}

#[test]
fn binding_is_selected_by_its_argument() {
    assert_eq!(prepared("list_all_stock", &json!({"binId": 3})).url, "https://localhost/bins/3/stock");
    let by_item = prepared("list_all_stock", &json!({"itemId": 4, "page": 2, "binId": null}));
    assert_eq!(by_item.url, "https://localhost/items/4/stock?page=2");
    assert_eq!(
        problems(&refused("list_all_stock", &json!({}))),
        ["/binId missing: \"binId\" is required: an integer"]
    );
    let both = refused("list_all_stock", &json!({"itemId": 4, "binId": 3}));
    assert_eq!(problems(&both), ["/binId conflict: \"binId\" can't be combined with \"itemId\""]);
}

#[tokio::test]
async fn trimmed_properties_are_dropped_unless_requested() {
    let body = json!([{"id": 1, "_info": {"a": 1}, "customer": {"id": 2, "_info": {}}}]);
    let server = ScriptedServer::start((0..4).map(|_| ScriptedResponse::json(200, &body))).await;
    let client = client(&server);
    let list = tool("list_all_orders");
    let trimmed = client.execute(list, &json!({})).await.expect("an outcome");
    assert_eq!(trimmed.value, json!([{"id": 1, "customer": {"id": 2}}]));
    for fields in ["id,_info", "customer/_info"] {
        let kept = client.execute(list, &json!({"fields": fields})).await.expect("an outcome");
        assert_eq!(kept.value, body);
    }
    let options = ExecuteOptions { keep_trimmed: true, ..ExecuteOptions::default() };
    let kept = client.execute_with(list, &json!({}), &options).await.expect("an outcome");
    assert_eq!(kept.value, body);
}

#[tokio::test]
async fn files_are_base64_in_both_directions() {
    let headers = [("content-type", "text/plain"), ("content-disposition", "attachment; filename=a.txt")];
    let server = ScriptedServer::start([
        ScriptedResponse::with_body(200, &headers, b"hello"),
        ScriptedResponse::json(201, &json!({"id": 1})),
    ])
    .await;
    let client = client(&server);
    let file = client.execute(tool("download_an_acme_document"), &json!({"id": 1})).await.expect("a file");
    let expected =
        json!({"media_type": "text/plain", "file_name": "a.txt", "size": 5, "content_base64": "aGVsbG8="});
    assert_eq!(file.value, expected);
    let upload = tool("upload_an_acme_document");
    let arguments = json!({"recordId": 7, "file": {"file_name": "a.txt", "content_base64": "aGVsbG8="}});
    let PreparedBody::Form(parts) = client.prepare(upload, &arguments).expect("a request").body else {
        panic!("it is a form")
    };
    assert_eq!(parts[1].1, "file \"a.txt\", application/octet-stream, 5 bytes");
    client.execute(upload, &arguments).await.expect("an outcome");
    let sent = server.last_request().body_text();
    assert!(sent.contains("name=\"recordId\"\r\n\r\n7\r\n") && sent.contains("\r\n\r\nhello\r\n"), "{sent}");
    let error = refused(
        "upload_an_acme_document",
        &json!({"recordId": 7, "file": {"file_name": "a", "content_base64": "%"}}),
    );
    assert!(problems(&error)[0].starts_with("/file/content_base64 format: expected base64"));
}

#[tokio::test]
async fn empty_responses_are_null_and_errors_are_returned() {
    let body = json!({"code": "NotFound", "message": "Order 5 not found", "errors": null});
    let server = ScriptedServer::start([
        ScriptedResponse::with_body(204, &[], b""),
        ScriptedResponse::with_body(200, &[], b""),
        ScriptedResponse::json(404, &body),
        ScriptedResponse::Close,
        ScriptedResponse::Close,
    ])
    .await;
    let client = client(&server);
    let delete = tool("delete_an_acme_order_by_id");
    let outcome = client.execute(delete, &json!({"id": 5, "reason": "x y"})).await.expect("an outcome");
    assert_eq!((outcome.status, outcome.value), (204, Value::Null));
    assert_eq!(server.last_request().line, "DELETE /api/orders/5?reasonText=x%20y HTTP/1.1");
    let get = tool("get_single_acme_order_by_number");
    let arguments = json!({"number": "5"});
    assert_eq!(client.execute(get, &arguments).await.expect("an outcome").value, Value::Null);
    let error = client.execute(get, &arguments).await.expect_err("404");
    assert_eq!((error.kind(), error.code()), (ErrorKind::NotFound, Some("NotFound")));
    let error = client.execute(delete, &json!({"id": 5})).await.expect_err("cut");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    // A POST that only reads leaves no doubt about its outcome.
    let error = client.execute(tool("search_acme_orders"), &json!({})).await.expect_err("cut");
    assert_eq!(error.kind(), ErrorKind::Unreachable);
}

fn page(link: &str) -> ScriptedResponse {
    ScriptedResponse::with_body(200, &[("link", link)], br#"[{"id":1},{"id":2}]"#)
}

#[tokio::test]
async fn outcome_has_the_next_pages_arguments() {
    let server = ScriptedServer::start([
        page("<http://x/orders?page=2&pageSize=2&conditions=a>; rel=\"next\""),
        page("<http://x/orders?pageId=77>; rel=\"next\""),
        page("<http://x/orders?page=1>; rel=\"prev\""),
    ])
    .await;
    let client = client(&server);
    let list = tool("list_all_orders");
    let outcome = client.execute(list, &json!({"conditions": "a", "pageSize": 2})).await.expect("an outcome");
    let next = outcome.next_arguments().expect("a next page").clone();
    assert_eq!(Value::Object(next.clone()), json!({"conditions": "a", "pageSize": 2, "page": 2}));
    let outcome = client.execute(list, &next).await.expect("an outcome");
    assert!(
        outcome.paging.is_some() && outcome.next_arguments().is_none(),
        "the tool has no argument for it"
    );
    let outcome = client.execute(list, &next).await.expect("an outcome");
    assert!(outcome.paging.is_none() && outcome.next_arguments().is_none());
}

#[tokio::test]
async fn pages_are_followed_even_without_a_page_argument() {
    let server = ScriptedServer::start([
        page("<?pageId=2>; rel=\"next\""),
        page("<?pageId=4>; rel=\"next\""),
        ScriptedResponse::with_body(200, &[("link", "<?pageId=4>; rel=\"next\"")], b"[]"),
    ])
    .await;
    let client = client(&server);
    let pages: Vec<_> = client
        .execute_pages(tool("list_all_orders"), &json!({"conditions": "a"}))
        .try_collect()
        .await
        .expect("pages");
    let counts: Vec<_> = pages.iter().map(|page| page.value.as_array().map_or(0, Vec::len)).collect();
    assert_eq!(counts, [2, 2, 0]);
    assert_eq!(server.last_request().line, "GET /api/orders?conditions=a&pageSize=100&pageId=4 HTTP/1.1");
    let results: Vec<_> = client.execute_pages(tool("list_all_orders"), &json!({"x": 1})).collect().await;
    assert_eq!(results.len(), 1);
    assert!(results[0].is_err());
}
