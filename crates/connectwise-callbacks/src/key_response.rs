//! Interprets a host's response to a request for a signing key.

use serde::Deserialize;

use crate::error::CallbackError;
use crate::key_fetcher::KeyResponse;
use crate::signing_key::SigningKey;

#[derive(Deserialize)]
struct KeyBody {
    signing_key: String,
}

/// Extracts the key from a response.
///
/// # Errors
/// Returns an error if the host doesn't have the key, or is temporarily unavailable.
pub(crate) fn parse_key(response: &KeyResponse) -> Result<SigningKey, CallbackError> {
    let reason = || format!("the response has status {}", response.status);
    match response.status {
        200..=299 => {}
        408 | 429 | 500.. => return Err(CallbackError::KeyUnavailable(reason())),
        _ => return Err(CallbackError::NoKey(reason())),
    }
    match serde_json::from_slice::<KeyBody>(&response.body) {
        Ok(body) if !body.signing_key.is_empty() => Ok(SigningKey::new(&body.signing_key)),
        // The parser's message could contain part of the key.
        _ => Err(CallbackError::NoKey("the response has no `signing_key`".to_owned())),
    }
}
