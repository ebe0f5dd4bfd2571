//! Tests injected faults over real connections: what a caller sees, and whether its write takes effect.

use std::time::{Duration, Instant};

use crate::support::fake_engine::FakeEngine;
use crate::support::http::{self as http_client, HttpReply, get, send, send_with, server};
use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json::json;
use cwpsa_sandbox::server::{MockServer, MockServerSettings};
use http::Method;

/// Starts a server with one fault, and returns the result of a write through it.
async fn write(fault: &str) -> (Result<HttpReply, String>, usize) {
    let mut settings = MockServerSettings::default();
    settings.faults.rules.push(fault.parse().unwrap_or_else(|error| panic!("{fault}: {error}")));
    let (server, store) = server(settings).await;
    let got = send(Method::POST, &tickets(&server), Some(json!({"summary": "x".repeat(2000)}))).await;
    (got, store.count("/service/tickets"))
}

fn tickets(server: &MockServer) -> String {
    format!("{}/service/tickets", server.base_url())
}

#[tokio::test]
async fn connections_are_cut_before_and_after_the_effect() {
    for (fault, stored) in [("cut_before", 0), ("cut_after", 1)] {
        let (got, count) = write(fault).await;
        let error = got.expect_err("there is no answer");
        assert!(!error.contains("connect error") && !error.contains("timeout"), "{fault}: {error}");
        assert_eq!(count, stored, "{fault}");
    }
}

#[tokio::test]
async fn errors_look_like_the_apis() {
    for (fault, status, body) in [
        ("timeout", 500, "A timeout has occured. Please try again."),
        ("connection_pool", 500, "Timeout expired."),
        ("bad_value", 500, "Error converting value"),
        ("too_many_requests=7", 429, "Please try again in 7 seconds."),
        ("html_error", 502, "<title>502 Bad Gateway</title>"),
        ("html_error=504", 504, "<title>504 Gateway Timeout</title>"),
        ("empty_error", 503, ""),
    ] {
        let (got, stored) = write(fault).await;
        let got = got.expect("an answer");
        assert_eq!((got.status, stored), (status, 0), "{fault}");
        assert!(got.text.contains(body), "{fault}: {}", got.text);
        let content_type = got.headers.get("content-type").map(|value| value.to_str().expect("text"));
        match fault.split('=').next() {
            Some("html_error") => assert_eq!(content_type, Some("text/html")),
            Some("empty_error") => assert_eq!((content_type, got.text.len()), (None, 0)),
            Some("too_many_requests") => {
                assert_eq!(got.headers["retry-after"], "7");
                assert_eq!(got.json()["error"], "ConnectWiseAPI");
                assert_eq!(got.json().get("code"), None);
            }
            _ => assert_eq!(got.json()["code"], "ConnectWiseApi"),
        }
    }
}

#[tokio::test]
async fn injected_error_can_follow_a_committed_write() {
    let settings = json!({"rules": [{"fault": "html_error", "after_effect": true}]});
    let (server, store) = server(MockServerSettings::default()).await;
    let set = send(Method::PUT, &control(&server, "faults"), Some(settings)).await.expect("an answer");
    assert_eq!(set.status, 200, "{}", set.text);
    let got = send(Method::POST, &tickets(&server), Some(json!({"summary": "x"}))).await.expect("an answer");
    assert_eq!((got.status, store.count("/service/tickets")), (502, 1));
}

#[tokio::test]
async fn response_bodies_can_be_corrupted() {
    for fault in ["truncated_body", "truncated_body=10"] {
        let (got, stored) = write(fault).await;
        assert!(got.is_err(), "{fault}: {got:?}");
        assert_eq!(stored, 1, "{fault}");
    }
    let (got, _) = write("half_body").await;
    let got = got.expect("an answer that seems whole");
    assert_eq!(got.status, 201);
    assert!(got.text.starts_with('{') && !got.text.ends_with('}'), "{}", got.text);

    let (got, _) = write("wrong_content_type").await;
    let got = got.expect("an answer");
    assert_eq!(
        (&got.headers["content-type"], &got.json()["id"]),
        (&http::HeaderValue::from_static("text/html"), &json!(1))
    );

    let start = Instant::now();
    let (got, _) = write("slow_body=400").await;
    assert_eq!(got.expect("an answer").json()["id"], 1);
    assert!(start.elapsed() >= Duration::from_millis(350), "{:?}", start.elapsed());
}

