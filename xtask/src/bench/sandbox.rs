//! Measures the sandbox: startup time, throughput, and queries on a large tenant. Requests go over HTTP to a release
//! build.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, bail};

use crate::bench::figure::Figure;
use crate::bench::wrk;
use crate::server_process::{self, AUTHORIZATION, CwpsaProcess};

/// The size of the large tenant.
const TICKETS: u64 = 100_000;
/// A ticket in the seeded tenant.
const TICKET: &str = "/service/tickets/8812";
/// Conditions of each kind, percent-encoded: numbers, Booleans and lists; references and dates; text.
const CONDITIONS: [&str; 3] = [
    "closedFlag=false%20and%20board/id%20in%20(1,2,3)",
    "board/name=%22Network%20Infrastructure%22%20and%20dateEntered%3C[2024-06-01T00:00:00Z]",
    "summary%20contains%20%22server%2077%22%20or%20summary%20like%20%22%2Anot%20there%2A%22",
];

/// Measures the figures.
pub(crate) fn measure(figures: &mut Vec<Figure>) -> anyhow::Result<()> {
    eprintln!("measuring: the sandbox …");
    let program = server_process::build(&["--release"])?;
    figures.push(Figure::at_most(
        "sandbox: start to first answer (best of 10)",
        start(&program)?,
        50.0,
        "ms",
    ));
    figures.push(throughput(&program)?);
    large(&program, figures)
}

/// Returns milliseconds: the best of ten, because other programs share the machine.
fn start(program: &Path) -> anyhow::Result<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..10 {
        let start = Instant::now();
        let sandbox = CwpsaProcess::start(program, &[])?;
        sandbox.get(TICKET)?;
        best = best.min(milliseconds(start));
    }
    Ok(best)
}

/// Measures record reads per second with `wrk`.
fn throughput(program: &Path) -> anyhow::Result<Figure> {
    let sandbox = CwpsaProcess::start(program, &[])?;
    sandbox.get(TICKET)?;
    let authorization = format!("Authorization: {AUTHORIZATION}");
    let load = wrk::run(&sandbox.url(TICKET), 5, &[&authorization, "clientId: xtask"])?;
    if !load.is_clean {
        bail!("some requests failed: {}", load.output);
    }
    let rate = load.rate;
    Ok(Figure {
        what: "sandbox: reads of one record (wrk)".to_owned(),
        value: format!("{rate:.0} /s"),
        bound: "≥ 10000 /s".to_owned(),
        met: rate >= 10_000.0,
    })
}

fn large(program: &Path, figures: &mut Vec<Figure>) -> anyhow::Result<()> {
    let sandbox = CwpsaProcess::start(program, &["--scale", &TICKETS.to_string()])?;
    let count = sandbox.get("/service/tickets/count")?;
    let count: serde_json::Value = serde_json::from_str(&count)?;
    if count["count"].as_u64().is_none_or(|count| count < TICKETS) {
        bail!("expected {TICKETS} tickets in the large tenant, got {count}");
    }
    let mut slowest = 0.0_f64;
    for conditions in CONDITIONS {
        let path = format!("/service/tickets/count?conditions={conditions}");
        slowest = slowest.max(best(10, || sandbox.get(&path).map(|_| ()))?);
    }
    figures.push(Figure::at_most("sandbox: a condition over 100,000 tickets", slowest, 100.0, "ms"));
    let output = Command::new("ps").args(["-o", "rss=", "-p", &sandbox.id().to_string()]).output();
    let output = output.context("can't start ps")?;
    let kilobytes: f64 =
        String::from_utf8_lossy(&output.stdout).trim().parse().context("can't read the output of `ps`")?;
    figures.push(Figure::at_most("sandbox: memory of 100,000 tickets", kilobytes / 1024.0, 600.0, "MB"));
    Ok(())
}

/// Returns the duration of the fastest run in milliseconds.
fn best(runs: usize, mut run: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..runs {
        let start = Instant::now();
        run()?;
        best = best.min(milliseconds(start));
    }
    Ok(best)
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}
