//! Tests HTTP clients that don't follow the protocol to the letter.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};
use toolcrate_mcp::{HostValidation, McpHttpService, StoredSessions, ToolListing, http_service};
use toolcrate_store::MemoryStore;

use crate::library::server;

const BOTH: &str = "application/json, text/event-stream";

fn service() -> McpHttpService {
    let sessions = StoredSessions::new(Arc::new(MemoryStore::default()), "main");
    let server = server("http://127.0.0.1:9", ToolListing::default());
    http_service(server, HostValidation::Mounted, Some(sessions))
}

async fn send(
    service: &McpHttpService,
    method: Method,
    headers: &[(&str, &str)],
    body: String,
) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::builder()
        .method(method)
        .uri("/mcp")
        .header("host", "localhost")
        .header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::new(Bytes::from(body))).unwrap();
    let (parts, body) = service.handle(request).await.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

fn message(id: u64, method: &str, params: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}

fn initialize(version: &str) -> String {
    let client = json!({"name": "test", "version": "1"});
    let params = json!({"protocolVersion": version, "capabilities": {}, "clientInfo": client});
    message(1, "initialize", params).to_string()
}

/// Starts a session and returns its ID.
async fn begin(service: &McpHttpService, version: &str) -> String {
    let (status, headers, body) = send(service, Method::POST, &[("accept", BOTH)], initialize(version)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let id = headers["mcp-session-id"].to_str().unwrap().to_owned();
    let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string();
    let headers = [("accept", BOTH), ("mcp-session-id", id.as_str())];
    assert_eq!(send(service, Method::POST, &headers, initialized).await.0, StatusCode::ACCEPTED);
    id
}

fn parse(body: &str) -> Value {
    serde_json::from_str(body).unwrap_or_else(|_| panic!("{body}"))
}

#[tokio::test]
async fn responses_use_an_accepted_format() {
    let service = service();
    for (accept, media_type) in [
        (Some(BOTH), "text/event-stream"),
        (Some("text/event-stream"), "text/event-stream"),
        (Some("application/json"), "application/json"),
        (Some("*/*"), "application/json"),
        (None, "application/json"),
    ] {
        let accept: Vec<(&str, &str)> = accept.map(|accept| ("accept", accept)).into_iter().collect();
        let (status, headers, body) = send(&service, Method::POST, &accept, initialize("2025-06-18")).await;
        assert_eq!(
            (status, headers["content-type"].to_str().unwrap()),
            (StatusCode::OK, media_type),
            "{body}"
        );
        let id = headers["mcp-session-id"].to_str().unwrap();
        let headers: Vec<(&str, &str)> = accept.into_iter().chain([("mcp-session-id", id)]).collect();
        let list = message(2, "tools/list", json!({"cursor": ""})).to_string();
        let (status, headers, body) = send(&service, Method::POST, &headers, list).await;
        assert_eq!(
            (status, headers["content-type"].to_str().unwrap()),
            (StatusCode::OK, media_type),
            "{body}"
        );
        assert!(body.contains("list_all_books"), "{body}");
        if media_type == "application/json" {
            assert_eq!(parse(&body)["id"], 2);
        }
    }
    let (status, _, body) =
        send(&service, Method::POST, &[("accept", "text/html")], initialize("2025-06-18")).await;
    assert_eq!((status, &parse(&body)["id"]), (StatusCode::NOT_ACCEPTABLE, &json!(1)));
}

#[tokio::test]
async fn each_fault_has_the_matching_protocol_error() {
    let service = service();
    let id = begin(&service, "2025-06-18").await;
    let list = message(7, "tools/list", json!({})).to_string();
    let large = message(7, "tools/call", json!({"name": "x", "arguments": {"text": "x".repeat(17 << 20)}}));
    for (session, body, status, code, message_id) in [
        (Some(id.as_str()), "{\"jsonrpc\": ".to_owned(), 400, -32700, Value::Null),
        (Some(&id), "{\"id\": 7}".to_owned(), 400, -32600, json!(7)),
        (Some("ended"), list.clone(), 404, -32001, json!(7)),
        (None, list, 400, -32600, json!(7)),
        (Some(&id), large.to_string(), 413, -32600, Value::Null),
    ] {
        let mut headers = vec![("accept", BOTH)];
        headers.extend(session.map(|session| ("mcp-session-id", session)));
        let start: String = body.chars().take(80).collect();
        let (found, headers, body) = send(&service, Method::POST, &headers, body).await;
        assert_eq!(
            (found.as_u16(), headers["content-type"].to_str().unwrap()),
            (status, "application/json"),
            "{start}: {body}"
        );
        let error = parse(&body);
        assert_eq!((&error["error"]["code"], &error["id"]), (&json!(code), &message_id), "{start}: {error}");
    }
}

#[tokio::test]
async fn body_of_five_megabytes_is_read() {
    let service = service();
    let id = begin(&service, "2025-06-18").await;
    let call = message(
        3,
        "tools/call",
        json!({"name": "create_a_book", "arguments": {"titel": "x".repeat(5 << 20)}}),
    );
    let headers = [("accept", "application/json"), ("mcp-session-id", id.as_str())];
    let (status, _, body) = send(&service, Method::POST, &headers, call.to_string()).await;
    assert_eq!((status, &parse(&body)["result"]["isError"]), (StatusCode::OK, &json!(true)));
    assert!(body.len() < 100_000, "{} bytes", body.len());
}

#[tokio::test]
async fn client_can_reinitialize_and_end_its_session() {
    let service = service();
    let old = begin(&service, "2025-06-18").await;
    let headers = [("accept", BOTH), ("mcp-session-id", old.as_str())];
    assert_eq!(send(&service, Method::DELETE, &headers, String::new()).await.0, StatusCode::NO_CONTENT);
    let (status, headers, body) = send(&service, Method::POST, &headers, initialize("2025-06-18")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_ne!(headers["mcp-session-id"].to_str().unwrap(), old);
}

#[tokio::test]
async fn deleting_an_unknown_or_ended_session_is_not_found() {
    let service = service();
    let ended = begin(&service, "2025-06-18").await;
    let headers = [("accept", BOTH), ("mcp-session-id", ended.as_str())];
    assert_eq!(send(&service, Method::DELETE, &headers, String::new()).await.0, StatusCode::NO_CONTENT);
    for id in ["no-such-session", &ended] {
        let headers = [("accept", BOTH), ("mcp-session-id", id)];
        let (status, _, body) = send(&service, Method::DELETE, &headers, String::new()).await;
        assert_eq!((status, &parse(&body)["error"]["code"]), (StatusCode::NOT_FOUND, &json!(-32001)));
    }
}

#[tokio::test]
async fn another_replica_can_end_a_stored_session() {
    let store = Arc::new(MemoryStore::default());
    let replica = || {
        let sessions = StoredSessions::new(store.clone(), "main");
        http_service(
            server("http://127.0.0.1:9", ToolListing::default()),
            HostValidation::Mounted,
            Some(sessions),
        )
    };
    let (one, other) = (replica(), replica());
    let id = begin(&one, "2025-06-18").await;
    let headers = [("accept", BOTH), ("mcp-session-id", id.as_str())];
    assert_eq!(send(&other, Method::DELETE, &headers, String::new()).await.0, StatusCode::NO_CONTENT);
    assert_eq!(send(&other, Method::DELETE, &headers, String::new()).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn batches_work_only_in_versions_that_support_them() {
    let service = service();
    let batch = json!([
        message(1, "ping", json!({})),
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        message(2, "tools/list", json!({})),
        {"id": 3},
    ]);
    let id = begin(&service, "2025-03-26").await;
    for (accept, prefix) in [(BOTH, "data: "), ("application/json", "")] {
        let headers =
            [("accept", accept), ("mcp-session-id", id.as_str()), ("mcp-protocol-version", "2025-03-26")];
        let (status, _, body) = send(&service, Method::POST, &headers, batch.to_string()).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let responses = parse(body.strip_prefix(prefix).unwrap());
        let ids: Vec<&Value> = responses.as_array().unwrap().iter().map(|response| &response["id"]).collect();
        assert_eq!(ids, [&json!(1), &json!(2), &json!(3)], "{responses}");
        assert_eq!(responses[2]["error"]["code"], -32600);
    }
    let headers = [("accept", BOTH), ("mcp-session-id", id.as_str())];
    let notifications = json!([{"jsonrpc": "2.0", "method": "notifications/initialized"}]).to_string();
    assert_eq!(send(&service, Method::POST, &headers, notifications).await.0, StatusCode::ACCEPTED);
    let headers = [("accept", BOTH), ("mcp-session-id", id.as_str()), ("mcp-protocol-version", "2025-06-18")];
    let (status, _, body) = send(&service, Method::POST, &headers, batch.to_string()).await;
    assert_eq!((status, &parse(&body)["error"]["code"]), (StatusCode::BAD_REQUEST, &json!(-32600)));
}

#[tokio::test]
async fn lone_surrogates_are_replaced() {
    let service = service();
    let id = begin(&service, "2025-06-18").await;
    let headers = [("accept", "application/json"), ("mcp-session-id", id.as_str())];
    let call = message(4, "tools/call", json!({"name": "list_all_books", "arguments": {"SURROGATE": 1}}));
    let call = call.to_string().replace("SURROGATE", "a\\ud83c");
    let (status, _, body) = send(&service, Method::POST, &headers, call).await;
    assert_eq!((status, &parse(&body)["id"]), (StatusCode::OK, &json!(4)), "{body}");
    assert!(body.contains("a\u{fffd}"), "{body}");
}
