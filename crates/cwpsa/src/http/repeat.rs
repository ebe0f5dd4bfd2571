//! Writes that come twice with one `Idempotency-Key` are done once; the second gets the first one's answer, whichever
//! copy of the server it comes to.
//!
//! Before a write is made, its key is claimed in the store; afterwards the answer takes the claim's place. A server
//! that dies between the two leaves the claim: whether the write was done is then unknown, so whoever repeats it is
//! told so, and nothing is sent again. A write that was certainly not made leaves no claim.

use std::time::Duration;

use axum::body::{Bytes, to_bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use connectwise_psa::runtime::{Tool, Value};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::time::{Instant, sleep};

use super::failure::{self, NotDone};
use crate::digest;
use crate::store;

/// How long an answer is kept.
const KEPT: Duration = Duration::from_secs(24 * 3600);
/// How long a repetition waits for the first one's answer. Truto's SDK waits 30 seconds for ours.
const PATIENCE: Duration = Duration::from_secs(20);

/// Who asks for what under which key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Key {
    /// Where the store keeps it: of account and key.
    place: String,
    /// Of tool and arguments, to tell a repetition from a key that is used anew.
    content: String,
}

/// The key of a request, if it has one and may write: a read can be done again.
pub fn key(headers: &HeaderMap, account: &str, tool: Tool, arguments: &Value) -> Option<Key> {
    let key = headers.get("idempotency-key")?.as_bytes();
    if tool.annotations().read_only_hint {
        return None;
    }
    Some(Key { place: place(account, key), content: digest::of_call(account, tool, arguments) })
}

/// No key of one account is one of another, whatever both are called.
fn place(account: &str, key: &[u8]) -> String {
    format!("repeat/{}", digest::of(&serde_json::json!([account, key]).to_string()))
}

/// What the store keeps under a key, followed by a line's end and the answer's body.
#[derive(Serialize, Deserialize)]
struct Record {
    content: String,
    /// When the call began, for people.
    began: String,
    /// Status and headers of the answer, once there is one.
    answer: Option<(u16, Vec<(String, String)>)>,
}

impl Record {
    fn bytes(&self, body: &[u8]) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes.extend_from_slice(body);
        bytes
    }

    fn read(bytes: &[u8]) -> Option<(Self, Bytes)> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let record = serde_json::from_slice(&bytes[..end]).ok()?;
        Some((record, Bytes::copy_from_slice(&bytes[end + 1..])))
    }
}

/// The answers that were given.
pub struct Repeats {
    store: store::Shared,
    patience: Duration,
}

impl Repeats {
    /// Keeps answers in `store`.
    pub fn new(store: store::Shared) -> Self {
        Self { store, patience: PATIENCE }
    }

    /// Does `call` unless it was done under `key`, and waits for it where it is under way. The call goes on to its end
    /// when the client hangs up.
    pub async fn once(
        &self,
        key: Option<Key>,
        call: impl Future<Output = Response> + Send + 'static,
    ) -> Response {
        let Some(key) = key else { return call.await };
        let began = OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default();
        let claim = Record { content: key.content.clone(), began, answer: None };
        let (give_up, mut pause) = (Instant::now() + self.patience, Duration::from_millis(20));
        loop {
            let found = match self.store.put_new(&key.place, &claim.bytes(b""), KEPT).await {
                Ok(None) => break,
                Ok(Some(found)) => found,
                Err(error) => return unreachable(&error),
            };
            match Record::read(&found) {
                Some((record, _)) if record.content != key.content => {
                    let message = "this Idempotency-Key was used for another call; use a new one";
                    return failure::plain(StatusCode::UNPROCESSABLE_ENTITY, message);
                }
                Some((Record { answer: Some((status, headers)), .. }, body)) => {
                    return answer(status, &headers, body);
                }
                Some((record, _)) if Instant::now() >= give_up => return unsure(&record.began),
                None => return unsure("a time that is not known"),
                Some(_) => {}
            }
            sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(500));
        }
        let store = self.store.clone();
        // A task of its own: a client that hangs up must not end it between the write and its answer.
        let done = tokio::spawn(async move { keep(&*store, &key.place, claim, call.await).await }).await;
        done.unwrap_or_else(|_| unsure("this moment"))
    }
}

/// Puts the answer in the claim's place; removes the claim of a write that was not made.
async fn keep(store: &dyn store::Store, place: &str, claim: Record, response: Response) -> Response {
    if response.extensions().get::<NotDone>().is_some() {
        if let Err(error) = store.remove(place).await {
            tracing::error!(%error, "the Idempotency-Key of a call that was not made can't be used again");
        }
        return response;
    }
    let (parts, body) = response.into_parts();
    // The body was made in this process: it is whole and can be read.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let headers = parts
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
    let record = Record { answer: Some((parts.status.as_u16(), headers.collect())), ..claim };
    if let Err(error) = store.put(place, &record.bytes(&body), KEPT).await {
        // It was done and the client is told; only a repetition will find that its outcome is unknown.
        tracing::error!(%error, "an answer could not be kept under its Idempotency-Key");
    }
    Response::from_parts(parts, body.into())
}

