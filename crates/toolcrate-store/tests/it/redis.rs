use std::sync::Arc;
use std::time::Duration;

use toolcrate_store::{RedisStore, Store};
use toolcrate_testing::redis_server::RedisServer;
use toolcrate_testing::wait::wait_for;

use crate::contract;

#[tokio::test]
async fn redis_store_passes_the_contract() {
    let Some(server) = RedisServer::start(Some("pass word")).await else { return };
    let store = RedisStore::connect(&server.address, "test").await.unwrap();
    assert!(!format!("{store:?}").contains("word"));
    contract::check(Arc::new(store)).await;
}

#[tokio::test]
async fn namespaces_of_one_server_are_separate() {
    let Some(server) = RedisServer::start(None).await else { return };
    let minute = Duration::from_secs(60);
    let (one, two) = (
        RedisStore::connect(&server.address, "one").await.unwrap(),
        RedisStore::connect(&server.address, "two").await.unwrap(),
    );
    one.put("key", b"value", minute).await.unwrap();
    one.push("q", b"item", Duration::ZERO).await.unwrap();
    assert_eq!(two.get("key").await.unwrap(), None);
    assert_eq!(two.keys("").await.unwrap(), [""; 0]);
    assert_eq!(two.queue_len("q").await.unwrap(), 0);
}

#[tokio::test]
async fn errors_name_the_server_and_no_password() {
    let error = RedisStore::connect("redis://ada:hush@127.0.0.1:1/", "test").await.unwrap_err().to_string();
    assert!(error.starts_with("Redis at 127.0.0.1:1: ") && !error.contains("hush"), "{error}");
    let Some(server) = RedisServer::start(Some("right")).await else { return };
    let address = server.address.replace("right", "hush");
    let error = RedisStore::connect(&address, "test").await.unwrap_err().to_string();
    assert!(error.starts_with("Redis at 127.0.0.1:") && !error.contains("hush"), "{error}");
}

#[tokio::test]
async fn redis_store_reconnects_to_a_restarted_server() {
    let Some(mut server) = RedisServer::start(None).await else { return };
    let store = RedisStore::connect(&server.address, "test").await.unwrap();
    let minute = Duration::from_secs(60);
    store.put("key", b"value", minute).await.unwrap();
    store.push("q", b"item", Duration::ZERO).await.unwrap();
    server.restart().await;
    let found = wait_for("a new connection", async || store.get("key").await.ok()).await;
    assert_eq!(found.as_deref(), Some(&b"value"[..]), "appendonly keeps it");
    assert_eq!(store.claim("q", minute).await.unwrap().unwrap().item, b"item");
}
