//! Tests the library API over HTTP, against a local server.

use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use wiremock::matchers::{body_json, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::city_library::CATALOG;
use crate::library_server::{APPROVER_TOKEN, TOKEN, serve};

/// The library behind a local server.
pub(crate) struct Library {
    pub(crate) upstream: MockServer,
    pub(crate) base_url: String,
    pub(crate) in_flight: toolcrate_executor::InFlight,
    client: Client,
}

impl Library {
    pub(crate) async fn start(approve: &[&str]) -> Self {
        // Only the first of several tests in a process installs it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let upstream = MockServer::start().await;
        let (address, in_flight) = serve(&upstream.uri(), approve).await.unwrap();
        Self { upstream, base_url: format!("http://{address}"), in_flight, client: Client::new() }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base_url))
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let mut request = self.request(method, path).bearer_auth(TOKEN);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default())
    }

    async fn expect(&self, verb: &str, at: &str, body: Value, response: ResponseTemplate) {
        let mock = Mock::given(method(verb)).and(path(at)).and(header("authorization", "Bearer reader"));
        let mock = if body.is_null() { mock } else { mock.and(body_json(body)) };
        mock.respond_with(response).expect(1).mount(&self.upstream).await;
    }
}

#[test]
fn server_for_another_api_takes_sixty_lines() {
    assert!(include_str!("library_server.rs").lines().count() <= 60);
}

#[tokio::test]
async fn tools_are_listed() {
    let library = Library::start(&[]).await;
    let (status, body) = library.send(Method::GET, "/integrated-account/main/tools", None).await;
    assert_eq!(status, StatusCode::OK);
    let tools = body["result"].as_array().unwrap();
    assert_eq!(tools.len(), CATALOG.len());
    let list = tools.iter().find(|tool| tool["method"] == "list").unwrap();
    assert_eq!((&list["resource"], &list["name"]), (&json!("books"), &json!("list_all_city_library_books")));
    assert!(list["query_schema"]["properties"]["author"].is_object());
    let (_, writes) =
        library.send(Method::GET, "/integrated-account/main/tools?methods[1]=write&tags=books", None).await;
    let writes: Vec<&Value> = writes["result"].as_array().unwrap().iter().map(|tool| &tool["name"]).collect();
    assert_eq!(writes, ["create_a_city_library_book"]);
    let (_, body) = library.send(Method::GET, "/integrated-account/main/capabilities", None).await;
    assert_eq!(body["proxy"][0]["methods"].as_array().unwrap().len(), tools.len());
}

#[tokio::test]
async fn unknown_parameters_and_values_are_rejected_on_every_route() {
    let library = Library::start(&[]).await;
    for (method, path, message) in [
        (Method::GET, "/integrated-account/main/tools?methods=reads", "did you mean read?"),
        (
            Method::GET,
            "/integrated-account/main/tools?methods[0]=read&methods[1]=reads",
            "expected read, write",
        ),
        (Method::GET, "/integrated-account/main/tools?tags=bocks", "or a module: books)"),
        (Method::GET, "/integrated-account/main/tools?method=read", "unknown parameter \"method\""),
        (Method::GET, "/integrated-account/main/tools?include_response_schema=1", "expected true or false"),
        (Method::GET, "/integrated-account/main/capabilities?methods=reads", "did you mean read?"),
        (Method::GET, "/integrated-account/main/capabilities?tags=bocks", "did you mean books?"),
        (Method::GET, "/integrated-account/main/capabilities?resource=bocks", "expected books"),
        (Method::GET, "/integrated-account/main/capabilities?type=unified", "expected proxy"),
        (Method::GET, "/integrated-account/main/capabilities?resources=books", "unknown parameter"),
        (
            Method::POST,
            "/tools/list_all_books/call?acount=main",
            "unknown parameter \"acount\" (expected account)",
        ),
    ] {
        let (status, body) = library.send(method, path, None).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        assert!(body["message"].as_str().unwrap().contains(message), "{path}: {body}");
    }
    for path in ["tools?", "tools?methods=", "capabilities?type=proxy&resource=books&methods=LIST&tags=Books"]
    {
        let (status, _) = library.send(Method::GET, &format!("/integrated-account/main/{path}"), None).await;
        assert_eq!(status, StatusCode::OK, "{path}");
    }
    for path in ["/approvals?account=other", "/approvals/1?approve=false"] {
        let method = if path.starts_with("/approvals?") { Method::GET } else { Method::POST };
        let request = library.request(method, path).bearer_auth(APPROVER_TOKEN);
        assert_eq!(request.send().await.unwrap().status(), StatusCode::BAD_REQUEST, "{path}");
    }
}

