//! Authenticates requests: a trait that adds headers, and header values for the two most common schemes. The header
//! values are marked as sensitive, so that they don't appear in logs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue};

use crate::error::Error;
use crate::scheme_credentials::SchemeCredentials;
use crate::secret::{Secret, sensitive};

/// Adds credentials to a request.
pub trait Credentials: Send + Sync {
    /// Adds the headers. It is called for every attempt, so a token may change between calls.
    ///
    /// Headers with secrets should be marked as sensitive, as those from [`basic`], [`bearer`] and
    /// [`Secret::to_header`] are; every header added here is displayed as `***` in a dry run.
    ///
    /// # Errors
    /// Returns `Configuration` if the credentials can't be sent in headers.
    fn apply(&self, headers: &mut HeaderMap) -> Result<(), Error>;

    /// Returns the query parameters with credentials. They are added when a request is sent, so they never appear in a
    /// dry run, log or error.
    fn query(&self) -> Vec<(&'static str, Secret)> {
        Vec::new()
    }

    /// Returns credentials by security scheme, for the schemes of the API that have credentials. A request sends those
    /// of the schemes that its operation declares, in addition to [`apply`](Self::apply) and [`query`](Self::query).
    ///
    /// By default, every operation that needs credentials is sent only those of `apply` and `query`.
    fn schemes(&self) -> Option<Vec<(&'static str, SchemeCredentials)>> {
        None
    }
}

/// Returns the `Authorization` header for HTTP Basic authentication.
///
/// # Errors
/// Returns `Configuration` if the user name contains a colon or a control character.
pub fn basic(user: &str, password: &Secret) -> Result<HeaderValue, Error> {
    if user.contains(|c: char| c == ':' || c.is_control()) {
        return Err(Error::configuration("the user name in Basic credentials must not contain a colon"));
    }
    sensitive(&format!("Basic {}", STANDARD.encode(format!("{user}:{}", password.expose()))))
}

/// Returns the `Authorization` header for a bearer token.
///
/// # Errors
/// Returns `Configuration` if the token contains characters that aren't allowed in a header.
pub fn bearer(token: &Secret) -> Result<HeaderValue, Error> {
    sensitive(&format!("Bearer {}", token.expose()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_values_are_correct_and_never_printed() {
        let header = basic("acme+public", &Secret::from("private")).expect("a header");
        assert_eq!(header, "Basic YWNtZStwdWJsaWM6cHJpdmF0ZQ==");
        assert!(!format!("{header:?}").contains("YWNt"));
        let header = bearer(&Secret::from("token")).expect("a header");
        assert_eq!(header, "Bearer token");
        assert!(!format!("{header:?}").contains("token"));
        assert!(!format!("{:?} {}", Secret::from("token"), Secret::from("token")).contains("token"));
    }

    #[test]
    fn invalid_header_value_is_rejected_without_printing_it() {
        let error = bearer(&Secret::from("to\nken")).expect_err("a line break");
        assert!(!error.to_string().contains("ken"));
        assert!(basic("a:b", &Secret::from("c")).is_err());
    }
}
