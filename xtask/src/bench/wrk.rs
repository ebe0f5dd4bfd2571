//! The load tool `wrk`, with one thread and sixteen connections that are kept.

use std::process::Command;

/// What came of some seconds of load.
pub(crate) struct Load {
    /// Answers a second.
    pub(crate) rate: f64,
    /// Whether all of them were good.
    pub(crate) is_clean: bool,
    /// What wrk said.
    pub(crate) said: String,
}

/// Whether it is there, asked before minutes go into building what it is to load.
///
/// # Errors
/// It is not.
pub(crate) fn check() -> Result<(), String> {
    // It knows no flag that does nothing; its help is an error to it.
    Command::new("wrk").arg("--version").output().map(|_| ()).map_err(|error| not_there(&error))
}

fn not_there(error: &std::io::Error) -> String {
    format!("wrk (Debian: wrk) could not be started: {error}")
}

/// Reads `url` for so many seconds, with these headers.
///
/// # Errors
/// wrk is not there, or did not say how fast it was.
pub(crate) fn run(url: &str, seconds: u64, headers: &[&str]) -> Result<Load, String> {
    let headers = headers.iter().flat_map(|header| ["-H", header]);
    let output = Command::new("wrk")
        .args(["-t1", "-c16", &format!("-d{seconds}s")])
        .args(headers)
        .arg(url)
        .output()
        .map_err(|error| not_there(&error))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let rate = said.lines().find_map(|line| line.strip_prefix("Requests/sec:")?.trim().parse().ok());
    let is_clean = !said.contains("Non-2xx") && !said.contains("Socket errors");
    let rate = rate.ok_or_else(|| format!("wrk said: {said}"))?;
    Ok(Load { rate, is_clean, said })
}
