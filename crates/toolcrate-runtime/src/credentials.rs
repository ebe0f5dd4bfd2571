//! Authentication of requests: a trait that adds headers, and the values of the two most common ones. The header values
//! made here are marked as sensitive, so that no log of headers contains them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue};

use crate::error::Error;
use crate::secret::{Secret, sensitive};

/// Adds credentials to a request.
pub trait Credentials: Send + Sync {
    /// Adds the headers. It is called for every attempt, so a token may change between two calls.
    ///
    /// Headers with secrets should be sensitive, as those of [`basic`], [`bearer`] and
    /// [`Secret::to_header`] are; every header added here is displayed as `***` in a dry run.
    ///
    /// # Errors
    /// `Configuration` if the credentials can't be put into headers.
    fn apply(&self, headers: &mut HeaderMap) -> Result<(), Error>;

    /// Returns the query parameters with credentials. They are added when a request is sent, so that no dry run, log or
    /// error shows them.
    fn query(&self) -> Vec<(&'static str, Secret)> {
        Vec::new()
    }
}

/// Returns the `Authorization` header of HTTP Basic authentication.
///
/// # Errors
/// `Configuration` if the user has a colon or a control character in it.
pub fn basic(user: &str, password: &Secret) -> Result<HeaderValue, Error> {
    if user.contains(|c: char| c == ':' || c.is_control()) {
        return Err(Error::configuration("the user name of Basic credentials must not contain a colon"));
    }
    sensitive(&format!("Basic {}", STANDARD.encode(format!("{user}:{}", password.expose()))))
}

/// Returns the `Authorization` header of a bearer token.
///
/// # Errors
/// `Configuration` if the token has characters that no header can hold.
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
