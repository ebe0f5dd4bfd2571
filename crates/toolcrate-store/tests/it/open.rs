#[tokio::test]
async fn unsupported_url_is_rejected_without_showing_it() {
    let error =
        toolcrate_store::open(Some("memcached://ada:hush@host"), "test").await.unwrap_err().to_string();
    assert!(error.contains("redis://") && !error.contains("hush"), "{error}");
}
