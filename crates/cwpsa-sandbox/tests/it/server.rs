//! Tests the server over real connections: paths, limits and shutdown.

use std::time::Duration;

use connectwise_psa::runtime::serde_json::json;
use cwpsa_sandbox::server::{MockServer, MockServerSettings};
use http::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use toolcrate_testing::wait::wait_for;

use crate::support::http::{self as http_client, HttpReply, get, send, send_with, server};

#[tokio::test]
async fn requests_reach_the_engine_under_any_codebase() {
    let (server, store) = server(MockServerSettings::default()).await;
    assert!(server.address().ip().is_loopback());
    store.put("/service/tickets", json!({"summary": "a & b"}));
    let found = get(&format!("{}/service/tickets/1", server.base_url())).await;
    assert_eq!(found.status, 200);
    assert_eq!(found.json()["summary"], "a & b");
    assert_eq!(found.headers["x-server-name"], "sandbox");
    assert_eq!(found.headers["x-cw-request-id"].len(), 36);
    let other = format!("http://{}/v2025_1/apis/3.0//service/tickets", server.address());
    let found = get(&format!("{other}?conditions=summary%3D%22a+%26%20b%22")).await;
    assert_eq!(found.json().as_array().map(Vec::len), Some(1));
    let refused = get(&format!("{other}?conditions=nothing%3D1")).await;
    assert_eq!((refused.status, &refused.json()["code"]), (400, &json!("ApiFindCondition")));
    // Links point to the host that the caller used.
    store.put("/service/tickets", json!({"summary": "c"}));
    let page = get(&format!("{}/service/tickets?pageSize=1", server.base_url())).await;
    let link = page.headers["link"].to_str().expect("text");
    let next = link.split(['<', '>']).nth(1).expect("an address");
    assert!(next.starts_with(&server.base_url()), "{link}");
    assert_eq!(get(next).await.json()[0]["summary"], "c");
}

#[tokio::test]
async fn paths_outside_the_api_are_not_found() {
    let (server, _) = server(MockServerSettings::default()).await;
    let at = |path: &str| format!("http://{}{path}", server.address());
    let info =
        send_with(Method::GET, &at("/login/companyinfo/ACME"), None, &[]).await.expect("an answer").json();
    assert_eq!(info["CompanyID"], "acme");
    let root = format!(
        "http://{}/{}apis/3.0",
        info["SiteUrl"].as_str().expect("text"),
        info["Codebase"].as_str().expect("text")
    );
    assert_eq!(get(&format!("{root}/service/tickets")).await.status, 200);
    assert_eq!(get(&at("/login/companyinfo/other")).await.text, "null");
    assert_eq!(
        get(&at("/v4_6_release/system/callbackkey/index.rails?companyName=acme&id=x")).await.status,
        404
    );
    let lost = get(&at("/service/tickets")).await;
    assert_eq!(lost.status, 404);
    assert!(lost.text.contains("/v4_6_release/apis/3.0"), "{}", lost.text);
}

#[tokio::test]
async fn cross_origin_web_requests_are_rejected() {
    let (server, store) = server(MockServerSettings::default()).await;
    store.put("/service/tickets", json!({"summary": "x"}));
    let ticket = format!("{}/service/tickets/1", server.base_url());
    let faults = format!("http://{}/_sandbox/faults", server.address());
    let authorization = ("authorization", http_client::AUTHORIZATION);
    for (header, status) in [
        (("origin", "http://localhost:3000"), 200),
        (("origin", "https://evil.example"), 403),
        (("host", "evil.example"), 403),
    ] {
        for url in [&ticket, &faults] {
            let headers = [authorization, ("clientid", "x"), header];
            let reply = send_with(Method::GET, url, None, &headers).await.expect("a response");
            assert_eq!(reply.status, status, "{header:?} {url}");
        }
    }
}

#[tokio::test]
async fn large_requests_are_rejected() {
    let settings =
        MockServerSettings { max_body: 100, max_path_and_query: 200, ..MockServerSettings::default() };
    let (server, store) = server(settings).await;
    let url = format!("{}/service/tickets", server.base_url());
    let large = send(Method::POST, &url, Some(json!({"summary": "x".repeat(100)}))).await.expect("an answer");
    assert_eq!(large.status, 413);
    assert_eq!(store.count("/service/tickets"), 0);
    assert_eq!(get(&format!("{url}?conditions={}", "x".repeat(200))).await.status, 414);
    assert_eq!(get(&url).await.status, 200);
}

