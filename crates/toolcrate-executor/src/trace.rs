//! Propagates W3C trace context (<https://www.w3.org/TR/trace-context/>).
//!
//! A call that arrives with a trace continues it; any other call starts a new one. The trace is propagated in requests
//! to the API and recorded in the audit log.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

const PARENT: HeaderName = HeaderName::from_static("traceparent");
const STATE: HeaderName = HeaderName::from_static("tracestate");
/// The defined flags: sampled, and random ID. Others aren't propagated.
const KNOWN_FLAGS: u8 = 0b11;
/// The flag of a sampled trace.
const SAMPLED: u8 = 0b1;
/// Maximum number of entries in a `tracestate`.
const MAX_STATE_ENTRIES: usize = 32;
/// Maximum length of the key and of the value in a `tracestate` entry.
const MAX_STATE_LENGTH: usize = 256;

tokio::task_local! {
    static CURRENT: TraceContext;
}

/// This process's position in a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceContext {
    id: u128,
    span: u64,
    flags: u8,
    state: Option<String>,
}

/// A trace ID, displayed as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceId(u128);

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl TraceContext {
    /// Starts a new trace.
    pub fn start() -> Self {
        Self { id: Uuid::new_v4().as_u128(), span: new_span(), flags: SAMPLED, state: None }
    }

    /// Continues the trace from `headers` in a new span, or starts a new trace if they are missing or malformed.
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let mut parents = headers.get_all(PARENT).iter();
        let (Some(parent), None) = (parents.next(), parents.next()) else { return Self::start() };
        // Several headers form one list.
        let states: Option<Vec<&str>> =
            headers.get_all(STATE).iter().map(|state| state.to_str().ok()).collect();
        let state = states.map(|states| states.join(",")).unwrap_or_default();
        parent.to_str().ok().and_then(|parent| Self::parse(parent, &state)).unwrap_or_else(Self::start)
    }

    /// Continues the trace from a `traceparent` and a `tracestate` in a new span. Returns `None` if `parent` is
    /// malformed. A malformed `state` is ignored.
    pub fn parse(parent: &str, state: &str) -> Option<Self> {
        let hex = |from: usize, to: usize| {
            let digits = parent.get(from..to)?;
            let is_lower_hex = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
            digits.bytes().all(is_lower_hex).then(|| u128::from_str_radix(digits, 16).ok())?
        };
        let dashes = [2, 35, 52].iter().all(|at| parent.as_bytes().get(*at) == Some(&b'-'));
        let (version, id, span, flags) = (hex(0, 2)?, hex(3, 35)?, hex(36, 52)?, hex(53, 55)?);
        // A later version may append more fields after a dash.
        let ends = match parent.as_bytes().get(55) {
            None => true,
            Some(next) => version > 0 && *next == b'-',
        };
        if !dashes || !ends || version == 0xff || id == 0 || span == 0 {
            return None;
        }
        let flags = u8::try_from(flags).unwrap_or_default() & KNOWN_FLAGS;
        let state = state.trim_matches([' ', '\t']);
        let state = (!state.is_empty() && is_state(state)).then(|| state.to_owned());
        Some(Self { id, span: new_span(), flags, state })
    }

    /// Returns the trace ID.
    pub fn id(&self) -> TraceId {
        TraceId(self.id)
    }

    /// Returns the ID of this process's span.
    pub fn span_id(&self) -> u64 {
        self.span
    }

    /// Returns the headers that propagate the trace.
    pub fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(2);
        let parent = format!("00-{:032x}-{:016x}-{:02x}", self.id, self.span, self.flags);
        for (name, value) in [(PARENT, Some(&parent)), (STATE, self.state.as_ref())] {
            if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
                headers.insert(name, value);
            }
        }
        headers
    }

    /// Runs a future within this trace.
    pub async fn scope<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }

    /// Returns the trace in whose [`scope`](Self::scope) the caller runs, or a new one.
    pub fn current() -> Self {
        CURRENT.try_with(Clone::clone).unwrap_or_else(|_| Self::start())
    }
}

/// Returns a random span ID. Zero isn't valid.
fn new_span() -> u64 {
    let (half, _) = Uuid::new_v4().as_u64_pair();
    half.max(1)
}

