//! The server over real connections: where things are, what is refused, how it ends.

mod support;

use std::time::Duration;

use connectwise_psa::runtime::serde_json::json;
use cwpsa_sandbox::serve::{Server, ServerSettings};
use http::Method;
use support::{get, send, send_with, server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn calls_reach_the_engine_under_any_codebase() {
    let (server, store) = server(ServerSettings::default()).await;
    assert!(server.address().ip().is_loopback());
    store.put("/service/tickets", json!({"summary": "a & b"}));
    let found = get(&format!("{}/service/tickets/1", server.root())).await;
    assert_eq!(found.status, 200);
    assert_eq!(found.json()["summary"], "a & b");
    assert_eq!(found.headers["x-server-name"], "sandbox");
    assert_eq!(found.headers["x-cw-request-id"].len(), 36);
    let other = format!("http://{}/v2025_1/apis/3.0//service/tickets", server.address());
    let found = get(&format!("{other}?conditions=summary%3D%22a+%26%20b%22")).await;
    assert_eq!(found.json().as_array().map(Vec::len), Some(1));
    let refused = get(&format!("{other}?conditions=nothing%3D1")).await;
    assert_eq!((refused.status, &refused.json()["code"]), (400, &json!("ApiFindCondition")));
    // Links lead back to where the caller is.
    store.put("/service/tickets", json!({"summary": "c"}));
    let page = get(&format!("{}/service/tickets?pageSize=1", server.root())).await;
    let link = page.headers["link"].to_str().expect("text");
    let next = link.split(['<', '>']).nth(1).expect("an address");
    assert!(next.starts_with(&server.root()), "{link}");
    assert_eq!(get(next).await.json()[0]["summary"], "c");
}

#[tokio::test]
async fn what_is_outside_of_the_api() {
    let (server, _) = server(ServerSettings::default()).await;
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
async fn large_requests_are_refused() {
    let settings = ServerSettings { max_body: 100, max_address: 200, ..ServerSettings::default() };
    let (server, store) = server(settings).await;
    let url = format!("{}/service/tickets", server.root());
    let large = send(Method::POST, &url, Some(json!({"summary": "x".repeat(100)}))).await.expect("an answer");
    assert_eq!(large.status, 413);
    assert_eq!(store.count("/service/tickets"), 0);
    assert_eq!(get(&format!("{url}?conditions={}", "x".repeat(200))).await.status, 414);
    assert_eq!(get(&url).await.status, 200);
}

#[tokio::test]
async fn connections_are_kept_and_requests_may_follow_each_other() {
    let (server, store) = server(ServerSettings::default()).await;
    store.put("/service/tickets", json!({"summary": "x"}));
    let mut stream = TcpStream::connect(server.address()).await.expect("a connection");
    let request = format!(
        "GET /v4_6_release/apis/3.0/service/tickets/1 HTTP/1.1\r\nhost: sandbox\r\nclientid: x\r\n\
         authorization: {}\r\n\r\n",
        support::AUTHORIZATION
    );
    stream.write_all(request.repeat(3).as_bytes()).await.expect("sent");
    let mut text = String::new();
    while text.matches("\"summary\":\"x\"").count() < 3 {
        let mut part = [0; 4096];
        let read = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut part)).await;
        let read = read.expect("an answer in time").expect("an answer");
        assert!(read > 0, "the connection was closed after {text}");
        text.push_str(&String::from_utf8_lossy(&part[..read]));
    }
    assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 3);
}

#[tokio::test]
async fn stopping_lets_requests_end_and_dropping_does_not() {
    let slow = |latency: &str| {
        let mut settings = ServerSettings::default();
        settings.faults.rules.push(latency.parse().expect("a fault"));
        settings
    };
    /// Waits until the server has the request, and delays its answer.
    async fn is_delayed(server: &Server) {
        while server.faults().report()["rules"][0]["fired"] == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    let (first, _) = server(slow("latency=500")).await;
    let url = format!("{}/service/tickets", first.root());
    let under_way = tokio::spawn({
        let url = url.clone();
        async move { send(Method::GET, &url, None).await }
    });
    is_delayed(&first).await;
    first.stop().await;
    assert_eq!(under_way.await.expect("no panic").expect("an answer").status, 200);
    assert!(send(Method::GET, &url, None).await.is_err());

    // Longer than any test takes.
    let (second, _) = server(slow("latency=600000")).await;
    let url = format!("{}/service/tickets", second.root());
    let under_way = tokio::spawn(async move { send(Method::GET, &url, None).await });
    is_delayed(&second).await;
    drop(second);
    assert!(under_way.await.expect("no panic").is_err());
}

#[tokio::test]
async fn nonsense_on_a_connection_harms_no_other() {
    let (server, store) = server(ServerSettings::default()).await;
    store.put("/service/tickets", json!({"summary": "x"}));
    let root = server.root();
    let head = "POST /v4_6_release/apis/3.0/service/tickets HTTP/1.1\r\nhost: x\r\n";
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
        let read = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await;
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
