//! `cwpsa doctor`: checks, step by step, whether an account works, and suggests fixes for problems.

use std::time::{Duration, SystemTime};

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::Value;
use serde_json::json;

use crate::cli::DoctorArgs;
use crate::cli::output;
use crate::error::CliError;
use crate::health_check;
use crate::settings::{Settings, SettingsError, Target};

/// Maximum difference between the local clock and the server's. A larger difference breaks signatures and time
/// entries.
const MAX_CLOCK_SKEW: Duration = Duration::from_secs(120);

/// Checks settings, reachability, credentials, clock and version.
pub async fn run(arguments: &DoctorArgs, settings: Result<Settings, CliError>) -> Result<(), CliError> {
    let mut report = DoctorReport::default();
    let result = check(settings, &mut report).await;
    let ok = result.is_ok() && report.0.iter().all(|step| step["ok"] == true);
    for step in &report.0 {
        let mark = if step["ok"] == true { "ok  " } else { "FAIL" };
        eprintln!(
            "{mark} {}: {}",
            step["check"].as_str().unwrap_or_default(),
            step["message"].as_str().unwrap_or_default().replace('\n', "\n     ")
        );
        if let Some(fix) = step["fix"].as_str() {
            eprintln!("     {fix}");
        }
    }
    if arguments.json || !output::is_terminal() {
        output::print_json(&json!({"ok": ok, "checks": report.0}))?;
    }
    // The report already includes the error.
    match result {
        Err(failure) => Err(CliError::AlreadyReported(failure.exit_code())),
        Ok(()) if ok => Ok(()),
        Ok(()) => Err(CliError::AlreadyReported(2)),
    }
}

/// The results of the checks so far.
#[derive(Default)]
struct DoctorReport(Vec<Value>);

impl DoctorReport {
    fn add(&mut self, check: &str, ok: bool, message: impl Into<String>, fix: Option<&str>) {
        self.0.push(json!({"check": check, "ok": ok, "message": message.into(), "fix": fix}));
    }
}

async fn check(settings: Result<Settings, CliError>, report: &mut DoctorReport) -> Result<(), CliError> {
    let target = match settings {
        Ok(settings) => Target::resolve(&settings).await,
        Err(error) => Err(error),
    };
    let target = match target {
        Ok(target) => target,
        Err(failure) => {
            let is_incomplete = matches!(failure, CliError::Settings(SettingsError::Incomplete { .. }));
            let fix = match is_incomplete {
                true => "Set the missing values, then run cwpsa doctor again.",
                false => "Fix this, then run cwpsa doctor again.",
            };
            report.add("settings", false, failure.to_string(), Some(fix));
            return Err(failure);
        }
    };
    let account = format!("company {} at {}", target.credentials.company_id, target.base_url);
    report.add("settings", true, account, None);
    let client = target.client()?;
    let started = SystemTime::now();
    let response = match health_check::fetch_version(&client).await {
        Ok(response) => response,
        Err(error) => {
            let (check, fix) = health_check::diagnose(&error);
            report.add(check, false, error.to_string(), Some(fix));
            return Err(CliError::Api(error));
        }
    };
    let elapsed = started.elapsed().unwrap_or_default().as_millis();
    report.add("reachable", true, format!("responded in {elapsed} ms"), None);
    report.add("credentials", true, "accepted", None);
    let server_time = response
        .headers
        .get("date")
        .and_then(|date| date.to_str().ok())
        .and_then(|date| httpdate::parse_http_date(date).ok());
    if let Some(server_time) = server_time {
        let now = SystemTime::now();
        let skew =
            now.duration_since(server_time).or_else(|_| server_time.duration_since(now)).unwrap_or_default();
        let fix = (skew > MAX_CLOCK_SKEW).then_some("Synchronize this machine's clock (NTP).");
        report.add("clock", skew <= MAX_CLOCK_SKEW, format!("differs by {} s", skew.as_secs()), fix);
    }
    let version = response.value["version"].as_str().unwrap_or("unknown").to_owned();
    let made_for = connectwise_psa::API.accept.rsplit_once("version=").map_or("", |(_, version)| version);
    let older = numbers(&version) < numbers(made_for);
    let fix =
        older.then_some("The server is older than the catalog: tools for newer operations return not_found.");
    report.add("version", true, format!("{version}; the catalog is for {made_for}"), fix);
    report.add("tools", true, format!("{} in the catalog", CATALOG.len()), None);
    Ok(())
}

/// Returns the year and number in a version such as `v2025.1.12345`.
fn numbers(version: &str) -> Vec<u32> {
    version.trim_start_matches('v').split('.').take(2).filter_map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(numbers("v2024.12.1") < numbers("2025.1") && numbers("v2025.1.9") == numbers("2025.1"));
        assert!(numbers("v2025.10.0") > numbers("2025.2"));
        assert!(connectwise_psa::API.accept.contains("version="));
    }
}
