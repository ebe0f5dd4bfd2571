//! Tests record lifecycles: orders and their lines, stock, tickets, time, and conversions.

use crate::support::engine::{ask, done, get, refused, sandbox};
use cwpsa_sandbox::Sandbox;
use serde_json::{Value, json};

fn line(sandbox: &Sandbox, order: i64, item: i64, quantity: i64) -> i64 {
    let number = get(sandbox, &format!("/procurement/purchaseorders/{order}/lineitems/count"))["count"]
        .as_i64()
        .expect("a count");
    let line = json!({"description": "goods", "lineNumber": number + 1, "product": {"id": item}, "quantity": quantity,
        "unitOfMeasure": {"name": "Each"}, "unitCost": 85});
    let path = format!("/procurement/purchaseorders/{order}/lineitems");
    done(sandbox, "POST", &path, line)["id"].as_i64().expect("an id")
}

fn receive(sandbox: &Sandbox, order: i64, line: i64, quantity: i64, status: &str) -> (u16, Value) {
    let patch = json!([{"op": "replace", "path": "receivedQuantity", "value": quantity},
        {"op": "replace", "path": "receivedStatus", "value": status}]);
    ask(sandbox, "PATCH", &format!("/procurement/purchaseorders/{order}/lineitems/{line}"), &patch)
}

fn on_hand(sandbox: &Sandbox, item: &str) -> i64 {
    get(sandbox, &format!("/procurement/catalog/{item}/quantityOnHand"))["count"].as_i64().expect("a count")
}

fn order(sandbox: &Sandbox) -> i64 {
    let order = json!({"status": {"name": "Open"}, "terms": {"id": 1}, "vendorCompany": {"id": 842}});
    done(sandbox, "POST", "/procurement/purchaseorders", order)["id"].as_i64().expect("an id")
}

#[test]
fn next_order_is_5092_and_closes_once_all_lines_are_received() {
    let sandbox = sandbox();
    let id = order(&sandbox);
    assert_eq!(id, 5092);
    let path = format!("/procurement/purchaseorders/{id}");
    let stored = get(&sandbox, &path);
    assert_eq!(
        (&stored["poNumber"], &stored["closedFlag"], &stored["total"]),
        (&json!("5092"), &json!(false), &json!(0.0))
    );
    let (first, second) = (line(&sandbox, id, 103, 25), line(&sandbox, id, 103, 5));
    assert_eq!(get(&sandbox, &path)["total"], 2550.0);
    assert_eq!(on_hand(&sandbox, "103"), 12);
    assert_eq!(receive(&sandbox, id, first, 25, "FullyReceived").0, 200);
    assert_eq!((on_hand(&sandbox, "103"), get(&sandbox, &path)["closedFlag"].clone()), (37, json!(false)));
    // A line that is received twice counts only once.
    assert_eq!(receive(&sandbox, id, first, 25, "FullyReceived").0, 200);
    assert_eq!(on_hand(&sandbox, "103"), 37);
    receive(&sandbox, id, second, 5, "FullyReceived");
    let closed = get(&sandbox, &path);
    assert_eq!(
        (&closed["closedFlag"], &closed["status"]["name"]),
        (&json!(true), &json!("Received In Full"))
    );
    assert_eq!(closed["closedBy"], "Admin1");
    let reopened = done(
        &sandbox,
        "PATCH",
        &path,
        json!([{"op": "replace", "path": "status", "value": {"name": "Open"}}]),
    );
    assert_eq!((&reopened["closedFlag"], reopened.get("dateClosed")), (&json!(false), None));
}

