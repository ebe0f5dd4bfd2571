//! The span of one HTTP request, with the names of OpenTelemetry's semantic conventions. Without the feature `tracing`, it
//! is nothing.

#[cfg(feature = "tracing")]
pub(super) use traced::RequestSpan;
#[cfg(not(feature = "tracing"))]
pub(super) use untraced::RequestSpan;

#[cfg(not(feature = "tracing"))]
mod untraced {
    use toolcrate_catalog::Method;
    use url::Url;

    use crate::transport::TransportFuture;

    /// Does nothing.
    pub(in crate::client) struct RequestSpan;

    impl RequestSpan {
        pub(in crate::client) fn new(_: Method, _: &str, _: &Url, _resends: u32) -> Self {
            Self
        }

        pub(in crate::client) fn record(self, sent: TransportFuture<'_>) -> TransportFuture<'_> {
            sent
        }
    }
}

#[cfg(feature = "tracing")]
mod traced {
    use bytes::Bytes;
    use toolcrate_catalog::Method;
    use tracing::field::Empty;
    use tracing::{Instrument, Span};
    use url::Url;

    use crate::transport::{TransportError, TransportErrorKind, TransportFuture};

    /// The span of a request.
    pub(in crate::client) struct RequestSpan(Span);

    impl RequestSpan {
        /// Opens the span. `resends` is how often the request was sent before.
        pub(in crate::client) fn new(method: Method, template: &str, url: &Url, resends: u32) -> Self {
            let method = method.as_str();
            Self(tracing::info_span!(
                "http.client.request",
                otel.name = format_args!("{method} {template}"),
                otel.kind = "client",
                otel.status_code = Empty,
                http.request.method = method,
                http.request.resend_count = (resends > 0).then_some(resends),
                http.response.status_code = Empty,
                url.template = template,
                server.address = url.host_str().unwrap_or_default(),
                server.port = url.port_or_known_default().unwrap_or_default(),
                error.type = Empty,
            ))
        }

        /// Awaits the response within the span.
        pub(in crate::client) fn record(self, sent: TransportFuture<'_>) -> TransportFuture<'_> {
            let span = self.0.clone();
            let recorded = async move {
                let response = sent.await;
                self.close(&response);
                response
            };
            Box::pin(recorded.instrument(span))
        }

        fn close(&self, response: &Result<http::Response<Bytes>, TransportError>) {
            let status = match response {
                Ok(response) => Some(response.status().as_u16()),
                Err(error) => error.status(),
            };
            if let Some(status) = status {
                self.0.record("http.response.status_code", status);
            }
            let error = match response {
                Ok(response) if response.status().as_u16() >= 400 => response.status().as_str().to_owned(),
                Ok(_) => return,
                Err(error) => error_type(error.kind()).to_owned(),
            };
            self.0.record("error.type", error.as_str());
            self.0.record("otel.status_code", "ERROR");
        }
    }

    fn error_type(kind: TransportErrorKind) -> &'static str {
        match kind {
            TransportErrorKind::Unsendable => "unsendable",
            TransportErrorKind::NotConnected => "not_connected",
            TransportErrorKind::TimedOut => "timeout",
            TransportErrorKind::Disconnected => "disconnected",
            TransportErrorKind::Redirected => "redirected",
            TransportErrorKind::TooLarge => "too_large",
        }
    }
}
