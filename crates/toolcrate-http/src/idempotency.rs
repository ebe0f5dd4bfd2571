//! Supports `Idempotency-Key` over HTTP: determines which responses are stored, and replays them.

use axum::body::to_bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use toolcrate_executor::{
    IdempotencyError, IdempotencyKey, IdempotencyStore, IdempotentResponse, Prepared, StoredResponse,
};

use crate::error::{HttpError, NotExecuted};

const KEY_HEADER: &str = "idempotency-key";
/// Maximum length of a key.
const MAX_KEY_BYTES: usize = 255;

/// Returns a request's key. Reads have none, because they can be repeated. `form` is the format of the response.
///
/// # Errors
/// Returns an error if a write has an empty key, a key that is too long, or several keys, because it would not be
/// protected.
pub(crate) fn key(
    headers: &HeaderMap,
    form: &'static str,
    call: &Prepared,
) -> Result<Option<IdempotencyKey>, HttpError> {
    let mut keys = headers.get_all(KEY_HEADER).iter().map(HeaderValue::as_bytes);
    let Some(key) = keys.next().filter(|_| call.is_write()) else { return Ok(None) };
    if key.is_empty() || key.len() > MAX_KEY_BYTES || keys.any(|other| other != key) {
        return Err(HttpError::BadRequest(format!(
            "expected one Idempotency-Key of 1 to {MAX_KEY_BYTES} characters"
        )));
    }
    Ok(Some(IdempotencyKey::new(key, form, call)))
}

/// Runs `call` unless it has already been made with `key`. If it is in flight, waits for its response. The call runs to
/// completion even if the client disconnects.
pub(crate) async fn run(
    responses: &IdempotencyStore,
    key: Option<IdempotencyKey>,
    call: impl Future<Output = Response> + Send + 'static,
) -> Response {
    let Some(key) = key else { return call.await };
    match responses.run(key, async { to_stored(call.await).await }).await {
        Ok(stored) => from_stored(stored),
        Err(error @ IdempotencyError::OutcomeUnknown { .. }) => {
            HttpError::OutcomeUnknown(error.to_string()).into_response()
        }
        Err(error) => {
            // No client retries either status automatically.
            let status = match &error {
                IdempotencyError::Store(error) => {
                    tracing::error!(%error, "can't read or store an Idempotency-Key");
                    StatusCode::INTERNAL_SERVER_ERROR
                }
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            HttpError::Status { status, message: error.to_string() }.into_response()
        }
    }
}

async fn to_stored(response: Response) -> IdempotentResponse {
    let was_executed = response.extensions().get::<NotExecuted>().is_none();
    let (parts, body) = response.into_parts();
    // The body was created in this process, so reading it can't fail.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let headers = parts
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
    let stored = StoredResponse { status: parts.status.as_u16(), headers: headers.collect(), body };
    if was_executed { IdempotentResponse::Final(stored) } else { IdempotentResponse::NotExecuted(stored) }
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
