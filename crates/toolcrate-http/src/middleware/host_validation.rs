//! Protects against malicious web pages. No page can reach a local server through DNS rebinding, from another origin,
//! or through an image or a link, which browsers request without an `Origin` header.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use toolcrate_listener::LOOPBACK_NAMES;

use super::probe_paths::PROBE_PATHS;
use crate::error::HttpError;

/// The header in which browsers report how the page's origin relates to the requested one.
const FETCH_SITE: &str = "sec-fetch-site";

/// A host and an optional port. IP addresses are normalized, and IPv6 addresses are in brackets.
#[derive(Clone, PartialEq, Eq, Debug)]
struct HostName {
    name: String,
    port: Option<u16>,
}

impl HostName {
    /// Parses `name`, `name:port`, `[::1]:port`, and also `::1`, which users may write. `http::uri::Authority` accepts
    /// more than a `Host` header may contain, such as user names, and doesn't normalize addresses.
    fn parse(text: &str) -> Option<Self> {
        if let Ok(address) = text.parse::<Ipv6Addr>() {
            return Some(Self { name: format!("[{address}]"), port: None });
        }
        // A colon within brackets is part of the address.
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
        let is_name_character = |c: char| c.is_alphanumeric() || "-._".contains(c);
        let is_host = !name.is_empty() && name.chars().all(is_name_character);
        is_host.then_some(Self { name, port })
    }

    fn is_address(&self) -> bool {
        self.name.starts_with('[') || self.name.parse::<IpAddr>().is_ok()
    }
}

/// Text that isn't a valid host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid host {0} (expected a host name or IP address, optionally with a port)")]
pub struct InvalidHost(String);

/// The hosts under which the server accepts requests.
#[derive(Clone, Debug)]
pub struct AllowedHosts {
    /// The server's own names and port.
    local: Vec<String>,
    port: u16,
    /// Additional hosts.
    allowed: Vec<HostName>,
}

impl AllowedHosts {
    /// Allows the server's own address, the local machine's loopback names, and the `allowed` hosts.
    ///
    /// # Errors
    /// Returns an error if one of `allowed` isn't a valid host.
    pub fn new(address: SocketAddr, allowed: &[String]) -> Result<Self, InvalidHost> {
        let ip = match address.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let local = std::iter::once(ip).chain(LOOPBACK_NAMES.map(str::to_owned)).collect();
        let parse = |text: &String| HostName::parse(text).ok_or_else(|| InvalidHost(text.clone()));
        let allowed = allowed.iter().map(parse).collect::<Result<_, _>>()?;
        Ok(Self { local, port: address.port(), allowed })
    }

    /// Returns true if and only if a request for this path with these headers is allowed.
    fn allows(&self, path: &str, headers: &HeaderMap) -> bool {
        let header = |name: HeaderName| headers.get(name).map(HeaderValue::to_str);
        let Some(Ok(host)) = header(HOST) else { return false };
        let Some(host) = HostName::parse(host) else { return false };
        let is_known = self.local.contains(&host.name)
            || self.allowed.iter().any(|allowed| {
                allowed.name == host.name
                    && (allowed.port.is_none() || host.port.is_none() || allowed.port == host.port)
            })
            // Probes don't know the host name. None of these paths reveals anything without a token.
            || host.is_address() && PROBE_PATHS.contains(&path);
        is_known
            && match header(ORIGIN) {
                // Images and links are requested without an `Origin`, but browsers report how the page relates to the
                // requested origin.
                None => {
                    headers.get_all(FETCH_SITE).iter().all(|site| site == "same-origin" || site == "none")
                }
                Some(Ok(origin)) => self.allows_origin(origin, &host),
                Some(Err(_)) => false,
            }
    }

    /// Returns true if and only if a page from this origin may send a request with these headers and read the response.
    pub(crate) fn shares_with(&self, origin: &HeaderValue, headers: &HeaderMap) -> bool {
        let host = headers.get(HOST).and_then(|host| HostName::parse(host.to_str().ok()?));
        match (origin.to_str(), host) {
            (Ok(origin), Some(host)) => self.allows_origin(origin, &host),
            _ => false,
        }
    }

    /// Returns true if and only if a page from this origin may send requests: the origin must be the server's own,
    /// including the port, or an allowed host.
    fn allows_origin(&self, origin: &str, host: &HostName) -> bool {
        let Some((scheme, origin)) = origin.split_once("://") else { return false };
        let default_port = match scheme {
            "http" => 80,
            "https" => 443,
            _ => return false,
        };
        let Some(origin) = HostName::parse(origin) else { return false };
        let port = origin.port.unwrap_or(default_port);
        let is_local = self.local.contains(&origin.name) && port == self.port;
        is_local
            || self.allowed.iter().filter(|allowed| allowed.name == origin.name).any(|allowed| {
                match allowed.port {
                    Some(allowed) => allowed == port,
                    // The default port, or the port under which a reverse proxy received the request.
                    None => port == default_port || *host == origin,
                }
            })
    }
}

