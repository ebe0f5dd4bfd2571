//! Observes every request: tracks it as in flight until its response has been sent, assigns it to a trace, and records
//! it in the metrics and the log. Both contain the route rather than the URL, which may contain a token.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use http_body::{Frame, SizeHint};
use toolcrate_executor::{InFlight, InFlightToken, TraceContext, milliseconds};
use tracing::Instrument;
use tracing::field::Empty;

use super::probe_paths::PROBE_PATHS;
use crate::error::HttpError;
use crate::metrics::RequestMetrics;

/// Creates a route's response during shutdown.
type UnavailableResponse = fn() -> Response;

/// Traces, counts and logs a router's requests.
#[derive(Clone)]
pub struct Observer {
    in_flight: InFlight,
    requests: RequestMetrics,
    /// `GET` requests for routes below these prefixes are streams.
    stream_prefixes: Vec<&'static str>,
    unavailable: Vec<(&'static str, UnavailableResponse)>,
}

impl Observer {
    /// Creates an observer that records requests in `requests` and tracks them in `in_flight` until their responses
    /// have been sent. Once `in_flight` starts draining, requests get status 503.
    pub fn new(in_flight: InFlight, requests: RequestMetrics) -> Self {
        Self { in_flight, requests, stream_prefixes: Vec::new(), unavailable: Vec::new() }
    }

    /// Treats `GET` requests for routes that start with `prefix` as streams. Clients decide when streams end, so
    /// shutdown doesn't wait for them.
    #[must_use]
    pub fn with_streams(mut self, prefix: &'static str) -> Self {
        self.stream_prefixes.push(prefix);
        self
    }

    /// Sets a route's response during shutdown.
    #[must_use]
    pub fn with_unavailable_response(mut self, route: &'static str, response: fn() -> Response) -> Self {
        self.unavailable.push((route, response));
        self
    }

    /// Wraps a router to observe its requests.
    pub fn observe(self, router: Router) -> Router {
        router.layer(middleware::from_fn_with_state(Arc::new(self), observe))
    }

    fn is_stream(&self, method: &Method, route: &str) -> bool {
        method == Method::GET && self.stream_prefixes.iter().any(|prefix| route.starts_with(prefix))
    }

    /// Returns the response during shutdown. The request has not been processed, so the client can retry on another
    /// replica.
    fn unavailable_response(&self, route: &str) -> Response {
        match self.unavailable.iter().find(|(other, _)| *other == route) {
            Some((_, response)) => response(),
            None => {
                let message = "the server is shutting down; try again later".to_owned();
                HttpError::Status { status: StatusCode::SERVICE_UNAVAILABLE, message }.into_response()
            }
        }
    }
}

async fn observe(State(observer): State<Arc<Observer>>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("", MatchedPath::as_str);
    let Some(token) = observer.in_flight.acquire() else {
        let response = observer.unavailable_response(route);
        observer.requests.record(&method, route, response.status(), started.elapsed());
        return response;
    };
    let token = (!observer.is_stream(&method, route)).then_some(token);
    let trace = TraceContext::from_headers(request.headers());
    let span = tracing::info_span!(
        "request",
        http.request.method = %method,
        http.route = route,
        account = Empty,
        trace_id = %trace.id()
    );
    // Handlers that run in separate tasks get the trace from here.
    request.extensions_mut().insert(trace.clone());
    let response = trace.scope(next.run(request)).instrument(span.clone()).await;
    let duration = started.elapsed();
    observer.requests.record(&method, route, response.status(), duration);
    let (status, duration_ms) = (response.status().as_u16(), milliseconds(duration));
    span.in_scope(|| match PROBE_PATHS.contains(&route) {
        true => tracing::debug!(http.response.status_code = status, duration_ms, "request handled"),
        false => tracing::info!(http.response.status_code = status, duration_ms, "request handled"),
    });
    response.map(|body| Body::new(InFlightBody { body, _token: token }))
}

/// A body whose request counts as in flight until the body has been sent.
struct InFlightBody {
    body: Body,
    _token: Option<InFlightToken>,
}

impl HttpBody for InFlightBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
