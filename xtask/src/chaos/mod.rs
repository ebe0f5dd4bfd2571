//! `cargo xtask chaos`: disrupts a running server in various ways while clients write through it, then compares the
//! outcomes reported to the clients with the records that the mock server stored.

mod disruption;
mod report;
mod servers;
mod writer;

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;

use disruption::Disruption;
use report::ChaosReport;
use servers::{ChaosServers, StateKind};

/// Number of concurrent writers.
const WRITERS: usize = 4;
/// How long the servers run undisturbed between disruptions.
const QUIET_INTERVAL: Duration = Duration::from_millis(700);

/// Arguments of `cargo xtask chaos`.
#[derive(clap::Args)]
pub(crate) struct ChaosArguments {
    /// How long to run, in minutes. Fractions are allowed.
    #[arg(long, default_value_t = 1.0)]
    minutes: f64,
    /// Build optimized servers.
    #[arg(long)]
    release: bool,
}

/// Runs the command. The exit code is 1 if a client was misled.
pub(crate) fn run(arguments: &ChaosArguments) -> ExitCode {
    match measure(arguments) {
        Ok(report) => {
            println!("{report}");
            if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn measure(arguments: &ChaosArguments) -> anyhow::Result<ChaosReport> {
    let total = Duration::try_from_secs_f64(arguments.minutes * 60.0).context("invalid number of minutes")?;
    let programs = servers::build(arguments.release)?;
    let mut kinds = vec![StateKind::File];
    if servers::has_redis() {
        kinds.push(StateKind::Redis);
    } else {
        eprintln!("redis-server is not installed; skipping state in Redis");
    }
    let mut report = ChaosReport::default();
    for kind in &kinds {
        let duration = total / u32::try_from(kinds.len()).unwrap_or(1);
        eprintln!("chaos with state in {kind}: {:.0} s …", duration.as_secs_f64());
        let servers = ChaosServers::start(&programs, *kind)?;
        disrupt(servers, duration, &mut report)?;
    }
    Ok(report)
}

/// Writes through the server and disrupts it until `duration` has passed, then compares the outcomes.
fn disrupt(servers: ChaosServers, duration: Duration, report: &mut ChaosReport) -> anyhow::Result<()> {
    let stop = AtomicBool::new(false);
    let end = Instant::now() + duration;
    report.record_start(&servers)?;
    let attempts = std::thread::scope(|scope| {
        let (servers, stop) = (&servers, &stop);
        let write = |number| scope.spawn(move || writer::write_until(servers, number, stop));
        let writers: Vec<_> = (0..WRITERS).map(write).collect();
        let mut disruptions = Disruption::ALL.iter().cycle();
        let mut result = Ok(());
        while Instant::now() < end && result.is_ok() {
            std::thread::sleep(QUIET_INTERVAL);
            if let Some(disruption) = disruptions.next() {
                result = disruption.apply(servers).with_context(|| format!("can't run: {disruption}"));
                report.count_disruption(*disruption);
            }
        }
        stop.store(true, Ordering::Relaxed);
        let attempts = writers
            .into_iter()
            .flat_map(|writer| writer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        let attempts: Vec<_> = attempts.collect();
        result.map(|()| attempts)
    })?;
    report.compare(&attempts, &servers.stored_summaries()?);
    report.record_end(&servers)
}