#[tokio::test]
async fn connections_are_kept_alive_and_requests_can_be_pipelined() {
    let (server, store) = server(MockServerSettings::default()).await;
    store.put("/service/tickets", json!({"summary": "x"}));
    let mut stream = TcpStream::connect(server.address()).await.expect("a connection");
    let request = format!(
        "GET /v4_6_release/apis/3.0/service/tickets/1 HTTP/1.1\r\nhost: localhost\r\nclientid: x\r\n\
         authorization: {}\r\n\r\n",
        http_client::AUTHORIZATION
    );
    stream.write_all(request.repeat(3).as_bytes()).await.expect("sent");
    let mut text = String::new();
    while text.matches("\"summary\":\"x\"").count() < 3 {
        let mut part = [0; 4096];
        let read = tokio::time::timeout(Duration::from_secs(30), stream.read(&mut part)).await;
        let read = read.expect("an answer in time").expect("an answer");
        assert!(read > 0, "the connection was closed after {text}");
        text.push_str(&String::from_utf8_lossy(&part[..read]));
    }
    assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 3);
}

/// Starts a server that delays each request, and sends it one. Returns when the server has started to handle
/// the request.
async fn delayed_request(milliseconds: u32) -> (MockServer, String, JoinHandle<Result<HttpReply, String>>) {
    let mut settings = MockServerSettings::default();
    settings.faults.rules.push(format!("latency={milliseconds}").parse().expect("a fault"));
    let (server, _) = server(settings).await;
    let url = format!("{}/service/tickets", server.base_url());
    let request = tokio::spawn({
        let url = url.clone();
        async move { send(Method::GET, &url, None).await }
    });
    wait_for("the request to be delayed", async || {
        (server.faults().report()["rules"][0]["fired"] == 1).then_some(())
    })
    .await;
    (server, url, request)
}

#[tokio::test]
async fn stop_lets_requests_finish() {
    let (server, url, request) = delayed_request(300).await;
    server.stop().await;
    assert_eq!(request.await.expect("no panic").expect("a response").status, 200);
    assert!(send(Method::GET, &url, None).await.is_err());
}

#[tokio::test]
async fn drop_aborts_requests() {
    let (server, _, request) = delayed_request(3_600_000).await;
    drop(server);
    assert!(request.await.expect("no panic").is_err());
}

#[tokio::test]
async fn malformed_requests_do_not_affect_other_connections() {
    let (server, store) = server(MockServerSettings::default()).await;
    store.put("/service/tickets", json!({"summary": "x"}));
    let root = server.base_url();
    let head = "POST /v4_6_release/apis/3.0/service/tickets HTTP/1.1\r\nhost: localhost\r\n";
    let mut requests: Vec<Vec<u8>> = vec![
        b"\r\n\r\n".to_vec(),
        b"GET".to_vec(),
        b"GET / HTTP/9.9\r\n\r\n".to_vec(),
        b"GET /\xff\xfe HTTP/1.1\r\nhost: \xff\r\n\r\n".to_vec(),
        b"GET /v4_6_release/apis/3.0/%zz?%zz=%ff&=& HTTP/1.1\r\n\r\n".to_vec(),
        format!("{head}content-length: 99\r\n\r\nshort").into_bytes(),
        format!("{head}content-length: -1\r\n\r\n").into_bytes(),
        format!("{head}transfer-encoding: chunked\r\n\r\nzz\r\n").into_bytes(),
        format!("{head}x: {}\r\n\r\n", "y".repeat(1 << 20)).into_bytes(),
        format!("{head}{}\r\n", "a: b\r\n".repeat(1000)).into_bytes(),
    ];
    let mut random = fastrand::Rng::with_seed(1);
    requests.extend((0..40).map(|_| (0..random.usize(0..300)).map(|_| random.u8(..)).collect()));
    for request in requests {
        let mut stream = TcpStream::connect(server.address()).await.expect("a connection");
        let _ = stream.write_all(&request).await;
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut answer)).await;
        assert!(
            read.is_ok(),
            "no end after {:?}",
            String::from_utf8_lossy(&request[..request.len().min(80)])
        );
        assert!(
            answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"),
            "{}",
            String::from_utf8_lossy(&answer)
        );
    }
    assert_eq!(get(&format!("{root}/service/tickets/count")).await.json(), json!({"count": 1}));
}
