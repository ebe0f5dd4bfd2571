//! `POST /webhooks/{account}`: receives callbacks from ConnectWise, which are verified by their signature and need no
//! token.
//!
//! With an account token, `GET /webhooks/{account}` returns the lengths of the event queues, and `POST
//! /webhooks/{account}/retry` returns events in the dead-letter queue to the delivery queue.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{DefaultBodyLimit, FromRequest, Path, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use connectwise_callbacks::{CallbackError, SIGNATURE_HEADER};
use connectwise_psa::runtime::Value;
use serde_json::json;
use toolcrate_http::{AccountRegistry, HttpError, json_response};
use toolcrate_store::StoreError;

use crate::webhooks::{MAX_CALLBACK_BYTES, WebhookError, Webhooks};

/// Timeout for reading a callback's body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The callback route.
pub(crate) const CALLBACK_ROUTE: &str = "/webhooks/{account}";
/// Seconds after which ConnectWise retries a callback that was not accepted.
const RETRY_AFTER_SECONDS: &str = "2";

/// State shared by the webhook routes.
pub(crate) struct WebhookEndpoint {
    pub(crate) accounts: Arc<AccountRegistry>,
    pub(crate) webhooks: Arc<Webhooks>,
}

type WebhookEndpointState = State<Arc<WebhookEndpoint>>;

impl WebhookEndpoint {
    /// Returns the webhook routes.
    pub(crate) fn into_routes(self) -> Router {
        let callbacks =
            get(show_state).post(receive).layer(DefaultBodyLimit::max(MAX_CALLBACK_BYTES as usize));
        Router::new()
            .route(CALLBACK_ROUTE, callbacks)
            .route("/webhooks/{account}/retry", post(retry))
            .with_state(Arc::new(self))
    }
}

/// Returns the response to a callback during shutdown. ConnectWise resends a callback only after certain statuses, such
/// as 429, and nothing else would report a lost callback.
pub(crate) fn draining_response() -> Response {
    tracing::warn!("callback rejected during shutdown; ConnectWise will retry it");
    retry_later("the server is shutting down; try again later")
}

fn retry_later(message: &str) -> Response {
    let error = HttpError::Status { status: StatusCode::TOO_MANY_REQUESTS, message: message.to_owned() };
    let mut response = error.into_response();
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECONDS));
    response
}

/// Accepts a callback. The response is sent once the event has been stored; delivery follows later.
async fn receive(
    State(endpoint): WebhookEndpointState,
    Path(account): Path<String>,
    request: Request,
) -> Response {
    let signature = request.headers().get(SIGNATURE_HEADER).cloned();
    let signature = signature.as_ref().and_then(|value| value.to_str().ok());
    // The body isn't read if the request can't be a valid callback.
    if let Err(error) = endpoint.webhooks.check_head(&account, signature) {
        return error_response(&error);
    }
    let size = request.body().size_hint().exact();
    if let Err(error) = endpoint.webhooks.check_size(&account, size) {
        // A client might not read the response until it has sent the whole body.
        let _ = tokio::time::timeout(BODY_TIMEOUT, discard(request.into_body())).await;
        return error_response(&error);
    }
    let body = match tokio::time::timeout(BODY_TIMEOUT, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(WebhookError::TooLarge),
        Ok(Err(_)) | Err(_) => Err(CallbackError::Malformed("incomplete body".to_owned()).into()),
    };
    let received = match body {
        Ok(body) => endpoint.webhooks.receive(&account, &body, size, signature).await,
        Err(error) => Err(endpoint.webhooks.refuse(&account, error)),
    };
    match received {
        Ok(()) => json_response(StatusCode::ACCEPTED, &json!({"accepted": true})),
        Err(error) => error_response(&error),
    }
}

/// Reads and discards a body, up to the maximum size.
async fn discard(mut body: Body) {
    let mut length = 0;
    while let Some(Ok(frame)) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        length += frame.data_ref().map_or(0, Bytes::len) as u64;
        if length > MAX_CALLBACK_BYTES {
            break;
        }
    }
}

/// Returns the numbers of waiting and dead-lettered events.
async fn show_state(
    State(endpoint): WebhookEndpointState,
    Path(account): Path<String>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    endpoint.accounts.open(Some(&account), &headers)?;
    queue_response(endpoint.webhooks.state(&account).await)
}

/// Requeues dead-lettered events.
async fn retry(
    State(endpoint): WebhookEndpointState,
    Path(account): Path<String>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    endpoint.accounts.open(Some(&account), &headers)?;
    let count = endpoint.webhooks.revive(&account).await;
    queue_response(count.map(|count| count.map(|count| json!({"requeued": count}))))
}

fn queue_response(result: Result<Option<Value>, StoreError>) -> Result<Response, HttpError> {
    match result {
        Ok(Some(value)) => Ok(json_response(StatusCode::OK, &value)),
        Ok(None) => Err(HttpError::NotFound("no webhooks are configured for the account".to_owned())),
        Err(error) => {
            tracing::error!(%error, "can't read the event queues");
            Err(HttpError::Internal("can't read the event queues; try again later"))
        }
    }
}

fn error_response(error: &WebhookError) -> Response {
    match error {
        // The sender did nothing wrong.
        WebhookError::Callback(CallbackError::Replay) => {
            json_response(StatusCode::OK, &json!({"accepted": false, "reason": error.to_string()}))
        }
        WebhookError::Callback(CallbackError::Malformed(_)) => {
            HttpError::BadRequest(error.to_string()).into_response()
        }
        WebhookError::TooLarge => {
            HttpError::Status { status: StatusCode::PAYLOAD_TOO_LARGE, message: error.to_string() }
                .into_response()
        }
        // Of all errors, ConnectWise retries only after 404, 409, 419 and 429.
        _ if error.may_pass_later() => retry_later("temporarily unavailable; try again later"),
        // A nonexistent account and a wrong signature can't be distinguished.
        _ => HttpError::Status {
            status: StatusCode::UNAUTHORIZED,
            message: "the callback was not signed by the account; see the server log for details".to_owned(),
        }
        .into_response(),
    }
}
