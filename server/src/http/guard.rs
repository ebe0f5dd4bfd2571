//! What every request passes: a page in a browser must not reach a server on this machine through a name of its own
//! (DNS rebinding) or from another origin.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::failure;

/// The names under which the server may be asked.
pub struct Guard(Vec<String>);

impl Guard {
    /// The server's own address, the names of this machine for itself, and `more`.
    pub fn new(address: SocketAddr, more: &[String]) -> Self {
        let mut names = vec![
            address.ip().to_string(),
            "localhost".to_owned(),
            "127.0.0.1".to_owned(),
            "[::1]".to_owned(),
        ];
        names.extend(more.iter().cloned());
        Self(names)
    }

    fn lets(&self, headers: &HeaderMap) -> bool {
        let text = |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
        let knows = |host: &str| {
            let name = match host.rsplit_once(':') {
                Some((name, port)) if port.chars().all(|c| c.is_ascii_digit()) => name,
                _ => host,
            };
            self.0.iter().any(|known| known.eq_ignore_ascii_case(name))
        };
        let origin = text(ORIGIN).map(|origin| origin.split_once("://").map_or(origin, |(_, host)| host));
        text(HOST).is_some_and(knows) && origin.is_none_or(knows)
    }
}

/// Refuses what comes under another name.
pub async fn check(State(state): State<Arc<super::State>>, request: Request, next: Next) -> Response {
    if state.guard.lets(request.headers()) {
        return next.run(request).await;
    }
    failure::plain(StatusCode::FORBIDDEN, "this server is not asked under that name; --allow-host adds one")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_names_and_origins_are_refused() {
        let guard = Guard::new(SocketAddr::from(([127, 0, 0, 1], 80)), &["psa.example.com".to_owned()]);
        let lets = |host: &str, origin: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, host.parse().unwrap());
            if let Some(origin) = origin {
                headers.insert(ORIGIN, origin.parse().unwrap());
            }
            guard.lets(&headers)
        };
        assert!(lets("127.0.0.1:8080", None) && lets("localhost", None) && lets("[::1]:90", None));
        assert!(lets("psa.example.com", Some("https://PSA.example.com")));
        assert!(!lets("evil.example", None) && !lets("localhost", Some("https://evil.example")));
        assert!(!guard.lets(&HeaderMap::new()));
    }
}
