//! Active fault rules. Each one counts the requests that match it, and returns the fault to inject when it fires.

use std::time::Duration;

use http::{HeaderValue, Method, StatusCode};
use regex::{Regex, RegexBuilder};

use super::plan::{BodyDamage, FaultEnding};
use super::responses;
use super::settings::{FaultKind, FaultRule, FaultRuleError};

/// A rule and its counts.
#[derive(Debug)]
pub(super) struct ActiveFaultRule {
    rule: FaultRule,
    method: Option<Method>,
    path: Option<Regex>,
    pub(super) matched: u64,
    pub(super) fired: u64,
}

/// The outcome of a rule that fires.
#[derive(Debug)]
pub(super) enum FaultOutcome {
    Delay(Duration),
    Ending(FaultEnding),
}

impl ActiveFaultRule {
    pub(super) fn new(rule: &FaultRule) -> Result<Self, FaultRuleError> {
        let invalid = |reason: String| Err(FaultRuleError(reason));
        if !(0.0..=1.0).contains(&rule.probability) {
            return invalid(format!("expected a probability between 0 and 1, got {}", rule.probability));
        }
        if rule.status.is_some_and(|status| !(400..=599).contains(&status)) {
            return invalid("the status of an error must be between 400 and 599".to_owned());
        }
        if matches!(rule.fault, FaultKind::Latency | FaultKind::SlowBody) && rule.milliseconds.is_none() {
            return invalid("`latency` and `slow_body` require a duration in milliseconds".to_owned());
        }
        if rule.content_type.as_ref().is_some_and(|value| HeaderValue::from_str(value).is_err()) {
            return invalid("the content type must be a valid header value".to_owned());
        }
        let method = rule.method.as_deref().map(|method| method.to_uppercase().parse());
        let method =
            method.transpose().map_err(|_| FaultRuleError("the method must be an HTTP method".to_owned()))?;
        let path = rule.path.as_deref().map(pattern).transpose()?;
        Ok(Self { rule: rule.clone(), method, path, matched: 0, fired: 0 })
    }

    pub(super) fn is_latency(&self) -> bool {
        self.rule.fault == FaultKind::Latency
    }

    /// Counts a request that matches, and returns the outcome if the rule fires.
    pub(super) fn fire(
        &mut self,
        method: &Method,
        path: &str,
        rng: &mut fastrand::Rng,
    ) -> Option<FaultOutcome> {
        if self.method.as_ref().is_some_and(|expected| expected != method)
            || self.path.as_ref().is_some_and(|pattern| !pattern.is_match(path))
        {
            return None;
        }
        self.matched += 1;
        let spent = self.rule.count.is_some_and(|count| self.fired >= count);
        if self.matched <= self.rule.skip || spent {
            return None;
        }
        if self.rule.probability < 1.0 && rng.f64() >= self.rule.probability {
            return None;
        }
        self.fired += 1;
        Some(self.outcome(rng))
    }

    fn outcome(&self, rng: &mut fastrand::Rng) -> FaultOutcome {
        let rule = &self.rule;
        let respond = |response| FaultEnding::Response { response, effect: rule.after_effect };
        let status = |status: StatusCode| {
            rule.status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(status)
        };
        let time = Duration::from_millis(rule.milliseconds.unwrap_or_default());
        FaultOutcome::Ending(match rule.fault {
            FaultKind::Latency => {
                let jitter = rule.jitter_milliseconds.map_or(0, |jitter| rng.u64(0..=jitter));
                return FaultOutcome::Delay(time + Duration::from_millis(jitter));
            }
            FaultKind::TooManyRequests => {
                respond(responses::too_many_requests(rule.retry_after_seconds.unwrap_or(30)))
            }
            FaultKind::Timeout => {
                respond(responses::server_error("A timeout has occured. Please try again."))
            }
            FaultKind::ConnectionPool => respond(responses::server_error(
                "Timeout expired.  The timeout period elapsed prior to obtaining a connection from the pool.",
            )),
            FaultKind::BadValue => respond(responses::server_error(
                "Error converting value \"x\" to type 'System.Int32'. Path 'id', line 1, position 9.",
            )),
            FaultKind::HtmlError => respond(responses::html(status(StatusCode::BAD_GATEWAY))),
            FaultKind::EmptyError => respond(responses::empty(status(StatusCode::SERVICE_UNAVAILABLE))),
            FaultKind::CutBefore => FaultEnding::Cut { effect: false },
            FaultKind::CutAfter => FaultEnding::Cut { effect: true },
            FaultKind::TruncatedBody => FaultEnding::Damaged(BodyDamage::Truncated(rule.bytes)),
            FaultKind::HalfBody => FaultEnding::Damaged(BodyDamage::Half),
            FaultKind::WrongContentType => {
                let value = rule.content_type.as_deref().unwrap_or("text/html");
                let value = HeaderValue::from_str(value);
                FaultEnding::Damaged(BodyDamage::ContentType(
                    value.unwrap_or(HeaderValue::from_static("text/html")),
                ))
            }
            FaultKind::SlowBody => FaultEnding::Damaged(BodyDamage::Slow(time)),
        })
    }
}

/// Converts a path pattern, `/service/tickets/*`, to a regular expression.
fn pattern(path: &str) -> Result<Regex, FaultRuleError> {
    let parts: Vec<String> = path
        .split("**")
        .map(|part| part.split('*').map(regex::escape).collect::<Vec<_>>().join("[^/]*"))
        .collect();
    let built = RegexBuilder::new(&format!(r"\A{}\z", parts.join(".*"))).case_insensitive(true).build();
    built.map_err(|_| FaultRuleError("the path is too long".to_owned()))
}