fn answer(status: u16, headers: &[(String, String)], body: Bytes) -> Response {
    let mut response = body.into_response();
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().clear();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// The first one's answer is missing. The status is one that no client repeats by itself.
fn unsure(began: &str) -> Response {
    failure::plain(
        StatusCode::UNPROCESSABLE_ENTITY,
        &format!(
            "a call with this Idempotency-Key began at {began} and its outcome is not known: it may be under way, done, \
             or lost. Look whether it was done before you do it again under a new key"
        ),
    )
}

fn unreachable(error: &store::Error) -> Response {
    tracing::error!(%error, "an Idempotency-Key could not be looked up or kept");
    failure::plain(
        StatusCode::INTERNAL_SERVER_ERROR,
        "Idempotency-Keys can't be looked up at the moment, so nothing was done",
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::store::Memory;

    fn key_of(key: &str, content: &str) -> Option<Key> {
        Some(Key { place: place("a", key.as_bytes()), content: content.to_owned() })
    }

    fn repeats(store: &store::Shared, patience: u64) -> Repeats {
        Repeats { store: Arc::clone(store), patience: Duration::from_millis(patience) }
    }

    #[tokio::test]
    async fn a_repetition_is_not_done_again_by_any_copy() {
        let store: store::Shared = Arc::new(Memory::default());
        let (one, two) = (repeats(&store, 5000), repeats(&store, 5000));
        let count = Arc::new(AtomicUsize::new(0));
        let call = || {
            let count = Arc::clone(&count);
            async move {
                let number = count.fetch_add(1, Ordering::SeqCst);
                sleep(Duration::from_millis(50)).await;
                (StatusCode::CREATED, [("ratelimit-limit", "9")], number.to_string()).into_response()
            }
        };
        let (first, second) =
            tokio::join!(one.once(key_of("k", "1"), call()), two.once(key_of("k", "1"), call()));
        assert_eq!(count.load(Ordering::SeqCst), 1);
        for response in [first, second, two.once(key_of("k", "1"), call()).await] {
            assert_eq!(
                (response.status(), response.headers()["ratelimit-limit"].as_bytes()),
                (StatusCode::CREATED, &b"9"[..])
            );
            assert_eq!(to_bytes(response.into_body(), 100).await.unwrap(), "0");
        }
        assert_eq!(two.once(key_of("k", "2"), call()).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
        two.once(key_of("l", "1"), call()).await;
        assert_eq!(count.load(Ordering::SeqCst), 2);
        assert_ne!(place("a", b"k"), place("b", b"k"), "each account has keys of its own");
        assert_ne!(place("a", b"b/c"), place("a/b", b"c"));
    }

    #[tokio::test]
    async fn an_unsure_write_is_never_repeated() {
        let store: store::Shared = Arc::new(Memory::default());
        let repeats = repeats(&store, 100);
        // A server died between the two: its claim is all there is.
        let claim = Record { content: "1".into(), began: "2026-01-31T08:00:00Z".into(), answer: None };
        store.put(&place("a", b"k"), &claim.bytes(b""), KEPT).await.unwrap();
        let response = repeats.once(key_of("k", "1"), async { panic!("it is not made") }).await;
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let body = to_bytes(response.into_body(), 9999).await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert!(body["message"].as_str().unwrap().contains("began at 2026-01-31T08:00:00Z"), "{body}");
    }

    #[tokio::test]
    async fn a_client_that_hangs_up_changes_nothing() {
        let store: store::Shared = Arc::new(Memory::default());
        let repeats = repeats(&store, 5000);
        let slow = async {
            sleep(Duration::from_millis(100)).await;
            (StatusCode::OK, "done").into_response()
        };
        let left =
            tokio::time::timeout(Duration::from_millis(20), repeats.once(key_of("k", "1"), slow)).await;
        assert!(left.is_err());
        let response = repeats.once(key_of("k", "1"), async { panic!("it is not made") }).await;
        assert_eq!(to_bytes(response.into_body(), 100).await.unwrap(), "done");
    }

    #[tokio::test]
    async fn what_was_not_done_can_be_done_under_the_same_key() {
        let store: store::Shared = Arc::new(Memory::default());
        let repeats = repeats(&store, 100);
        let refused = async {
            let mut response = StatusCode::TOO_MANY_REQUESTS.into_response();
            response.extensions_mut().insert(NotDone);
            response
        };
        assert_eq!(repeats.once(key_of("k", "1"), refused).await.status(), StatusCode::TOO_MANY_REQUESTS);
        let response = repeats.once(key_of("k", "1"), async { StatusCode::OK.into_response() }).await;
        assert_eq!(response.status(), StatusCode::OK);
    }
}
