//! Response bodies, either complete or damaged by a fault.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, Response};
use http_body::Frame;
use http_body_util::{Either, Full, StreamBody};
use tokio::time::sleep;

use crate::fault_injection::BodyDamage;
use crate::message::MockResponse;

/// Number of chunks in a slow body.
const SLOW_CHUNKS: usize = 10;
/// How long the connection stays open to deliver data already sent before it is cut.
const FLUSH_TIMEOUT: Duration = Duration::from_millis(50);

/// A response body: complete, or sent in chunks over time.
pub(super) type MockBody = Either<Full<Bytes>, StreamBody<BodyChunks>>;
type BodyChunks = Pin<Box<dyn Stream<Item = Result<Frame<Bytes>, ConnectionCut>> + Send>>;

/// The error that closes the connection without a complete response.
#[derive(Debug)]
pub(super) struct ConnectionCut;

impl fmt::Display for ConnectionCut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cut by an injected fault")
    }
}

impl std::error::Error for ConnectionCut {}

/// Converts a response.
pub(super) fn into_response(response: MockResponse) -> Response<MockBody> {
    with_body(response.status, response.headers, Either::Left(Full::new(response.body)))
}

/// Converts a response and damages it.
pub(super) fn into_damaged_response(mut response: MockResponse, damage: BodyDamage) -> Response<MockBody> {
    match damage {
        BodyDamage::ContentType(value) => {
            response.headers.insert(CONTENT_TYPE, value);
            into_response(response)
        }
        BodyDamage::Half => {
            response.headers.remove(CONTENT_LENGTH);
            response.body.truncate(response.body.len() / 2);
            into_response(response)
        }
        BodyDamage::Truncated(bytes) => {
            let part = bytes.unwrap_or(response.body.len() / 2).min(response.body.len());
            let chunks =
                vec![(Duration::ZERO, Ok(response.body.slice(..part))), (FLUSH_TIMEOUT, Err(ConnectionCut))];
            in_chunks(response, chunks)
        }
        BodyDamage::Slow(time) => {
            let size = response.body.len().div_ceil(SLOW_CHUNKS).max(1);
            let delay = time / u32::try_from(SLOW_CHUNKS).unwrap_or(1);
            let chunks = (0..response.body.len()).step_by(size).map(|start| {
                let end = (start + size).min(response.body.len());
                (delay, Ok(response.body.slice(start..end)))
            });
            let chunks = chunks.collect();
            in_chunks(response, chunks)
        }
    }
}

/// Sends chunks with delays; the headers announce the complete body.
fn in_chunks(
    mut response: MockResponse,
    chunks: Vec<(Duration, Result<Bytes, ConnectionCut>)>,
) -> Response<MockBody> {
    response.headers.insert(CONTENT_LENGTH, response.body.len().into());
    let chunks = stream::unfold(chunks.into_iter(), |mut chunks| async move {
        let (delay, chunk) = chunks.next()?;
        sleep(delay).await;
        Some((chunk.map(Frame::data), chunks))
    });
    with_body(
        response.status,
        response.headers,
        Either::Right(StreamBody::new(Box::pin(chunks) as BodyChunks)),
    )
}

fn with_body(status: http::StatusCode, headers: HeaderMap, body: MockBody) -> Response<MockBody> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
