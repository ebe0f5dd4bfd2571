//! `POST /webhooks/{account}`: the endpoint for callbacks. They are verified by their signature and need no token. With a
//! token of the account, `GET` returns the lengths of the queues, and `POST /webhooks/{account}/retry` requeues
//! dead-lettered events.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
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

use crate::webhooks::{WebhookError, Webhooks};

/// The maximum size of a callback: a record, as text within JSON.
const MAX_CALLBACK_BYTES: usize = 1 << 20;
/// How long the body of a callback may take.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The route of callbacks.
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
    /// The routes of webhooks.
    pub(crate) fn into_routes(self) -> Router {
        let callbacks = get(show_state).post(receive).layer(DefaultBodyLimit::max(MAX_CALLBACK_BYTES));
        Router::new()
            .route(CALLBACK_ROUTE, callbacks)
            .route("/webhooks/{account}/retry", post(retry))
            .with_state(Arc::new(self))
    }
}

/// The response to a callback while the server drains. ConnectWise sends a callback again only after certain statuses,
/// such as 429, and nothing else would report one that is lost.
pub(crate) fn draining_response() -> Response {
    tracing::warn!("callback rejected during shutdown; ConnectWise will retry it");
    retry_later("the server is shutting down; retry later")
}

fn retry_later(message: &str) -> Response {
    let error = HttpError::Status { status: StatusCode::TOO_MANY_REQUESTS, message: message.to_owned() };
    let mut response = error.into_response();
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECONDS));
    response
}

/// Accepts a callback. The response is sent once the event is stored; it is delivered afterwards.
async fn receive(
    State(endpoint): WebhookEndpointState,
    Path(account): Path<String>,
    request: Request,
) -> Response {
    let signature = request.headers().get(SIGNATURE_HEADER).cloned();
    let signature = signature.as_ref().and_then(|value| value.to_str().ok());
    // The body is not read if the request can't be a valid callback.
    if let Err(error) = endpoint.webhooks.check_head(&account, signature) {
        return error_response(&error);
    }
    let body = match tokio::time::timeout(BODY_TIMEOUT, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(WebhookError::TooLarge),
        Ok(Err(_)) | Err(_) => Err(CallbackError::Malformed("incomplete body".to_owned()).into()),
    };
    let received = match body {
        Ok(body) => endpoint.webhooks.receive(&account, &body, signature).await,
        Err(error) => Err(endpoint.webhooks.refuse(&account, error)),
    };
    match received {
        Ok(()) => json_response(StatusCode::ACCEPTED, &json!({"accepted": true})),
        Err(error) => error_response(&error),
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
            Err(HttpError::Internal("can't read the event queues; retry later"))
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
        _ if error.may_pass_later() => retry_later("temporarily unavailable; retry later"),
        // An account that doesn't exist and a wrong signature look alike.
        _ => HttpError::Status {
            status: StatusCode::UNAUTHORIZED,
            message: "the callback was not signed by the account; see the server log for details".to_owned(),
        }
        .into_response(),
    }
}
