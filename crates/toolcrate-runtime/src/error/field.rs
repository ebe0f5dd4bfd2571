//! An error in a single argument or field.

use serde_json::{Value, json};

use super::fix::Fix;

/// The error of an argument or field, and how to fix it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldError {
    /// JSON pointer to the value, relative to the arguments or the body. For a missing value, it points to where the
    /// value belongs.
    pub pointer: String,
    /// Machine-readable code such as `missing`, `unknown`, `type` or `enum`, or the server's own code.
    pub code: String,
    /// A description of the problem and how to correct it.
    pub message: String,
    /// The fix for the arguments; `None` if only the caller can know.
    pub fix: Option<Fix>,
}

impl FieldError {
    /// Creates an error for the value at `pointer`.
    pub fn new(pointer: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code: code.into(), message: message.into(), fix: None }
    }

    /// Returns the error with a fix.
    #[must_use]
    pub fn with_fix(self, fix: Fix) -> Self {
        Self { fix: Some(fix), ..self }
    }

    /// Returns the error as JSON: `pointer`, `code`, `message`, and `fix`, which is a JSON Patch for the arguments or null.
    pub fn to_json(&self) -> Value {
        json!({
            "pointer": self.pointer,
            "code": self.code,
            "message": self.message,
            "fix": self.fix.as_ref().map(Fix::to_json),
        })
    }
}
