//! Tests the requests that the tools and functions of the `wire-api` crate send.

use serde_json::{Value, json};
use wire_api::billing::Charge;
use wire_api::jobs::RunOptions;
use wire_api::swatches::{Area, PaintSwatchPaging as Paging};
use wire_api::runtime::{Client, Error, PreparedBody, PreparedRequest};
use wire_api::{API, CATALOG, Credentials, billing, jobs, swatches};

fn prepare(tool: &str, arguments: Value) -> Result<PreparedRequest, Error> {
    let client = Client::builder(&API).base_url("https://wire.example/v1").build().unwrap();
    client.prepare(CATALOG.resolve(tool).unwrap(), &arguments)
}

fn header(request: &PreparedRequest, name: &str) -> Option<String> {
    request.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone())
}

pub fn check() {
    styles();
    schemes();
    let views = json!({"session": "s 1", "theme": "dark", "marks": [1, 2], "X-Tags": ["a", "b"], "level": 4});
    let request = prepare("list_all_wire_session_views", views).unwrap();
    assert_eq!(header(&request, "cookie").unwrap(), "session=s%201; theme=dark; marks=1,2");
    assert_eq!(header(&request, "x-tags").unwrap(), "a,b");
    assert_eq!(request.url, "https://wire.example/v1/session/views?level=4");
    for wrong in [json!({"session": "s", "level": 3}), json!({"session": "s", "size": 0})] {
        assert!(prepare("list_all_wire_session_views", wrong).is_err());
    }

    let charge = json!({
        "amount": 5, "tags": ["a", "b"], "codes": [1, 2], "metadata": {"k": "v w"}, "lines": [{"sku": "x"}],
    });
    let request = prepare("create_a_wire_billing_charge", charge).unwrap();
    assert_eq!(header(&request, "content-type").unwrap(), "application/x-www-form-urlencoded");
    let form =
        "amount=5&tags=a&tags=b&codes=1%2C2&metadata%5Bk%5D=v%20w&lines=%5B%7B%22sku%22%3A%22x%22%7D%5D";
    assert_eq!(sorted(&request.body), sorted(&PreparedBody::Json(form.into())));
    assert!(prepare("create_a_wire_billing_charge", json!({"amount": 0})).is_err(), "the bound is exclusive");
    let typed = billing::create_charge(&Charge::new(5));
    assert!(format!("{typed:?}").contains("Raw"), "{typed:?}");

    let run = |arguments| prepare("create_a_wire_jobs_run", arguments);
    assert_eq!(run(json!({})).unwrap().body, PreparedBody::None);
    assert_eq!(run(json!({"name": "n"})).unwrap().body, PreparedBody::Json(json!({"name": "n"})));
    assert!(run(json!({"retries": 1})).is_err(), "a body that is sent has a name");
    let merge = json!({"runId": 3, "name": "n", "clear": ["owner"]});
    let request = prepare("update_a_wire_jobs_run_by_id", merge).unwrap();
    assert_eq!(request.body, PreparedBody::Json(json!({"name": "n", "owner": null})));
    assert_eq!(header(&request, "content-type").unwrap(), "application/merge-patch+json");
    let mut options = RunOptions::new("n");
    options.extra.insert("owner", Value::Null);
    assert_eq!(jobs::update_run(3, None, None, &options).json_body(), Some(r#"{"name":"n","owner":null}"#));
    assert_eq!(prepare("list_all_wire_beta_job_previews", json!({})).unwrap().url, "https://wire.example/v1/beta/jobs/previews");

    let file = |name: &str| json!({"file_name": name, "content_base64": "aGk="});
    let upload = json!({"file": file("a"), "pages": [file("b"), file("c")], "about": {"title": "t"}, "labels": ["x", "y"]});
    let PreparedBody::Form(parts) = prepare("create_a_wire_files_upload", upload).unwrap().body else {
        panic!("it is a form")
    };
    let mut names: Vec<&str> = parts.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["about", "file", "labels", "labels", "pages", "pages"]);
    assert!(parts.iter().any(|(name, text)| name == "file" && text.contains("application/pdf")), "{parts:?}");
}

/// Each parameter is written in its style, by tools and functions alike.
fn styles() {
    let url = "https://wire.example/v1/swatches/.light%20blue/;sizes=1;sizes=2/.a.b%2Cc/;area=width,3,height,4\
               ?codes=x%7Cy&meta%5Bk%5D=v&paging=%7B%22size%22%3A5%7D&inner=%7B%22width%22%3A1%7D";
    let arguments = json!({
        "color": "light blue", "sizes": [1, 2], "tags": ["a", "b,c"], "area": {"width": 3, "height": 4},
        "codes": ["x", "y"], "meta": {"k": "v"}, "paging": {"size": 5}, "X-Area": {"width": 3}, "inner": {"width": 1},
    });
    let record = CATALOG.tools().find(|tool| tool.details().http.path.starts_with("/swatches")).unwrap();
    let by_tool = prepare(record.name(), arguments).unwrap();
    let of_width = |width| {
        let mut area = Area::default();
        area.width = Some(width);
        area
    };
    let (mut area, mut paging) = (of_width(3), Paging::default());
    area.height = Some(4);
    paging.size = Some(5);
    let meta = [("k".to_owned(), "v".to_owned())].into();
    let narrow = of_width(3);
    let request = swatches::get_swatch(
        "light blue",
        &[1, 2],
        &["a", "b,c"],
        &area,
        Some(&["x", "y"]),
        Some(&meta),
        Some(&paging),
        Some(&of_width(1)),
        Some(&narrow),
    );
    let client = Client::builder(&API).base_url("https://wire.example/v1").build().unwrap();
    let by_function = client.preview(&request).unwrap();
    assert_eq!(by_function.url, url);
    assert_eq!(by_tool.url, url);
    for request in [by_tool, by_function] {
        assert_eq!(header(&request, "x-area").as_deref(), Some("width=3"));
    }
    for wrong in [json!({"color": "", "sizes": [1]}), json!({"color": "a", "sizes": []})] {
        assert!(prepare(record.name(), wrong).is_err());
    }
}

/// Each operation is sent the schemes that it declares.
fn schemes() {
    let sent = |credentials: Credentials, tool: &str, arguments: Value| {
        let client = Client::builder(&API).base_url("https://wire.example/v1").credentials(credentials).build().unwrap();
        let request = client.prepare(CATALOG.resolve(tool).unwrap(), &arguments)?;
        let names = ["authorization", "x-key", "cookie"];
        Ok::<_, Error>(names.map(|name| header(&request, name).unwrap_or_default()))
    };
    let key = || Credentials { key: "k3y-value".into(), ..Credentials::default() };
    let both = || Credentials { app: "app-value".into(), ..key() };
    let token = || Credentials { client_id: "c".into(), client_secret: "s".into(), ..Credentials::default() };
    let views = "list_all_wire_session_views";
    let session = || json!({"session": "s"});
    assert_eq!(sent(both(), views, session()).unwrap(), ["", "***", "***"]);
    // There are no credentials for both schemes, and none are needed.
    assert_eq!(sent(key(), views, session()).unwrap(), ["", "", "session=s"]);
    let previews = "list_all_wire_beta_job_previews";
    assert_eq!(sent(token(), previews, json!({})).unwrap(), ["***", "", ""]);
    let error = sent(key(), previews, json!({})).unwrap_err();
    assert_eq!(error.message(), "the operation requires credentials for token, but none are configured");
    assert_eq!(sent(both(), "create_a_wire_jobs_run", json!({})).unwrap(), ["", "", ""]);
    assert!(!format!("{:?}", both()).contains("value"));
    assert_eq!(token().token_url, "https://id.wire.example/token");
}

/// The pairs of a form in any order.
fn sorted(body: &PreparedBody) -> Vec<String> {
    let PreparedBody::Json(Value::String(text)) = body else { panic!("{body:?} is no form") };
    let mut pairs: Vec<String> = text.split('&').map(str::to_owned).collect();
    pairs.sort_unstable();
    pairs
}
