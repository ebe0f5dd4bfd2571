//! A client that creates tickets and records the response to each request.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::servers::ChaosServers;
use crate::http::{self, PlainResponse};

/// How long a client repeats a call with an idempotency key before it gives up.
const MAX_WAIT: Duration = Duration::from_secs(60);
const RETRY_INTERVAL: Duration = Duration::from_millis(50);

/// The outcome of a write as reported to its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReportedOutcome {
    /// The server reported success.
    Acknowledged,
    /// The server reported that nothing was written.
    NotExecuted,
    /// The server reported that the outcome is unknown, or there was no response.
    Unknown,
}

/// A write made by a client.
#[derive(Debug)]
pub(super) struct WriteAttempt {
    /// The ticket's summary, unique to this attempt.
    pub(super) summary: String,
    pub(super) outcome: ReportedOutcome,
}

/// Writes until `stop` is set. Every second write has an idempotency key and is repeated with it when the connection is
/// lost; the others are sent once.
pub(super) fn write_until(servers: &ChaosServers, writer: usize, stop: &AtomicBool) -> Vec<WriteAttempt> {
    let mut attempts = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let number = attempts.len();
        let summary = format!("chaos {} {writer} {number}", servers.kind());
        let has_key = number % 2 == 0;
        let outcome = write(servers, &summary, has_key);
        attempts.push(WriteAttempt { summary, outcome });
    }
    attempts
}

fn write(servers: &ChaosServers, summary: &str, has_key: bool) -> ReportedOutcome {
    let key = if has_key { format!("idempotency-key: {summary}\r\n") } else { String::new() };
    let body = json!({"summary": summary, "company": {"identifier": "AcmeCorp"}}).to_string();
    let end = Instant::now() + MAX_WAIT;
    loop {
        let response = http::send(&servers.host(), "POST", "/tools/create_a_ticket/call", &key, &body);
        match response.as_ref().map(classify) {
            Ok(Some(outcome)) => return outcome,
            // A failed connection means that nothing was sent, but the client can't distinguish this from a lost
            // response.
            Err(_) if !has_key => return ReportedOutcome::Unknown,
            // A rate limit, or a lost response to a call that is safe to repeat.
            Ok(None) | Err(_) if Instant::now() < end => std::thread::sleep(RETRY_INTERVAL),
            Ok(None) => return ReportedOutcome::NotExecuted,
            Err(_) => return ReportedOutcome::Unknown,
        }
    }
}

/// Returns what a response means for the write; `None` if the call may be repeated because nothing was done.
fn classify(response: &PlainResponse) -> Option<ReportedOutcome> {
    let body: Value = serde_json::from_str(&response.body).unwrap_or_default();
    let kind = body["kind"].as_str().unwrap_or_default();
    match response.status {
        200 | 201 => Some(ReportedOutcome::Acknowledged),
        429 => None,
        _ if kind == "outcome_unknown" => Some(ReportedOutcome::Unknown),
        _ if kind == "unreachable" => Some(ReportedOutcome::NotExecuted),
        // The response to an idempotency key whose first call was interrupted.
        422 => Some(ReportedOutcome::Unknown),
        400..=499 => Some(ReportedOutcome::NotExecuted),
        _ => Some(ReportedOutcome::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn responses_are_classified_by_status_and_kind() {
        let outcome = |status, body: &str| classify(&PlainResponse { status, body: body.to_owned() });
        assert_eq!(outcome(200, "{}"), Some(ReportedOutcome::Acknowledged));
        assert_eq!(outcome(429, "{}"), None);
        assert_eq!(outcome(400, r#"{"kind":"invalid_arguments"}"#), Some(ReportedOutcome::NotExecuted));
        assert_eq!(outcome(500, r#"{"kind":"outcome_unknown"}"#), Some(ReportedOutcome::Unknown));
        assert_eq!(outcome(500, r#"{"kind":"unreachable"}"#), Some(ReportedOutcome::NotExecuted));
        assert_eq!(outcome(422, "{}"), Some(ReportedOutcome::Unknown));
    }
}
