//! Runs the `wrk` load tool, with one thread and sixteen keep-alive connections.

use std::process::Command;

use anyhow::Context;

const MISSING: &str = "can't start wrk; install it (Debian: apt-get install wrk)";

/// The result of several seconds of load.
pub(crate) struct Load {
    /// Responses per second.
    pub(crate) rate: f64,
    /// True if all of them were successful.
    pub(crate) is_clean: bool,
    /// wrk's output.
    pub(crate) output: String,
}

/// Checks that wrk is installed, before spending minutes on building the programs.
pub(crate) fn check() -> anyhow::Result<()> {
    // wrk has no flag that does nothing, and exits with an error after printing its help.
    Command::new("wrk").arg("--version").output().context(MISSING)?;
    Ok(())
}

/// Requests `url` for `seconds`, with these headers.
pub(crate) fn run(url: &str, seconds: u64, headers: &[&str]) -> anyhow::Result<Load> {
    let headers = headers.iter().flat_map(|header| ["-H", header]);
    let output = Command::new("wrk")
        .args(["-t1", "-c16", &format!("-d{seconds}s")])
        .args(headers)
        .arg(url)
        .output()
        .context(MISSING)?;
    let report = String::from_utf8_lossy(&output.stdout).into_owned();
    let rate = report.lines().find_map(|line| line.strip_prefix("Requests/sec:")?.trim().parse().ok());
    let is_clean = !report.contains("Non-2xx") && !report.contains("Socket errors");
    let rate = rate.with_context(|| format!("wrk reported no rate: {report}"))?;
    Ok(Load { rate, is_clean, output: report })
}