#[test]
fn line_can_be_received_in_four_ways() {
    let sandbox = sandbox();
    let id = order(&sandbox);
    let lines = format!("/procurement/purchaseorders/{id}/lineitems");
    let waiting = line(&sandbox, id, 104, 10);
    let (_, body) = receive(&sandbox, id, waiting, 0, "Waiting");
    assert_eq!((&body["closedFlag"], on_hand(&sandbox, "RAM-16GB")), (&json!(false), 0));
    let (status, body) = receive(&sandbox, id, waiting, 11, "FullyReceived");
    assert_eq!((status, &body["errors"][0]["code"]), (400, &json!("OutOfRange")));
    let (status, _) = receive(&sandbox, id, waiting, 0, "PartiallyReceiveCloneRest");
    assert_eq!(status, 400);
    let (_, body) = receive(&sandbox, id, waiting, 4, "PartiallyReceiveCloneRest");
    assert_eq!(
        (&body["quantity"], &body["receivedQuantity"], &body["closedFlag"]),
        (&json!(4.0), &json!(4), &json!(true))
    );
    let all = get(&sandbox, &lines);
    let rest = &all[1];
    assert_eq!(
        (&rest["quantity"], &rest["receivedQuantity"], &rest["receivedStatus"]),
        (&json!(6.0), &json!(0), &json!("Waiting"))
    );
    assert_eq!((&rest["lineNumber"], &rest["closedFlag"]), (&json!(2), &json!(false)));
    assert_eq!(on_hand(&sandbox, "RAM-16GB"), 4);
    assert_eq!(get(&sandbox, &format!("/procurement/purchaseorders/{id}"))["closedFlag"], false);
    let (_, body) =
        receive(&sandbox, id, rest["id"].as_i64().expect("an id"), 1, "PartiallyReceiveCancelRest");
    assert_eq!((&body["quantity"], &body["closedFlag"]), (&json!(1.0), &json!(true)));
    assert_eq!(body["canceledReason"], "5 were not received");
    assert_eq!(on_hand(&sandbox, "RAM-16GB"), 5);
    assert_eq!(get(&sandbox, &lines).as_array().map(Vec::len), Some(2), "nothing is left to wait for");
    assert_eq!(get(&sandbox, &format!("/procurement/purchaseorders/{id}"))["closedFlag"], true);
}

#[test]
fn serial_numbers_follow_the_stock() {
    let sandbox = sandbox();
    let id = order(&sandbox);
    let laptop = line(&sandbox, id, 101, 2);
    let path = format!("/procurement/purchaseorders/{id}/lineitems/{laptop}");
    let patch = |serials: &str| {
        json!([{"op": "replace", "path": "serialNumbers", "value": serials},
            {"op": "replace", "path": "receivedStatus", "value": "FullyReceived"}])
    };
    let (_, body) = refused(&sandbox, "PATCH", &path, patch("C02A"));
    assert_eq!(body["errors"][0]["field"], "serialNumbers");
    let (_, body) = refused(&sandbox, "PATCH", &path, patch("C02A, Q2KN-7A01"));
    assert_eq!(body["errors"][0]["code"], "ObjectExists");
    assert_eq!(on_hand(&sandbox, "MacBook Pro M3"), 0, "a refused write leaves nothing behind");
    assert_eq!(get(&sandbox, "/procurement/onhandserialnumbers/count"), json!({"count": 5}));
    done(&sandbox, "PATCH", &path, patch("C02A, C02B"));
    let stock = get(&sandbox, "/procurement/catalog/101/inventory");
    assert_eq!((&stock[0]["onHand"], &stock[0]["serialNumbers"][1]["serial"]), (&json!(2), &json!("C02B")));
    assert_eq!(stock[0]["warehouse"]["name"], "Main Warehouse");
    assert_eq!(get(&sandbox, "/procurement/onhandserialnumbers/count"), json!({"count": 7}));
    let adjust = |by: i64, serial: &str| {
        json!({"identifier": "A1", "type": {"identifier": "Count"}, "reason": "count", "adjustmentDetails": [{
            "catalogItem": {"id": 101}, "warehouse": {"id": 1}, "warehouseBin": {"id": 1}, "quantityAdjusted": by,
            "serialNumber": serial, "description": "x", "quantityOnHand": 0, "unitCost": 1}]})
    };
    done(&sandbox, "POST", "/procurement/adjustments", adjust(-1, "C02A"));
    assert_eq!(on_hand(&sandbox, "101"), 1);
    let (_, body) = refused(&sandbox, "POST", "/procurement/adjustments", adjust(-5, ""));
    assert_eq!(body["errors"][0]["code"], "OutOfRange");
    let bin = get(&sandbox, "/procurement/warehouseBins/1/inventoryOnHand");
    assert_eq!(bin[0]["serialNumbers"].as_array().map(Vec::len), Some(1));
}