/// Rejects a request with a disallowed host, or from a page with a disallowed origin.
pub(crate) async fn validate_host(
    State(hosts): State<Arc<AllowedHosts>>,
    request: Request,
    next: Next,
) -> Response {
    if hosts.allows(request.uri().path(), request.headers()) {
        return next.run(request).await;
    }
    HttpError::Forbidden("host or origin not allowed").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn validation(address: &str, allowed: &[&str]) -> AllowedHosts {
        let allowed: Vec<String> = allowed.iter().copied().map(str::to_owned).collect();
        AllowedHosts::new(address.parse().unwrap(), &allowed).unwrap()
    }

    fn allows(hosts: &AllowedHosts, path: &str, host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        hosts.allows(path, &headers)
    }

    #[test]
    fn unknown_hosts_and_origins_are_rejected() {
        let hosts = validation("127.0.0.1:8080", &["psa.example.com"]);
        let allowed = |host: &str, origin: Option<&str>| allows(&hosts, "/mcp", host, origin);
        assert!(allowed("127.0.0.1:8080", None) && allowed("localhost", None) && allowed("[::1]:90", None));
        assert!(allowed("psa.example.com", Some("https://PSA.example.com")));
        assert!(allowed("psa.example.com:8443", Some("https://psa.example.com:8443")));
        assert!(!allowed("evil.example", None) && !allowed("localhost", Some("https://evil.example")));
        assert!(!allowed("10.0.0.5:8080", None) && !allowed("localhost", Some("null")));
        assert!(!hosts.allows("/mcp", &HeaderMap::new()));
    }

    #[test]
    fn cross_site_requests_without_an_origin_are_rejected() {
        let hosts = validation("127.0.0.1:8080", &["psa.example.com"]);
        let allowed = |site: &str, origin: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static("127.0.0.1:8080"));
            headers.insert(FETCH_SITE, site.parse().unwrap());
            if let Some(origin) = origin {
                headers.insert(ORIGIN, origin.parse().unwrap());
            }
            hosts.allows("/proxy/tickets", &headers)
        };
        assert!(allowed("same-origin", None) && allowed("none", None));
        assert!(!allowed("cross-site", None) && !allowed("same-site", None) && !allowed("", None));
        assert!(allowed("cross-site", Some("https://psa.example.com")));
        assert!(!allowed("cross-site", Some("https://evil.example")));
    }

    #[test]
    fn another_port_is_another_origin() {
        let is_allowed = |origin: &str| {
            allows(
                &validation("127.0.0.1:8080", &["psa.example.com"]),
                "/mcp",
                "localhost:8080",
                Some(origin),
            )
        };
        assert!(
            is_allowed("http://localhost:8080")
                && is_allowed("http://127.0.0.1:8080")
                && is_allowed("http://[::1]:8080")
        );
        assert!(
            !is_allowed("http://localhost:3000")
                && !is_allowed("http://localhost")
                && !is_allowed("https://psa.example.com:3000")
        );
        let hosts = validation("127.0.0.1:8080", &["localhost:3000"]);
        assert!(allows(&hosts, "/mcp", "localhost:8080", Some("http://localhost:3000")));
        assert!(!allows(&hosts, "/mcp", "localhost:8080", Some("http://localhost:3001")));
    }

    #[test]
    fn hosts_are_normalized_and_ports_compared_if_set() {
        let own = validation("[fd00::2]:8080", &[]);
        assert!(allows(&own, "/mcp", "[fd00::2]:8080", None) && allows(&own, "/mcp", "[FD00:0::2]", None));
        assert!(!allows(&own, "/mcp", "[fd00::3]:8080", None));
        for more in ["fd00::2", "[fd00::2]", "[fd00::2]:90"] {
            assert!(allows(&validation("127.0.0.1:8080", &[more]), "/mcp", "[fd00::2]:90", None), "{more}");
        }
        let proxied = validation("127.0.0.1:8080", &["psa.example.com:18816"]);
        assert!(allows(&proxied, "/mcp", "psa.example.com:18816", None));
        assert!(allows(&proxied, "/mcp", "PSA.example.com:18816", Some("https://psa.example.com:18816")));
        assert!(!allows(&proxied, "/mcp", "psa.example.com:18817", None));
        for more in
            ["https://psa.example.com", "psa.example.com/x", "*.example.com", "a b", "", "[fd00", "a:b"]
        {
            let error = AllowedHosts::new("127.0.0.1:80".parse().unwrap(), &[more.to_owned()]).err();
            assert!(error.is_some_and(|error| error.to_string().contains("invalid host")), "{more}");
        }
    }

    #[test]
    fn probes_may_use_an_address() {
        let hosts = validation("0.0.0.0:8080", &[]);
        for path in PROBE_PATHS {
            assert!(
                allows(&hosts, path, "10.0.0.5:8080", None) && allows(&hosts, path, "[fd00::2]:8080", None)
            );
            assert!(!allows(&hosts, path, "evil.example:8080", None));
            assert!(!allows(&hosts, path, "10.0.0.5:8080", Some("https://evil.example")));
        }
        assert!(!allows(&hosts, "/tools/x/call", "10.0.0.5:8080", None));
    }
}
