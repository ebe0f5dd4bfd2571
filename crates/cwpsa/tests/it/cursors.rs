//! Checks that list cursors are opaque and signed. A cursor contains only paging state for one tool and account, and is
//! rejected by calls of any other tool or account.

use crate::support::copies::{Copies, Copy};
use crate::support::sdk::{Sdk, ok};
use crate::support::{TOKEN, audit_entries};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// The number of rows.
const ALL: u64 = 23;

/// Serves rows in pages, numbered as in ConnectWise, at every path.
async fn pages(upstream: &MockServer) {
    let page = |request: &Request| {
        let number = |wanted: &str| {
            let found = request.url.query_pairs().find(|(name, _)| name == wanted);
            found.map(|(_, value)| value.parse::<u64>().unwrap())
        };
        let (page, size) = (number("page").unwrap_or(1), number("pageSize").unwrap_or(25));
        let first = (page - 1) * size + 1;
        let rows: Vec<Value> = (first..first + size)
            .take_while(|id| *id <= ALL)
            .map(|id| json!({"id": id, "summary": "x".repeat(50)}))
            .collect();
        let response = ResponseTemplate::new(200).set_body_json(rows);
        match first + size > ALL {
            true => response,
            false => response.insert_header("link", format!("<http://x/?page={}>; rel=\"next\"", page + 1)),
        }
    };
    Mock::given(method("GET")).respond_with(page).mount(upstream).await;
}

fn proxy(server: &Copy, verb: Method, at: &str) -> RequestBuilder {
    let separator = if at.contains('?') { '&' } else { '?' };
    let url = format!("{}/proxy/{at}{separator}integrated_account_id=acme", server.base);
    server.client.request(verb, url).bearer_auth(TOKEN)
}

async fn cursor_of(server: &Copy, at: &str) -> String {
    let body: Value = proxy(server, Method::GET, at).send().await.unwrap().json().await.unwrap();
    body["next_cursor"].as_str().unwrap_or_else(|| panic!("{at}: {body}")).to_owned()
}

async fn assert_refused(response: Response, what: &str) {
    assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{what}");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["kind"], "invalid_arguments", "{what}: {body}");
    assert!(body["message"].as_str().unwrap().starts_with("invalid next_cursor; "), "{what}: {body}");
    assert_eq!(body["fields"][0]["pointer"], "/next_cursor", "{what}: {body}");
}

#[tokio::test]
async fn cursor_never_changes_an_approved_call() {
    let copies = Copies::start(1, &["--approve", "writes"], true).await;
    let server = &copies.all[0];
    pages(&copies.upstream).await;
    let genuine = cursor_of(server, "service_tickets?pageSize=5").await;
    let before = copies.sent().await;
    let made_up = URL_SAFE_NO_PAD.encode(r#"{"id":9005}"#);
    let (_, signature) = genuine.split_once('.').unwrap();
    let signed_for_another = format!("{made_up}.{signature}");
    for cursor in [&made_up, &signed_for_another, &genuine] {
        for (verb, at) in [
            (Method::DELETE, "service_tickets/9006"),
            (Method::PATCH, "service_tickets/9006"),
            (Method::GET, "service_tickets/9006"),
            (Method::POST, "service_tickets"),
            (Method::POST, "service_tickets__merge/merge?parentId=9006"),
        ] {
            let separator = if at.contains('?') { '&' } else { '?' };
            let in_query = proxy(server, verb.clone(), &format!("{at}{separator}next_cursor={cursor}"));
            let in_query = in_query.header("idempotency-key", "k").send().await.unwrap();
            assert_refused(in_query, &format!("{verb} {at} with {cursor}")).await;
            if verb != Method::GET {
                let in_body = proxy(server, verb.clone(), at).json(&json!({"next_cursor": cursor}));
                assert_refused(in_body.send().await.unwrap(), &format!("{verb} {at}, body {cursor}")).await;
            }
        }
    }
    assert_eq!(copies.sent().await, before, "nothing was sent");
    let waiting: Value = server.approvals("", None).send().await.unwrap().json().await.unwrap();
    assert_eq!(waiting["approvals"], json!([]), "nobody is asked about what can't be made");
    let outcomes: Vec<String> = copies.audited().into_iter().map(|(outcome, _)| outcome).collect();
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "invalid_arguments").count(), 27, "{outcomes:?}");
}

#[tokio::test]
async fn approved_proxy_call_is_the_call_that_is_sent() {
    let copies = Copies::start(1, &["--approve", "destructive"], true).await;
    let server = &copies.all[0];
    Mock::given(method("DELETE"))
        .and(path("/service/tickets/9006"))
        .respond_with(ResponseTemplate::new(204))
        .mount(&copies.upstream)
        .await;
    let delete = || proxy(server, Method::DELETE, "service_tickets/9006?id=9005&next_cursor=");
    let refused: Value = delete().send().await.unwrap().json().await.unwrap();
    // The arguments as the tool expects them: a number rather than text, no account, and no cursor.
    assert_eq!(refused["approval"]["arguments"], json!({"id": 9006}), "{refused}");
    let id = refused["approval"]["id"].as_str().unwrap();
    let given: Value = server.approvals(id, Some(json!({}))).send().await.unwrap().json().await.unwrap();
    let token = given["approval_token"].as_str().unwrap();
    let done = delete().header("x-approval-token", token).send().await.unwrap();
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    for line in audit_entries(copies.audit.path()) {
        assert_eq!(line["arguments"], json!({"id": 9006}), "{line}");
    }
}

