//! A sandbox that tests call like a client would, but without a network.

use cwpsa_sandbox::{MockRequest, MockResponse, Sandbox, SandboxSettings};
use http::{HeaderMap, Method};
use serde_json::Value;

pub const ROOT: &str = "http://127.0.0.1:9090/v4_6_release/apis/3.0";
/// Tuesday, 3 June 2025, 10:00 UTC.
pub const NOW: i64 = 1_748_944_800;

/// Returns a seeded sandbox with a fixed clock.
pub fn sandbox() -> Sandbox {
    Sandbox::new(settings()).expect("a sandbox")
}

pub fn settings() -> SandboxSettings {
    SandboxSettings { now: Some(NOW), ..SandboxSettings::default() }
}

/// Returns the headers of a client with the default key.
pub fn headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut put = |name: &'static str, value: &str| headers.insert(name, value.parse().expect("a header"));
    put("authorization", "Basic YWNtZStwdWJsaWM6cHJpdmF0ZQ==");
    put("clientid", "00000000-0000-0000-0000-000000000000");
    put("content-type", "application/json");
    headers
}

/// Creates a call; text after `?` in the path is the unencoded query.
pub fn call(method: &str, path: &str, body: &Value) -> MockRequest {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let query = query.split('&').filter_map(|pair| pair.split_once('='));
    MockRequest {
        method: Method::from_bytes(method.as_bytes()).expect("a verb"),
        path: path.to_owned(),
        query: query.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        headers: headers(),
        body: if body.is_null() { Vec::new().into() } else { body.to_string().into_bytes().into() },
        base_url: ROOT.to_owned(),
    }
}

/// Returns the status and body of a response.
pub fn ask(sandbox: &Sandbox, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let answer = sandbox.answer(&call(method, path, body));
    (answer.status.as_u16(), json(&answer))
}

pub fn json(answer: &MockResponse) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

pub fn get(sandbox: &Sandbox, path: &str) -> Value {
    let (status, body) = ask(sandbox, "GET", path, &Value::Null);
    assert_eq!(status, 200, "GET {path}: {body}");
    body
}

/// Writes, and returns the body of a success.
pub fn done(sandbox: &Sandbox, method: &str, path: &str, body: Value) -> Value {
    let (status, answer) = ask(sandbox, method, path, &body);
    assert!((200..300).contains(&status), "{method} {path} {body}: {status} {answer}");
    answer
}

/// Writes, and returns the status and body of a rejection.
pub fn refused(sandbox: &Sandbox, method: &str, path: &str, body: Value) -> (u16, Value) {
    let (status, answer) = ask(sandbox, method, path, &body);
    assert!(status >= 400, "{method} {path} {body}: {status} {answer}");
    (status, answer)
}
