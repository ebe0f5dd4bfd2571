//! Verifies ConnectWise PSA callbacks and converts them to typed events.
//!
//! ConnectWise posts a callback to your URL whenever a record changes. Anyone who knows the URL can post to it, so a
//! callback can be trusted only if its signature is valid. The callback contains the URL of the signing key, and that
//! URL can't be trusted either before the callback is verified. [`CallbackVerifier`] takes care of this:
//!
//! ```no_run
//! use axum::body::Bytes;
//! use axum::extract::State;
//! use axum::http::{HeaderMap, StatusCode};
//! use axum::{Router, routing::post};
//! use connectwise_callbacks::CallbackVerifier;
//! use std::sync::Arc;
//!
//! async fn receive(verifier: State<Arc<CallbackVerifier>>, headers: HeaderMap, body: Bytes) -> StatusCode {
//!     match verifier.verify(&headers, &body).await {
//!         Ok(event) => println!("{} {} {}", event.record_type, event.record_id, event.action),
//!         Err(error) => return error.status(),
//!     }
//!     StatusCode::ACCEPTED
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let base_url = "https://api-na.myconnectwise.net/v4_6_release/apis/3.0";
//! let verifier = Arc::new(CallbackVerifier::new(base_url, "acme")?);
//! let app: Router = Router::new().route("/callbacks", post(receive)).with_state(verifier);
//! # Ok(())
//! # }
//! ```
//!
//! Register the URL with `POST /system/callbacks`, and end it with `?recordId=`: ConnectWise appends the record ID.
//!
//! # What is verified
//!
//! - **Signature**: HMAC-SHA256 over the raw body, compared in constant time. See [`SigningKey`].
//! - **Key URL**: a key is requested only from the host, port and scheme of the account's base URL, from the host that
//!   publishes keys for its cloud region, or from a host that you [add](CallbackVerifierBuilder::key_host). The URL
//!   must have the documented path and name the account's own company, because other companies have keys on the same
//!   host. A forged callback can't make your server request any other URL.
//! - **Key requests**: they don't include credentials or follow redirects, are sent at most once an hour per key, and
//!   are limited to four seconds and 16 KiB. Unknown keys are requested at most 30 times a minute, and don't evict keys
//!   that have signed a callback.
//! - **Replay**: a callback is accepted only once within seven days. See [`CallbackVerifierBuilder::replay_window`].
//!
//! # Respond in time
//!
//! ConnectWise waits five seconds for a response, and disables a callback that fails for three days. It retries only
//! after status 404, 409, 419 or 429, which [`CallbackError::status`] takes into account. Store the event, respond, and
//! process the event afterwards. If it can't be stored, call [`CallbackVerifier::forget`] and respond with 429.
//!
//! # Features
//!
//! The `reqwest` feature, enabled by default, fetches keys with reqwest and rustls. Without it, implement
//! [`KeyFetcher`] with your own HTTP client.

mod error;
mod event;
mod key_cache;
mod key_fetcher;
mod key_response;
mod key_url;
mod loopback;
mod payload;
mod replay;
#[cfg(feature = "reqwest")]
mod reqwest_fetcher;
mod setup_error;
mod signing_key;
mod verifier;

pub use error::CallbackError;
pub use event::{CallbackAction, CallbackEvent, RecordType};
pub use key_fetcher::{KeyFetcher, KeyFuture, KeyResponse};
pub use key_url::KeyUrlError;
pub use loopback::is_loopback;
pub use setup_error::CallbackSetupError;
pub use signing_key::{SIGNATURE_HEADER, SigningKey, is_signature};
pub use verifier::{CallbackVerifier, CallbackVerifierBuilder};

/// Compiles the README example.
#[cfg(all(doctest, feature = "reqwest"))]
#[doc = include_str!("../README.md")]
struct ReadmeExample;
