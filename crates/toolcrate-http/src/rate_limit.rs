//! Remembers the rate limit that an API last reported.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

const LIMIT_HEADER: &str = "ratelimit-limit";

/// The rate limit that the API last reported for an account; 0 before the first report. Some APIs omit it from their
/// 429 responses, which is where clients look for it.
#[derive(Clone, Debug, Default)]
pub(crate) struct LastRateLimit(Arc<AtomicU64>);

impl LastRateLimit {
    /// Remembers the rate limit in a response, or adds the last known one to a 429 without a limit. An unknown limit is
    /// left out.
    pub(crate) fn complete(&self, mut response: Response) -> Response {
        let reported =
            response.headers().get(LIMIT_HEADER).and_then(|limit| limit.to_str().ok()?.parse().ok());
        match reported {
            Some(limit) => self.0.store(limit, Ordering::Relaxed),
            None if response.status() == StatusCode::TOO_MANY_REQUESTS => {
                let last = self.0.load(Ordering::Relaxed);
                if last > 0 {
                    let name = HeaderName::from_static(LIMIT_HEADER);
                    response.headers_mut().insert(name, HeaderValue::from(last));
                }
            }
            None => {}
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn response(status: StatusCode, limit: Option<&str>) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        if let Some(limit) = limit {
            response.headers_mut().insert(LIMIT_HEADER, limit.parse().unwrap());
        }
        response
    }

    #[test]
    fn limit_is_added_once_it_is_known() {
        let last = LastRateLimit::default();
        let limited = |last: &LastRateLimit| {
            let response = last.complete(response(StatusCode::TOO_MANY_REQUESTS, None));
            response.headers().get(LIMIT_HEADER).map(|limit| limit.to_str().unwrap().to_owned())
        };
        assert_eq!(limited(&last), None);
        let _ = last.complete(response(StatusCode::OK, Some("1000")));
        assert_eq!(limited(&last).as_deref(), Some("1000"));
    }
}
