//! Tests the server's responses from the client's point of view.

use rmcp::RoleClient;
use rmcp::model::{CallToolRequestParams, CallToolResult, ReadResourceRequestParams};
use rmcp::service::RunningService;
use serde_json::{Value, json};
use toolcrate_mcp::{ExposureMode, ToolListing};
use toolcrate_runtime::NameStyle;
use wiremock::matchers::{body_json, header, method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::library::connect;

type Session = RunningService<RoleClient, ()>;

/// The library's API: three books on two pages.
async fn api() -> MockServer {
    let server = MockServer::start().await;
    let get = || Mock::given(method("GET")).and(path("/books")).and(header("authorization", "Bearer t0ken"));
    let page = |body: Value| ResponseTemplate::new(200).set_body_json(body);
    let first = json!({"data": [{"isbn": "1", "title": "A"}, {"isbn": "2", "title": "B"}], "next": "n2"});
    let second = json!({"data": [{"isbn": "3", "title": "C"}], "next": null});
    get().and(query_param_is_missing("after")).respond_with(page(first)).mount(&server).await;
    get().and(query_param("after", "n2")).respond_with(page(second)).mount(&server).await;
    server
}

async fn call(session: &Session, name: &'static str, arguments: Value) -> CallToolResult {
    let Value::Object(arguments) = arguments else { panic!("no object") };
    let request = CallToolRequestParams::new(name).with_arguments(arguments);
    session.call_tool(request).await.unwrap()
}

async fn names(session: &Session) -> Vec<String> {
    session.list_all_tools().await.unwrap().into_iter().map(|tool| tool.name.into_owned()).collect()
}

#[tokio::test]
async fn client_initializes_lists_and_calls() {
    let api = api().await;
    let session = connect(&api.uri(), ToolListing::default()).await;
    let info = session.peer_info().unwrap();
    let server = info.server_info.as_ref().unwrap();
    assert_eq!((server.name.as_str(), server.version.as_str()), ("library", "1.2.3"));
    assert!(info.instructions.as_deref().unwrap().starts_with("City Library: books."));
    assert_eq!(
        names(&session).await,
        ["search_tools", "describe_tools", "read_tool", "call_tool", "list_all_books"]
    );
    let result = call(&session, "read_tool", json!({"name": "list_all_books"})).await;
    let result = result.structured_content.unwrap();
    assert_eq!(result["result"], json!([{"isbn": "1", "title": "A"}, {"isbn": "2", "title": "B"}]));
    assert_eq!(result["next"], json!({"after": "n2"}));
}

#[tokio::test]
async fn names_match_the_listed_style() {
    for (style, name) in
        [(NameStyle::Short, "create_a_book"), (NameStyle::Prefixed, "create_a_city_library_book")]
    {
        let listing = ToolListing { mode: ExposureMode::All, names: style, ..ToolListing::default() };
        let session = connect("http://127.0.0.1:9", listing).await;
        assert!(names(&session).await.contains(&name.to_owned()), "{name}");
        let found = call(&session, "search_tools", json!({"query": "add a book", "limit": 1})).await;
        assert_eq!(found.structured_content.unwrap()["tools"][0]["name"], name);
        let described = call(&session, "describe_tools", json!({"names": name, "output": true})).await;
        let described = described.structured_content.unwrap();
        assert_eq!(described["tools"][0]["name"], name);
        assert!(described["tools"][0]["output_schema"].is_object());
    }
}

#[tokio::test]
async fn all_pages_are_followed() {
    let api = api().await;
    let session = connect(&api.uri(), ToolListing::default()).await;
    let arguments = json!({"name": "list_all_books", "all_pages": true});
    let result = call(&session, "read_tool", arguments).await.structured_content.unwrap();
    assert_eq!(result["result"].as_array().unwrap().len(), 3);
    assert!(result.get("next").is_none(), "{result}");
}

#[tokio::test]
async fn write_is_sent_once_and_an_invalid_one_never() {
    let api = api().await;
    let book = json!({"isbn": "4", "title": "D"});
    Mock::given(method("POST"))
        .and(path("/books"))
        .and(body_json(json!({"title": "D"})))
        .respond_with(ResponseTemplate::new(201).set_body_json(&book))
        .expect(1)
        .mount(&api)
        .await;
    let session = connect(&api.uri(), ToolListing::default()).await;
    let created = call(&session, "create_a_book", json!({"title": "D"})).await;
    assert_eq!(created.structured_content.unwrap()["result"], book);
    for (tool, arguments) in [
        ("create_a_book", json!({"titel": "D"})),
        ("call_tool", json!({"name": "create_a_book", "argument": {"title": "D"}})),
        ("call_tool", json!({"name": "create_a_bok", "arguments": {"title": "D"}})),
        ("read_tool", json!({"name": "create_a_book", "arguments": {"title": "D"}})),
    ] {
        assert_eq!(call(&session, tool, arguments.clone()).await.is_error, Some(true), "{arguments}");
    }
}

#[tokio::test]
async fn call_read_tool_rejects_writes_and_names_the_tool_for_them() {
    let session = connect("http://127.0.0.1:9", ToolListing::default()).await;
    let refused =
        call(&session, "read_tool", json!({"name": "create_a_book", "arguments": {"title": "D"}})).await;
    let error = &refused.structured_content.unwrap()["error"];
    assert_eq!(error["kind"], "not_read_only");
    assert_eq!(error["next_step"], "Nothing was sent. Call it with call_tool.");
}

#[tokio::test]
async fn modules_and_tools_are_resources() {
    let session = connect("http://127.0.0.1:9", ToolListing::default()).await;
    let resources = session.list_all_resources().await.unwrap();
    let uris: Vec<&str> = resources.iter().map(|resource| resource.uri.as_str()).collect();
    assert_eq!(uris, ["library://modules/books"]);
    for uri in ["library://modules/books", "library://tools/create_a_book"] {
        let resource = session.read_resource(ReadResourceRequestParams::new(uri)).await.unwrap();
        let text = serde_json::to_string(&resource.contents).unwrap();
        assert!(text.contains("create_a_book") && !text.contains("city_library"), "{text}");
    }
    for uri in ["library://tools/nothing", "library://nothing", "other://tools/create_a_book"] {
        assert!(session.read_resource(ReadResourceRequestParams::new(uri)).await.is_err(), "{uri}");
    }
    let template = "library://tools/{name}";
    let names = session.complete_resource_simple(template, "name", "update").await.unwrap();
    assert_eq!(names, ["update_a_book_by_isbn"]);
}
