//! Tests the results of list tools as a model gets them: they must stay within a size limit, have no empty properties,
//! and make it possible to reach every row.

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::{Client, ExecuteOptions, Outcome};
use e2e::client;
use serde_json::{Map, Value, json};
use toolcrate_testing::random;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers};

/// A list of rows, in pages as the API returns them.
struct List {
    rows: Vec<Value>,
    /// The default page size.
    size: usize,
}

impl Respond for List {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let asked = |name: &str| {
            let mut pairs = request.url.query_pairs();
            pairs.find(|(other, _)| other == name).and_then(|(_, value)| value.parse::<usize>().ok())
        };
        let (page, size) = (asked("page").unwrap_or(1), asked("pageSize").unwrap_or(self.size));
        let start = ((page - 1) * size).min(self.rows.len());
        let end = (start + size).min(self.rows.len());
        let answer = ResponseTemplate::new(200).set_body_json(&self.rows[start..end]);
        if end == self.rows.len() {
            return answer;
        }
        let mut next = request.url.clone();
        let kept: Vec<(String, String)> =
            next.query_pairs().into_owned().filter(|(name, _)| name != "page").collect();
        next.query_pairs_mut().clear().extend_pairs(kept).append_pair("page", &(page + 1).to_string());
        answer.insert_header("link", format!("<{next}>; rel=\"next\"").as_str())
    }
}

async fn serve(rows: Vec<Value>, size: usize) -> (MockServer, Client) {
    let server = MockServer::start().await;
    Mock::given(matchers::any()).respond_with(List { rows, size }).mount(&server).await;
    let client = client(&server.uri()).unwrap();
    (server, client)
}

async fn list(client: &Client, arguments: &Map<String, Value>, options: &ExecuteOptions) -> Outcome {
    let tool = CATALOG.get("list_all_tickets").unwrap();
    client.execute_with(tool, arguments, options).await.unwrap()
}

/// Returns rows of all sizes, some of them empty.
fn rows(count: usize, seed: u64) -> Vec<Value> {
    let mut random = random::Random::new(seed);
    let row = |id| {
        let text = "é".repeat(random.below(120));
        json!({"id": id, "summary": text, "closedDate": null, "company": {"id": id, "name": ""}, "notes": []})
    };
    (0..count).map(row).collect()
}

