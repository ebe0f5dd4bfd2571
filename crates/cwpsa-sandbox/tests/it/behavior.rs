//! Checks that the sandbox behaves like the real API: routes and records, credentials, validation, patches, pagination,
//! references, deletions, bulk operations and documents.

use crate::support::engine::{self, ask, call, done, get, json, refused, sandbox};
use serde_json::{Value, json};

#[test]
fn unknown_routes_verbs_records_and_credentials_have_distinct_errors() {
    let sandbox = sandbox();
    let (status, body) = refused(&sandbox, "GET", "/nothing/here", Value::Null);
    assert_eq!((status, &body["message"]), (404, &json!("The endpoint does not exist.")));
    let (status, body) = refused(&sandbox, "GET", "/company/contacts/57919", Value::Null);
    assert_eq!(status, 404);
    assert_eq!(body, json!({"code": "NotFound", "message": "Contact 57919 not found", "errors": null}));
    assert_eq!(refused(&sandbox, "PUT", "/service/tickets/count", json!({})).0, 405);
    // A child of a missing parent.
    assert_eq!(refused(&sandbox, "GET", "/service/tickets/5/notes", Value::Null).0, 404);
    // A child that belongs to another parent.
    get(&sandbox, "/service/tickets/8812/notes/1");
    assert_eq!(refused(&sandbox, "GET", "/service/tickets/9932/notes/1", Value::Null).0, 404);
    let mut without = call("GET", "/service/tickets", &Value::Null);
    without.headers.remove("clientid");
    assert_eq!(sandbox.answer(&without).status.as_u16(), 403);
    without.headers.remove("authorization");
    assert_eq!(sandbox.answer(&without).status.as_u16(), 401);
    let mut text = call("POST", "/service/tickets", &json!({"summary": "x"}));
    text.headers.insert("content-type", "text/plain".parse().expect("a value"));
    assert_eq!(sandbox.answer(&text).status.as_u16(), 415);
    let answer = sandbox.answer(&call("GET", "/nothing", &Value::Null));
    assert!(answer.body.windows(2).any(|pair| pair == b"\r\n"), "errors have line ends of Windows");
}

#[test]
fn invalid_bodies_get_the_apis_error_messages() {
    let sandbox = sandbox();
    let post = |path: &str, body: Value| refused(&sandbox, "POST", path, body);
    let (status, body) = post("/service/tickets", json!({"company": {"id": 250}}));
    assert_eq!(
        (status, &body["code"], &body["message"]),
        (400, &json!("InvalidObject"), &json!("ticket object is invalid"))
    );
    assert_eq!(
        body["errors"],
        json!([{"code": "MissingRequiredField", "message": "The summary field is required.", "resource": "ticket", "field": "summary"}])
    );
    let (status, body) = post("/service/tickets", json!({"summary": "x", "company": {"id": 250}, "x": 1}));
    assert_eq!((status, &body["code"]), (400, &json!("ConnectWiseApi")));
    assert!(
        body["message"]
            .as_str()
            .expect("text")
            .starts_with("Could not find member 'x' on object of type 'Ticket'. Path 'x', line 1")
    );
    let (_, body) = post("/service/tickets", json!({"summary": "x".repeat(101), "company": {"id": 250}}));
    assert_eq!(body["errors"][0]["field"], "summary");
    let (status, body) =
        post("/service/tickets", json!({"summary": "x", "company": {"id": 250}, "severity": "Huge"}));
    assert_eq!(status, 500);
    assert!(body["message"].as_str().expect("text").starts_with("Error converting value \"Huge\" to type"));
    for date in ["2025-01-01T00:00:00.5Z", "2025-01-01T00:00:00", "2025-01-01"] {
        let (status, body) = post("/time/entries", json!({"timeStart": date}));
        assert_eq!((status, &body["code"]), (400, &json!("UnsupportedFormat")), "{date}");
    }
    let mut broken = call("POST", "/service/tickets", &json!({}));
    broken.body = b"{\"summary\": ".as_slice().into();
    assert_eq!(sandbox.answer(&broken).status.as_u16(), 400);
}

