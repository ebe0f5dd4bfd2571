//! What every request passes: a page in a browser must not reach a server on this machine through a name of its own
//! (DNS rebinding) or from another origin.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::failure;
use toolcrate_listener::LOOPBACK_NAMES;

/// What probes ask for by address, as they know no name. None of it gives anything away without a token.
const PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// A host, and its port where one is given. Addresses are in one spelling, those of IPv6 in brackets.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Host {
    name: String,
    port: Option<u16>,
}

impl Host {
    /// Reads `name`, `name:port`, `[::1]:port`, and `::1` as people write it.
    fn read(text: &str) -> Option<Self> {
        if let Ok(address) = text.parse::<Ipv6Addr>() {
            return Some(Self { name: format!("[{address}]"), port: None });
        }
        // Colons within brackets are not before a port.
        let (name, port) =
            match text.rfind(':').filter(|colon| text.rfind(']').is_none_or(|end| end < *colon)) {
                Some(colon) => (&text[..colon], Some(text[colon + 1..].parse().ok()?)),
                None => (text, None),
            };
        if let Some(address) = name.strip_prefix('[') {
            let address: Ipv6Addr = address.strip_suffix(']')?.parse().ok()?;
            return Some(Self { name: format!("[{address}]"), port });
        }
        let name = name.to_ascii_lowercase();
        let is_name = |c: char| c.is_alphanumeric() || "-._".contains(c);
        let is_host = !name.is_empty() && name.chars().all(is_name);
        is_host.then_some(Self { name, port })
    }

    fn is_address(&self) -> bool {
        self.name.starts_with('[') || self.name.parse::<IpAddr>().is_ok()
    }
}

/// The names under which the server may be asked.
pub struct Guard {
    /// The server's own, and its port.
    own: Vec<String>,
    port: u16,
    /// Those that were added.
    more: Vec<Host>,
}

impl Guard {
    /// The server's own address, the names of this machine for itself, and `more`.
    ///
    /// # Errors
    /// One of `more` is no name of a host, so that nobody could ask under it.
    pub fn new(address: SocketAddr, more: &[String]) -> Result<Self, String> {
        let ip = match address.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let own = std::iter::once(ip).chain(LOOPBACK_NAMES.map(str::to_owned)).collect();
        let read = |text: &String| {
            Host::read(text).ok_or_else(|| {
                format!(
                    "--allow-host {text} is no host; it is a name such as psa.example.com or an address, with a port if only that one is meant"
                )
            })
        };
        Ok(Self { own, port: address.port(), more: more.iter().map(read).collect::<Result<_, _>>()? })
    }

    /// Whether a request for this path may come.
    fn lets(&self, path: &str, headers: &HeaderMap) -> bool {
        let text = |name: HeaderName| headers.get(name).map(HeaderValue::to_str);
        let Some(Ok(host)) = text(HOST) else { return false };
        let Some(host) = Host::read(host) else { return false };
        let is_known = self.own.contains(&host.name)
            || self.more.iter().any(|more| {
                more.name == host.name
                    && (more.port.is_none() || host.port.is_none() || more.port == host.port)
            })
            || host.is_address() && PROBES.contains(&path);
        is_known
            && match text(ORIGIN) {
                None => true,
                Some(Ok(origin)) => self.lets_origin(origin, &host),
                Some(Err(_)) => false,
            }
    }

    /// Whether a page from there may ask: one of the server itself, which means its port too, or of a name that was
    /// added.
    fn lets_origin(&self, origin: &str, asked: &Host) -> bool {
        let usual = match origin.split_once("://") {
            Some(("http", _)) => 80,
            Some(("https", _)) => 443,
            _ => return false,
        };
        let Some(origin) = origin.split_once("://").and_then(|(_, host)| Host::read(host)) else {
            return false;
        };
        let port = origin.port.unwrap_or(usual);
        let is_own = self.own.contains(&origin.name) && port == self.port;
        is_own
            || self.more.iter().filter(|more| more.name == origin.name).any(|more| match more.port {
                Some(allowed) => allowed == port,
                // The usual one, or the one under which the request itself came to a proxy.
                None => port == usual || *asked == origin,
            })
    }
}

