//! Sends the requests that Truto's SDK and toolset make. The client was written from their documented contract, and the
//! server calls a mock API.

use std::time::Duration;

use crate::support::sdk::{Sdk, ok};
use crate::support::{TOKEN, initialize};
use connectwise_psa::CATALOG;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use toolcrate_testing::wait::wait_for;
use wiremock::matchers::{body_json, method, path, query_param};
use wiremock::{Mock, ResponseTemplate};

#[tokio::test]
async fn all_tools_are_returned_in_one_body_in_the_sdks_format() {
    let sdk = Sdk::new(&[]).await;
    let response = sdk.ask(Method::GET, "/integrated-account/acme/tools?", None).await;
    assert_eq!(response.status(), StatusCode::OK);
    let body: Value = response.json().await.unwrap();
    let tools = body["result"].as_array().unwrap();
    assert_eq!(tools.len(), CATALOG.len());
    for tool in tools {
        for text in ["name", "description", "resource", "method"] {
            assert!(tool[text].is_string(), "{tool}");
        }
        assert!(tool["required"].is_array());
        assert!(!tool["resource"].as_str().unwrap().contains('/'));
        assert!(!tool.to_string().contains("$ref"));
        for side in ["query_schema", "body_schema"] {
            assert!(tool[side].is_null() || tool[side]["properties"].is_object());
        }
    }
    let count = async |query: &str| {
        let path = format!("/integrated-account/acme/tools?{query}");
        let body: Value = sdk.ask(Method::GET, &path, None).await.json().await.unwrap();
        body["result"].as_array().unwrap().len()
    };
    let both = count("methods=read%2Cwrite&tags=service").await;
    assert!(both > 100);
    for spelling in [
        "methods[0]=read&methods[1]=write",
        "methods%5B0%5D=read&methods%5B1%5D=write",
        "methods[]=read&methods[]=write",
        "methods=read&methods=write",
    ] {
        assert_eq!(count(&format!("{spelling}&tags=service")).await, both, "{spelling}");
    }
    let body: Value = sdk
        .ask(Method::GET, "/integrated-account/acme/capabilities?resource=service_tickets", None)
        .await
        .json()
        .await
        .unwrap();
    let methods = body["proxy"][0]["methods"].as_array().unwrap();
    assert!(methods.iter().any(|entry| entry["method"] == "list" && entry["has_query_schema"] == true));
}

