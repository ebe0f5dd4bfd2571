//! `cwpsa doctor`: whether an account can be used, step by step, and what to do where it can't.

use std::time::{Duration, SystemTime};

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::Value;
use serde_json::json;

use crate::cli::DoctorArgs;
use crate::cli::output;
use crate::error::CliError;
use crate::health_check;
use crate::settings::{Settings, SettingsError, Target};

/// More than this between our clock and theirs breaks signatures and time entries.
const CLOCK: Duration = Duration::from_secs(120);

/// Checks settings, reachability, credentials, clock and version.
pub async fn run(arguments: &DoctorArgs, settings: Result<Settings, CliError>) -> Result<(), CliError> {
    let mut report = Vec::new();
    let result = check(settings, &mut report).await;
    let ok = result.is_ok() && report.iter().all(|step| step["ok"] == true);
    for step in &report {
        let mark = if step["ok"] == true { "ok  " } else { "FAIL" };
        eprintln!(
            "{mark} {}: {}",
            step["check"].as_str().unwrap_or_default(),
            step["said"].as_str().unwrap_or_default().replace('\n', "\n     ")
        );
        if let Some(advice) = step["do"].as_str() {
            eprintln!("     {advice}");
        }
    }
    if arguments.json || !output::is_terminal() {
        output::print_json(&json!({"ok": ok, "checks": report}))?;
    }
    // The report has told it.
    match result {
        Err(failure) => Err(CliError::AlreadyReported(failure.exit_code())),
        Ok(()) if ok => Ok(()),
        Ok(()) => Err(CliError::AlreadyReported(2)),
    }
}

async fn check(settings: Result<Settings, CliError>, report: &mut Vec<Value>) -> Result<(), CliError> {
    let mut say = |check: &str, ok: bool, said: String, advice: Option<&str>| {
        report.push(json!({"check": check, "ok": ok, "said": said, "do": advice}));
    };
    let target = match settings {
        Ok(settings) => Target::resolve(&settings).await,
        Err(error) => Err(error),
    };
    let target = match target {
        Ok(target) => target,
        Err(failure) => {
            let said = failure.to_string();
            let is_incomplete = matches!(failure, CliError::Settings(SettingsError::Incomplete { .. }));
            let advice = match is_incomplete {
                true => "Set what is missing, then run this again.",
                false => "Correct this, then run this again.",
            };
            say("settings", false, said, Some(advice));
            return Err(failure);
        }
    };
    say("settings", true, format!("company {} at {}", target.credentials.company_id, target.base_url), None);
    let client = target.client()?;
    let started = SystemTime::now();
    let answer = match health_check::ask(&client).await {
        Ok(answer) => answer,
        Err(error) => {
            let (check, advice) = health_check::advice(&error);
            say(check, false, error.to_string(), Some(advice));
            return Err(CliError::Api(error));
        }
    };
    say(
        "reachable",
        true,
        format!("answered in {} ms", started.elapsed().unwrap_or_default().as_millis()),
        None,
    );
    say("credentials", true, "accepted".to_owned(), None);
    let theirs = answer
        .headers
        .get("date")
        .and_then(|date| date.to_str().ok())
        .and_then(|date| httpdate::parse_http_date(date).ok());
    if let Some(theirs) = theirs {
        let now = SystemTime::now();
        let apart = now.duration_since(theirs).or_else(|_| theirs.duration_since(now)).unwrap_or_default();
        let advice = (apart > CLOCK).then_some("Set this machine's clock by the network (NTP).");
        say("clock", apart <= CLOCK, format!("{} s apart", apart.as_secs()), advice);
    }
    let version = answer.value["version"].as_str().unwrap_or("unknown").to_owned();
    let made_for = connectwise_psa::API.accept.rsplit_once("version=").map_or("", |(_, version)| version);
    let older = numbers(&version) < numbers(made_for);
    let advice = older
        .then_some("The server is older than the tools: those for what is new in between will not be found.");
    say("version", true, format!("{version}; the tools were made for {made_for}"), advice);
    let tools = CATALOG.len();
    say("tools", true, format!("{tools} in the catalog"), None);
    Ok(())
}

/// Year and number of a version such as `v2025.1.12345`.
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
