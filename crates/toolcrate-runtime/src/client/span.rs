//! Opens a tracing span for an HTTP request, named according to OpenTelemetry's semantic conventions. Does nothing
//! without the `tracing` feature.

use toolcrate_catalog::Method;
use url::Url;

use crate::transport::TransportFuture;

/// The span of a request.
pub(super) struct RequestSpan {
    #[cfg(feature = "tracing")]
    span: tracing::Span,
}

impl RequestSpan {
    /// Opens the span. `resends` is the number of earlier attempts.
    #[cfg(not(feature = "tracing"))]
    pub(super) fn new(_: Method, _: &str, _: &Url, _resends: u32) -> Self {
        Self {}
    }

    /// Awaits the response within the span.
    #[cfg(not(feature = "tracing"))]
    pub(super) fn record(self, sent: TransportFuture<'_>) -> TransportFuture<'_> {
        sent
    }

    /// Opens the span. `resends` is the number of earlier attempts.
    #[cfg(feature = "tracing")]
    pub(super) fn new(method: Method, template: &str, url: &Url, resends: u32) -> Self {
        use tracing::field::Empty;

        let method = method.as_str();
        let span = tracing::info_span!(
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
        );
        Self { span }
    }

    /// Awaits the response within the span.
    #[cfg(feature = "tracing")]
    pub(super) fn record(self, sent: TransportFuture<'_>) -> TransportFuture<'_> {
        use tracing::Instrument;

        let span = self.span.clone();
        let recorded = async move {
            let response = sent.await;
            self.close(&response);
            response
        };
        Box::pin(recorded.instrument(span))
    }

    #[cfg(feature = "tracing")]
    fn close(&self, response: &Result<http::Response<bytes::Bytes>, crate::transport::TransportError>) {
        use crate::transport::TransportErrorKind;

        let status = match response {
            Ok(response) => Some(response.status().as_u16()),
            Err(error) => error.status(),
        };
        if let Some(status) = status {
            self.span.record("http.response.status_code", status);
        }
        let error = match response {
            Ok(response) if response.status().as_u16() < 400 => return,
            Ok(response) => response.status().as_str().to_owned(),
            Err(error) => match error.kind() {
                TransportErrorKind::Unsendable => "unsendable".to_owned(),
                TransportErrorKind::NotConnected => "not_connected".to_owned(),
                TransportErrorKind::TimedOut => "timeout".to_owned(),
                TransportErrorKind::Disconnected => "disconnected".to_owned(),
                TransportErrorKind::Redirected => "redirected".to_owned(),
                TransportErrorKind::TooLarge => "too_large".to_owned(),
            },
        };
        self.span.record("error.type", error.as_str());
        self.span.record("otel.status_code", "ERROR");
    }
}