fn ids(rows: &[Value]) -> Vec<u64> {
    rows.iter().map(|row| row["id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn following_the_cursor_reaches_every_row_once() {
    for (count, size, budget, most, seed) in [
        (137, 25, 900, None, 1),
        (137, 25, 2500, None, 2),
        (40, 100, 500, None, 3),
        (211, 50, 300, None, 4),
        (137, 25, 1 << 20, Some(7), 5),
        (137, 25, 900, Some(3), 6),
    ] {
        let all = rows(count, seed);
        let (_server, client) = serve(all.clone(), size).await;
        let options = ExecuteOptions { max_bytes: Some(budget), max_rows: most, ..ExecuteOptions::default() };
        let mut arguments =
            json!({"filter": {"id": {">=": 0}}, "orderBy": "id asc"}).as_object().cloned().unwrap();
        let mut seen = Vec::new();
        let mut calls = 0;
        loop {
            let outcome = list(&client, &arguments, &options).await;
            assert!(outcome.value.to_string().len() <= budget);
            let rows = outcome.value.as_array().unwrap();
            assert!(rows.len() <= most.unwrap_or(usize::MAX));
            seen.extend(ids(rows));
            calls += 1;
            assert!(calls <= count + 1, "only the last call may be in vain");
            if let Some(omitted) = &outcome.omitted {
                assert!(omitted.count > 0 && omitted.too_big.is_empty());
                assert_eq!(omitted.arguments.as_ref(), outcome.next_arguments());
            }
            match outcome.next_arguments() {
                Some(next) => arguments.clone_from(next),
                None => break,
            }
        }
        assert_eq!(seen, ids(&all), "{count} rows in pages of {size} with {budget} bytes, {calls} calls");
        // The filter remains as it was given: it isn't combined with itself page by page.
        assert!(!arguments.contains_key("conditions"), "{arguments:?}");
    }
}

#[tokio::test]
async fn skip_and_cursor_return_the_rest_of_a_page() {
    let all = rows(30, 7);
    let (_server, client) = serve(all.clone(), 25).await;
    let budget = ExecuteOptions { max_bytes: Some(800), ..ExecuteOptions::default() };
    let first = list(&client, &Map::new(), &budget).await;
    let omitted = first.omitted.clone().unwrap();
    let kept = first.value.as_array().unwrap().len();
    assert_eq!((omitted.skip, omitted.count), (kept, 25 - kept));
    let rest = ExecuteOptions { skip: omitted.skip, ..ExecuteOptions::default() };
    let rest = list(&client, &Map::new(), &rest).await;
    assert_eq!(ids(rest.value.as_array().unwrap()), ids(&all[kept..25]));
    let cursor = json!({"next_cursor": first.next_cursor().unwrap()}).as_object().cloned().unwrap();
    let truto = ExecuteOptions { dialect: connectwise_psa::runtime::Dialect::Truto, ..budget };
    let second = list(&client, &cursor, &truto).await;
    assert_eq!(second.value[0]["id"], all[kept]["id"]);
    let json = omitted.to_json();
    assert_eq!((&json["count"], &json["skip"]), (&json!(25 - kept), &json!(kept)));
    assert!(
        json["arguments"]["page"].is_u64() && json["message"].as_str().unwrap().contains("these arguments")
    );
}

#[tokio::test]
async fn rows_beyond_any_budget_are_reported() {
    let mut all = rows(6, 9);
    all[1]["summary"] = json!("x".repeat(5000));
    all[5]["summary"] = json!("x".repeat(5000));
    let (_server, client) = serve(all.clone(), 25).await;
    let options = ExecuteOptions { max_bytes: Some(2000), ..ExecuteOptions::default() };
    let outcome = list(&client, &Map::new(), &options).await;
    assert_eq!(ids(outcome.value.as_array().unwrap()), [0, 2, 3, 4]);
    let omitted = outcome.omitted.clone().unwrap();
    let too_big: Vec<(usize, Option<Value>)> =
        omitted.too_big.iter().map(|row| (row.index, row.id.clone())).collect();
    assert_eq!(too_big, [(1, Some(json!(1))), (5, Some(json!(5)))]);
    assert!(omitted.too_big[0].bytes > 5000);
    // Nothing is missing at the end, so there is nothing to fetch.
    assert_eq!((omitted.count, omitted.arguments.is_none(), outcome.next_arguments()), (2, true, None));
}

#[tokio::test]
async fn empty_members_are_dropped_on_request_or_before_rows() {
    let all = rows(3, 5);
    let (_server, client) = serve(all.clone(), 25).await;
    let full = list(&client, &Map::new(), &ExecuteOptions::default()).await;
    assert_eq!(full.value, Value::from(all.clone()));
    let small = |row: &Value| {
        let mut row = row.clone();
        let members = row.as_object_mut().unwrap();
        members.shift_remove("closedDate");
        members.shift_remove("notes");
        members["company"].as_object_mut().unwrap().shift_remove("name");
        if members["summary"] == "" {
            members.shift_remove("summary");
        }
        row
    };
    let expected: Vec<Value> = all.iter().map(small).collect();
    let options = ExecuteOptions { drop_empty: true, ..ExecuteOptions::default() };
    let dropped = list(&client, &Map::new(), &options).await;
    assert_eq!(dropped.value, Value::from(expected.clone()));
    // A budget for all rows without their empty properties, but not with them.
    let bytes = dropped.value.to_string().len();
    assert!(bytes < full.value.to_string().len());
    let budget = ExecuteOptions { max_bytes: Some(bytes), ..ExecuteOptions::default() };
    let squeezed = list(&client, &Map::new(), &budget).await;
    assert_eq!((squeezed.value, squeezed.omitted), (Value::from(expected), None));
    // Explicitly requested fields are kept.
    let fields = json!({"fields": "id,closedDate,company/name"}).as_object().cloned().unwrap();
    let asked = list(&client, &fields, &options).await;
    assert_eq!(asked.value[0]["closedDate"], Value::Null);
    assert!(asked.value[0].as_object().unwrap().contains_key("closedDate"));
    assert_eq!(asked.value[0]["company"]["name"], "");
    assert_eq!(asked.value[0].get("notes"), None);
}
