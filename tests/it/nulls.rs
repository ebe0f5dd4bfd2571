//! Tests clients that send every argument, with null for those they don't use. An update must change only the fields
//! that have a value, and clear only the fields that the caller names for clearing.

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::catalog::BodyFormat;
use connectwise_psa::runtime::dialect::Dialect;
use connectwise_psa::runtime::{Client, ExecuteOptions, Tool};
use e2e::sandbox;
use serde_json::{Map, Value, json};
use toolcrate_testing::sample;

fn tool(name: &str) -> Tool {
    CATALOG.get(name).expect(name)
}

/// Returns the record without its modification time.
async fn contact(client: &Client) -> Map<String, Value> {
    let outcome = client.execute(tool("get_single_company_contact_by_id"), &json!({"id": 501})).await;
    outcome.expect("a contact").value.as_object().cloned().expect("a record")
}

/// Returns null for every optional property of `schema`; with `deep`, objects and lists of objects whose
/// properties are null.
fn nulls(schema: &Value, deep: bool) -> Map<String, Value> {
    let required = schema["required"].as_array();
    let is_required = |name: &str| required.is_some_and(|names| names.contains(&json!(name)));
    let properties = schema["properties"].as_object().into_iter().flatten();
    let optional = properties.filter(|(name, _)| !is_required(name));
    optional
        .map(|(name, node)| {
            let members = nulls(node, deep);
            let value = if deep && !members.is_empty() { Value::Object(members) } else { Value::Null };
            (name.clone(), value)
        })
        .collect()
}

#[tokio::test]
async fn nulls_from_a_client_change_nothing() {
    let (server, client) = sandbox().await;
    let update = tool("update_a_company_contact_by_id");
    let schema = update.input_schema_value();
    let before = contact(&client).await;
    for member in ["company", "site", "communicationItems"] {
        assert!(before.get(member).is_some_and(|value| !value.is_null()), "{member} of {before:?}");
    }
    for (number, dialect) in Dialect::ALL.into_iter().enumerate() {
        for deep in [false, true] {
            let title = format!("Genius {number} {deep}");
            let mut arguments = nulls(&schema, deep);
            assert!(arguments.len() > 30, "{}", arguments.len());
            arguments.extend([("id".to_owned(), json!(501)), ("title".to_owned(), json!(title))]);
            let options = ExecuteOptions { dialect, ..ExecuteOptions::default() };
            client.execute_with(update, &arguments, &options).await.expect("an answer");
            let mut expected = before.clone();
            expected.insert("title".to_owned(), json!(title));
            assert_eq!(contact(&client).await, expected, "{dialect}");
        }
    }
    // A named field is cleared, and nulls next to it still mean nothing.
    let mut arguments = nulls(&schema, false);
    arguments.extend([("id".to_owned(), json!(501)), ("clear".to_owned(), json!(["title", "site"]))]);
    client.execute(update, &arguments).await.expect("an answer");
    let mut expected = before;
    let after = contact(&client).await;
    for member in ["title", "site"] {
        expected.shift_remove(member);
        assert!(
            after.get(member).is_none_or(|value| value.is_null() || value == ""),
            "{member} of {after:?}"
        );
    }
    let mut rest = after;
    rest.retain(|name, _| name != "title" && name != "site");
    expected.retain(|name, _| name != "title");
    assert_eq!(rest, expected);
    server.stop().await;
}

#[tokio::test]
async fn reference_drops_its_null_members() {
    let (server, client) = sandbox().await;
    let company = json!({"id": 250, "identifier": null, "name": null});
    let ticket = json!({"summary": "crew", "company": company, "board": {"id": null, "name": "Help Desk"}});
    let created = client.execute(tool("create_a_ticket"), &ticket).await.expect("a ticket").value;
    assert_eq!((&created["company"]["id"], &created["board"]["name"]), (&json!(250), &json!("Help Desk")));
    server.stop().await;
}

#[test]
fn update_with_only_nulls_is_rejected() {
    let client = e2e::client("https://localhost").expect("a client");
    let mut tried = 0;
    for tool in CATALOG.tools() {
        let record = tool.details();
        if record.request.body != BodyFormat::Patch || record.input.shape.is_none() {
            continue;
        }
        let schema = tool.input_schema_value();
        for deep in [false, true] {
            let mut arguments = nulls(&schema, deep);
            for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                arguments.insert(name.to_owned(), sample::value(&schema["properties"][name]));
            }
            let error = client.prepare(tool, &arguments).expect_err(tool.name());
            assert!(
                error.to_string().contains("expected at least one field to change"),
                "{}: {error}",
                tool.name()
            );
            tried += 1;
        }
    }
    assert_eq!(tried, 2 * 323);
}
