//! Keeps `docs/jobs.md` in sync with the scripted agent: compares the section about each task with the calls that the
//! agent makes. `CWPSA_WRITE_GUIDE=1` rewrites the page.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::jobs::agent::plain::Plain;
use crate::jobs::agent::{Agent, Driver, Step};
use crate::jobs::tenant::World;
use crate::jobs::work::Job;

/// The variable that makes the test rewrite the guide.
const WRITE: &str = "CWPSA_WRITE_GUIDE";
/// A longer line of arguments is split.
const LONGEST: usize = 100;
const START: &str = "\
# Example tasks

This page shows the tool calls for typical agent tasks. It is generated from tests in
`crates/cwpsa/tests/it/jobs`, which run each task against the mock server over HTTP and MCP. Values in ‹ › depend on the
current date.

Three habits make these tasks reliable with any model:

- **Look up IDs by name.** An argument's description names the tool that lists the IDs. The IDs below belong to the mock
  server's sample records.
- **Read before you write,** so you don't create anything twice.
- **Wait when you hit the rate limit.** If you get a 429, nothing was changed. Wait the number of seconds in the
  `ratelimit-reset` header (over MCP: `error.rate_limit.reset`) and repeat the call. Over HTTP, reuse the same
  `Idempotency-Key`, so the write is executed only once even if you repeat the call.

Over MCP, find each tool with `search_tools`, read its schema with `describe_tools`, and call it with `read_tool`, or with
`call_tool` if it changes data. Over HTTP, send the arguments to `POST /tools/{name}/call`.

A callback (`/system/callbacks`) can also start a task. Verify the callback's signature with a key fetched from your account's
ConnectWise host. Handle `added` events but ignore `updated` events: adding a note to a ticket also triggers an `updated`
event, so the agent would start the task again.
";

/// Returns the section of the guide for a task.
fn part(job: Job, steps: &[Step]) -> String {
    let mut text = format!("\n## {}\n\n> {}\n\n", job.title(), job.ask());
    for (index, Step { tool, why, arguments }) in steps.iter().enumerate() {
        let arguments = shown(arguments).replace('\n', "\n    ");
        let number = format!("{}.", index + 1);
        let _ = writeln!(text, "{number:<3} `{tool}`: {why}\n\n    ```json\n    {arguments}\n    ```");
    }
    text
}

/// Returns the arguments on one line, or one per line if they are long.
fn shown(arguments: &Value) -> String {
    let line = spaced(arguments);
    let members = arguments.as_object().filter(|_| line.len() > LONGEST);
    members.map_or(line, |members| {
        let lines: Vec<String> =
            members.iter().map(|(name, value)| format!("  {}: {}", json!(name), spaced(value))).collect();
        format!("{{\n{}\n}}", lines.join(",\n"))
    })
}

/// Returns JSON on one line, with spaces as people write it.
fn spaced(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members: Vec<String> =
                members.iter().map(|(name, value)| format!("{}: {}", json!(name), spaced(value))).collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(spaced).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/jobs.md")
}

/// Asserts that the guide shows a task as it was performed, unless the guide is being rewritten.
pub fn tells(job: Job, steps: &[Step]) {
    let guide = std::fs::read_to_string(file()).unwrap_or_default();
    let told = guide.contains(&part(job, steps)) || std::env::var_os(WRITE).is_some();
    assert!(
        told,
        "docs/jobs.md does not tell how to: {}. {WRITE}=1 cargo test -p cwpsa --test it jobs::guide",
        job.title()
    );
}

#[tokio::test]
async fn guide_has_every_job_once() {
    if std::env::var_os(WRITE).is_some() {
        let mut text = START.to_owned();
        let world = World::new(Job::ALL.len()).await;
        for (job, tenant) in Job::ALL.into_iter().zip(&world.tenants) {
            let mut agent = Agent::new(Driver::Plain(Plain::of(&tenant.account)));
            job.run(&mut agent).await;
            text += &part(job, &agent.steps);
        }
        std::fs::write(file(), text).unwrap();
    }
    let guide = std::fs::read_to_string(file()).unwrap();
    let headings: Vec<&str> = guide.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert_eq!(headings, Job::ALL.map(Job::title));
    assert!(guide.starts_with(START));
}
