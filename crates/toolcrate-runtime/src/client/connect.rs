//! The HTTP client underneath, made when the first request is sent. Reading the system's certificates takes longer
//! than everything else that a short-lived process does, and one that only looks at requests has no use for them.

use std::sync::OnceLock;
use std::time::Duration;

use crate::error::Error;
use crate::tls;
use crate::transport_error::transport_error_message;

/// How to connect, and the connections once there are any.
pub(super) struct Connector {
    pub(super) user_agent: &'static str,
    pub(super) timeout: Duration,
    /// The server speaks plain HTTP.
    pub(super) plain: bool,
    /// The server is on this machine.
    pub(super) loopback: bool,
    pub(super) client: OnceLock<reqwest::Client>,
}

impl Connector {
    /// The client; the first call makes it.
    ///
    /// # Errors
    /// `Configuration` if the transport can't be set up, for example without any certificates to trust.
    pub(super) fn http(&self) -> Result<&reqwest::Client, Error> {
        if let Some(http) = self.client.get() {
            return Ok(http);
        }
        let client = self.make()?;
        Ok(self.client.get_or_init(|| client))
    }

    fn make(&self) -> Result<reqwest::Client, Error> {
        // If the process has chosen a provider already, that one stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut http = reqwest::Client::builder()
            .user_agent(self.user_agent)
            // A lost write is told from a connection that never was, so the latter must come to its end first.
            .connect_timeout(Duration::from_secs(10).min(self.timeout / 2))
            .timeout(self.timeout)
            // Redirects are followed by hand, since they must not carry credentials away.
            .redirect(reqwest::redirect::Policy::none());
        if self.plain {
            let tls = tls::without_certificates().map_err(Error::configuration)?;
            http = http.tls_backend_preconfigured(tls);
        }
        if self.loopback {
            http = http.no_proxy();
        }
        http.build().map_err(|error| {
            Error::configuration(format!("cannot set up the transport: {}", transport_error_message(error)))
        })
    }
}
