//! Protects against web pages from other origins, including pages that reach a loopback address through DNS
//! rebinding.

use connectwise_callbacks::is_loopback;
use http::HeaderMap;
use http::header::{HOST, HeaderName, ORIGIN};
use url::Url;

use super::state::ServerState;

/// Checks the `Host` and `Origin` of a request. Returns the reason for a rejection.
pub(super) fn validate(state: &ServerState, headers: &HeaderMap) -> Result<(), &'static str> {
    let listens_on_loopback = state.address.ip().to_canonical().is_loopback();
    validate_headers(headers, listens_on_loopback, &state.settings.allowed_hosts)
}

fn validate_headers(
    headers: &HeaderMap,
    listens_on_loopback: bool,
    allowed_hosts: &[String],
) -> Result<(), &'static str> {
    let is_allowed = |url: &Url| {
        let host = url.host_str().unwrap_or_default();
        is_loopback(url) || allowed_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host))
    };
    // Browsers always send a Host; without one, there is no page to protect against.
    let host = header(headers, HOST).map(|host| Url::parse(&format!("http://{host}")).ok());
    if let Some(host) = &host
        && listens_on_loopback
        && !host.as_ref().is_some_and(is_allowed)
    {
        return Err("The Host header is not allowed; see --allow-host.");
    }
    let Some(origin) = header(headers, ORIGIN) else { return Ok(()) };
    let origin = Url::parse(origin).ok();
    let same_host = |origin: &Url| host.iter().flatten().any(|host| host.host() == origin.host());
    if origin.is_some_and(|origin| is_allowed(&origin) || same_host(&origin)) {
        return Ok(());
    }
    Err("The Origin header is not allowed; see --allow-host.")
}

/// Returns a header; empty if its value isn't text.
fn header(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_hosts_and_origins_are_rejected() {
        for (host, origin, on_loopback, elsewhere) in [
            (None, None, true, true),
            (Some("127.0.0.1:9090"), None, true, true),
            (Some("localhost"), Some("http://localhost:3000"), true, true),
            (Some("[::1]:9090"), Some("http://127.0.0.1"), true, true),
            (Some("sandbox.test:9090"), Some("https://sandbox.test"), true, true),
            (Some("evil.example"), None, false, true),
            (Some("evil.example"), Some("http://evil.example"), false, true),
            (Some("localhost.evil.example"), None, false, true),
            (Some(""), None, false, true),
            (Some("a b"), None, false, true),
            (Some("127.0.0.1:9090"), Some("https://evil.example"), false, false),
            (Some("127.0.0.1:9090"), Some("null"), false, false),
            (Some("10.0.0.1:9090"), Some("http://10.0.0.1:9090"), false, true),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in [(HOST, host), (ORIGIN, origin)] {
                if let Some(value) = value {
                    headers.insert(name, value.parse().expect("a header"));
                }
            }
            let allowed = ["sandbox.test".to_owned()];
            assert_eq!(validate_headers(&headers, true, &allowed).is_ok(), on_loopback, "{headers:?}");
            assert_eq!(validate_headers(&headers, false, &allowed).is_ok(), elsewhere, "{headers:?}");
        }
    }
}
