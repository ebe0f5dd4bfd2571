//! What is done around every request: it is counted among those in flight, belongs to a trace, and leaves a line in
//! the log with the route that it took, which unlike its address holds no token.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::Response;
use http_body::{Frame, SizeHint};
use toolcrate_executor::{InFlight, InFlightToken, TraceContext, milliseconds};
use tracing::Instrument;
use tracing::field::Empty;

use super::{failure, webhooks};
use crate::metrics::Requests;

/// Requests that come every few seconds by themselves.
const PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// The router with every request watched, and counted among `requests`.
pub fn watched(router: Router, calls: InFlight, requests: Requests) -> Router {
    router.layer(middleware::from_fn_with_state((calls, requests), watch))
}

async fn watch(
    State((calls, requests)): State<(InFlight, Requests)>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("", MatchedPath::as_str);
    let Some(call) = calls.acquire() else {
        let response = refuse(route);
        requests.answered(&method, route, response.status());
        return response;
    };
    // A stream of a session lasts as long as its client likes.
    let waits = method == Method::GET && route.starts_with("/mcp");
    let call = (!waits).then_some(call);
    let trace = TraceContext::from_headers(request.headers());
    let span = tracing::info_span!("request", %method, route, account = Empty, trace_id = %trace.id());
    // For handlers that run in tasks of their own.
    request.extensions_mut().insert(trace.clone());
    let response = trace.scope(next.run(request)).instrument(span.clone()).await;
    requests.answered(&method, route, response.status());
    let (status, ms) = (response.status().as_u16(), milliseconds(started.elapsed()));
    span.in_scope(|| match PROBES.contains(&route) {
        true => tracing::debug!(status, ms, "answered"),
        false => tracing::info!(status, ms, "answered"),
    });
    response.map(|body| Body::new(Held { body, _call: call }))
}

/// The answer of a server that is stopping. Nothing was done, so the caller may ask another copy for the same.
fn refuse(route: &str) -> Response {
    let message = "this server is stopping";
    if route != webhooks::ROUTE {
        return failure::plain(StatusCode::SERVICE_UNAVAILABLE, message);
    }
    // A callback only comes again after 429, and nobody else would tell of one that does not.
    tracing::warn!("a callback was refused, as the server is stopping; it comes again");
    let mut response = failure::plain(StatusCode::TOO_MANY_REQUESTS, message);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(webhooks::COME_AGAIN));
    response
}

/// A body that keeps its call in flight until it was sent.
struct Held {
    body: Body,
    _call: Option<InFlightToken>,
}

impl HttpBody for Held {
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
