//! `cwpsa doctor`: whether an account can be used, step by step, and what to do where it can't.

use std::time::{Duration, SystemTime};

use connectwise_psa::CATALOGUE;
use connectwise_psa::runtime::{Error, ErrorKind, Value};
use serde_json::json;

use crate::cli::Doctor;
use crate::output::{self, Failure};
use crate::settings::Target;

/// The tool that any credentials may call.
const PROBE: &str = "get_single_system_info";
/// More than this between our clock and theirs breaks signatures and time entries.
const CLOCK: Duration = Duration::from_secs(120);

/// Checks settings, reachability, credentials, clock and version.
pub async fn run(arguments: &Doctor) -> Result<(), Failure> {
    let mut report = Vec::new();
    let result = check(arguments, &mut report).await;
    let ok = result.is_ok() && report.iter().all(|step| step["ok"] == true);
    for step in &report {
        let mark = if step["ok"] == true { "ok  " } else { "FAIL" };
        eprintln!(
            "{mark} {}: {}",
            step["check"].as_str().unwrap_or_default(),
            step["said"].as_str().unwrap_or_default()
        );
        if let Some(advice) = step["do"].as_str() {
            eprintln!("     {advice}");
        }
    }
    output::json(&json!({"ok": ok, "checks": report}));
    result
}

async fn check(arguments: &Doctor, report: &mut Vec<Value>) -> Result<(), Failure> {
    let mut say = |check: &str, ok: bool, said: String, advice: Option<&str>| {
        report.push(json!({"check": check, "ok": ok, "said": said, "do": advice}));
    };
    let target = match Target::find(&arguments.connection).await {
        Ok(target) => target,
        Err(failure) => {
            let Failure::Usage(message) = &failure else { return Err(failure) };
            say("settings", false, message.clone(), Some("Set what is missing, then run this again."));
            return Err(Failure::Usage("the settings are incomplete".to_owned()));
        }
    };
    say("settings", true, format!("company {} at {}", target.credentials.company_id, target.base_url), None);
    let client = target.client()?;
    let started = SystemTime::now();
    let probe = connectwise_psa::runtime::Request::<Value>::new(
        connectwise_psa::runtime::Method::Get,
        "/system/info",
    );
    let answer = match client.send_full(&probe).await {
        Ok(answer) => answer,
        Err(error) => {
            let (check, advice) = advice(&error);
            say(check, false, error.to_string(), Some(advice));
            return Err(Failure::Call(error));
        }
    };
    say(
        "reachable",
        true,
        format!("answered in {} ms", started.elapsed().unwrap_or_default().as_millis()),
        None,
    );
    say("credentials", true, format!("accepted ({PROBE})"), None);
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
    say("version", true, format!("{version}; the tools were made for {}", connectwise_psa::API.accept), None);
    let tools = CATALOGUE.len();
    say("tools", true, format!("{tools} in the catalogue"), None);
    Ok(())
}

/// Which check an error fails, and what to do.
fn advice(error: &Error) -> (&'static str, &'static str) {
    match error.kind() {
        ErrorKind::Unauthorized => (
            "credentials",
            "Check company id, public and private key: System > Members > API Members > API Keys. A private key is shown once; make a new pair if in doubt.",
        ),
        ErrorKind::Forbidden => (
            "credentials",
            "The client id is missing or unknown, or the API member's security role is too narrow: check CWPSA_CLIENT_ID at developer.connectwise.com, then the role.",
        ),
        ErrorKind::NotFound => (
            "reachable",
            "The address answers but has no such path: it must end in /v4_6_release/apis/3.0. On the cloud, wrong credentials look like this too.",
        ),
        ErrorKind::NotJson => (
            "reachable",
            "Something else answers at this address: a login page or a proxy. Use the api- host.",
        ),
        ErrorKind::RateLimited => {
            ("reachable", "The account's budget of requests is used up; wait and try again.")
        }
        ErrorKind::Unreachable | ErrorKind::Timeout => {
            ("reachable", "Check the address, the network, and whether a proxy or firewall stands between.")
        }
        ErrorKind::Configuration => ("settings", "Correct the address: https://host/v4_6_release/apis/3.0."),
        _ => ("reachable", "The server failed; try again later, and quote the request id to its support."),
    }
}
