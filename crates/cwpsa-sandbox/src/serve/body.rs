//! Bodies of answers: whole, or damaged on the way.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http_body_util::{Either, Full, StreamBody};
use hyper::body::Frame;
use hyper::{HeaderMap, Response};
use tokio::time::sleep;

use crate::Answer;
use crate::faults::Damage;

/// A slow body comes in so many pieces.
const PIECES: usize = 10;
/// So long a closed connection waits for what was sent before.
const FLUSH: Duration = Duration::from_millis(50);

/// A body: known whole, or in pieces over time.
pub(super) type Body = Either<Full<Bytes>, StreamBody<Pieces>>;
type Pieces = Pin<Box<dyn Stream<Item = Result<Frame<Bytes>, Cut>> + Send>>;

/// The connection is to be closed with no further word.
#[derive(Debug)]
pub(super) struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cut by a fault")
    }
}

impl std::error::Error for Cut {}

/// An answer as it goes out.
pub(super) fn response(answer: Answer) -> Response<Body> {
    with_body(answer.status, answer.headers, Either::Left(Full::new(answer.body)))
}

/// An answer that is damaged on the way.
pub(super) fn damaged(mut answer: Answer, damage: Damage) -> Response<Body> {
    match damage {
        Damage::ContentType(value) => {
            answer.headers.insert(CONTENT_TYPE, value);
            response(answer)
        }
        Damage::Half => {
            answer.headers.remove(CONTENT_LENGTH);
            answer.body.truncate(answer.body.len() / 2);
            response(answer)
        }
        Damage::Truncated(bytes) => {
            let part = bytes.unwrap_or(answer.body.len() / 2).min(answer.body.len());
            let pieces = vec![(Duration::ZERO, Ok(answer.body.slice(..part))), (FLUSH, Err(Cut))];
            in_pieces(answer, pieces)
        }
        Damage::Slow(time) => {
            let size = answer.body.len().div_ceil(PIECES).max(1);
            let pause = time / u32::try_from(PIECES).unwrap_or(1);
            let pieces = (0..answer.body.len()).step_by(size).map(|start| {
                let end = (start + size).min(answer.body.len());
                (pause, Ok(answer.body.slice(start..end)))
            });
            let pieces = pieces.collect();
            in_pieces(answer, pieces)
        }
    }
}

/// Sends pieces after pauses, where the headers promise the whole.
fn in_pieces(mut answer: Answer, pieces: Vec<(Duration, Result<Bytes, Cut>)>) -> Response<Body> {
    answer.headers.insert(CONTENT_LENGTH, answer.body.len().into());
    let pieces = stream::unfold(pieces.into_iter(), |mut pieces| async move {
        let (pause, piece) = pieces.next()?;
        sleep(pause).await;
        Some((piece.map(Frame::data), pieces))
    });
    with_body(answer.status, answer.headers, Either::Right(StreamBody::new(Box::pin(pieces) as Pieces)))
}

fn with_body(status: http::StatusCode, headers: HeaderMap, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