#[tokio::test]
async fn altered_cursor_or_cursor_from_another_list_is_rejected() {
    let copies = Copies::start(1, &[], false).await;
    let server = &copies.all[0];
    pages(&copies.upstream).await;
    let genuine = cursor_of(server, "service_tickets?pageSize=5").await;
    let other = cursor_of(server, "time_entries?pageSize=5").await;
    let before = copies.sent().await;
    let (payload, signature) = genuine.split_once('.').unwrap();
    let changed = URL_SAFE_NO_PAD.encode(r#"{"page":2,"pageSize":5,"conditions":"id>0"}"#);
    for cursor in [
        other.clone(),
        payload.to_owned(),
        format!("{changed}.{signature}"),
        format!("{payload}.{}", &signature[..signature.len() - 2]),
        format!("{genuine}x"),
        "%00".to_owned(),
        URL_SAFE_NO_PAD.encode(r#"{"page":2}"#),
        "x".repeat(20_000),
    ] {
        let at = format!("service_tickets?next_cursor={cursor}");
        assert_refused(proxy(server, Method::GET, &at).send().await.unwrap(), &cursor).await;
    }
    for at in [
        "service_tickets?next_cursor[a]=b".to_owned(),
        format!("service_tickets?next_cursor[]={genuine}&next_cursor[]={genuine}"),
    ] {
        assert_refused(proxy(server, Method::GET, &at).send().await.unwrap(), &at).await;
    }
    // The cursor's name for the rows to skip isn't an argument.
    let skipped = proxy(server, Method::GET, "service_tickets?%2Bskip=2").send().await.unwrap();
    assert_eq!(skipped.status(), StatusCode::BAD_REQUEST);
    assert_eq!(copies.sent().await, before, "nothing was sent");
    let fine = proxy(server, Method::GET, &format!("time_entries?next_cursor={other}"));
    assert_eq!(fine.send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn pagination_across_replicas_with_one_secret_loses_no_row() {
    // Neither rows nor bytes divide evenly into pages, so a cursor also records how many rows were returned.
    for flags in [&[][..], &["--max-rows", "3"], &["--max-bytes", "200"]] {
        let copies = Copies::start(2, flags, false).await;
        pages(&copies.upstream).await;
        let (mut ids, mut cursor) = (Vec::new(), String::new());
        for turn in 0.. {
            let at = format!("service_tickets?pageSize=7&next_cursor={cursor}");
            let response = proxy(&copies.all[turn % 2], Method::GET, &at).send().await.unwrap();
            let body: Value = response.json().await.unwrap();
            let rows = body["result"].as_array().unwrap_or_else(|| panic!("{flags:?}, {at}: {body}"));
            ids.extend(rows.iter().map(|row| row["id"].as_u64().unwrap()));
            let Some(next) = body["next_cursor"].as_str() else { break };
            next.clone_into(&mut cursor);
        }
        assert_eq!(ids, (1..=ALL).collect::<Vec<u64>>(), "{flags:?}");
    }
}

#[tokio::test]
async fn servers_without_a_secret_reject_each_others_cursors() {
    let (one, other) = (Sdk::new(&[]).await, Sdk::new(&[]).await);
    pages(&one.upstream).await;
    pages(&other.upstream).await;
    let at = "/proxy/service_tickets?pageSize=5";
    let body: Value = one.ask(Method::GET, at, None).await.json().await.unwrap();
    let next = format!("{at}&next_cursor={}", body["next_cursor"].as_str().unwrap());
    assert_eq!(one.ask(Method::GET, &next, None).await.status(), StatusCode::OK);
    assert_refused(other.ask(Method::GET, &next, None).await, "of another server").await;
}

#[tokio::test]
async fn cursor_is_invalid_for_another_account() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let upstream = MockServer::start().await;
    pages(&upstream).await;
    let settings = crate::support::settings(&upstream);
    let one = std::fs::read_to_string(settings.path()).unwrap();
    let account = one.split_once("[accounts.acme]").unwrap().1;
    std::fs::write(settings.path(), format!("{one}[accounts.beta]{account}")).unwrap();
    let base = format!("http://{}", crate::support::serve(&settings, &[]).await);
    let list = async |account: &str, cursor: &str| {
        let at = format!("{base}/proxy/service_tickets?integrated_account_id={account}&pageSize=5");
        let request = reqwest::Client::new().get(format!("{at}&next_cursor={cursor}")).bearer_auth(TOKEN);
        request.send().await.unwrap()
    };
    let first: Value = list("acme", "").await.json().await.unwrap();
    let cursor = first["next_cursor"].as_str().unwrap();
    assert_eq!(list("acme", cursor).await.status(), StatusCode::OK);
    assert_refused(list("beta", cursor).await, "of another account").await;
}

#[tokio::test]
async fn only_list_calls_accept_a_cursor() {
    let sdk = Sdk::new(&[]).await;
    let rows = json!([{"id": 1}]);
    let more = ok(rows.clone()).insert_header("link", "<http://x/?page=2>; rel=\"next\"");
    Mock::given(method("GET")).respond_with(more).mount(&sdk.upstream).await;
    let list: Value = sdk.ask(Method::GET, "/proxy/service_tickets", None).await.json().await.unwrap();
    assert!(list["next_cursor"].is_string(), "{list}");
    // A plain call returns the arguments for the next page, and nothing is hidden in them.
    let plain: Value =
        sdk.ask(Method::POST, "/tools/list_all_tickets/call", Some(json!({}))).await.json().await.unwrap();
    assert_eq!(plain, json!({"result": rows, "next": {"page": 2}}));
    let hidden = Some(json!({"next_cursor": list["next_cursor"]}));
    let refused = sdk.ask(Method::POST, "/tools/list_all_tickets/call", hidden).await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    assert_eq!(refused.json::<Value>().await.unwrap()["fields"][0]["pointer"], "/next_cursor");
}
