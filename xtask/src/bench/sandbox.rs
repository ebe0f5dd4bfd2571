//! The sandbox's figures: how soon it answers, how fast, how it carries a large tenant. Requests go over HTTP,
//! to the release build.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::bench::figure::Figure;
use crate::bench::wrk;
use crate::server_process::{self, AUTHORIZATION, ServerProcess};

/// The size of the large tenant.
const TICKETS: u64 = 100_000;
/// A ticket of the seeded tenant.
const TICKET: &str = "/service/tickets/8812";
/// Conditions of each kind, percent-encoded: numbers, truth and lists; references and dates; text.
const CONDITIONS: [&str; 3] = [
    "closedFlag=false%20and%20board/id%20in%20(1,2,3)",
    "board/name=%22Network%20Infrastructure%22%20and%20dateEntered%3C[2024-06-01T00:00:00Z]",
    "summary%20contains%20%22server%2077%22%20or%20summary%20like%20%22%2Anot%20there%2A%22",
];

/// Measures.
pub(crate) fn measure(figures: &mut Vec<Figure>) -> Result<(), String> {
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

/// Milliseconds; the best of ten, since other programs take their share.
fn start(program: &Path) -> Result<f64, String> {
    let mut best = f64::INFINITY;
    for _ in 0..10 {
        let start = Instant::now();
        let sandbox = ServerProcess::start(program, &[])?;
        sandbox.get(TICKET)?;
        best = best.min(milliseconds(start));
    }
    Ok(best)
}

/// How often a record is read in a second, by the load tool `wrk`.
fn throughput(program: &Path) -> Result<Figure, String> {
    let sandbox = ServerProcess::start(program, &[])?;
    sandbox.get(TICKET)?;
    let authorization = format!("Authorization: {AUTHORIZATION}");
    let load = wrk::run(&sandbox.url(TICKET), 5, &[&authorization, "clientId: xtask"])?;
    if !load.is_clean {
        return Err(format!("wrk said: {}", load.said));
    }
    let rate = load.rate;
    Ok(Figure {
        what: "sandbox: reads of one record (wrk)".to_owned(),
        value: format!("{rate:.0} /s"),
        bound: "≥ 10000 /s".to_owned(),
        met: rate >= 10_000.0,
    })
}

fn large(program: &Path, figures: &mut Vec<Figure>) -> Result<(), String> {
    let sandbox = ServerProcess::start(program, &["--scale", &TICKETS.to_string()])?;
    let count = sandbox.get("/service/tickets/count")?;
    let count: serde_json::Value = serde_json::from_str(&count).map_err(|error| error.to_string())?;
    if count["count"].as_u64().is_none_or(|count| count < TICKETS) {
        return Err(format!("the large tenant has {count} tickets, not {TICKETS}"));
    }
    let mut slowest = 0.0_f64;
    for conditions in CONDITIONS {
        let path = format!("/service/tickets/count?conditions={conditions}");
        slowest = slowest.max(best(10, || sandbox.get(&path).map(|_| ()))?);
    }
    figures.push(Figure::at_most("sandbox: a condition over 100,000 tickets", slowest, 100.0, "ms"));
    let output = Command::new("ps").args(["-o", "rss=", "-p", &sandbox.process().to_string()]).output();
    let output = output.map_err(|error| format!("ps could not be started: {error}"))?;
    let kilobytes: f64 =
        String::from_utf8_lossy(&output.stdout).trim().parse().map_err(|_| "ps said nothing".to_owned())?;
    figures.push(Figure::at_most("sandbox: memory of 100,000 tickets", kilobytes / 1024.0, 600.0, "MB"));
    Ok(())
}

/// The shortest of some runs, in milliseconds.
fn best(runs: usize, mut run: impl FnMut() -> Result<(), String>) -> Result<f64, String> {
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