#[test]
fn references_resolve_by_id_identifier_and_name() {
    let sandbox = sandbox();
    for company in [json!({"id": 250}), json!({"identifier": "acmecorp"}), json!({"name": "Acme Corp"})] {
        let ticket = done(&sandbox, "POST", "/service/tickets", json!({"summary": "x", "company": company}));
        assert_eq!(ticket["company"]["id"], 250);
        assert_eq!(ticket["company"]["identifier"], "AcmeCorp");
        assert_eq!(ticket["company"]["name"], "Acme Corp");
        let link = format!("{}/company/companies/250", engine::ROOT);
        assert_eq!(ticket["company"]["_info"]["company_href"], json!(link));
        assert_eq!(ticket["board"]["name"], "Help Desk", "the default");
        assert_eq!(ticket["status"]["name"], "New", "the default of the board");
        assert_eq!(ticket["_info"]["enteredBy"], "Admin1");
    }
    let (status, body) =
        refused(&sandbox, "POST", "/service/tickets", json!({"summary": "x", "company": {"id": 7}}));
    assert_eq!((status, &body["errors"][0]["code"]), (400, &json!("NotFound")));
    assert_eq!(body["errors"][0]["field"], "company/id");
    let lenient = cwpsa_sandbox::SandboxSettings { strict_references: false, ..engine::settings() };
    let lenient = cwpsa_sandbox::Sandbox::new(lenient).expect("a sandbox");
    let ticket = done(&lenient, "POST", "/service/tickets", json!({"summary": "x", "company": {"id": 7}}));
    assert_eq!(ticket["company"], json!({"id": 7}));
    // A new name is visible through references.
    done(
        &sandbox,
        "PATCH",
        "/company/companies/250",
        json!([{"op": "replace", "path": "name", "value": "Acme Inc"}]),
    );
    assert_eq!(get(&sandbox, "/service/tickets/8812")["company"]["name"], "Acme Inc");
}

#[test]
fn records_are_patched_and_replaced() {
    let sandbox = sandbox();
    let patch = |body: Value| ask(&sandbox, "PATCH", "/company/contacts/501", &body);
    let (status, contact) = patch(json!([
        {"op": "replace", "path": "firstName", "value": "W."},
        {"op": "add", "path": "/nickName", "value": "Coyote"},
        {"op": "replace", "path": "/communicationItems/1/value", "value": "555"},
    ]));
    assert_eq!(status, 200);
    assert_eq!((&contact["firstName"], &contact["nickName"]), (&json!("W."), &json!("Coyote")));
    assert_eq!(contact["communicationItems"][1]["value"], "555");
    let (status, contact) =
        patch(json!([{"op": "replace", "path": "company/identifier", "value": "Initech"}]));
    assert_eq!((status, &contact["company"]["id"]), (200, &json!(250)), "a false success");
    let (_, contact) =
        patch(json!([{"op": "replace", "path": "company", "value": {"identifier": "Initech"}}]));
    assert_eq!(contact["company"]["id"], 252);
    let (_, contact) = patch(json!([{"op": "remove", "path": "nickName"}]));
    assert_eq!(contact.get("nickName"), None);
    assert_eq!(patch(json!([{"op": "replace", "path": "FirstName", "value": "x"}])).0, 400);
    assert_eq!(patch(json!({"firstName": "x"})).0, 500);
    // Custom fields are merged by ID and survive a replacement.
    let (_, contact) =
        patch(json!([{"op": "replace", "path": "customFields", "value": [{"id": 5, "value": "Wily"}]}]));
    assert_eq!(contact["customFields"][0]["caption"], "Nickname");
    assert_eq!(contact["customFields"][0]["value"], "Wily");
    let replaced =
        done(&sandbox, "PUT", "/company/contacts/501", json!({"firstName": "New", "company": {"id": 250}}));
    assert_eq!(replaced.get("title"), None, "what is not given is gone");
    assert_eq!(replaced["customFields"][0]["value"], "Wily");
    assert_eq!(
        replaced["_info"]["dateEntered"],
        get(&sandbox, "/company/contacts/502")["_info"]["dateEntered"]
    );
}

#[test]
fn pages_are_linked() {
    let sandbox = sandbox();
    for number in 0..60 {
        let note = json!({"text": format!("note {number}"), "internalAnalysisFlag": true});
        done(&sandbox, "POST", "/service/tickets/9932/notes", note);
    }
    let list = |query: &str| {
        let answer =
            sandbox.answer(&call("GET", &format!("/service/tickets/9932/notes{query}"), &Value::Null));
        let link = answer.headers.get("link").map(|value| value.to_str().expect("text").to_owned());
        (json(&answer).as_array().expect("a list").len(), link)
    };
    let url = format!("{}/service/tickets/9932/notes", engine::ROOT);
    let (count, link) = list("");
    assert_eq!(count, 25);
    assert_eq!(link, Some(format!("<{url}?page=2>; rel=\"next\", <{url}?page=3>; rel=\"last\"")));
    let (count, link) = list("?pageSize=25&page=3");
    assert_eq!(count, 11);
    let link = link.expect("links");
    assert!(
        link.contains("rel=\"first\"") && link.contains("page=2>; rel=\"prev\"") && !link.contains("next")
    );
    assert_eq!(list("?page=9").0, 0);
    // More than 1000 is rejected: https://github.com/sgtoj/PSConnectWise/issues/2 (fixtures/page_sizes.json).
    assert_eq!(list("?pageSize=1000"), (61, None), "one page has no links");
    let (count, link) = list("?pageId=0&pageSize=40");
    assert_eq!(count, 40);
    let link = link.expect("a link");
    let next = link.split("pageId=").nth(1).and_then(|rest| rest.split('>').next()).expect("an id");
    let (count, link) = list(&format!("?pageId={next}&pageSize=40"));
    assert_eq!((count, link.as_deref()), (21, Some("")));
    assert_eq!(get(&sandbox, "/service/tickets/9932/notes/count"), json!({"count": 61}));
    let some = get(&sandbox, "/service/tickets?fields=id,company/name&pageSize=1");
    assert_eq!(some, json!([{"id": 8812, "company": {"name": "Acme Corp"}}]));
}

