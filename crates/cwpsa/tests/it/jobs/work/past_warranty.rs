//! Finds a company's servers that are out of warranty.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::with;
use crate::jobs::agent::{Agent, only};
use crate::jobs::tenant::{Changes, Tenant};

pub const ASK: &str = "Which of Acme Corp's servers are out of warranty?";

pub async fn run(agent: &mut Agent) -> Value {
    let companies = agent
        .call(
            "find a company by name",
            "list_all_company_companies",
            json!({"filter": {"name": "Acme Corp"}, "fields": "id,name"}),
            "Look up the company.",
        )
        .await;
    let today = agent.day(Duration::ZERO, "today");
    let servers = agent
        .call(
            "devices whose warranty ends",
            "list_all_company_configurations",
            json!({
                "filter": {
                    "company/id": only(&companies)["id"],
                    "type/name": "Server",
                    "warrantyExpirationDate": {"<": today},
                },
                "fields": "id,name,warrantyExpirationDate",
                "orderBy": "warrantyExpirationDate",
            }),
            "List the servers.",
        )
        .await;
    servers.as_array().unwrap().iter().map(|server| server["name"].clone()).collect()
}

pub async fn check(tenant: &Tenant, told: &Value, changes: &Changes) {
    changes.none();
    // The expected result is computed independently, from all configurations.
    let today = OffsetDateTime::now_utc().date().to_string();
    let all = tenant.rows("/company/configurations").await;
    let mut found: Vec<&Value> = with(&all, "/company/name", "Acme Corp")
        .filter(|row| row["type"]["name"] == "Server")
        .filter(|row| &row["warrantyExpirationDate"].as_str().unwrap()[..10] < today.as_str())
        .collect();
    found.sort_by_key(|row| row["warrantyExpirationDate"].to_string());
    assert_eq!(told, &found.iter().map(|row| row["name"].clone()).collect::<Value>());
    assert_eq!(told, &json!(["ACME-DC01", "ACME-FS01"]));
}
