//! `cargo xtask measure -- COMMAND`: runs a command and prints how much CPU time and memory it used.
//!
//! The kernel reports usage only for all child processes together, so each command is run by a separate process that
//! has no other child. CPU time is the user and system time of the command and all of its descendants.

use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::bail;
use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};

/// The cost of a command.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Cost {
    /// Wall-clock time in seconds.
    pub(crate) wall: f64,
    /// User and system time of all cores, in seconds.
    pub(crate) cpu: f64,
    /// Largest resident memory of a single process, in MB (10⁶ bytes).
    pub(crate) peak_mb: f64,
}

/// Runs `words` and prints its [`Cost`] as JSON; the exit code is the command's.
pub(crate) fn run(words: &[String]) -> ExitCode {
    let Some((program, arguments)) = words.split_first() else {
        eprintln!("usage: cargo xtask measure -- COMMAND");
        return ExitCode::from(2);
    };
    let started = Instant::now();
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).status();
    let wall = started.elapsed().as_secs_f64();
    let status = match status {
        Ok(status) => status,
        Err(error) => {
            eprintln!("can't start {program}: {error}");
            return ExitCode::from(2);
        }
    };
    let usage = match getrusage(UsageWho::RUSAGE_CHILDREN) {
        Ok(usage) => usage,
        Err(error) => {
            eprintln!("can't read the cost: {error}");
            return ExitCode::from(2);
        }
    };
    let seconds = |time: nix::sys::time::TimeVal| {
        time.tv_sec() as f64 + Duration::from_micros(time.tv_usec() as u64).as_secs_f64()
    };
    let cost = Cost {
        wall,
        cpu: seconds(usage.user_time()) + seconds(usage.system_time()),
        // Linux counts in KiB.
        peak_mb: usage.max_rss() as f64 * 1024.0 / 1e6,
    };
    match serde_json::to_string(&cost) {
        Ok(text) => println!("{text}"),
        Err(error) => eprintln!("{error:#}"),
    }
    if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Measures `command` in a separate process.
pub(crate) fn cost(command: &[&str], envs: &[(&str, &str)]) -> anyhow::Result<Cost> {
    let own = std::env::current_exe()?;
    let output =
        Command::new(own).args(["measure", "--"]).args(command).envs(envs.iter().copied()).output()?;
    if !output.status.success() {
        bail!("`{}` failed:\n{}", command.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Measures `command` several times and returns the run with the median wall time.
pub(crate) fn median(runs: usize, command: &[&str]) -> anyhow::Result<Cost> {
    let mut costs = Vec::new();
    for _ in 0..runs {
        costs.push(cost(command, &[])?);
    }
    costs.sort_by(|a, b| a.wall.total_cmp(&b.wall));
    Ok(costs[runs / 2])
}
