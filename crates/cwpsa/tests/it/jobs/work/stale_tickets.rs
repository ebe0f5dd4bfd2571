//! Finds high-priority tickets that were opened more than two days ago and haven't been updated since.

use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::with;
use crate::jobs::agent::{Agent, only};
use crate::jobs::tenant::{Changes, Tenant};

pub const ASK: &str = "Which high-priority tickets on the Network Infrastructure board have been open for more than 48 \
                       hours without an update?";

pub async fn run(agent: &mut Agent) -> Value {
    let boards = agent
        .call(
            "list service boards",
            "list_all_service_boards",
            json!({"filter": {"name": "Network Infrastructure"}, "fields": "id,name"}),
            "Look up the board.",
        )
        .await;
    let limit = agent.moment(-Duration::hours(48), "now − 48 hours");
    let tickets = agent
        .call(
            "list tickets on a board",
            "list_all_tickets",
            json!({
                "filter": {
                    "board/id": only(&boards)["id"],
                    "priority/name": "High",
                    "closedFlag": false,
                    "dateEntered": {"<": limit},
                    "lastUpdated": {"<": limit},
                },
                "fields": "id,summary,company/name",
                "orderBy": "id",
            }),
            "List the tickets.",
        )
        .await;
    tickets.as_array().unwrap().iter().map(|ticket| ticket["id"].clone()).collect()
}

pub async fn check(tenant: &Tenant, told: &Value, changes: &Changes) {
    changes.none();
    // The expected result is computed independently, from all tickets.
    let limit = OffsetDateTime::now_utc() - Duration::hours(48);
    let before = |date: &Value| OffsetDateTime::parse(date.as_str().unwrap(), &Rfc3339).unwrap() < limit;
    let all = tenant.rows("/service/tickets").await;
    let found: Value = with(&all, "/board/name", "Network Infrastructure")
        .filter(|ticket| ticket["priority"]["name"] == "High" && ticket["closedFlag"] == false)
        .filter(|ticket| before(&ticket["_info"]["dateEntered"]) && before(&ticket["_info"]["lastUpdated"]))
        .map(|ticket| ticket["id"].clone())
        .collect();
    assert_eq!(told, &found);
    assert_eq!(told.as_array().unwrap()[..2], [json!(9001), json!(9002)]);
    assert!(!told.as_array().unwrap().contains(&json!(9003)), "it was updated two hours ago");
}
