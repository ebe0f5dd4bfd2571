//! What is wrong with one argument or field.

use serde_json::{Value, json};

use super::fix::Fix;

/// What is wrong with one argument or field, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldError {
    /// JSON pointer to it, from the arguments or from the body; for one that is missing, where it would be.
    pub pointer: String,
    /// What is wrong in one word: `missing`, `unknown`, `type`, `enum` and so on, or the server's own code.
    pub code: String,
    /// A sentence to act on.
    pub message: String,
    /// How to mend the arguments; `None` if only the caller can know.
    pub fix: Option<Fix>,
}

impl FieldError {
    /// Creates an error for the value at `pointer`.
    pub fn new(pointer: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code: code.into(), message: message.into(), fix: None }
    }

    /// Returns the error with a way to mend it.
    #[must_use]
    pub fn with_fix(self, fix: Fix) -> Self {
        Self { fix: Some(fix), ..self }
    }

    /// As JSON: `pointer`, `code`, `message`, and `fix`, which is a JSON Patch on the arguments or null.
    pub fn to_json(&self) -> Value {
        json!({
            "pointer": self.pointer,
            "code": self.code,
            "message": self.message,
            "fix": self.fix.as_ref().map(Fix::to_json),
        })
    }
}
