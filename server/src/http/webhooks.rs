//! `POST /webhooks/{account}`: where ConnectWise posts callbacks. The signature is the check, no token is asked for.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::json;

use super::failure;
use crate::webhooks::{Refused, signature};

/// The most bytes of a callback: a record, as text within JSON.
pub const MOST_BODY: usize = 1 << 20;

/// Takes a callback: it is answered once it is stored, and handed on after that.
pub async fn receive(
    State(state): State<Arc<super::State>>,
    Path(account): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(error) => return failure::plain(error.status(), "a callback has no such body"),
    };
    let signature = headers.get(signature::HEADER).and_then(|value| value.to_str().ok());
    match state.webhooks.receive(&account, &body, signature).await {
        Ok(()) => failure::json_of(StatusCode::ACCEPTED, &json!({"taken": true})),
        Err(refused) => answer(&refused),
    }
}

fn answer(refused: &Refused) -> Response {
    match refused {
        // Whoever sent it has done all that there is to do.
        Refused::Replay => {
            failure::json_of(StatusCode::OK, &json!({"taken": false, "why": refused.to_string()}))
        }
        Refused::Malformed(_) => failure::bad_request(&refused.to_string()),
        // Of all failures, ConnectWise only tries again after 404, 409, 419 and 429.
        _ if refused.may_pass_later() => {
            let mut response = failure::plain(StatusCode::TOO_MANY_REQUESTS, "not at the moment; try again");
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("2"));
            response
        }
        // An account that does not exist and a signature that is wrong look alike.
        _ => failure::plain(
            StatusCode::UNAUTHORIZED,
            "this is no callback that the account signed; the server's log says more",
        ),
    }
}
