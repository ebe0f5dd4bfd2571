//! Tests the recovery of changes whose callbacks were lost while the server was down.

use std::time::{Duration, Instant};

use serde_json::json;

use super::restart::Process;
use super::{counted, to_file};
use crate::webhooks::hooks::{Sandbox, lines, settings_of, until};

#[tokio::test]
async fn changes_during_an_outage_are_recovered_once() {
    let sandbox = Sandbox::start().await;
    // The period of the first scan ends one interval before it. Records seeded later would count as changes.
    let seeded = Instant::now();
    until(async || (seeded.elapsed() > Duration::from_secs(2)).then_some(())).await;
    let folder = tempfile::tempdir().unwrap();
    let (file, state) = (folder.path().join("events"), folder.path().join("state"));
    let settings = settings_of(&sandbox, &format!("{}\nrecovery_seconds = 1", to_file(&file)));
    let scans = async |process: &Process| {
        let text = counted(process.address).await;
        let line = "cwpsa_webhook_recovery_scans_total{account=\"acme\",outcome=\"completed\"} ";
        text.lines().find_map(|text| text.strip_prefix(line)?.parse::<u32>().ok()).unwrap_or_default()
    };

    let first = Process::start(settings.path(), &state).await;
    sandbox.register(&format!("http://{}/webhooks/acme?recordId=", first.address)).await;
    until(async || (scans(&first).await > 0).then_some(())).await;
    first.kill().await;
    let id = sandbox.change_a_ticket("It beeps").await;
    let lost = until(async || sandbox.deliveries().pop()).await;
    assert_eq!(lost["delivered"], false, "{lost}");

    let second = Process::start(settings.path(), &state).await;
    let events = until(async || Some(lines(&file)).filter(|events| !events.is_empty())).await;
    assert_eq!(
        (&events[0]["record_id"], &events[0]["action"], &events[0]["recovered"]),
        (&json!(id), &json!("updated"), &json!(true))
    );
    assert_eq!(events[0]["entity"]["summary"], "It beeps");
    let before = scans(&second).await;
    until(async || (scans(&second).await > before + 1).then_some(())).await;
    assert_eq!(lines(&file).len(), 1, "later scans find nothing new");
    let counted = counted(second.address).await;
    assert!(counted.contains("cwpsa_webhook_recovered_events_total{account=\"acme\"} 1"), "{counted}");
}
