//! Parses faults given on the command line: `FAULT[=VALUE] [PERCENT%] [xCOUNT] [VERB] [PATH]`.

use std::str::FromStr;

use connectwise_psa::runtime::serde_json;

use super::settings::{FaultKind, FaultRule, RequestBudget};

/// The reason why an argument isn't a valid fault or budget.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FaultSyntaxError(String);

impl FromStr for FaultRule {
    type Err = FaultSyntaxError;

    /// Parses `latency=200`, `html_error=502 5%`, `cut_after x1 POST /service/tickets/*/notes`. Depending on the
    /// fault, the value is a duration in milliseconds, a status, a `Retry-After` in seconds, a number of bytes
    /// or a content type.
    fn from_str(text: &str) -> Result<Self, FaultSyntaxError> {
        let mut words = text.split_whitespace();
        let first = words.next().ok_or_else(|| FaultSyntaxError("expected a fault name".to_owned()))?;
        let (name, value) = first.split_once('=').map_or((first, None), |(name, value)| (name, Some(value)));
        let fault = serde_json::from_value(name.into())
            .map_err(|error| FaultSyntaxError(format!("unknown fault \"{name}\": {error}")))?;
        let mut rule = Self::new(fault);
        if let Some(value) = value {
            rule.set_value(value)?;
        }
        for word in words {
            let percent = word.strip_suffix('%').and_then(|number| number.parse::<f64>().ok());
            let count = word.strip_prefix('x').and_then(|number| number.parse().ok());
            match (percent, count) {
                (Some(percent), _) => rule.probability = percent / 100.0,
                (_, Some(count)) => rule.count = Some(count),
                _ if word.starts_with('/') => rule.path = Some(word.to_owned()),
                _ if word.bytes().all(|byte| byte.is_ascii_uppercase()) => {
                    rule.method = Some(word.to_owned());
                }
                _ => {
                    let message = format!(
                        "expected a percentage (5%), a count (x3), a method (POST) or a /path, got \"{word}\""
                    );
                    return Err(FaultSyntaxError(message));
                }
            }
        }
        Ok(rule)
    }
}

impl FaultRule {
    fn set_value(&mut self, value: &str) -> Result<(), FaultSyntaxError> {
        let not_a_number = |_| FaultSyntaxError(format!("expected a number, got \"{value}\""));
        match self.fault {
            FaultKind::Latency | FaultKind::SlowBody => {
                self.milliseconds = Some(value.parse().map_err(not_a_number)?)
            }
            FaultKind::TooManyRequests => {
                self.retry_after_seconds = Some(value.parse().map_err(not_a_number)?)
            }
            FaultKind::HtmlError | FaultKind::EmptyError => {
                self.status = Some(value.parse().map_err(not_a_number)?)
            }
            FaultKind::TruncatedBody => self.bytes = Some(value.parse().map_err(not_a_number)?),
            FaultKind::WrongContentType => self.content_type = Some(value.to_owned()),
            _ => return Err(FaultSyntaxError(format!("this fault takes no value, got \"={value}\""))),
        }
        Ok(())
    }
}

impl FromStr for RequestBudget {
    type Err = FaultSyntaxError;

    /// Parses `1000` (per minute) and `1000/60` (requests per number of seconds).
    fn from_str(text: &str) -> Result<Self, FaultSyntaxError> {
        let (requests, seconds) = text.split_once('/').unwrap_or((text, "60"));
        match (requests.trim().parse(), seconds.trim().parse()) {
            (Ok(requests), Ok(window_seconds)) => Ok(Self { requests, window_seconds }),
            _ => Err(FaultSyntaxError(format!(
                "expected a budget like 1000/60 (1000 requests in 60 seconds), got \"{text}\""
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_parsed() {
        let rule = |text: &str| text.parse::<FaultRule>().unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(rule("timeout"), FaultRule::new(FaultKind::Timeout));
        assert_eq!(rule("latency=200").milliseconds, Some(200));
        let whole = rule("cut_after 12.5% x3 POST /service/**");
        let expected = FaultRule {
            probability: 0.125,
            count: Some(3),
            method: Some("POST".to_owned()),
            path: Some("/service/**".to_owned()),
            ..FaultRule::new(FaultKind::CutAfter)
        };
        assert_eq!(whole, expected);
        assert_eq!(rule("html_error=504").status, Some(504));
        for (text, message) in [
            ("", "expected a fault name"),
            ("earthquake", "unknown fault \"earthquake\""),
            ("latency=soon", "expected a number, got \"soon\""),
            ("cut_before=1", "takes no value"),
            ("timeout often", "got \"often\""),
        ] {
            let error = text.parse::<FaultRule>().expect_err("an error").to_string();
            assert!(error.contains(message), "{text}: {error}");
        }
        assert_eq!("10".parse(), Ok(RequestBudget { requests: 10, window_seconds: 60 }));
        assert_eq!("10/5".parse(), Ok(RequestBudget { requests: 10, window_seconds: 5 }));
        assert!("ten".parse::<RequestBudget>().is_err());
    }
}
