//! Creates a sales opportunity for each firewall whose warranty ends soon, unless the firewall already has one.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::with;
use crate::jobs::agent::{Agent, only, to};
use crate::jobs::tenant::{Changes, Tenant};

pub const ASK: &str = "Which of Globex Inc's firewalls go out of warranty in the next 30 days? Open a sales opportunity for \
                       each one at the Initial Contact stage, with the configuration's ID in the notes.";

pub async fn run(agent: &mut Agent) -> Value {
    let companies = agent
        .call(
            "find a company by name",
            "list_all_company_companies",
            json!({"filter": {"name": "Globex Inc"}}),
            "Look up the company, its default contact, and its sales representative.",
        )
        .await;
    let company = only(&companies);
    let (today, end) = (agent.day(Duration::ZERO, "today"), agent.day(Duration::days(30), "today + 30 days"));
    let firewalls = agent
        .call(
            "devices whose warranty ends",
            "list_all_company_configurations",
            json!({
                "filter": {
                    "company/id": company["id"],
                    "type/name": "Firewall",
                    "warrantyExpirationDate": {">=": today, "<=": end},
                },
                "orderBy": "id",
            }),
            "List the firewalls whose warranties expire soon.",
        )
        .await;
    let stages = agent
        .call(
            "stages of opportunities",
            "list_all_sales_stages",
            json!({"filter": {"name": "Initial Contact"}}),
            "Look up the stage.",
        )
        .await;
    let known = agent
        .call(
            "list opportunities",
            "list_all_sales_opportunities",
            json!({"filter": {"company/id": company["id"]}, "fields": "id,notes"}),
            "List existing opportunities, to avoid duplicates.",
        )
        .await;
    let mut made = Vec::new();
    for firewall in firewalls.as_array().unwrap() {
        let mark = format!("Configuration {}:", firewall["id"]);
        let is_known = |row: &Value| row["notes"].as_str().is_some_and(|notes| notes.contains(&mark));
        if known.as_array().unwrap().iter().any(is_known) {
            continue;
        }
        let (name, ends) =
            (firewall["name"].as_str().unwrap(), firewall["warrantyExpirationDate"].as_str().unwrap());
        agent.known(ends, &format!("end of {name}'s warranty"));
        let opportunity = agent
            .call(
                "create a sales opportunity",
                "create_a_sales_opportunity",
                json!({
                    "name": format!("Replace {name}"),
                    "company": to(company),
                    "contact": to(&company["defaultContact"]),
                    "primarySalesRep": to(&company["territoryManager"]),
                    "stage": to(only(&stages)),
                    "notes": format!("{mark} warranty of {name} ends on {}.", &ends[..10]),
                    "expectedCloseDate": ends,
                }),
                format!("Create an opportunity for {name}."),
            )
            .await;
        made.push(opportunity["id"].clone());
    }
    json!(made)
}

pub async fn check(tenant: &Tenant, told: &Value, changes: &Changes) {
    // The expected result is computed independently, from all configurations.
    let now = OffsetDateTime::now_utc();
    let day = |days| (now + Duration::days(days)).date().to_string();
    let all = tenant.rows("/company/configurations").await;
    let ending: Vec<&Value> = with(&all, "/company/name", "Globex Inc")
        .filter(|row| row["type"]["name"] == "Firewall")
        .filter(|row| {
            let end = &row["warrantyExpirationDate"].as_str().unwrap()[..10];
            end >= day(0).as_str() && end <= day(30).as_str()
        })
        .collect();
    let names: Vec<&str> = ending.iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["GLX-FW01", "GLX-FW02", "GLX-FW03"]);
    let made = changes.only_added(["/sales/opportunities"; 3]);
    assert_eq!(told, &made.iter().map(|made| made["id"].clone()).collect::<Value>());
    for (opportunity, firewall) in made.iter().zip(&ending) {
        assert_eq!(opportunity["stage"]["name"], "Initial Contact");
        assert_eq!(opportunity["company"]["name"], "Globex Inc");
        assert_eq!(opportunity["contact"]["name"], "Hank Scorpio");
        let notes = opportunity["notes"].as_str().unwrap();
        assert!(notes.contains(&format!("Configuration {}:", firewall["id"])), "{notes}");
    }
}
