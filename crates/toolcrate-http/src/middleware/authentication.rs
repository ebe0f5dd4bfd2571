//! Rejects unauthenticated requests before their bodies are read.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::state::SharedState;

/// Rejects a request without access to any account, before its body is read.
pub(crate) async fn require_access(state: SharedState, request: Request, next: Next) -> Response {
    match state.accounts.open_any(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}
