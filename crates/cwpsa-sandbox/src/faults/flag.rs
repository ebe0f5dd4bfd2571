//! A fault in one line, for the command line: `FAULT[=VALUE] [PERCENT%] [xCOUNT] [VERB] [PATH]`.

use std::fmt;
use std::str::FromStr;

use connectwise_psa::runtime::serde_json;

use super::{Budget, Fault, Rule};

/// Why a line says no fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlagError(String);

impl fmt::Display for FlagError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FlagError {}

impl FromStr for Rule {
    type Err = FlagError;

    /// Reads `latency=200`, `html_error=502 5%`, `cut_after x1 POST /service/tickets/*/notes`. The value is
    /// milliseconds, a status, seconds of `Retry-After`, bytes or a content type, as the fault needs it.
    fn from_str(text: &str) -> Result<Self, FlagError> {
        let mut words = text.split_whitespace();
        let first = words.next().ok_or_else(|| FlagError("say which fault".to_owned()))?;
        let (name, value) = first.split_once('=').map_or((first, None), |(name, value)| (name, Some(value)));
        let fault = serde_json::from_value(name.into())
            .map_err(|error| FlagError(format!("there is no fault \"{name}\": {error}")))?;
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
                    let message =
                        format!("\"{word}\" is no percentage (5%), count (x3), verb (POST) or /path");
                    return Err(FlagError(message));
                }
            }
        }
        Ok(rule)
    }
}

impl Rule {
    fn set_value(&mut self, value: &str) -> Result<(), FlagError> {
        let no_number = |_| FlagError(format!("\"{value}\" should be a number"));
        match self.fault {
            Fault::Latency | Fault::SlowBody => self.milliseconds = Some(value.parse().map_err(no_number)?),
            Fault::TooManyRequests => self.retry_after_seconds = Some(value.parse().map_err(no_number)?),
            Fault::HtmlError | Fault::EmptyError => self.status = Some(value.parse().map_err(no_number)?),
            Fault::TruncatedBody => self.bytes = Some(value.parse().map_err(no_number)?),
            Fault::WrongContentType => self.content_type = Some(value.to_owned()),
            _ => return Err(FlagError(format!("this fault has no value, so \"={value}\" says nothing"))),
        }
        Ok(())
    }
}

impl FromStr for Budget {
    type Err = FlagError;

    /// Reads `1000` (in a minute) and `1000/60` (in so many seconds).
    fn from_str(text: &str) -> Result<Self, FlagError> {
        let (requests, seconds) = text.split_once('/').unwrap_or((text, "60"));
        match (requests.trim().parse(), seconds.trim().parse()) {
            (Ok(requests), Ok(window_seconds)) => Ok(Self { requests, window_seconds }),
            _ => Err(FlagError(format!(
                "\"{text}\" is no budget; write 1000/60 for 1000 requests in 60 seconds"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_rules() {
        let rule = |text: &str| text.parse::<Rule>().unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(rule("timeout"), Rule::new(Fault::Timeout));
        assert_eq!(rule("latency=200").milliseconds, Some(200));
        let whole = rule("cut_after 12.5% x3 POST /service/**");
        let expected = Rule {
            probability: 0.125,
            count: Some(3),
            method: Some("POST".to_owned()),
            path: Some("/service/**".to_owned()),
            ..Rule::new(Fault::CutAfter)
        };
        assert_eq!(whole, expected);
        assert_eq!(rule("html_error=504").status, Some(504));
        for (text, message) in [
            ("", "say which fault"),
            ("earthquake", "there is no fault \"earthquake\""),
            ("latency=soon", "should be a number"),
            ("cut_before=1", "has no value"),
            ("timeout often", "\"often\" is no percentage"),
        ] {
            let error = text.parse::<Rule>().expect_err("it is wrong").to_string();
            assert!(error.contains(message), "{text}: {error}");
        }
        assert_eq!("10".parse(), Ok(Budget { requests: 10, window_seconds: 60 }));
        assert_eq!("10/5".parse(), Ok(Budget { requests: 10, window_seconds: 5 }));
        assert!("ten".parse::<Budget>().is_err());
    }
}
