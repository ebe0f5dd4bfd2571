//! `docs/jobs.md` is what the scripted agent does: each job compares its part with the calls that it made, so the guide
//! can't say what is not so. `CWPSA_WRITE_GUIDE=1` writes it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::jobs::agent::plain::Plain;
use crate::jobs::agent::{Agent, Driver, Step};
use crate::jobs::tenant::World;
use crate::jobs::work::Job;

/// The variable that has the guide written.
const WRITE: &str = "CWPSA_WRITE_GUIDE";
/// A longer line of arguments is broken.
const LONGEST: usize = 100;
const START: &str = "\
# Example jobs

This page shows which tool calls make up typical jobs of an agent. It is generated from tests in `crates/cwpsa/tests/it/jobs`,
which run each job against the mock server over HTTP and MCP. Values in ‹ › depend on the current date.

Three habits make these jobs reliable with any model:

- **Look up IDs by name.** The description of an argument names the tool that lists them. The IDs below are those of the
  mock server's sample records.
- **Read before you write,** so that nothing is created twice.
- **Wait when the rate limit is exhausted.** After status 429, nothing was changed. Wait for `ratelimit-reset` seconds (over
  MCP: `error.rate_limit.reset`) and repeat the call. Over HTTP, use the same `Idempotency-Key`, so that a repeated write is
  executed only once.

Over MCP, find each tool with `search_tools`, read its schema with `describe_tools`, and call it with `read_tool`, or with
`call_tool` if it changes something. Over HTTP, send the arguments to `POST /tools/{name}/call`.

A job can also be started by a callback (`/system/callbacks`). Verify the signature, with a key from the account's own host
only, and react to `added` but not to `updated`, because the agent's own note on a ticket is an update too.
";

/// The part of the guide that tells a job.
fn part(job: Job, steps: &[Step]) -> String {
    let mut text = format!("\n## {}\n\n> {}\n\n", job.title(), job.ask());
    for (index, Step { tool, why, arguments }) in steps.iter().enumerate() {
        let arguments = shown(arguments).replace('\n', "\n    ");
        let number = format!("{}.", index + 1);
        let _ = writeln!(text, "{number:<3} `{tool}`: {why}\n\n    ```json\n    {arguments}\n    ```");
    }
    text
}

/// Arguments on one line, or on one each where they are long.
fn shown(arguments: &Value) -> String {
    let line = spaced(arguments);
    let members = arguments.as_object().filter(|_| line.len() > LONGEST);
    members.map_or(line, |members| {
        let lines: Vec<String> =
            members.iter().map(|(name, value)| format!("  {}: {}", json!(name), spaced(value))).collect();
        format!("{{\n{}\n}}", lines.join(",\n"))
    })
}

/// JSON on one line, with spaces as people write it.
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

/// That the guide tells a job as it was done. While it is written anew, it can't.
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