#[test]
fn orders_are_copied_and_batched() {
    let sandbox = sandbox();
    let copy = done(&sandbox, "POST", "/procurement/purchaseorders/5090/copy", Value::Null);
    assert_eq!(
        (&copy["id"], &copy["closedFlag"], &copy["status"]["name"]),
        (&json!(5092), &json!(false), &json!("Open"))
    );
    let lines = get(&sandbox, "/procurement/purchaseorders/5092/lineitems");
    assert_eq!((&lines[0]["receivedQuantity"], &lines[0]["purchaseOrderId"]), (&json!(0), &json!(5092)));
    assert_eq!(lines[0].get("serialNumbers"), None);
    for (action, batched) in [("rebatch", true), ("unbatch", false)] {
        done(&sandbox, "POST", &format!("/procurement/purchaseorders/5091/{action}"), Value::Null);
        assert_eq!(get(&sandbox, "/procurement/purchaseorders/5091/lineitems")[0]["batchedFlag"], batched);
    }
}

#[test]
fn statuses_belong_to_the_tickets_board() {
    let sandbox = sandbox();
    let ticket = done(
        &sandbox,
        "POST",
        "/service/tickets",
        json!({"summary": "x", "company": {"id": 250},
        "board": {"name": "Network Infrastructure"}, "status": {"name": "New"}, "initialDescription": "It is slow."}),
    );
    assert_eq!(ticket["status"]["id"], 201);
    let path = format!("/service/tickets/{}", ticket["id"]);
    let notes = get(&sandbox, &format!("{path}/notes"));
    assert_eq!(
        (&notes[0]["text"], &notes[0]["detailDescriptionFlag"]),
        (&json!("It is slow."), &json!(true))
    );
    let set = |member: &str, value: Value| json!([{"op": "replace", "path": member, "value": value}]);
    let (status, body) = refused(&sandbox, "PATCH", &path, set("status", json!({"name": "Completed"})));
    assert_eq!(status, 400);
    assert_eq!(body["errors"][0]["message"], "Service Status not found for Service Board 2");
    assert_eq!(body["errors"][0]["field"], "status/name");
    let moved = done(&sandbox, "PATCH", &path, set("board", json!({"id": 1})));
    assert_eq!(moved["status"]["id"], 101, "the default of the new board");
    let closed = done(&sandbox, "PATCH", &path, set("status", json!({"name": "Closed"})));
    assert_eq!((&closed["closedFlag"], &closed["closedBy"]), (&json!(true), &json!("Admin1")));
    let time = json!({"chargeToId": ticket["id"], "chargeToType": "ServiceTicket", "timeStart": "2025-06-01T08:00:00Z"});
    let (status, body) = refused(&sandbox, "POST", "/time/entries", time);
    assert_eq!((status, &body["code"]), (400, &json!("TimeEntryApi")));
}

#[test]
fn hours_are_computed_and_add_up_on_the_ticket() {
    let sandbox = sandbox();
    let entry = json!({"chargeToId": 9932, "chargeToType": "ServiceTicket", "workRole": {"name": "Automated Remediation"},
        "timeStart": "2025-06-01T08:00:00Z", "timeEnd": "2025-06-01T08:15:00Z", "billableOption": "Billable",
        "notes": "Cleaned up.", "addToResolutionFlag": true});
    let entry = done(&sandbox, "POST", "/time/entries", entry);
    assert_eq!((&entry["actualHours"], &entry["hourlyRate"]), (&json!(0.25), &json!(60.0)));
    assert_eq!(
        (&entry["company"]["id"], &entry["ticket"]["id"], &entry["member"]["identifier"]),
        (&json!(250), &json!(9932), &json!("Admin1"))
    );
    assert_eq!(get(&sandbox, "/service/tickets/9932")["actualHours"], 0.25);
    let notes = get(&sandbox, "/service/tickets/9932/notes");
    assert_eq!((&notes[1]["text"], &notes[1]["resolutionFlag"]), (&json!("Cleaned up."), &json!(true)));
    assert_eq!(get(&sandbox, "/service/tickets/9932/timeentries")[0]["id"], entry["id"]);
    let path = format!("/time/entries/{}", entry["id"]);
    let changed = done(
        &sandbox,
        "PATCH",
        &path,
        json!([{"op": "replace", "path": "timeEnd", "value": "2025-06-01T10:00:00Z"},
        {"op": "replace", "path": "hoursDeduct", "value": 0.5}]),
    );
    assert_eq!(changed["actualHours"], 1.5);
    assert_eq!(ask(&sandbox, "DELETE", &path, &Value::Null).0, 204);
    assert_eq!(get(&sandbox, "/service/tickets/9932")["actualHours"], 0.0);
    let (_, body) = refused(
        &sandbox,
        "POST",
        "/time/entries",
        json!({"chargeToId": 1, "chargeToType": "ServiceTicket", "timeStart": "2025-06-01T08:00:00Z"}),
    );
    assert_eq!(body["errors"][0]["field"], "chargeToId");
}

