//! `Idempotency-Key` over HTTP: which responses are stored and how they are replayed.

use axum::body::to_bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use toolcrate_executor::{
    IdempotencyError, IdempotencyKey, IdempotencyStore, IdempotentResponse, Prepared, StoredResponse,
};

use super::failure::{self, NotDone};

/// The key of a request, if it has one and may write: a read can be done again.
pub fn key(headers: &HeaderMap, call: &Prepared) -> Option<IdempotencyKey> {
    let key = headers.get("idempotency-key")?.as_bytes();
    call.is_write().then(|| IdempotencyKey::new(key, call))
}

/// Makes `call` unless it was made under `key`, and waits for it where it is in flight. The call goes on to its end when
/// the client hangs up.
pub async fn once(
    responses: &IdempotencyStore,
    key: Option<IdempotencyKey>,
    call: impl Future<Output = Response> + Send + 'static,
) -> Response {
    let Some(key) = key else { return call.await };
    match responses.run(key, async { to_stored(call.await).await }).await {
        Ok(stored) => from_stored(stored),
        Err(error) => {
            // The status of an unknown outcome is one that no client repeats by itself.
            let status = match &error {
                IdempotencyError::Store(error) => {
                    tracing::error!(%error, "an Idempotency-Key could not be looked up or stored");
                    StatusCode::INTERNAL_SERVER_ERROR
                }
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            failure::plain(status, &error.to_string())
        }
    }
}

async fn to_stored(response: Response) -> IdempotentResponse {
    let was_made = response.extensions().get::<NotDone>().is_none();
    let (parts, body) = response.into_parts();
    // The body was made in this process: it is whole and can be read.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let headers = parts
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
    let stored = StoredResponse { status: parts.status.as_u16(), headers: headers.collect(), body };
    if was_made { IdempotentResponse::Final(stored) } else { IdempotentResponse::NotExecuted(stored) }
}

fn from_stored(stored: StoredResponse) -> Response {
    let mut response = stored.body.into_response();
    *response.status_mut() = StatusCode::from_u16(stored.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().clear();
    for (name, value) in stored.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
