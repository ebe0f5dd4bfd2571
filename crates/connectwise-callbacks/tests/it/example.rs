//! Runs the axum example in `examples` and sends callbacks to it.

use connectwise_callbacks::SIGNATURE_HEADER;
use reqwest::Client;
use tokio::net::TcpListener;

use crate::host::MockHost;

#[path = "../../examples/axum.rs"]
#[expect(dead_code, reason = "the test has a listener of its own")]
mod axum_server;

const EXAMPLE: &str = include_str!("../../examples/axum.rs");

#[test]
fn verifying_a_callback_takes_ten_lines() {
    let start = EXAMPLE.find("async fn receive(").expect("the handler");
    let handler = EXAMPLE[start..].split_inclusive("\n}\n").next().unwrap();
    assert!(handler.contains("verifier.verify(") && handler.lines().count() <= 10, "{handler}");
    for page in [include_str!("../../README.md"), &include_str!("../../src/lib.rs").replace("//! ", "")] {
        assert!(page.contains(handler), "the handler differs from that of the example");
    }
}

#[tokio::test]
async fn server_responds_as_connectwise_expects() {
    let host = MockHost::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/callbacks?recordId=8812&action=updated", listener.local_addr().unwrap());
    tokio::spawn(axum_server::serve(listener, host.builder().build().unwrap()));
    // Of several clients in one process, only the first installs it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::new();
    let post = async |body: Vec<u8>, signature: Option<&str>| {
        let mut request = client.post(&url).body(body);
        if let Some(signature) = signature {
            request = request.header(SIGNATURE_HEADER, signature);
        }
        request.send().await.unwrap().status().as_u16()
    };
    let callback = host.callback("m1");
    let signature = Some(callback.signature.as_str());
    assert_eq!(post(callback.body.clone(), None).await, 401);
    assert_eq!(post(host.callback("m2").body, signature).await, 401);
    assert_eq!(post(b"{}".to_vec(), signature).await, 400);
    assert_eq!(post(callback.body.clone(), signature).await, 202);
    assert_eq!(post(callback.body.clone(), signature).await, 200, "a replay is not processed");
}
