//! Tests read requests that don't just return stored records: alternative paths, usages, reports, bundles, singletons,
//! files and generated records.

use crate::support::engine::{ask, call, done, get, refused, sandbox};
use serde_json::{Value, json};

#[test]
fn info_endpoints_return_the_same_records_with_fewer_fields() {
    let sandbox = sandbox();
    let members = get(&sandbox, "/system/info/members");
    assert_eq!(
        (&members[1]["identifier"], members[1].get("hireDate")),
        (&json!("JSmith"), None),
        "{}",
        members[1]
    );
    let boards = get(&sandbox, "/service/info/boards");
    assert_eq!(boards[1]["name"], "Network Infrastructure");
    assert_eq!(get(&sandbox, "/service/info/boards/count"), get(&sandbox, "/service/boards/count"));
    assert_eq!(get(&sandbox, "/procurement/purchaseorderstatuses/1/info")["name"], "Open");
    assert_eq!(get(&sandbox, "/system/members/JSmith")["id"], 2);
    let version = get(&sandbox, "/system/info")["version"].clone();
    assert!(version.as_str().expect("text").starts_with("v2025.1"));
}

#[test]
fn usages_list_what_refers_to_a_record() {
    let sandbox = sandbox();
    let usages = get(&sandbox, "/company/companies/250/usages");
    let count = |kind: &str| {
        let row = usages
            .as_array()
            .expect("a list")
            .iter()
            .find(|row| row["type"] == kind && row["typeKey"] == "company");
        row.map(|row| row["count"].clone())
    };
    assert_eq!(count("Ticket"), Some(json!(5)), "{usages}");
    assert_eq!(count("Company Configuration"), Some(json!(4)));
    assert_eq!(refused(&sandbox, "DELETE", "/company/companies/250", Value::Null).0, 409);
}

#[test]
fn reports_have_columns_and_rows() {
    let sandbox = sandbox();
    let report = get(&sandbox, "/system/reports/PurchaseOrder?columns=id,poNumber,closedFlag");
    let columns = report["column_definitions"].as_array().expect("a list");
    assert_eq!(columns[0], json!({"id": {"type": "Numeric", "isNullable": false, "identityColumn": true}}));
    assert_eq!(report["row_values"].as_array().map(Vec::len), Some(2));
    let rows =
        get(&sandbox, "/system/reports/PurchaseOrder?columns=id&conditions=id = 5091")["row_values"].clone();
    assert_eq!(rows, json!([[5091]]));
    assert_eq!(get(&sandbox, "/system/reports/Service/count"), get(&sandbox, "/service/tickets/count"));
    assert_eq!(ask(&sandbox, "GET", "/system/reports/Nothing", &Value::Null).0, 404);
}

#[test]
fn bundles_run_several_searches() {
    let sandbox = sandbox();
    let body = json!({"requests": [
        {"version": "2025.1", "sequenceNumber": 1, "resourceType": "ticket", "apiRequest": {"filters": {"conditions": "board/id = 2"}, "page": {"pageSize": 2}}},
        {"version": "2025.1", "sequenceNumber": 2, "resourceType": "purchaseorderlineitem", "apiRequest": {"parentId": 5091}},
        {"version": "2025.1", "sequenceNumber": 3, "resourceType": "ticket", "apiRequest": {"filters": {"conditions": "nothing = 2"}}},
    ]});
    let results = done(&sandbox, "POST", "/system/bundles", body)["results"].clone();
    let counts: Vec<&Value> = (0..3).map(|at| &results[at]["count"]).collect();
    assert_eq!(counts, [&json!(2), &json!(1), &json!(0)]);
    assert_eq!(results[1]["entities"][0]["id"], 8002);
    assert_eq!(
        (&results[2]["success"], &results[2]["error"]["code"]),
        (&json!(false), &json!("ApiFindCondition"))
    );
}

#[test]
fn every_list_has_records_and_the_first_can_be_read() {
    let sandbox = sandbox();
    for path in [
        "/marketing/campaigns",
        "/finance/agreements",
        "/schedule/entries",
        "/expense/entries",
        "/sales/orders",
    ] {
        let list = get(&sandbox, path);
        assert_eq!(list.as_array().map(Vec::len), Some(2), "{path}");
        assert_eq!(get(&sandbox, &format!("{path}/1"))["id"], 1, "{path}");
    }
    assert_eq!(get(&sandbox, "/system/callbacks"), json!([]));
    // A generated record doesn't prevent others from being deleted.
    let stage = done(&sandbox, "POST", "/sales/stages", json!({"name": "Late", "probability": {"id": 4}}));
    assert_eq!(ask(&sandbox, "DELETE", &format!("/sales/stages/{}", stage["id"]), &Value::Null).0, 204);
}

#[test]
fn placeholder_files_have_the_right_type() {
    let sandbox = sandbox();
    for (path, media_type, start) in [
        ("/company/contacts/501/image", "image/png", &b"\x89PNG"[..]),
        ("/finance/invoices/1/pdf", "application/pdf", b"%PDF"),
    ] {
        let answer = sandbox.answer(&call("GET", path, &Value::Null));
        assert_eq!(answer.headers["content-type"], media_type);
        assert!(answer.body.starts_with(start), "{path}");
    }
    assert_eq!(sandbox.answer(&call("GET", "/company/contacts/1/image", &Value::Null)).status.as_u16(), 404);
}

#[test]
fn delete_with_the_resource_word_succeeds() {
    let sandbox = sandbox();
    assert_eq!(ask(&sandbox, "DELETE", "/schedule/entries/1/true", &Value::Null).0, 204);
    assert_eq!(ask(&sandbox, "GET", "/schedule/entries/1", &Value::Null).0, 404);
}