/// Refuses what comes under another name.
pub async fn check(State(state): State<Arc<super::State>>, request: Request, next: Next) -> Response {
    if state.guard.lets(request.uri().path(), request.headers()) {
        return next.run(request).await;
    }
    failure::plain(
        StatusCode::FORBIDDEN,
        "this server is not asked under that name, or from pages of that origin; --allow-host adds one",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(address: &str, more: &[&str]) -> Guard {
        let more: Vec<String> = more.iter().copied().map(str::to_owned).collect();
        Guard::new(address.parse().unwrap(), &more).unwrap()
    }

    fn lets(guard: &Guard, path: &str, host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        guard.lets(path, &headers)
    }

    #[test]
    fn other_names_and_origins_are_refused() {
        let guard = guard("127.0.0.1:8080", &["psa.example.com"]);
        let lets = |host: &str, origin: Option<&str>| lets(&guard, "/mcp", host, origin);
        assert!(lets("127.0.0.1:8080", None) && lets("localhost", None) && lets("[::1]:90", None));
        assert!(lets("psa.example.com", Some("https://PSA.example.com")));
        assert!(lets("psa.example.com:8443", Some("https://psa.example.com:8443")));
        assert!(!lets("evil.example", None) && !lets("localhost", Some("https://evil.example")));
        assert!(!lets("10.0.0.5:8080", None) && !lets("localhost", Some("null")));
        assert!(!guard.lets("/mcp", &HeaderMap::new()));
    }

    #[test]
    fn another_port_is_another_origin() {
        let of = |origin: &str| {
            lets(&guard("127.0.0.1:8080", &["psa.example.com"]), "/mcp", "localhost:8080", Some(origin))
        };
        assert!(of("http://localhost:8080") && of("http://127.0.0.1:8080") && of("http://[::1]:8080"));
        assert!(
            !of("http://localhost:3000") && !of("http://localhost") && !of("https://psa.example.com:3000")
        );
        let guard = guard("127.0.0.1:8080", &["localhost:3000"]);
        assert!(lets(&guard, "/mcp", "localhost:8080", Some("http://localhost:3000")));
        assert!(!lets(&guard, "/mcp", "localhost:8080", Some("http://localhost:3001")));
    }

    #[test]
    fn names_are_compared_in_one_spelling_and_by_port_where_one_was_given() {
        let own = guard("[fd00::2]:8080", &[]);
        assert!(lets(&own, "/mcp", "[fd00::2]:8080", None) && lets(&own, "/mcp", "[FD00:0::2]", None));
        assert!(!lets(&own, "/mcp", "[fd00::3]:8080", None));
        for more in ["fd00::2", "[fd00::2]", "[fd00::2]:90"] {
            assert!(lets(&guard("127.0.0.1:8080", &[more]), "/mcp", "[fd00::2]:90", None), "{more}");
        }
        let proxied = guard("127.0.0.1:8080", &["psa.example.com:18816"]);
        assert!(lets(&proxied, "/mcp", "psa.example.com:18816", None));
        assert!(lets(&proxied, "/mcp", "PSA.example.com:18816", Some("https://psa.example.com:18816")));
        assert!(!lets(&proxied, "/mcp", "psa.example.com:18817", None));
        for more in
            ["https://psa.example.com", "psa.example.com/x", "*.example.com", "a b", "", "[fd00", "a:b"]
        {
            let error = Guard::new("127.0.0.1:80".parse().unwrap(), &[more.to_owned()]).err();
            assert!(error.is_some_and(|error| error.contains("is no host")), "{more}");
        }
    }

    #[test]
    fn probes_ask_by_address() {
        let guard = guard("0.0.0.0:8080", &[]);
        for path in PROBES {
            assert!(lets(&guard, path, "10.0.0.5:8080", None) && lets(&guard, path, "[fd00::2]:8080", None));
            assert!(!lets(&guard, path, "evil.example:8080", None));
            assert!(!lets(&guard, path, "10.0.0.5:8080", Some("https://evil.example")));
        }
        assert!(!lets(&guard, "/tools/x/call", "10.0.0.5:8080", None));
    }
}
