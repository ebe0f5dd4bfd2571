//! A response body that marks its connection as busy until the body has been sent.

use std::pin::Pin;
use std::task::{Context, Poll};

use http_body::{Body, Frame, SizeHint};

use crate::idle_connections::RequestInProgress;

/// A response body that marks its connection as busy until it is dropped.
pub(crate) struct BusyResponseBody<B> {
    inner: Pin<Box<B>>,
    _request: RequestInProgress,
}

impl<B> BusyResponseBody<B> {
    pub(crate) fn new(inner: B, request: RequestInProgress) -> Self {
        Self { inner: Box::pin(inner), _request: request }
    }
}

impl<B: Body> Body for BusyResponseBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        self.inner.as_mut().poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