#[tokio::test]
async fn truncated_response_is_sent_in_part() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let mut settings = MockServerSettings::default();
    settings.faults.rules.push("truncated_body=9".parse().expect("a fault"));
    let (server, store) = server(settings).await;
    store.put("/service/tickets", json!({"summary": "x"}));
    let mut stream = tokio::net::TcpStream::connect(server.address()).await.expect("a connection");
    let request = format!(
        "GET /v4_6_release/apis/3.0/service/tickets/1 HTTP/1.1\r\nhost: localhost\r\nclientid: x\r\nauthorization: {}\r\n\r\n",
        http_client::AUTHORIZATION
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text).await;
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    assert_eq!(body, "{\"summary", "{head}");
}

#[tokio::test]
async fn latency_and_budget_are_applied() {
    let (server, _) = server(MockServerSettings::default()).await;
    let rule = json!({"fault": "latency", "milliseconds": 150, "count": 1});
    assert_eq!(
        send(Method::POST, &control(&server, "faults"), Some(rule)).await.expect("an answer").status,
        200
    );
    let start = Instant::now();
    get(&tickets(&server)).await;
    assert!(start.elapsed() >= Duration::from_millis(150));

    let budget = json!({"budget": {"requests": 3, "window_seconds": 60}});
    send(Method::PUT, &control(&server, "faults"), Some(budget)).await.expect("an answer");
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(get(&tickets(&server)).await.status);
    }
    assert_eq!(statuses, [200, 200, 200, 429]);
    let report = get(&control(&server, "faults")).await.json();
    assert_eq!(report["budget_left"], 0);
    let rejected = get(&tickets(&server)).await;
    let retry_after = rejected.headers["retry-after"].to_str().expect("text").parse::<u32>();
    assert!((1..=60).contains(&retry_after.expect("seconds")));
    // New settings start a new window.
    let budget = json!({"budget": {"requests": 3}});
    send(Method::PUT, &control(&server, "faults"), Some(budget)).await.expect("an answer");
    assert_eq!(get(&tickets(&server)).await.status, 200);
}

fn control(server: &MockServer, name: &str) -> String {
    format!("http://{}/_sandbox/{name}", server.address())
}

#[tokio::test]
async fn admin_api_changes_faults_and_rejects_invalid_ones() {
    let (server, _store): (_, std::sync::Arc<FakeEngine>) = server(MockServerSettings::default()).await;
    let url = control(&server, "faults");
    let body = |value: Value| Some(value);
    let added =
        send(Method::POST, &url, body(json!({"fault": "timeout", "path": "/service/**", "count": 1}))).await;
    assert_eq!(added.expect("an answer").json()["rules"][0]["rule"]["fault"], "timeout");
    assert_eq!(get(&tickets(&server)).await.status, 500);
    assert_eq!(get(&tickets(&server)).await.status, 200);
    let report = get(&url).await.json();
    assert_eq!((&report["rules"][0]["matched"], &report["rules"][0]["fired"]), (&json!(2), &json!(1)));
    for (method, value, status) in [
        (Method::POST, json!({"fault": "earthquake"}), 400),
        (Method::POST, json!({"fault": "timeout", "probability": 2}), 400),
        (Method::PUT, json!({"rulez": []}), 400),
        (Method::PATCH, json!({}), 405),
    ] {
        let got = send(method, &url, body(value.clone())).await.expect("an answer");
        assert_eq!(got.status, status, "{value}: {}", got.text);
    }
    assert_eq!(get(&url).await.json()["rules"].as_array().map(Vec::len), Some(1));
    let unsaid =
        send_with(Method::POST, &url, None, &[("content-type", "text/plain")]).await.expect("an answer");
    assert_eq!(unsaid.status, 415);
    assert_eq!(send(Method::DELETE, &url, None).await.expect("an answer").json()["rules"], json!([]));
    assert_eq!(get(&control(&server, "nothing")).await.status, 404);
}
