//! Tests webhooks on two replicas of the server that are behind one address and share a Redis server.

use serde_json::Value;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::serve;
use crate::webhooks::hooks::{Sandbox, lines, settings_of, until, until_handed_on};
use crate::webhooks::mcp::{listen, next, updated};
use crate::webhooks::{post, to_file};
use toolcrate_testing::redis_server::RedisServer;

#[tokio::test]
async fn callback_is_accepted_by_one_replica_and_announced_by_all() {
    let Some(redis) = RedisServer::start(None).await else { return };
    let sandbox = Sandbox::start().await;
    let catcher = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&catcher).await;
    sandbox.register(&format!("{}/catch?recordId=", catcher.uri())).await;
    sandbox.change_a_ticket("It beeps").await;
    let caught = until(async || catcher.received_requests().await.unwrap().pop()).await;
    let signature = caught.headers["x-content-signature"].to_str().unwrap();

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events");
    let settings = settings_of(&sandbox, &format!("{}\nmcp = true", to_file(&file)));
    let flags = ["--state", &redis.address];
    let (first, second) = (serve(&settings, &flags).await, serve(&settings, &flags).await);
    let (mut stream_of_first, mut stream_of_second) = (listen(first).await, listen(second).await);

    let (one, other) = tokio::join!(
        post(first, "acme", &caught.body, Some(signature)),
        post(second, "acme", &caught.body, Some(signature))
    );
    let mut taken = [one.status().as_u16(), other.status().as_u16()];
    taken.sort_unstable();
    // The second callback arrives while the first one is being stored, or afterwards.
    assert!(taken == [200, 202] || taken == [202, 429], "{taken:?}");
    let replay = post(second, "acme", &caught.body, Some(signature)).await;
    assert_eq!(replay.json::<Value>().await.unwrap()["accepted"], false);

    next(&mut stream_of_first, &mut String::new(), updated).await;
    next(&mut stream_of_second, &mut String::new(), updated).await;
    until(async || (!lines(&file).is_empty()).then_some(())).await;
    until_handed_on(second).await;
    assert_eq!(lines(&file).len(), 1);
}