/// Returns true if a list of `key=value` entries is well formed, without duplicate keys or too many entries.
fn is_state(text: &str) -> bool {
    let members: Vec<&str> = text
        .split(',')
        .map(|member| member.trim_matches([' ', '\t']))
        .filter(|member| !member.is_empty())
        .collect();
    let keys: Vec<&str> = members.iter().filter_map(|member| Some(member.split_once('=')?.0)).collect();
    members.len() <= MAX_STATE_ENTRIES
        && members
            .iter()
            .all(|member| member.split_once('=').is_some_and(|(key, value)| is_key(key) && is_value(value)))
        && keys.iter().enumerate().all(|(index, key)| !keys[..index].contains(key))
}

fn is_key(key: &str) -> bool {
    let part = |part: &str, most: usize, digit_first: bool| {
        let first = part.bytes().next();
        first.is_some_and(|c| c.is_ascii_lowercase() || digit_first && c.is_ascii_digit())
            && part.len() <= most
            && part.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || b"_-*/".contains(&c))
    };
    match key.split_once('@') {
        None => part(key, MAX_STATE_LENGTH, true),
        Some((tenant, system)) => part(tenant, 241, true) && part(system, 14, false),
    }
}

fn is_value(value: &str) -> bool {
    (1..=MAX_STATE_LENGTH).contains(&value.len())
        && !value.ends_with(' ')
        && value.bytes().all(|c| (b' '..=b'~').contains(&c) && c != b',' && c != b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn trace_continues_in_a_new_span() {
        let trace = TraceContext::parse(GOOD, "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7").unwrap();
        assert_eq!(trace.id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        let headers = trace.headers();
        let parent = headers["traceparent"].to_str().unwrap();
        assert!(parent.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-") && parent.ends_with("-01"));
        assert!(!parent.contains("00f067aa0ba902b7"), "{parent}");
        assert_eq!(headers["tracestate"], "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7");
        assert!(
            TraceContext::parse(parent, "").is_some()
                && TraceContext::parse(parent, "").unwrap().state.is_none()
        );
        let later = TraceContext::parse(&format!("cc{}-more", &GOOD[2..]), "").unwrap();
        assert!(later.headers()["traceparent"].to_str().unwrap().starts_with("00-4bf9"));
        let flags = TraceContext::parse(&GOOD.replace("-01", "-ff"), "").unwrap();
        assert!(flags.headers()["traceparent"].to_str().unwrap().ends_with("-03"));
    }

    #[test]
    fn malformed_parent_starts_a_new_trace() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        for bad in [
            String::new(),
            GOOD[..54].to_owned(),
            format!("{GOOD}-"),
            format!("{GOOD}0"),
            format!("{GOOD} "),
            GOOD.to_uppercase(),
            GOOD.replace(id, &"0".repeat(32)),
            GOOD.replace("00f067aa0ba902b7", &"0".repeat(16)),
            format!("ff{}", &GOOD[2..]),
            format!("cc{}0", &GOOD[2..]),
            GOOD.replace('-', "_"),
            GOOD.replacen("4bf9", "+bf9", 1),
            GOOD.replacen("4bf9", "é9f", 1),
        ] {
            assert_eq!(TraceContext::parse(&bad, ""), None, "{bad}");
        }
        let mut headers = HeaderMap::new();
        headers.append(PARENT, HeaderValue::from_static(GOOD));
        assert_eq!(TraceContext::from_headers(&headers).id().to_string(), id);
        headers.append(PARENT, HeaderValue::from_static(GOOD));
        assert_ne!(
            TraceContext::from_headers(&headers).id().to_string(),
            id,
            "two parents are as good as none"
        );
        assert_ne!(TraceContext::start().id(), TraceContext::start().id());
    }

    #[test]
    fn malformed_state_is_ignored() {
        let is_kept = |state: &str| TraceContext::parse(GOOD, state).unwrap().state.is_some();
        for good in ["a=1", "a=1, b=2 ,,", "fw529a3039@dt=x", "0tenant@sys=!<>", "a=b c"] {
            assert!(is_kept(good), "{good}");
        }
        let many: Vec<String> = (0..33).map(|number| format!("k{number}=1")).collect();
        for bad in [
            "a",
            "A=1",
            "a=1,a=2",
            "a=",
            "a=1=2",
            "a@0b=1",
            "a b=1",
            "a=é",
            "=1",
            &many.join(","),
            &format!("a={}", "x".repeat(257)),
        ] {
            assert!(!is_kept(bad), "{bad}");
        }
        let mut headers = HeaderMap::new();
        headers.append(PARENT, HeaderValue::from_static(GOOD));
        headers.append(STATE, HeaderValue::from_static("a=1"));
        headers.append(STATE, HeaderValue::from_static("b=2"));
        assert_eq!(TraceContext::from_headers(&headers).headers()[STATE], "a=1,b=2");
    }
}
