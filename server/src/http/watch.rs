//! What is done around every request: it is counted among those in flight, belongs to a trace, and leaves a line in
//! the log with the route that it took, which unlike its address holds no token.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::Response;
use http_body::{Frame, SizeHint};
use tokio_util::task::task_tracker::TaskTrackerToken;
use tracing::Instrument;
use tracing::field::Empty;

use super::failure;
use crate::run;
use crate::stop::Calls;
use crate::trace::Trace;

/// Requests that come every few seconds by themselves.
const PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// The router with every request watched.
pub fn watched(router: Router, calls: Calls) -> Router {
    router.layer(middleware::from_fn_with_state(calls, watch))
}

async fn watch(State(calls): State<Calls>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("", MatchedPath::as_str);
    let Some(call) = calls.begin() else {
        // Nothing was done, so the caller may ask another copy for the same. A callback only comes again after 429.
        let status = match route.starts_with("/webhooks/") {
            true => StatusCode::TOO_MANY_REQUESTS,
            false => StatusCode::SERVICE_UNAVAILABLE,
        };
        return failure::plain(status, "this server is stopping");
    };
    // A stream of a session lasts as long as its client likes.
    let waits = request.method() == Method::GET && route.starts_with("/mcp");
    let call = (!waits).then_some(call);
    let trace = Trace::of_headers(request.headers());
    let span = tracing::info_span!("request", method = %request.method(), route, account = Empty, trace_id = %trace.id());
    // For handlers that run in tasks of their own.
    request.extensions_mut().insert(trace.clone());
    let response = trace.scope(next.run(request)).instrument(span.clone()).await;
    let (status, ms) = (response.status().as_u16(), run::milliseconds(started.elapsed()));
    span.in_scope(|| match PROBES.contains(&route) {
        true => tracing::debug!(status, ms, "answered"),
        false => tracing::info!(status, ms, "answered"),
    });
    response.map(|body| Body::new(Held { body, _call: call }))
}

/// A body that keeps its call in flight until it was sent.
struct Held {
    body: Body,
    _call: Option<TaskTrackerToken>,
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
