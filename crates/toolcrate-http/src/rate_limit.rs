//! The rate limit that an API reported last.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

const LIMIT_HEADER: &str = "ratelimit-limit";

/// The rate limit that the API reported last for an account, or 0 before the first report. Some APIs omit it from their
/// 429 responses, which is where clients look for it.
#[derive(Clone, Debug, Default)]
pub(crate) struct LastRateLimit(Arc<AtomicU64>);

impl LastRateLimit {
    /// Remembers the limit of a response, or adds the last one to a 429 that has none.
    pub(crate) fn complete(&self, mut response: Response) -> Response {
        let reported =
            response.headers().get(LIMIT_HEADER).and_then(|limit| limit.to_str().ok()?.parse().ok());
        match reported {
            Some(limit) => self.0.store(limit, Ordering::Relaxed),
            None if response.status() == StatusCode::TOO_MANY_REQUESTS => {
                let last = HeaderValue::from(self.0.load(Ordering::Relaxed));
                response.headers_mut().insert(HeaderName::from_static(LIMIT_HEADER), last);
            }
            None => {}
        }
        response
    }
}
