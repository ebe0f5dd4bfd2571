//! A rule at work: whether it fires for a request, and what comes of it.

use std::time::Duration;

use http::{HeaderValue, Method, StatusCode};
use regex::{Regex, RegexBuilder};

use super::{Damage, Ending, Fault, Rule, RuleError, answers};

/// A rule with its counts.
#[derive(Debug)]
pub(super) struct Active {
    rule: Rule,
    method: Option<Method>,
    path: Option<Regex>,
    pub(super) matched: u64,
    pub(super) fired: u64,
}

/// What comes of a rule that fires.
#[derive(Debug)]
pub(super) enum Outcome {
    Delay(Duration),
    Ending(Ending),
}

impl Active {
    pub(super) fn new(rule: &Rule) -> Result<Self, RuleError> {
        let refuse = |why: String| Err(RuleError(why));
        if !(0.0..=1.0).contains(&rule.probability) {
            return refuse(format!("the probability {} is not between 0 and 1", rule.probability));
        }
        if rule.status.is_some_and(|status| !(400..=599).contains(&status)) {
            return refuse("the status of an error is between 400 and 599".to_owned());
        }
        if matches!(rule.fault, Fault::Latency | Fault::SlowBody) && rule.milliseconds.is_none() {
            return refuse("latency and slow_body need milliseconds".to_owned());
        }
        if rule.content_type.as_ref().is_some_and(|value| HeaderValue::from_str(value).is_err()) {
            return refuse("the content type can't be the value of a header".to_owned());
        }
        let method = rule.method.as_deref().map(|method| method.to_uppercase().parse());
        let method = method.transpose().map_err(|_| RuleError("the method is none of HTTP".to_owned()))?;
        let path = rule.path.as_deref().map(pattern).transpose()?;
        Ok(Self { rule: rule.clone(), method, path, matched: 0, fired: 0 })
    }

    pub(super) fn is_latency(&self) -> bool {
        self.rule.fault == Fault::Latency
    }

    /// Counts a request, if it matches, and says what comes of it, if the rule fires.
    pub(super) fn fire(
        &mut self,
        method: &Method,
        path: &str,
        random: &mut fastrand::Rng,
    ) -> Option<Outcome> {
        if self.method.as_ref().is_some_and(|wanted| wanted != method)
            || self.path.as_ref().is_some_and(|pattern| !pattern.is_match(path))
        {
            return None;
        }
        self.matched += 1;
        let spent = self.rule.count.is_some_and(|count| self.fired >= count);
        if self.matched <= self.rule.skip || spent {
            return None;
        }
        if self.rule.probability < 1.0 && random.f64() >= self.rule.probability {
            return None;
        }
        self.fired += 1;
        Some(self.outcome(random))
    }

    fn outcome(&self, random: &mut fastrand::Rng) -> Outcome {
        let rule = &self.rule;
        let answer = |answer| Ending::Answer { answer, effect: rule.after_effect };
        let status = |status: StatusCode| {
            rule.status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(status)
        };
        let time = Duration::from_millis(rule.milliseconds.unwrap_or_default());
        Outcome::Ending(match rule.fault {
            Fault::Latency => {
                let jitter = rule.jitter_milliseconds.map_or(0, |jitter| random.u64(0..=jitter));
                return Outcome::Delay(time + Duration::from_millis(jitter));
            }
            Fault::TooManyRequests => {
                answer(answers::too_many_requests(rule.retry_after_seconds.unwrap_or(30)))
            }
            Fault::Timeout => answer(answers::server_error("A timeout has occured. Please try again.")),
            Fault::ConnectionPool => answer(answers::server_error(
                "Timeout expired.  The timeout period elapsed prior to obtaining a connection from the pool.",
            )),
            Fault::BadValue => answer(answers::server_error(
                "Error converting value \"x\" to type 'System.Int32'. Path 'id', line 1, position 9.",
            )),
            Fault::HtmlError => answer(answers::html(status(StatusCode::BAD_GATEWAY))),
            Fault::EmptyError => answer(answers::empty(status(StatusCode::SERVICE_UNAVAILABLE))),
            Fault::CutBefore => Ending::Cut { effect: false },
            Fault::CutAfter => Ending::Cut { effect: true },
            Fault::TruncatedBody => Ending::Damaged(Damage::Truncated(rule.bytes)),
            Fault::HalfBody => Ending::Damaged(Damage::Half),
            Fault::WrongContentType => {
                let value = rule.content_type.as_deref().unwrap_or("text/html");
                let value = HeaderValue::from_str(value);
                Ending::Damaged(Damage::ContentType(value.unwrap_or(HeaderValue::from_static("text/html"))))
            }
            Fault::SlowBody => Ending::Damaged(Damage::Slow(time)),
        })
    }
}

/// `/service/tickets/*` as a regular expression.
fn pattern(path: &str) -> Result<Regex, RuleError> {
    let parts: Vec<String> = path
        .split("**")
        .map(|part| part.split('*').map(regex::escape).collect::<Vec<_>>().join("[^/]*"))
        .collect();
    let built = RegexBuilder::new(&format!(r"\A{}\z", parts.join(".*"))).case_insensitive(true).build();
    built.map_err(|_| RuleError("the path is too long".to_owned()))
}
