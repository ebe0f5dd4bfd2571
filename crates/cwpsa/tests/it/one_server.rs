//! Checks that `cwpsa mcp --listen` runs the same server as `cwpsa serve`. Also checks that flags for HTTP servers
//! require HTTP, and that weak tokens are rejected on public addresses.

use serde_json::{Value, json};
use wiremock::MockServer;

use crate::support::{TOKEN, cwpsa, initialize, listen, serve_mcp, settings};

async fn post(url: &str, session: Option<&str>, body: &Value) -> reqwest::Response {
    let request = reqwest::Client::new().post(url).json(body);
    let request = session.into_iter().fold(request, |request, id| request.header("mcp-session-id", id));
    request.send().await.unwrap()
}

#[tokio::test]
async fn session_survives_a_restart_with_stored_state() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let flags = ["--state", state.to_str().unwrap(), "--module", "time"];
    let (mut server, url) = serve_mcp(&flags).await;
    let started = post(&url, None, &initialize("2025-06-18")).await;
    let session = started.headers()["mcp-session-id"].to_str().unwrap().to_owned();
    let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    post(&url, Some(&session), &initialized).await;
    server.child.kill().await.unwrap();
    let (_server, url) = serve_mcp(&flags).await;
    let response =
        post(&url, Some(&session), &json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list", "params": {}}))
            .await;
    assert_eq!(response.status(), 200);
    let list: Value = response.json().await.unwrap();
    assert_eq!(list["result"]["tools"].as_array().unwrap().len(), 122, "{list}");
    // A trailing slash, and a session that no longer exists.
    let response = post(&format!("{url}/"), Some("ended"), &initialize("2025-06-18")).await;
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn mcp_over_http_has_the_hosts_and_routes_of_serve() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (_server, url) = serve_mcp(&["--allow-host", "psa.example.com"]).await;
    let base = url.trim_end_matches("/mcp");
    let client = reqwest::Client::new();
    for (host, status) in [("psa.example.com", 200), ("evil.example", 403)] {
        let request = client.get(format!("{base}/healthz")).header("host", host);
        assert_eq!(request.send().await.unwrap().status(), status, "{host}");
    }
    let tools = client.get(format!("{base}/integrated-account/acme/tools?methods=list&tags=Boards"));
    assert_eq!(tools.send().await.unwrap().status(), 200);
    let preflight =
        client.request(reqwest::Method::OPTIONS, &url).header("origin", "https://psa.example.com");
    let preflight = preflight.header("access-control-request-method", "POST").send().await.unwrap();
    assert_eq!(preflight.headers()["access-control-allow-origin"], "https://psa.example.com");
}

#[tokio::test]
async fn http_server_flags_require_http() {
    let output =
        cwpsa().args(["mcp", "--sandbox", "--allow-host", "psa.example.com"]).output().await.unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.code() == Some(2) && error.contains("--allow-host") && error.contains("--listen"),
        "{error}"
    );
}

#[tokio::test]
async fn weak_tokens_are_rejected_on_public_addresses() {
    let upstream = MockServer::start().await;
    let settings = settings(&upstream);
    let path = settings.path().to_str().unwrap().to_owned();
    let line = ["cwpsa", "serve", "--listen", "0.0.0.0:0", "--config", &path];
    let error = listen(&line).await.err().unwrap().to_string();
    assert!(error.contains("easy to guess") && !error.contains(TOKEN), "{error}");
    let text = std::fs::read_to_string(&path).unwrap().replace(TOKEN, "0f3c9a5be1d8472660b7");
    std::fs::write(&path, text).unwrap();
    assert!(listen(&line).await.is_ok());
}