#[test]
fn tickets_merge_and_have_children() {
    let sandbox = sandbox();
    done(
        &sandbox,
        "POST",
        "/service/tickets/9001/merge",
        json!({"mergeTicketIds": [9002], "status": {"id": 204}}),
    );
    let merged = get(&sandbox, "/service/tickets/9002");
    assert_eq!(
        (&merged["closedFlag"], &merged["status"]["id"], &merged["mergedParentTicket"]["id"]),
        (&json!(true), &json!(204), &json!(9001))
    );
    done(
        &sandbox,
        "POST",
        "/service/tickets/8812/merge",
        json!({"mergeTicketIds": [9932], "status": {"id": 104}}),
    );
    assert_eq!(get(&sandbox, "/service/tickets/8812/notes/count"), json!({"count": 2}));
    assert_eq!(
        refused(
            &sandbox,
            "POST",
            "/service/tickets/9001/merge",
            json!({"mergeTicketIds": [9003, 1], "status": {"id": 204}})
        )
        .0,
        404
    );
    assert_eq!(get(&sandbox, "/service/tickets/9003")["closedFlag"], false, "all or nothing");
    done(&sandbox, "POST", "/service/tickets/9001/attachChildren", json!({"childTicketIds": [9003, 9004]}));
    assert_eq!(get(&sandbox, "/service/tickets/9004")["parentTicketId"], 9001);
    assert_eq!(get(&sandbox, "/service/tickets/9001")["hasChildTicket"], true);
}

#[test]
fn opportunities_convert_to_other_records() {
    let sandbox = sandbox();
    let convert = |into: &str, body: Value| {
        done(&sandbox, "POST", &format!("/sales/opportunities/700/convertTo{into}"), body)
    };
    let ticket = convert("ServiceTicket", json!({}));
    assert_eq!((&ticket["summary"], &ticket["company"]["id"]), (&json!("Acme laptop refresh"), &json!(250)));
    get(&sandbox, &format!("/service/tickets/{}", ticket["id"]));
    let project = convert("Project", json!({"name": "Refresh"}));
    assert_eq!((&project["name"], &project["board"]["id"]), (&json!("Refresh"), &json!(3)));
    let order = convert("SalesOrder", json!({}));
    assert_eq!(
        (&order["salesRep"]["identifier"], &order["status"]["name"]),
        (&json!("MGarcia"), &json!("Open"))
    );
    convert("Agreement", json!({}));
    assert_eq!(get(&sandbox, "/sales/opportunities/conversions/700").as_array().map(Vec::len), Some(4));
}

#[test]
fn sheets_are_approved_with_their_entries() {
    let sandbox = sandbox();
    let sheet = get(&sandbox, "/time/sheets")[0]["id"].clone();
    let entry =
        json!({"timeStart": "2025-06-01T08:00:00Z", "timeSheet": {"id": sheet}, "company": {"id": 250}});
    let entry = done(&sandbox, "POST", "/time/entries", entry);
    for (action, status) in [
        ("submit", "PendingApproval"),
        ("approve", "ReadyToBill"),
        ("reverse", "Open"),
        ("reject", "Rejected"),
    ] {
        done(
            &sandbox,
            "POST",
            &format!("/time/sheets/{sheet}/{action}"),
            if action == "approve" { json!({}) } else { Value::Null },
        );
        assert_eq!(get(&sandbox, &format!("/time/sheets/{sheet}"))["status"], status);
        assert_eq!(get(&sandbox, &format!("/time/entries/{}", entry["id"]))["status"], status);
    }
}

