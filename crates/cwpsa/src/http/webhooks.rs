//! `POST /webhooks/{account}`: where ConnectWise posts callbacks. Their signature is checked, and no token is needed.
//! With a token of the account, `GET` shows how many events wait, and `POST /webhooks/{account}/retry` retries those that
//! were given up.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Path, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use connectwise_psa::runtime::Value;
use serde_json::json;
use toolcrate_http::{AccountRegistry, HttpError, json_response};
use toolcrate_store::StoreError;

use crate::webhooks::{WebhookError, Webhooks, signature};

/// The maximum size of a callback: a record, as text within JSON.
const MAX_CALLBACK_BYTES: usize = 1 << 20;
/// How long the body of a callback may take.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The route of callbacks.
pub(crate) const CALLBACK_ROUTE: &str = "/webhooks/{account}";
/// After how many seconds ConnectWise sends a callback again that could not be taken.
const RETRY_AFTER_SECONDS: &str = "2";

/// What the routes of webhooks share.
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
    tracing::warn!("a callback was refused, as the server is stopping; it comes again");
    retry_later("this server is stopping")
}

fn retry_later(message: &str) -> Response {
    let error = HttpError::Status { status: StatusCode::TOO_MANY_REQUESTS, message: message.to_owned() };
    let mut response = error.into_response();
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECONDS));
    response
}

/// Takes a callback. The response is sent once it is stored; it is delivered after that.
async fn receive(
    State(endpoint): WebhookEndpointState,
    Path(account): Path<String>,
    request: Request,
) -> Response {
    let signature = request.headers().get(signature::HEADER).cloned();
    let signature = signature.as_ref().and_then(|value| value.to_str().ok());
    // The body of what can't be a callback is not read.
    if let Err(error) = endpoint.webhooks.check_head(&account, signature) {
        return error_response(&error);
    }
    let body = match tokio::time::timeout(BODY_TIMEOUT, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(WebhookError::TooLarge),
        Ok(Err(_)) | Err(_) => Err(WebhookError::Malformed("it did not come to its end".to_owned())),
    };
    let received = match body {
        Ok(body) => endpoint.webhooks.receive(&account, &body, signature).await,
        Err(error) => Err(endpoint.webhooks.refuse(&account, error)),
    };
    match received {
        Ok(()) => json_response(StatusCode::ACCEPTED, &json!({"taken": true})),
        Err(error) => error_response(&error),
    }
}

/// Shows how many events wait, and how many were given up.
async fn show_state(
    State(endpoint): WebhookEndpointState,
    Path(account): Path<String>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    endpoint.accounts.open(Some(&account), &headers)?;
    queue_response(endpoint.webhooks.state(&account).await)
}

/// Retries the events that were given up.
async fn retry(
    State(endpoint): WebhookEndpointState,
    Path(account): Path<String>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    endpoint.accounts.open(Some(&account), &headers)?;
    let count = endpoint.webhooks.revive(&account).await;
    queue_response(count.map(|count| count.map(|count| json!({"again": count}))))
}

fn queue_response(result: Result<Option<Value>, StoreError>) -> Result<Response, HttpError> {
    match result {
        Ok(Some(value)) => Ok(json_response(StatusCode::OK, &value)),
        Ok(None) => Err(HttpError::NotFound("this account has no webhooks".to_owned())),
        Err(error) => {
            tracing::error!(%error, "the queues of events can't be read");
            Err(HttpError::Internal("the queues can't be read at the moment"))
        }
    }
}

fn error_response(error: &WebhookError) -> Response {
    match error {
        // The sender has done everything right.
        WebhookError::Replay => {
            json_response(StatusCode::OK, &json!({"taken": false, "why": error.to_string()}))
        }
        WebhookError::Malformed(_) => HttpError::BadRequest(error.to_string()).into_response(),
        WebhookError::TooLarge => {
            HttpError::Status { status: StatusCode::PAYLOAD_TOO_LARGE, message: error.to_string() }
                .into_response()
        }
        // Of all errors, ConnectWise retries only after 404, 409, 419 and 429.
        _ if error.may_pass_later() => retry_later("not at the moment; try again"),
        // An account that doesn't exist and a wrong signature look alike.
        _ => HttpError::Status {
            status: StatusCode::UNAUTHORIZED,
            message: "this is no callback that the account signed; the server's log says more".to_owned(),
        }
        .into_response(),
    }
}