#[tokio::test]
async fn a_plain_call_reaches_the_api() {
    let library = Library::start(&[]).await;
    let book = json!({"title": "Emma", "pages": 512});
    library
        .expect("POST", "/books", book.clone(), ResponseTemplate::new(201).set_body_json(json!({"id": "b1"})))
        .await;
    let (status, body) = library.send(Method::POST, "/tools/create_a_book/call", Some(book)).await;
    assert_eq!((status, body), (StatusCode::OK, json!({"result": {"id": "b1"}})));
    let (status, body) =
        library.send(Method::POST, "/tools/create_a_book/call", Some(json!({"titel": "Emma"}))).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(body.to_string().contains("titel"), "{body}");
    let (status, _) = library.send(Method::POST, "/tools/create_a_boook/call", None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_proxy_call_reaches_the_api_and_its_cursor_the_next_page() {
    let library = Library::start(&[]).await;
    let page = json!({"data": [{"id": "b1", "title": "Emma"}], "next": "c2"});
    Mock::given(method("GET"))
        .and(path("/books"))
        .and(query_param("author", "Austen"))
        .respond_with(ResponseTemplate::new(200).set_body_json(page))
        .up_to_n_times(1)
        .mount(&library.upstream)
        .await;
    let list = "/proxy/books?integrated_account_id=main&author=Austen";
    let (status, body) = library.send(Method::GET, list, None).await;
    assert_eq!((status, &body["result"]), (StatusCode::OK, &json!([{"id": "b1", "title": "Emma"}])));
    let cursor = body["next_cursor"].as_str().unwrap();
    Mock::given(method("GET"))
        .and(path("/books"))
        .and(query_param("after", "c2"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"data": [], "next": null})))
        .mount(&library.upstream)
        .await;
    let (_, body) = library.send(Method::GET, &format!("{list}&next_cursor={cursor}"), None).await;
    assert_eq!(body, json!({"result": [], "next_cursor": null}));
    let (status, body) = library.send(Method::DELETE, "/proxy/books/b1", None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let message = body["message"].as_str().unwrap();
    assert_eq!(message, "unknown method delete for books (expected change, create, list)");
}

#[tokio::test]
async fn idempotency_key_sends_a_write_once() {
    let library = Library::start(&[]).await;
    let book = json!({"title": "Emma"});
    let created = ResponseTemplate::new(201).set_body_json(json!({"id": "b1"}));
    library.expect("POST", "/books", book.clone(), created).await;
    for _ in 0..2 {
        let request = library.request(Method::POST, "/tools/create_a_book/call").bearer_auth(TOKEN);
        let response = request.header("idempotency-key", "k1").json(&book).send().await.unwrap();
        assert_eq!(response.json::<Value>().await.unwrap(), json!({"result": {"id": "b1"}}));
    }
}

#[tokio::test]
async fn approver_decides_on_a_call() {
    let library = Library::start(&["writes"]).await;
    let book = json!({"title": "Emma"});
    let created = ResponseTemplate::new(201).set_body_json(json!({"id": "b1"}));
    library.expect("POST", "/books", book.clone(), created).await;
    let call = || library.request(Method::POST, "/tools/create_a_book/call").bearer_auth(TOKEN).json(&book);
    assert_eq!(call().send().await.unwrap().status(), StatusCode::FORBIDDEN);
    let (status, _) = library.send(Method::GET, "/approvals", None).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "the token that makes calls can't approve them");
    let pending =
        library.request(Method::GET, "/approvals").bearer_auth(APPROVER_TOKEN).send().await.unwrap();
    let pending: Value = pending.json().await.unwrap();
    let id = pending["approvals"][0]["id"].as_str().unwrap();
    let decide = library.request(Method::POST, &format!("/approvals/{id}")).bearer_auth(APPROVER_TOKEN);
    let decided: Value = decide.json(&json!({"by": "Ada"})).send().await.unwrap().json().await.unwrap();
    let token = decided["approval_token"].as_str().unwrap();
    let response = call().header("x-approval-token", token).send().await.unwrap();
    assert_eq!(response.json::<Value>().await.unwrap(), json!({"result": {"id": "b1"}}));
}
