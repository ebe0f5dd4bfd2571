//! Where connections come in: each is served until its client leaves, or takes longer than it may to say what it wants.
//! Answers may last as long as they like, since a stream of events is one.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::middleware;
use axum::serve::Listener;
use http_body::{Frame, SizeHint};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::time::Sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a client may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the head of a request: from the connection, or from the answer before, to its last byte.
    pub head: Duration,
    /// For its body, from when it is waited for to its last byte.
    pub body: Duration,
}

impl Default for Patience {
    /// Longer than proxies keep a connection that nothing comes over, so that they close it and not we.
    fn default() -> Self {
        Self { head: Duration::from_secs(75), body: Duration::from_secs(60) }
    }
}

/// Serves whoever connects until `stopping`, then what was begun to its end.
pub async fn serve(
    mut listener: TcpListener,
    router: axum::Router,
    patience: Patience,
    stopping: CancellationToken,
) {
    let router = router.layer(middleware::map_request_with_state(patience.body, limited));
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(patience.head);
    let connections = TaskTracker::new();
    loop {
        // Waits a moment by itself where no more can be taken.
        let (stream, _) = tokio::select! {
            accepted = Listener::accept(&mut listener) => accepted,
            () = stopping.cancelled() => break,
        };
        let service = TowerToHyperService::new(router.clone());
        let connection = server.serve_connection(TokioIo::new(stream), service);
        let stopping = stopping.clone();
        connections.spawn(async move {
            let mut connection = pin!(connection);
            // What goes wrong with a connection is its client's business.
            tokio::select! {
                _ = connection.as_mut() => return,
                () = stopping.cancelled() => connection.as_mut().graceful_shutdown(),
            }
            let _ = connection.await;
        });
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// The request, whose body has to come in time.
async fn limited(State(limit): State<Duration>, request: Request) -> Request {
    if request.body().is_end_stream() {
        return request;
    }
    request.map(|body| Body::new(Limited { body, limit, end: None }))
}

/// A body that is given up if it takes too long.
struct Limited {
    body: Body,
    limit: Duration,
    end: Option<Pin<Box<Sleep>>>,
}

impl HttpBody for Limited {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            return Poll::Ready(frame);
        }
        let limit = self.limit;
        // What is there at once needs no clock.
        let end = self.end.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        ready!(end.as_mut().poll(context));
        Poll::Ready(Some(Err(axum::Error::new("the body did not come in time"))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use axum::Router;
    use axum::routing::{get, post};
    use futures_util::{StreamExt, stream};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::*;

    const LIMIT: Duration = Duration::from_millis(300);

    /// What comes back for what is sent before the connection is closed, and after how long.
    async fn say(address: std::net::SocketAddr, parts: &[&str]) -> (String, Duration) {
        let (mut stream, started) = (TcpStream::connect(address).await.unwrap(), Instant::now());
        for part in parts {
            // It may be closed by now.
            let _ = stream.write_all(part.as_bytes()).await;
            tokio::time::sleep(LIMIT / 3).await;
        }
        let mut said = String::new();
        let read = stream.read_to_string(&mut said);
        let _ = tokio::time::timeout(Duration::from_secs(20), read).await.expect("it is closed");
        (said, started.elapsed())
    }

    #[tokio::test]
    async fn who_does_not_say_what_is_wanted_has_to_leave_and_who_listens_stays() {
        let events = || async {
            let events = stream::iter(0..8).then(|number| async move {
                tokio::time::sleep(LIMIT / 2).await;
                Ok::<_, std::io::Error>(format!("data: {number}\n\n"))
            });
            Body::from_stream(events)
        };
        let router = Router::new()
            .route("/events", get(events).post(events))
            .route("/body", post(|body: Bytes| async move { body.len().to_string() }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stopping = CancellationToken::new();
        let patience = Patience { head: LIMIT, body: LIMIT };
        let server = tokio::spawn(serve(listener, router, patience, stopping.clone()));

        let head = "POST /body HTTP/1.1\r\nhost: a\r\ncontent-length: 8\r\n\r\n";
        for (parts, answer) in [
            (vec![], ""),
            (vec!["GET /body HT"], ""),
            (vec![head, "half"], "HTTP/1.1 400 "),
            // Silence after an answer.
            (vec![head, "abcdefgh"], "HTTP/1.1 200 "),
        ] {
            let (said, took) = say(address, &parts).await;
            assert!(said.starts_with(answer) && said.is_empty() == answer.is_empty(), "{parts:?}: {said}");
            assert!(took >= LIMIT, "{parts:?}: {took:?}");
        }
        // A byte now and then does not help.
        let (said, _) = say(address, &[&[head][..], &["a"; 8]].concat()).await;
        assert!(!said.contains(" 200 "), "{said}");

        for head in [
            "GET /events HTTP/1.1\r\nhost: a\r\n\r\n",
            "POST /events HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}",
        ] {
            let (said, took) = say(address, &[head]).await;
            assert!(said.contains("data: 7") && took >= LIMIT * 4, "{took:?}: {said}");
        }
        stopping.cancel();
        server.await.unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }
}
