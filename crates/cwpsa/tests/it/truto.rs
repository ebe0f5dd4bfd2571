//! Tests requests from Truto's toolset beyond the basic cases, and checks that list rows, filters and error details are
//! never lost.

use crate::support::sdk::{Sdk, ok};
use crate::support::{initialize, serve_mcp};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, Request, ResponseTemplate};

/// The number of tickets.
const ALL: usize = 37;

/// Returns a page of tickets, numbered as in ConnectWise.
fn page_of_tickets(request: &Request) -> ResponseTemplate {
    let number = |wanted: &str| {
        let found = request.url.query_pairs().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.parse::<usize>().unwrap())
    };
    let (page, size) = (number("page").unwrap_or(1), number("pageSize").unwrap_or(25).min(1000));
    let first = (page - 1) * size + 1;
    let rows: Vec<Value> = (first..first + size)
        .take_while(|id| *id <= ALL)
        .map(|id| json!({"id": id, "summary": "x".repeat(id)}))
        .collect();
    let response = ResponseTemplate::new(200).set_body_json(rows);
    if first + size > ALL {
        return response;
    }
    let link = format!("<http://x/service/tickets?page={}>; rel=\"next\"", page + 1);
    response.insert_header("link", link)
}

/// Returns the IDs on all pages, each requested with `first` or, after the first, `later`.
async fn walk(sdk: &Sdk, first: &str, later: &str) -> Vec<u64> {
    let (mut ids, mut cursor, mut query) = (Vec::new(), String::new(), first);
    loop {
        let path = format!("/proxy/service_tickets?integrated_account_id=acme{query}&next_cursor={cursor}");
        let body: Value = sdk.ask(Method::GET, &path, None).await.json().await.unwrap();
        let rows = body["result"].as_array().unwrap_or_else(|| panic!("{path}: {body}"));
        ids.extend(rows.iter().map(|row| row["id"].as_u64().unwrap()));
        assert!(ids.len() <= ALL, "{first}, then {later}: {ids:?}");
        let Some(next) = body["next_cursor"].as_str() else { return ids };
        (cursor, query) = (next.to_owned(), later);
    }
}

#[tokio::test]
async fn pagination_loses_no_row_under_any_cap_or_extra_argument() {
    for flags in
        [&[][..], &["--max-rows", "3", "--max-bytes", "900"], &["--max-rows", "7"], &["--max-bytes", "150"]]
    {
        let sdk = Sdk::new(flags).await;
        Mock::given(method("GET"))
            .and(path("/service/tickets"))
            .respond_with(page_of_tickets)
            .mount(&sdk.upstream)
            .await;
        let all: Vec<u64> = (1..=ALL as u64).collect();
        for size in [1, 2, 10, 25, 36, 37, 1000] {
            let size = format!("&pageSize={size}");
            for (first, later) in [(&*size, &*size), (&size, ""), (&size, "&pageSize=4&page=9"), ("", &size)]
            {
                assert_eq!(walk(&sdk, first, later).await, all, "{flags:?}: {first}, then {later}");
            }
        }
        assert_eq!(walk(&sdk, "", "").await, all, "{flags:?}");
        // The API chose the page size, which can't be derived from the last page.
        assert_eq!(walk(&sdk, "&page=2", "").await, all[25..], "{flags:?}");
        assert_eq!(walk(&sdk, "&page=2", "&page=2&pageSize=5").await, all[25..], "{flags:?}");
    }
}