#[tokio::test]
async fn common_and_custom_methods_reach_the_api() {
    let sdk = Sdk::new(&[]).await;
    Mock::given(method("GET"))
        .and(path("/service/tickets"))
        .and(query_param("conditions", "status/name=\"New\" and id>5"))
        .and(query_param("fields", "id,summary"))
        .and(query_param("pageSize", "1"))
        .respond_with(
            ok(json!([{"id": 6, "summary": "x"}]))
                .insert_header("link", "<http://x/service/tickets?pageSize=1&page=2>; rel=\"next\""),
        )
        .mount(&sdk.upstream)
        .await;
    let list = "/proxy/service_tickets?integrated_account_id=acme&conditions=status%2Fname%3D%22New%22%20and%20id%3E5&fields=id%2Csummary&pageSize=1&next_cursor=";
    let body: Value = sdk.ask(Method::GET, list, None).await.json().await.unwrap();
    assert_eq!(body["result"], json!([{"id": 6, "summary": "x"}]));
    let cursor = body["next_cursor"].as_str().unwrap();
    Mock::given(method("GET"))
        .and(path("/service/tickets"))
        .and(query_param("page", "2"))
        .respond_with(ok(json!([])))
        .with_priority(1)
        .mount(&sdk.upstream)
        .await;
    let body: Value = sdk.ask(Method::GET, &format!("{list}{cursor}"), None).await.json().await.unwrap();
    assert_eq!(body, json!({"result": [], "next_cursor": null}));

    sdk.answers("GET", "/service/tickets/7", ok(json!({"id": 7, "_info": {"x": "y"}}))).await;
    let body: Value = sdk
        .ask(Method::GET, "/proxy/service_tickets/7?integrated_account_id=acme&id=7", None)
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(body, json!({"id": 7}));

    Mock::given(method("POST"))
        .and(path("/procurement/purchaseorders"))
        .and(body_json(json!({"vendorCompany": {"id": 3}, "status": {"id": 1}, "terms": {"id": 2}})))
        .respond_with(ResponseTemplate::new(201).set_body_json(json!({"id": 9})))
        .mount(&sdk.upstream)
        .await;
    let order = json!({"vendorCompany": {"id": 3}, "status": {"id": 1}, "terms": 2});
    let body: Value = sdk
        .ask(Method::POST, "/proxy/procurement_purchaseorders?integrated_account_id=acme", Some(order))
        .await
        .json()
        .await
        .unwrap();
    let read = json!([{"pointer": "/terms", "message": "read as {\"id\":2}"}]);
    assert_eq!(body, json!({"id": 9, "reinterpretations": read}));

    Mock::given(method("PATCH"))
        .and(path("/service/tickets/7"))
        .and(body_json(json!([{"op": "replace", "path": "/summary", "value": "y"}])))
        .respond_with(ok(json!({"id": 7, "summary": "y"})))
        .mount(&sdk.upstream)
        .await;
    let response = sdk
        .ask(
            Method::PATCH,
            "/proxy/service_tickets/7?id=7&integrated_account_id=acme",
            Some(json!({"summary": "y"})),
        )
        .await;
    assert_eq!(response.json::<Value>().await.unwrap()["summary"], "y");

    sdk.answers("DELETE", "/service/tickets/7", ResponseTemplate::new(204)).await;
    let response = sdk.ask(Method::DELETE, "/proxy/service_tickets/7?integrated_account_id=acme", None).await;
    assert_eq!((response.status(), response.text().await.unwrap().as_str()), (StatusCode::NO_CONTENT, ""));

    sdk.answers("GET", "/service/tickets/count", ok(json!({"count": 3}))).await;
    let body: Value = sdk
        .ask(Method::POST, "/proxy/service_tickets_count/count?integrated_account_id=acme", None)
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(body, json!({"count": 3}));

    let body: Value = sdk
        .ask(Method::POST, "/tools/get_single_ticket_by_id/call", Some(json!({"id": 7})))
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(body, json!({"result": {"id": 7}}));
}