#[test]
fn searches_are_posted_and_invalid_ones_rejected() {
    let sandbox = sandbox();
    let found = done(&sandbox, "POST", "/service/tickets/search", json!({"conditions": "board/id = 2"}));
    assert_eq!(found.as_array().map(Vec::len), Some(5));
    let (status, body) = refused(&sandbox, "POST", "/service/tickets/search", json!({"page": 1}));
    assert_eq!(status, 400);
    assert!(body["message"].as_str().expect("text").contains("on object of type 'FilterValues'"));
    let (status, body) =
        refused(&sandbox, "GET", "/service/tickets?conditions=assignedTo/id = 1", Value::Null);
    assert_eq!((status, &body["message"]), (400, &json!("assignedTo/id is not a recognized name.")));
    assert_eq!(get(&sandbox, "/service/tickets/count?conditions=board/id = 2"), json!({"count": 5}));
    assert_eq!(get(&sandbox, "/service/tickets?orderBy=id desc&pageSize=1")[0]["id"], 9932);
    let ids = |query: &str| -> Vec<i64> {
        let list = get(&sandbox, &format!("/service/tickets?orderBy=severity asc&{query}"));
        list.as_array().expect("a list").iter().filter_map(|record| record["id"].as_i64()).collect()
    };
    let all = ids("pageSize=100");
    assert_eq!(all, [9001, 9002, 9005, 9004, 8812, 9003, 9006, 9932], "equal ones by id");
    assert_eq!([ids("pageSize=3"), ids("pageSize=3&page=2"), ids("pageSize=3&page=3")].concat(), all);
    assert_eq!(ids("pageSize=3&page=4"), [0; 0]);
}

#[test]
fn record_in_use_cannot_be_deleted() {
    let sandbox = sandbox();
    let (status, body) = refused(&sandbox, "DELETE", "/procurement/purchaseorderstatuses/1", Value::Null);
    assert_eq!(status, 409, "{body}");
    let usages = get(&sandbox, "/procurement/purchaseorderstatuses/1/usages");
    assert_eq!(usages[0]["count"], 1, "{usages}");
    let status = done(&sandbox, "POST", "/procurement/purchaseorderstatuses", json!({"name": "Parked"}));
    let path = format!("/procurement/purchaseorderstatuses/{}", status["id"]);
    assert_eq!(ask(&sandbox, "DELETE", &path, &Value::Null).0, 204);
    assert_eq!(ask(&sandbox, "GET", &path, &Value::Null).0, 404);
    let again = done(&sandbox, "POST", "/procurement/purchaseorderstatuses", json!({"name": "Parked"}));
    assert_ne!(again["id"], status["id"], "ids are never given twice");
}

#[test]
fn bulk_request_writes_each_item_separately() {
    let sandbox = sandbox();
    let line = |number: i64| {
        json!({"description": "RAM", "lineNumber": number, "product": {"id": 104}, "quantity": 1,
        "unitOfMeasure": {"id": 1}})
    };
    let path = "/procurement/purchaseorders/5091/lineitems/bulk";
    let (status, body) = ask(&sandbox, "POST", path, &json!([line(2), {"lineNumber": 3}, line(4)]));
    assert_eq!(status, 207);
    let outcome =
        |at: usize| (body["payload"][at]["success"].clone(), body["payload"][at]["statusCode"].clone());
    assert_eq!(
        [outcome(0), outcome(1), outcome(2)],
        [(json!(true), json!(201)), (json!(false), json!(400)), (json!(true), json!(201))]
    );
    assert_eq!(body["payload"][1]["error"]["code"], "InvalidObject");
    let ids = [&body["payload"][0]["data"]["id"], &json!(1)];
    let (status, body) = ask(&sandbox, "DELETE", path, &json!({"ids": ids}));
    assert_eq!(
        (status, &body["payload"][0]["success"], &body["payload"][1]["statusCode"]),
        (207, &json!(true), &json!(404))
    );
    assert_eq!(get(&sandbox, "/procurement/purchaseorders/5091/lineitems/count"), json!({"count": 2}));
}

