//! Text that must not be printed: it has no way to `Debug`, `Display` or JSON, and is asked for by name.

use std::fmt;

use http::HeaderValue;

use crate::Error;

/// A password, key or token.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself. Whoever asks for it answers for where it goes.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether the text is empty, as a setting that was left out is.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text as the value of a header that is never printed.
    ///
    /// # Errors
    /// `Configuration` if the text has characters that no header can hold.
    pub fn to_header(&self) -> Result<HeaderValue, Error> {
        crate::credentials::sensitive(&self.0)
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