#[tokio::test]
async fn error_bodies_are_actionable_and_writes_get_no_status_that_the_sdk_retries() {
    let sdk = Sdk::new(&[]).await;
    let repeated = [408, 409, 425, 429, 502, 503, 504];
    for status in [400, 404, 409, 408, 425, 500, 502, 503, 504] {
        sdk.upstream.reset().await;
        sdk.answers(
            "POST",
            "/service/tickets",
            ResponseTemplate::new(status).set_body_json(json!({"code": "X", "message": "no"})),
        )
        .await;
        let response = sdk
            .ask(
                Method::POST,
                "/proxy/service_tickets?integrated_account_id=acme",
                Some(json!({"summary": "x", "company": 1})),
            )
            .await;
        let given = response.status().as_u16();
        assert!(!repeated.contains(&given), "{status} became {given}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["statusCode"], given);
        assert_eq!(body["truto_is_remote_error"], true);
        assert!(body["message"].as_str().unwrap().len() > 1 && body["error"].is_string());
        assert_eq!(sdk.upstream.received_requests().await.unwrap().len(), 1, "it was sent once");
    }
    let response = sdk.ask(Method::POST, "/proxy/service_tickets", Some(json!({"sumary": "x"}))).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let body: Value = response.json().await.unwrap();
    let pointers: Vec<&str> =
        body["fields"].as_array().unwrap().iter().map(|field| field["pointer"].as_str().unwrap()).collect();
    // The argument supplied by the fix for the misspelled one isn't missing.
    assert_eq!(pointers, ["/company", "/sumary"]);
    for (verb, at, status, said) in [
        (Method::GET, "/proxy/service_tikets", 404, "unknown resource"),
        (Method::POST, "/proxy/service_tickets/fly", 404, "unknown method fly"),
        (Method::PUT, "/proxy/service_tickets", 405, "PUT"),
        (Method::GET, "/nowhere", 404, "openapi.json"),
        (Method::POST, "/tools/create_a_tiket/call", 404, "unknown tool"),
        (Method::GET, "/proxy/service_tickets?integrated_account_id=other", 401, "token"),
    ] {
        let response = sdk.ask(verb, at, None).await;
        assert_eq!(response.status().as_u16(), status, "{at}");
        let text = response.text().await.unwrap();
        assert!(text.contains(said), "{at}: {text}");
    }
}

#[tokio::test]
async fn rate_limit_is_forwarded_immediately_in_whole_seconds() {
    let sdk = Sdk::new(&[]).await;
    let limited = |headers: &[(&'static str, &'static str)]| {
        let body = json!({"error": "ConnectWiseAPI", "message": "Too many requests. Please try again in 30 seconds."});
        headers.iter().fold(ResponseTemplate::new(429).set_body_json(body), |response, (name, value)| {
            response.insert_header(*name, *value)
        })
    };
    for (headers, retry_after) in [
        (&[("retry-after", "30"), ("x-ratelimit-limit", "1000")][..], "30"),
        (&[("retry-after", "0")][..], "1"),
        (&[("retry-after", "20"), ("ratelimit-reset", "50")][..], "20"),
        (&[("retry-after", "Fri, 31 Dec 1999 23:59:59 GMT")][..], "1"),
        (&[][..], "10"),
    ] {
        sdk.upstream.reset().await;
        sdk.answers("GET", "/service/tickets", limited(headers)).await;
        let response = sdk.ask(Method::GET, "/proxy/service_tickets?integrated_account_id=acme", None).await;
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()["retry-after"], retry_after);
        assert_eq!(response.headers()["ratelimit-remaining"], "0");
        assert_eq!(response.headers()["ratelimit-reset"], retry_after, "both say the same");
        assert_eq!(response.headers()["ratelimit-limit"], "1000", "as it was told last");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["rate_limit"]["reset"].to_string(), retry_after);
        assert_eq!(sdk.upstream.received_requests().await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn idempotency_key_executes_a_write_once() {
    let sdk = Sdk::new(&[]).await;
    sdk.answers(
        "POST",
        "/service/tickets/7/notes",
        ResponseTemplate::new(201).set_body_json(json!({"id": 1})),
    )
    .await;
    let write = async |key: &str, text: &str| {
        let request = sdk
            .client
            .post(format!("{}/tools/create_a_ticket_note/call", sdk.base))
            .bearer_auth(TOKEN)
            .header("idempotency-key", key)
            .json(&json!({"ticketId": 7, "text": text, "internalAnalysisFlag": true}));
        request.send().await.unwrap().status()
    };
    assert_eq!(write("k", "a").await, StatusCode::OK);
    assert_eq!(write("k", "a").await, StatusCode::OK);
    assert_eq!(sdk.upstream.received_requests().await.unwrap().len(), 1);
    assert_eq!(write("k", "b").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(write("l", "a").await, StatusCode::OK);
    assert_eq!(sdk.upstream.received_requests().await.unwrap().len(), 2);
}

#[tokio::test]
async fn requests_without_token_or_host_are_rejected_without_secrets() {
    let sdk = Sdk::new(&["--read-only"]).await;
    let plain = |at: &str| sdk.client.get(format!("{}{at}", sdk.base));
    for at in [
        "/integrated-account/acme/tools",
        "/integrated-account/other/tools",
        "/metrics",
        "/proxy/service_tickets",
    ] {
        assert_eq!(plain(at).send().await.unwrap().status(), StatusCode::UNAUTHORIZED, "{at}");
        assert_eq!(
            plain(at).bearer_auth("sesam").send().await.unwrap().status(),
            StatusCode::UNAUTHORIZED,
            "{at}"
        );
    }
    for (name, value) in [("host", "evil.example"), ("origin", "https://evil.example")] {
        let response = plain("/healthz").header(name, value).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{name}");
    }
    sdk.answers("GET", "/system/info", ok(json!({"version": "v2025.1"}))).await;
    for at in ["/healthz", "/readyz", "/openapi.json"] {
        assert_eq!(plain(at).send().await.unwrap().status(), StatusCode::OK, "{at}");
    }
    let response =
        sdk.ask(Method::POST, "/tools/create_a_ticket_note/call", Some(json!({"ticketId": 7}))).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN, "only reads are offered");
    sdk.answers(
        "GET",
        "/service/tickets/7",
        ResponseTemplate::new(401).set_body_json(json!({"code": "Unauthorized", "message": "no"})),
    )
    .await;
    let mut said = sdk.ask(Method::GET, "/proxy/service_tickets/7", None).await.text().await.unwrap();
    said += &sdk.ask(Method::GET, "/metrics", None).await.text().await.unwrap();
    assert!(
        said.contains(
            "gen_ai_execute_tool_duration_seconds_count{gen_ai_tool_name=\"get_single_ticket_by_id\",error_type=\"unauthorized\",http_response_status_code=\"401\"} 1"
        ),
        "{said}"
    );
    for secret in ["private-key-of-acme", "client-id-of-acme", TOKEN] {
        assert!(!said.contains(secret), "{said}");
    }
}

#[tokio::test]
async fn metrics_have_routes_and_no_client_supplied_labels() {
    let sdk = Sdk::new(&[]).await;
    sdk.answers("GET", "/service/tickets/7", ok(json!({"id": 7}))).await;
    for _ in 0..2 {
        sdk.ask(Method::GET, "/proxy/service_tickets/7", None).await;
    }
    sdk.ask(Method::GET, "/proxy/made_up_things/made-up-id", None).await;
    sdk.ask(Method::POST, "/mcp/made-up-token", Some(json!({}))).await;
    sdk.ask(Method::GET, "/made-up/path", None).await;
    for method in ["BREW", "STEEP"] {
        sdk.ask(Method::from_bytes(method.as_bytes()).unwrap(), "/proxy/service_tickets/7", None).await;
    }
    let text = sdk.ask(Method::GET, "/metrics", None).await.text().await.unwrap();
    let mut counted: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("http_server_request_duration_seconds_count"))
        .collect();
    counted.sort_unstable();
    let item = "http_route=\"/proxy/{resource}/{rest}\"";
    assert_eq!(
        counted,
        [
            "{http_request_method=\"GET\",http_route=\"\",http_response_status_code=\"404\"} 1".to_owned(),
            format!("{{http_request_method=\"GET\",{item},http_response_status_code=\"200\"}} 2"),
            format!("{{http_request_method=\"GET\",{item},http_response_status_code=\"404\"}} 1"),
            "{http_request_method=\"POST\",http_route=\"/mcp/{token}\",http_response_status_code=\"401\"} 1"
                .to_owned(),
            format!("{{http_request_method=\"_OTHER\",{item},http_response_status_code=\"405\"}} 2"),
        ]
    );
}

#[tokio::test]
async fn every_call_is_audited_without_secrets() {
    let log = tempfile::NamedTempFile::new().unwrap();
    let sdk = Sdk::new(&["--audit", log.path().to_str().unwrap()]).await;
    sdk.answers("GET", "/service/tickets/7", ok(json!({"id": 7}))).await;
    sdk.ask(Method::GET, "/proxy/service_tickets/7", None).await;
    sdk.ask(Method::POST, "/tools/create_a_ticket/call", Some(json!({"summary": 5}))).await;
    let text = std::fs::read_to_string(log.path()).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<String> = lines
        .iter()
        .map(|line| format!("{} {} {} {}", line["account"], line["tool"], line["outcome"], line["status"]))
        .collect();
    assert_eq!(
        told,
        [
            r#""acme" "get_single_ticket_by_id" "ok" 200"#,
            r#""acme" "create_a_ticket" "invalid_arguments" null"#,
        ]
    );
    assert!(!text.contains("private-key-of-acme") && !text.contains(TOKEN));
}

#[tokio::test]
async fn mcp_is_served_at_its_path_and_at_token_urls() {
    let sdk = Sdk::new(&[]).await;
    let body = json!({"name": "tickets", "config": {"methods": ["list"], "tags": ["Tickets"]}});
    let response = sdk.ask(Method::POST, "/integrated-account/acme/mcp", Some(body)).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    let made: Value = response.json().await.unwrap();
    let ask = async |url: String, token: Option<&str>| {
        let initialize = initialize("2025-06-18");
        let mut request =
            sdk.client.post(url).header("accept", "application/json, text/event-stream").json(&initialize);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    };
    let (status, text) = ask(made["url"].as_str().unwrap().to_owned(), None).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    assert!(text.contains("\"protocolVersion\":\"2025-06-18\""), "{text}");
    assert_eq!(ask(format!("{}/mcp", sdk.base), Some(TOKEN)).await.0, StatusCode::OK);
    assert_eq!(ask(format!("{}/mcp", sdk.base), None).await.0, StatusCode::UNAUTHORIZED);
    let forged = format!("{}/mcp/{}x", sdk.base, made["token"].as_str().unwrap());
    assert_eq!(ask(forged, None).await.0, StatusCode::UNAUTHORIZED);
    let end = (time::OffsetDateTime::now_utc() + Duration::from_secs(2)).replace_nanosecond(0).unwrap();
    let body = json!({"expires_at": end.format(&time::format_description::well_known::Rfc3339).unwrap()});
    let made: Value =
        sdk.ask(Method::POST, "/integrated-account/acme/mcp", Some(body)).await.json().await.unwrap();
    wait_for("the address to expire", async || {
        let (status, _) = ask(made["url"].as_str().unwrap().to_owned(), None).await;
        (status == StatusCode::UNAUTHORIZED).then_some(())
    })
    .await;
    assert!(time::OffsetDateTime::now_utc() >= end, "not before its end");
}

#[tokio::test]
async fn unknown_methods_tags_and_parameters_are_errors_that_name_the_known_ones() {
    let sdk = Sdk::new(&[]).await;
    let mint = "/integrated-account/acme/mcp";
    let made: Value = sdk.ask(Method::POST, mint, Some(json!({}))).await.json().await.unwrap();
    let address = format!("/mcp/{}", made["token"].as_str().unwrap());
    let limited = |config: Value| Some(json!({"config": config}));
    for (method, path, body, message) in [
        (Method::GET, "/integrated-account/acme/tools?methods=reads", None, "expected read, write, custom, "),
        (Method::GET, "/integrated-account/acme/tools?tags=Ticket", None, "did you mean Tickets"),
        (Method::GET, "/integrated-account/acme/tools?tag=Tickets", None, "unknown parameter \"tag\""),
        (
            Method::GET,
            "/integrated-account/acme/capabilities?resource=service_tickts",
            None,
            "service_tickets",
        ),
        (Method::POST, mint, limited(json!({"methods": ["nothing"]})), "config: methods: unknown method"),
        (Method::POST, mint, limited(json!({"tags": "servise"})), "did you mean service"),
        (Method::POST, "/integrated-account/acme/mcp?methods=read", Some(json!({})), "expected none"),
        (Method::POST, &format!("{address}?read_only=true"), Some(json!({})), "expected none"),
        (Method::POST, "/mcp?class=reads", Some(json!({})), "expected one of read, write, custom"),
        (Method::POST, "/tools/list_all_boards/call?acount=acme", Some(json!({})), "expected account"),
    ] {
        let response = sdk.ask(method, path, body).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{path}");
        let body: Value = response.json().await.unwrap();
        assert!(body["message"].as_str().unwrap().contains(message), "{path}: {body}");
    }
}
