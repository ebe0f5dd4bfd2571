//! `POST /webhooks/{account}`: where ConnectWise posts callbacks. The signature is the check, no token is asked for.
//! With a token of the account, `GET` there tells how many events wait, and `POST /webhooks/{account}/retry` has those
//! tried again that were given up.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use connectwise_psa::runtime::Value;
use serde_json::json;

use super::failure;
use crate::webhooks::{WebhookError, signature};
use toolcrate_store::StoreError as Error;

/// The most bytes of a callback: a record, as text within JSON.
pub const MOST_BODY: usize = 1 << 20;
/// Its body must be here within this time.
const LONGEST: Duration = Duration::from_secs(10);

/// Where callbacks come.
pub const ROUTE: &str = "/webhooks/{account}";
/// After so many seconds a callback that could not be taken is to come again.
pub const COME_AGAIN: &str = "2";

/// Takes a callback: it is answered once it is stored, and handed on after that.
pub async fn receive(
    State(state): State<Arc<super::State>>,
    Path(account): Path<String>,
    request: Request,
) -> Response {
    let signature = request.headers().get(signature::HEADER).cloned();
    let signature = signature.as_ref().and_then(|value| value.to_str().ok());
    let body = match tokio::time::timeout(LONGEST, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(WebhookError::TooLarge),
        Ok(Err(_)) | Err(_) => Err(WebhookError::Malformed("it did not come to its end".to_owned())),
    };
    let taken = match body {
        Ok(body) => state.webhooks.receive(&account, &body, signature).await,
        Err(refused) => Err(state.webhooks.refuse(&account, refused)),
    };
    match taken {
        Ok(()) => failure::json_of(StatusCode::ACCEPTED, &json!({"taken": true})),
        Err(refused) => answer(&refused),
    }
}

/// How many events wait, and how many were given up.
pub async fn tell(
    State(state): State<Arc<super::State>>,
    Path(account): Path<String>,
    headers: HeaderMap,
) -> Response {
    match state.accounts.open(Some(&account), &headers) {
        Ok(_) => told(state.webhooks.state(&account).await),
        Err(refused) => *refused,
    }
}

/// Has events tried again that were given up.
pub async fn retry(
    State(state): State<Arc<super::State>>,
    Path(account): Path<String>,
    headers: HeaderMap,
) -> Response {
    match state.accounts.open(Some(&account), &headers) {
        Ok(_) => told(
            state.webhooks.revive(&account).await.map(|count| count.map(|count| json!({"again": count}))),
        ),
        Err(refused) => *refused,
    }
}

fn told(result: Result<Option<Value>, Error>) -> Response {
    match result {
        Ok(Some(value)) => failure::json_of(StatusCode::OK, &value),
        Ok(None) => failure::plain(StatusCode::NOT_FOUND, "this account has no webhooks"),
        Err(error) => {
            tracing::error!(%error, "the queues of events can't be read");
            failure::plain(StatusCode::INTERNAL_SERVER_ERROR, "the queues can't be read at the moment")
        }
    }
}

fn answer(refused: &WebhookError) -> Response {
    match refused {
        // Whoever sent it has done all that there is to do.
        WebhookError::Replay => {
            failure::json_of(StatusCode::OK, &json!({"taken": false, "why": refused.to_string()}))
        }
        WebhookError::Malformed(_) => failure::bad_request(&refused.to_string()),
        WebhookError::TooLarge => failure::plain(StatusCode::PAYLOAD_TOO_LARGE, &refused.to_string()),
        // Of all failures, ConnectWise only tries again after 404, 409, 419 and 429.
        _ if refused.may_pass_later() => {
            let mut response = failure::plain(StatusCode::TOO_MANY_REQUESTS, "not at the moment; try again");
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(COME_AGAIN));
            response
        }
        // An account that does not exist and a signature that is wrong look alike.
        _ => failure::plain(
            StatusCode::UNAUTHORIZED,
            "this is no callback that the account signed; the server's log says more",
        ),
    }
}