#[test]
fn example_jobs_work_on_the_seed_data() {
    let sandbox = sandbox();
    // Hardware for a ticket.
    let item = &get(&sandbox, "/procurement/catalog?conditions=identifier = \"MacBook Pro M3\"")[0];
    assert_eq!(on_hand(&sandbox, &item["id"].to_string()), 0);
    assert_eq!(item["vendor"]["name"], "Orchard Distribution");
    let order = done(
        &sandbox,
        "POST",
        "/procurement/purchaseorders",
        json!({"status": {"id": 1}, "terms": {"id": 1},
        "vendorCompany": item["vendor"], "customerCompany": {"name": "Acme Corp"}, "businessUnitId": 10}),
    );
    assert_eq!(order["id"], 5092);
    done(
        &sandbox,
        "POST",
        "/procurement/purchaseorders/5092/lineitems",
        json!({"description": item["description"],
        "lineNumber": 1, "product": {"id": item["id"]}, "quantity": 1, "unitOfMeasure": item["unitOfMeasure"]}),
    );
    done(
        &sandbox,
        "POST",
        "/service/tickets/8812/notes",
        json!({"text": "Ordered on PO #5092.", "internalAnalysisFlag": true}),
    );
    // Warranties.
    let firewalls = get(
        &sandbox,
        "/company/configurations?conditions=company/name = \"Globex Inc\" and type/name = \"Firewall\"",
    );
    let soon = |record: &&Value| {
        let end = record["warrantyExpirationDate"].as_str().expect("a date");
        ("2025-06-03".."2025-07-04").contains(&&end[..10])
    };
    let soon: Vec<&Value> = firewalls.as_array().expect("a list").iter().filter(soon).collect();
    assert_eq!(soon.len(), 3);
    let opportunity = done(
        &sandbox,
        "POST",
        "/sales/opportunities",
        json!({"name": "Firewall renewal", "company": {"id": 251},
        "contact": {"id": 502}, "primarySalesRep": {"identifier": "MGarcia"}, "stage": {"name": "Initial Contact"},
        "notes": format!("configuration {}", soon[0]["id"])}),
    );
    assert_eq!((&opportunity["stage"]["id"], &opportunity["status"]["name"]), (&json!(1), &json!("Open")));
    // Stock by warehouse, with serial numbers.
    let stock = get(&sandbox, "/procurement/catalog/102/inventory");
    let held: Vec<(&Value, &Value)> = stock
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| (&row["warehouse"]["name"], &row["onHand"]))
        .collect();
    assert_eq!(held, [(&json!("Main Warehouse"), &json!(3)), (&json!("West Warehouse"), &json!(2))]);
    // High priority, open, on the network board, not updated for 48 hours.
    let open = get(
        &sandbox,
        "/service/tickets?conditions=board/name = \"Network Infrastructure\" and priority/name = \"High\" and closedFlag = false",
    );
    let stale =
        |record: &&Value| record["_info"]["lastUpdated"].as_str().expect("a date") < "2025-06-01T10:00:00Z";
    let stale: Vec<&Value> =
        open.as_array().expect("a list").iter().filter(stale).map(|record| &record["id"]).collect();
    assert_eq!(stale, [&json!(9001), &json!(9002)]);
    assert_eq!(get(&sandbox, "/company/companies/842")["isVendorFlag"], true);
    assert_eq!(on_hand(&sandbox, "RAM-16GB"), 0);
    let servers = get(
        &sandbox,
        "/company/configurations?conditions=company/name = \"Acme Corp\" and type/name = \"Server\"",
    );
    let past = servers
        .as_array()
        .expect("a list")
        .iter()
        .filter(|record| record["warrantyExpirationDate"].as_str().expect("a date") < "2025-06-03");
    assert_eq!(past.count(), 2);
}

#[test]
fn demands_become_order_lines() {
    let sandbox = sandbox();
    let product = json!({"catalogItem": {"id": 103}, "quantity": 3, "billableOption": "Billable", "ticket": {"id": 8812}});
    let product = done(&sandbox, "POST", "/procurement/products", product);
    let demand = json!({"vendor": {"id": 842}, "warehouse": {"id": 1},
        "products": [{"productRecId": product["id"], "quantity": 3, "cost": 80}]});
    let answer = done(&sandbox, "POST", "/procurement/purchasingDemands", demand);
    assert_eq!(
        (&answer["purchaseOrder"]["id"], &answer["purchaseOrder"]["total"]),
        (&json!(5092), &json!(240.0))
    );
    let lines = get(&sandbox, "/procurement/purchaseorders/5092/lineitems");
    assert_eq!((&lines[0]["product"]["id"], &lines[0]["warehouse"]["id"]), (&json!(103), &json!(1)));
    let unknown = json!({"vendor": {"id": 842}, "products": [{"productRecId": 99, "quantity": 1}]});
    assert_eq!(refused(&sandbox, "POST", "/procurement/purchasingDemands", unknown).0, 400);
    assert_eq!(get(&sandbox, "/procurement/purchaseorders/count"), json!({"count": 3}), "all or nothing");
}
