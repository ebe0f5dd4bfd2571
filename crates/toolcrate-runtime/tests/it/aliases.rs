//! Tests tool names from the previous release: they find the tool, calls work, and the outcome contains a warning.

use std::sync::LazyLock;

use crate::support::{API, client};
use toolcrate_testing::scripted_server::{ScriptedResponse, ScriptedServer};

use futures_util::TryStreamExt;
use serde_json::json;
use toolcrate_runtime::{Catalog, ErrorKind};

const ALIASES: &str = r#"{"name":"list_all_acme_items","short_name":"list_all_items","tool":"list_all_acme_stock"}
{"name":"list_all_acme_orders","short_name":"list_all_orders","tool":"list_all_acme_stock"}
{"name":"list_all_acme_ghosts","short_name":"list_all_ghosts","tool":"no_such_tool"}
"#;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let tools = concat!(include_str!("support/sales.jsonl"), include_str!("support/stock.jsonl"));
    let (shapes, schemas) = (include_str!("support/shapes.jsonl"), include_str!("support/schemas.jsonl"));
    Catalog::new(&API, crate::support::catalog(tools, shapes, schemas, ALIASES))
});

#[test]
fn alias_resolves_to_the_tool_and_is_not_listed() {
    let stock = CATALOG.get("list_all_acme_stock").expect("a tool");
    assert_eq!(stock.asked_as(), None);
    for name in ["list_all_acme_items", "list_all_items"] {
        let found = CATALOG.get(name).expect(name);
        assert_eq!(found, stock);
        assert_eq!((found.name(), found.asked_as()), ("list_all_acme_stock", Some(name)));
        assert_eq!(CATALOG.resolve(name).expect(name), stock);
    }
    assert!(!CATALOG.names().any(|name| name == "list_all_acme_items"));
    assert_eq!(CATALOG.len(), 10);
}

#[test]
fn current_name_takes_precedence_over_an_alias() {
    let orders = CATALOG.get("list_all_acme_orders").expect("a tool");
    assert_eq!((orders.name(), orders.asked_as()), ("list_all_acme_orders", None));
    assert!(CATALOG.get("list_all_acme_ghosts").is_none());
    let error = CATALOG.resolve("list_all_acme_ghosts").expect_err("it leads nowhere");
    assert_eq!(error.kind(), ErrorKind::UnknownTool);
}

#[tokio::test]
async fn call_by_an_alias_succeeds_with_a_warning() {
    let server =
        ScriptedServer::start((0..3).map(|_| ScriptedResponse::json(200, &json!([{"id": 1}])))).await;
    let client = client(&server);
    let old = CATALOG.get("list_all_items").expect("a tool");
    let outcome = client.execute(old, &json!({"binId": 1})).await.expect("an answer");
    assert_eq!(outcome.value, json!([{"id": 1}]));
    let warning =
        "list_all_items was renamed to list_all_acme_stock; the old name works only in this release";
    assert_eq!(outcome.warnings, [warning]);
    let pages: Vec<_> = client.execute_pages(old, &json!({"binId": 1})).try_collect().await.expect("pages");
    assert!(!pages.is_empty() && pages.iter().all(|page| page.warnings == [warning]));
    let new = CATALOG.get("list_all_acme_stock").expect("a tool");
    let outcome = client.execute(new, &json!({"binId": 1})).await.expect("an answer");
    assert!(outcome.warnings.is_empty(), "{:?}", outcome.warnings);
}