#[tokio::test]
async fn unreadable_filter_is_rejected_and_never_selects_everything() {
    let sdk = Sdk::new(&[]).await;
    for (path, status, said) in [
        ("/integrated-account/acme/tools?methods[0][0]=read", 400, "methods: expected"),
        ("/integrated-account/acme/tools?methods[a]=read", 400, "methods: expected"),
        ("/integrated-account/acme/capabilities?tags[a]=service", 400, "tags: expected"),
        (
            "/integrated-account/acme/capabilities?resource=a&resource=b",
            400,
            "resource: expected a single value",
        ),
        ("/proxy/service_tickets?integrated_account_id[0]=beta", 401, "token"),
        (
            "/proxy/service_tickets?integrated_account_id[a]=acme",
            400,
            "integrated_account_id: expected a single value",
        ),
        (
            "/proxy/service_tickets?integrated_account_id=acme&integrated_account_id=beta",
            400,
            "a single value",
        ),
    ] {
        let response = sdk.ask(Method::GET, path, None).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        let text = response.text().await.unwrap();
        assert!(text.contains(said), "{path}: {text}");
    }
    let response = sdk.ask(Method::POST, "/tools/count_tickets/call?account[a]=acme", None).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn address_token_covers_the_requested_tools_or_is_rejected() {
    let sdk = Sdk::new(&[]).await;
    let at = format!("{}/integrated-account/acme/mcp", sdk.base);
    // No content type, as sent by curl.
    let made =
        sdk.client.post(&at).bearer_auth(crate::support::TOKEN).body(r#"{"config": {"methods": "list"}}"#);
    assert_eq!(made.send().await.unwrap().status(), StatusCode::CREATED);
    for body in ["{", r#"{"confg": {}}"#, r#"{"expires_at": 1600000000}"#] {
        let refused =
            sdk.client.post(&at).bearer_auth(crate::support::TOKEN).body(body).send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(refused.json::<Value>().await.unwrap()["statusCode"], 400, "{body}");
        // An unauthorized caller learns nothing about the body.
        let refused = sdk.client.post(&at).body(body).send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{body}");
    }
}

#[tokio::test]
async fn unknown_rate_limit_is_omitted() {
    let sdk = Sdk::new(&[]).await;
    let page = "<html><title>Busy</title></html>";
    sdk.answers("GET", "/service/tickets", ResponseTemplate::new(429).set_body_raw(page, "text/html")).await;
    let response = sdk.ask(Method::GET, "/proxy/service_tickets", None).await;
    let of = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    let said = ["ratelimit-remaining", "ratelimit-reset", "retry-after"].map(of);
    assert_eq!(said, ["0", "10", "10"]);
    assert!(!response.headers().contains_key("ratelimit-limit"));
    assert_eq!(response.json::<Value>().await.unwrap()["raw_response"], page);
}

#[tokio::test]
async fn request_from_the_contract_works() {
    let sdk = Sdk::new(&[]).await;
    Mock::given(method("GET"))
        .and(path("/service/tickets"))
        .and(query_param("conditions", "status/name=\"New\" and id>5"))
        .and(query_param("fields", "id,summary"))
        .respond_with(ok(json!([{"id": 6, "summary": "x"}])))
        .mount(&sdk.upstream)
        .await;
    let list = "/proxy/service_tickets?integrated_account_id=acme&conditions=status%2Fname%3D%22New%22%20and%20id%3E5&pageSize=5&fields[0]=id&fields[1]=summary&next_cursor=";
    let body: Value = sdk.ask(Method::GET, list, None).await.json().await.unwrap();
    assert_eq!(body["result"], json!([{"id": 6, "summary": "x"}]), "{body}");
    // A list where a record has a single string is still an error.
    let body = json!({"summary": ["a", "b"], "company": {"id": 1}});
    let response =
        sdk.ask(Method::POST, "/proxy/service_tickets?integrated_account_id=acme", Some(body)).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(response.json::<Value>().await.unwrap()["fields"][0]["pointer"], "/summary");
}

#[tokio::test]
async fn error_shows_the_api_response_without_credentials() {
    let sdk = Sdk::new(&[]).await;
    let body = json!({"code": "X", "message": "no", "seen": "client-id-of-acme, private-key-of-acme"});
    sdk.answers("GET", "/service/tickets/7", ResponseTemplate::new(400).set_body_json(body)).await;
    let said: Value = sdk.ask(Method::GET, "/proxy/service_tickets/7", None).await.json().await.unwrap();
    assert_eq!(said["raw_response"], json!({"code": "X", "message": "no", "seen": "***, ***"}), "{said}");
    // A request that never reached the API has none.
    let said: Value = sdk.ask(Method::GET, "/proxy/service_tickets/x", None).await.json().await.unwrap();
    assert!(said["raw_response"].is_null() && said["truto_is_remote_error"] == false, "{said}");
}

#[tokio::test]
async fn omitted_results_are_reported_and_new_records_keep_their_id() {
    let sdk = Sdk::new(&["--max-bytes", "120"]).await;
    let long = json!({"id": 9, "summary": "x".repeat(200)});
    sdk.answers("POST", "/service/tickets", ResponseTemplate::new(201).set_body_json(&long)).await;
    sdk.answers("GET", "/service/tickets/9", ok(long.clone())).await;
    sdk.answers(
        "GET",
        "/service/tickets",
        ok(json!([{"id": 8, "summary": "y".repeat(90)}, long, {"id": 10}])),
    )
    .await;
    let new = json!({"summary": "x", "company": {"id": 1}});
    for (verb, at, body) in [
        (Method::POST, "/proxy/service_tickets", Some(new.clone())),
        (Method::GET, "/proxy/service_tickets/9", None),
    ] {
        let said: Value = sdk.ask(verb, at, body).await.json().await.unwrap();
        assert_eq!(said["id"], 9, "{at}: {said}");
        assert!(said["warnings"][0].as_str().unwrap().contains("was omitted"), "{said}");
    }
    let said: Value =
        sdk.ask(Method::POST, "/tools/create_a_ticket/call", Some(new)).await.json().await.unwrap();
    assert_eq!(said["result"], json!({"id": 9}), "{said}");
    let said: Value = sdk.ask(Method::GET, "/proxy/service_tickets", None).await.json().await.unwrap();
    assert_eq!(
        (said["result"][0]["id"].as_u64(), said["omitted_count"].as_u64()),
        (Some(8), Some(2)),
        "{said}"
    );
    let warning = said["warnings"][0].as_str().unwrap();
    assert!(
        warning.contains("2 rows")
            && warning.contains("next_cursor")
            && warning.contains("these IDs are too large for any page: 9;"),
        "{warning}"
    );
}

#[tokio::test]
async fn record_reports_reinterpreted_arguments() {
    let sdk = Sdk::new(&[]).await;
    let created = json!({"id": 9, "summary": "x"});
    sdk.answers("POST", "/service/tickets", ResponseTemplate::new(201).set_body_json(&created)).await;
    let create = async |company: Value| {
        let body = json!({"summary": "x", "company": company});
        let response = sdk.ask(Method::POST, "/proxy/service_tickets", Some(body)).await;
        let header = response.headers().get("x-tool-reinterpretations");
        let header = header.map(|text| serde_json::from_str::<Value>(text.to_str().unwrap()).unwrap());
        (header, response.json::<Value>().await.unwrap())
    };
    let reported = json!([{"pointer": "/company", "message": "read as {\"id\":250}"}]);
    let (header, record) = create(json!("250")).await;
    assert_eq!(record, json!({"id": 9, "summary": "x", "reinterpretations": reported}));
    assert_eq!(header, Some(reported));
    assert_eq!(create(json!({"id": 250})).await, (None, created));
}

#[tokio::test]
async fn framework_errors_are_json_too() {
    let sdk = Sdk::new(&[]).await;
    let big = "x".repeat((16 << 20) + 1);
    let large =
        sdk.client.post(format!("{}/proxy/service_tickets", sdk.base)).bearer_auth(crate::support::TOKEN);
    for (response, status, said) in [
        (sdk.ask(Method::POST, "/integrated-account/acme/tools", None).await, 405, "POST is not allowed"),
        (sdk.ask(Method::GET, "/tools/x/call", None).await, 405, "GET is not allowed"),
        (sdk.ask(Method::GET, "/proxy/%ff", None).await, 400, "UTF-8"),
        (large.body(big).send().await.unwrap(), 413, "16777216 bytes"),
    ] {
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(response.headers()["content-type"], "application/json");
        assert_eq!(response.headers().contains_key("allow"), status == 405);
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["statusCode"], status);
        assert!(body["message"].as_str().unwrap().contains(said), "{body}");
    }
}

#[tokio::test]
async fn accounts_without_tokens_are_named_and_the_auth_scheme_ignores_case() {
    let sdk = Sdk::new(&[]).await;
    for (scheme, status) in [("BEARER", 200), ("bearer", 200), ("Basic", 401)] {
        let asked = sdk.client.get(format!("{}/integrated-account/acme/tools?tags=Boards", sdk.base));
        let asked = asked.header("authorization", format!("{scheme} {}", crate::support::TOKEN));
        assert_eq!(asked.send().await.unwrap().status().as_u16(), status, "{scheme}");
    }
    let open = crate::support::settings(&sdk.upstream);
    let text = std::fs::read_to_string(open.path()).unwrap().replace("tokens =", "# tokens =");
    std::fs::write(open.path(), text).unwrap();
    let address = crate::support::serve(&open, &[]).await;
    let response =
        sdk.client.get(format!("http://{address}/integrated-account/beta/tools")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["message"], "unknown account beta (expected acme)", "{body}");
}

#[tokio::test]
async fn page_on_another_local_port_cannot_list_tools() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (_server, url) = serve_mcp(&[]).await;
    let port = url.trim_end_matches("/mcp").rsplit(':').next().unwrap();
    let own = format!("http://localhost:{port}");
    for (origin, status) in [(None, 200), (Some(&*own), 200), (Some("http://localhost:3000"), 403)] {
        let accepted = "application/json, text/event-stream";
        let mut request =
            reqwest::Client::new().post(&url).header("accept", accepted).json(&initialize("2025-06-18"));
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        assert_eq!(request.send().await.unwrap().status().as_u16(), status, "{origin:?}");
    }
}
