//! Logs 15 minutes on a ticket.

use serde_json::{Value, json};
use time::Duration;

use crate::jobs::agent::{Agent, only, to};
use crate::jobs::tenant::Changes;

pub const ASK: &str = "Log 15 billable minutes on ticket 9932 under Automated Remediation.";

pub async fn run(agent: &mut Agent) -> Value {
    let ticket = agent
        .call(
            "get a ticket",
            "get_single_ticket_by_id",
            json!({"id": 9932}),
            "Check that the ticket is open.",
        )
        .await;
    assert_eq!(ticket["closedFlag"], false);
    let roles = agent
        .call(
            "work roles",
            "list_all_time_work_roles",
            json!({"filter": {"name": "Automated Remediation"}, "fields": "id,name"}),
            "Look up the work role.",
        )
        .await;
    let (start, end) =
        (agent.moment(-Duration::minutes(15), "now − 15 minutes"), agent.moment(Duration::ZERO, "now"));
    let entry = agent
        .call(
            "log time on a ticket",
            "create_a_time_entry",
            json!({
                "chargeToType": "ServiceTicket",
                "chargeToId": ticket["id"],
                "timeStart": start,
                "timeEnd": end,
                "workRole": to(only(&roles)),
                "billableOption": "Billable",
                "notes": "Automated remediation.",
            }),
            "Log the time.",
        )
        .await;
    json!({"hours": entry["actualHours"]})
}

pub fn check(changes: &Changes) {
    let [(path, entry)] = &changes.added[..] else { panic!("{changes:#?}") };
    assert!(path.starts_with("/time/entries/"), "{path}");
    // The ticket adds up its time.
    let sum = [("/service/tickets/9932 actualHours".to_owned(), json!(0.25))];
    assert_eq!(changes.changed, sum.into());
    assert!(changes.removed.is_empty());
    assert_eq!((&entry["chargeToType"], &entry["chargeToId"]), (&json!("ServiceTicket"), &json!(9932)));
    assert_eq!(entry["ticket"]["id"], 9932);
    assert_eq!(entry["workRole"]["name"], "Automated Remediation");
    assert_eq!(entry["billableOption"], "Billable");
    assert_eq!((&entry["actualHours"], &entry["hoursBilled"]), (&json!(0.25), &json!(0.25)));
}
