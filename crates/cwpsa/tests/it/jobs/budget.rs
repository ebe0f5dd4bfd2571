//! Runs tasks with a rate limit that is exhausted midway, once at each call. The agent reads the required delay, waits,
//! and continues, and no call is executed twice.

use serde_json::{Value, json};

use crate::jobs::agent::mcp::Mcp;
use crate::jobs::agent::plain::Plain;
use crate::jobs::agent::proxy::Proxy;
use crate::jobs::agent::{Agent, Driver, Refused};
use crate::jobs::tenant::{Tenant, World};
use crate::jobs::work::Job;

const JOB: Job = Job::OrderHardware;
/// The number of calls in the task.
const CALLS: usize = 10;

/// Performs the task while the sandbox rejects calls; returns the rejected steps.
async fn refused(tenant: &Tenant, driver: Driver, faults: Value) -> Vec<usize> {
    let before = tenant.state().await;
    let (control, budget) = (tenant.fault_control(), faults.clone());
    let mut agent = Agent::new(driver).with_wait(move |seconds| {
        assert!(seconds > 0);
        let (control, budget) = (control.clone(), budget.clone());
        Box::pin(async move {
            if budget["budget"].is_object() {
                control.set(budget).await;
            }
        })
    });
    tenant.faults(faults).await;
    let told = JOB.run(&mut agent).await;
    tenant.faults(json!({})).await;
    assert_eq!(agent.steps.len(), CALLS, "what the test takes the job to be");
    let changes = before.changes(&tenant.state().await);
    JOB.check(tenant, &told, &changes).await;
    agent.waits
}

/// Performs the task once for each of its calls, with the budget used up at that call, and once with a budget that is
/// used up repeatedly.
async fn at_every_call(driver: impl AsyncFn(&Tenant) -> Driver) {
    let world = World::new(CALLS + 1).await;
    let mut runs = Vec::new();
    for (call, tenant) in world.tenants.iter().enumerate() {
        let rule = json!({"fault": "too_many_requests", "skip": call, "count": 1, "retry_after_seconds": 1});
        let faults = match call {
            CALLS => json!({"budget": {"requests": 4, "window_seconds": 3600}}),
            _ => json!({"rules": [rule]}),
        };
        runs.push(refused(tenant, driver(tenant).await, faults));
    }
    for (call, waits) in futures_util::future::join_all(runs).await.into_iter().enumerate() {
        match call {
            CALLS => assert!(waits.len() >= 2, "four calls are too few for this job: {waits:?}"),
            _ => assert_eq!(waits, [call]),
        }
    }
}

#[tokio::test]
async fn job_works_over_http() {
    at_every_call(async |tenant| Driver::Proxy(Proxy::of(&tenant.account).await)).await;
}

#[tokio::test]
async fn job_works_over_mcp() {
    at_every_call(async |tenant| Driver::Mcp(Mcp::http(&tenant.account).await.without_search())).await;
}

#[tokio::test]
async fn write_with_a_key_is_executed_once_after_a_refusal_or_a_success() {
    let world = World::new(1).await;
    let tenant = world.tenant();
    let before = tenant.state().await;
    let mut drivers =
        [Driver::Proxy(Proxy::of(&tenant.account).await), Driver::Plain(Plain::of(&tenant.account))];
    for (index, driver) in drivers.iter_mut().enumerate() {
        let tool = "create_a_procurement_purchaseorder";
        let order = json!({"vendorCompany": {"id": 842}, "terms": {"id": 1}, "status": {"id": 1}});
        let key = format!("key-{index}");
        tenant.faults(json!({"budget": {"requests": 0, "window_seconds": 1}})).await;
        let refused = driver.call("", tool, &order, &key).await;
        assert!(matches!(refused, Err(Refused::Limited(1))));
        tenant.faults(json!({})).await;
        let first = driver.call("", tool, &order, &key).await.unwrap_or_else(|refused| panic!("{refused:?}"));
        let again = driver.call("", tool, &order, &key).await.unwrap_or_else(|refused| panic!("{refused:?}"));
        assert_eq!((&first.result["id"], &again.result["id"]), (&json!(5092 + index), &json!(5092 + index)));
    }
    before.changes(&tenant.state().await).only_added(["/procurement/purchaseorders"; 2]);
}
