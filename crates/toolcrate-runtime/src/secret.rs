//! Strings that must not be printed or logged.

use std::fmt;

use http::HeaderValue;

use crate::error::Error;

/// A password, key or token. `Debug` and `Display` print `***`; [`expose`](Self::expose) returns the string.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the secret itself. The caller must make sure that it isn't logged.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns true if and only if the secret is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the secret as a header value that is marked as sensitive.
    ///
    /// # Errors
    /// Returns `Configuration` if the text contains characters that aren't allowed in a header.
    pub fn to_header(&self) -> Result<HeaderValue, Error> {
        sensitive(&self.0)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("***")
    }
}

/// Returns a header value that is never printed.
pub(crate) fn sensitive(text: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        Error::configuration(
            "a credential contains characters that are not allowed in a header, such as a line break",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}
