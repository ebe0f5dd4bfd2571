//! Runs every task over HTTP and over the Model Context Protocol, each with a fresh tenant.

use serde_json::{Value, json};

use crate::jobs::agent::mcp::Mcp;
use crate::jobs::agent::plain::Plain;
use crate::jobs::agent::proxy::Proxy;
use crate::jobs::agent::{Agent, Driver};
use crate::jobs::guide;
use crate::jobs::tenant::{Tenant, World};
use crate::jobs::work::Job;

/// Performs a task with this driver and checks the result.
async fn done(job: Job, tenant: &Tenant, driver: Driver) -> (Agent, Value) {
    let before = tenant.state().await;
    let mut agent = Agent::new(driver);
    let told = job.run(&mut agent).await;
    let changes = before.changes(&tenant.state().await);
    job.check(tenant, &told, &changes).await;
    (agent, told)
}

/// Performs a task in both ways, each with a fresh tenant, and compares it with the guide.
async fn both_ways(job: Job) {
    let world = World::new(2).await;
    let [one, other] = &world.tenants[..] else { unreachable!() };
    let proxy = Driver::Proxy(Proxy::of(&one.account).await);
    let mcp = Driver::Mcp(Mcp::http(&other.account).await);
    let (by_proxy, by_mcp) = tokio::join!(done(job, one, proxy), done(job, other, mcp));
    assert_eq!(by_proxy.1, by_mcp.1);
    assert_eq!(by_proxy.0.steps, by_mcp.0.steps);
    guide::tells(job, &by_proxy.0.steps);
}

#[tokio::test]
async fn order_hardware() {
    both_ways(Job::OrderHardware).await;
}

#[tokio::test]
async fn warranty_audit() {
    both_ways(Job::WarrantyAudit).await;
}

#[tokio::test]
async fn stock() {
    both_ways(Job::Stock).await;
}

#[tokio::test]
async fn draft_order() {
    both_ways(Job::DraftOrder).await;
}

#[tokio::test]
async fn add_line() {
    both_ways(Job::AddLine).await;
}

#[tokio::test]
async fn stale_tickets() {
    both_ways(Job::StaleTickets).await;
}

#[tokio::test]
async fn log_time() {
    both_ways(Job::LogTime).await;
}

#[tokio::test]
async fn past_warranty() {
    both_ways(Job::PastWarranty).await;
}

#[tokio::test]
async fn restock() {
    both_ways(Job::Restock).await;
}

#[tokio::test]
async fn order_hardware_works_over_stdio() {
    let world = World::new(1).await;
    let mcp = Mcp::stdio(world.stdio()).await;
    done(Job::OrderHardware, world.tenant(), Driver::Mcp(mcp)).await;
}

#[tokio::test]
async fn existing_records_are_not_created_again() {
    let world = World::new(1).await;
    let tenant = world.tenant();
    let plain = || Driver::Plain(Plain::of(&tenant.account));
    done(Job::WarrantyAudit, tenant, plain()).await;
    let before = tenant.state().await;
    assert_eq!(Job::WarrantyAudit.run(&mut Agent::new(plain())).await, json!([]));
    // Ten units of the product that was out of stock arrive.
    let line = "/procurement/purchaseorders/5091/lineitems/8002";
    let received = json!([{"op": "replace", "path": "receivedStatus", "value": "FullyReceived"}]);
    before.changes(&tenant.state().await).none();
    tenant.ask(reqwest::Method::PATCH, line, Some(received)).await;
    let before = tenant.state().await;
    assert_eq!(Job::Restock.run(&mut Agent::new(plain())).await, json!({"onHand": 10}));
    before.changes(&tenant.state().await).none();
}

#[tokio::test]
async fn list_with_several_pages_is_read_to_its_end() {
    let world = World::with(2, &["--scale", "800"]).await;
    let [one, other] = &world.tenants[..] else { unreachable!() };
    let proxy = Driver::Proxy(Proxy::of(&one.account).await);
    let mcp = Driver::Mcp(Mcp::http(&other.account).await);
    let (by_proxy, by_mcp) =
        tokio::join!(done(Job::StaleTickets, one, proxy), done(Job::StaleTickets, other, mcp));
    assert_eq!(by_proxy.1, by_mcp.1);
    assert!(by_mcp.1.as_array().unwrap().len() > 25, "more than one page");
}