#[test]
fn documents_round_trip() {
    let sandbox = sandbox();
    let mut upload = call("POST", "/system/documents", &Value::Null);
    upload.headers.insert("content-type", "multipart/form-data; boundary=B".parse().expect("a value"));
    let part = |name: &str, text: &str| {
        format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
    };
    let file = "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\nContent-Type: image/png\r\n\r\n\0\x01\r\n\x02\r\n--B--\r\n";
    let body =
        [part("recordType", "Ticket"), part("recordId", "8812"), part("title", "Scan"), file.to_owned()]
            .concat();
    upload.body = body.into_bytes().into();
    let answer = sandbox.answer(&upload);
    assert_eq!(answer.status.as_u16(), 201, "{answer:?}");
    let document = json(&answer);
    assert_eq!(
        (&document["title"], &document["fileName"], &document["size"]),
        (&json!("Scan"), &json!("a.bin"), &json!(5))
    );
    let answer =
        sandbox.answer(&call("GET", &format!("/system/documents/{}/download", document["id"]), &Value::Null));
    assert_eq!(&answer.body[..], b"\0\x01\r\n\x02");
    assert_eq!(answer.headers["content-type"], "image/png");
    assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"a.bin\"");
    let listed = get(&sandbox, "/system/documents?recordType=Ticket&recordId=8812");
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
    assert_eq!(get(&sandbox, "/system/documents?recordType=Ticket&recordId=1"), json!([]));
    let json_sent = ask(&sandbox, "POST", "/system/documents", &json!({"recordType": "Ticket"}));
    assert_eq!(json_sent.0, 415);
}

#[test]
fn uploaded_file_replaces_the_existing_one() {
    let sandbox = sandbox();
    let upload = |path: &str, body: &str| {
        let mut upload = call("POST", path, &Value::Null);
        upload.headers.insert("content-type", "multipart/form-data; boundary=B".parse().expect("a value"));
        upload.body = body.to_owned().into_bytes().into();
        sandbox.answer(&upload)
    };
    let file = "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\nnew\r\n--B--\r\n";
    for (path, read) in [
        ("/system/menuentries/1/image", "/system/menuentries/1/image"),
        ("/system/documents/1", "/system/documents/1/download"),
    ] {
        let answer = upload(path, file);
        assert!(answer.status.is_success(), "{answer:?}");
        let read = sandbox.answer(&call("GET", read, &Value::Null));
        assert_eq!(
            (&read.body[..], &read.headers["content-type"]),
            (&b"new"[..], &"image/png".parse().unwrap())
        );
    }
    let without = "--B\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nx\r\n--B--\r\n";
    assert_eq!(upload("/system/menuentries/1/image", without).status.as_u16(), 400);
}

#[test]
fn callbacks_events_and_actions_are_reported() {
    use std::sync::{Arc, Mutex};
    let sandbox = sandbox();
    let told = Arc::new(Mutex::new(Vec::new()));
    let into = told.clone();
    sandbox.on_event(move |event| {
        into.lock().expect("a lock").push((
            event.kind,
            event.collection.clone(),
            event.record["summary"].clone(),
        ));
    });
    let ticket = done(&sandbox, "POST", "/service/tickets", json!({"summary": "x", "company": {"id": 250}}));
    assert_eq!(
        *told.lock().expect("a lock"),
        [(cwpsa_sandbox::RecordChangeKind::Added, "/service/tickets".to_owned(), json!("x"))]
    );
    refused(
        &sandbox,
        "PATCH",
        &format!("/service/tickets/{}", ticket["id"]),
        json!([{"op": "replace", "path": "company", "value": {"id": 7}}]),
    );
    assert_eq!(told.lock().expect("a lock").len(), 1, "a refused write tells nothing");
    let callback =
        json!({"url": "https://example.com/?recordId=", "objectId": 9, "type": "ticket", "level": "owner"});
    let stored = done(&sandbox, "POST", "/system/callbacks", callback.clone());
    assert_eq!((&stored["objectId"], &stored["payloadVersion"]), (&json!(1), &json!("3.0.0")));
    let (_, body) = refused(&sandbox, "POST", "/system/callbacks", callback);
    assert_eq!(
        (&body["errors"][0]["code"], &body["errors"][0]["field"]),
        (&json!("ObjectExists"), &json!("objectId"))
    );
    assert_eq!(sandbox.callbacks().len(), 1);
    assert!(sandbox.disable_callback(stored["id"].as_i64().expect("an id")));
    assert_eq!(sandbox.callbacks()[0]["inactiveFlag"], true);
    assert!(!sandbox.disable_callback(99));
    done(&sandbox, "POST", "/schedule/colors/reset", Value::Null);
    assert_eq!(
        sandbox.recorded().last().map(|action| action.call.as_str()),
        Some("POST /schedule/colors/reset")
    );
}
