//! Requests that the tools and functions of the `wire-api` crate send.

use serde_json::{Value, json};
use wire_api::billing::Charge;
use wire_api::jobs::RunOptions;
use wire_api::runtime::{Client, Error, PreparedBody, PreparedRequest};
use wire_api::{API, CATALOG, billing, jobs};

fn prepare(tool: &str, arguments: Value) -> Result<PreparedRequest, Error> {
    let client = Client::builder(&API).base_url("https://wire.example/v1").build().unwrap();
    client.prepare(CATALOG.resolve(tool).unwrap(), &arguments)
}

fn header(request: &PreparedRequest, name: &str) -> Option<String> {
    request.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone())
}

pub fn check() {
    let views = json!({"session": "s 1", "theme": "dark", "marks": [1, 2], "X-Tags": ["a", "b"], "level": 4});
    let request = prepare("list_all_wire_session_views", views).unwrap();
    assert_eq!(header(&request, "cookie").unwrap(), "session=s%201; theme=dark; marks=1%2C2");
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
    let merge = json!({"id": 3, "name": "n", "clear": ["owner"]});
    let request = prepare("update_a_wire_jobs_run_by_id", merge).unwrap();
    assert_eq!(request.body, PreparedBody::Json(json!({"name": "n", "owner": null})));
    assert_eq!(header(&request, "content-type").unwrap(), "application/merge-patch+json");
    let mut options = RunOptions::new("n");
    options.extra.insert("owner", Value::Null);
    assert_eq!(jobs::update_run(3, &options).json_body(), Some(r#"{"name":"n","owner":null}"#));
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

/// Returns the pairs of a form, sorted.
fn sorted(body: &PreparedBody) -> Vec<String> {
    let PreparedBody::Json(Value::String(text)) = body else { panic!("{body:?} is no form") };
    let mut pairs: Vec<String> = text.split('&').map(str::to_owned).collect();
    pairs.sort_unstable();
    pairs
}
