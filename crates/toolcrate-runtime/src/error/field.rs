//! What is wrong with one argument or field.

/// What is wrong with one argument or member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer to it, from the arguments or from the body; for one that is missing, where it would be.
    pub pointer: String,
    /// What is wrong in one word: `missing`, `unknown`, `type`, `enum` and so on, or the server's own code.
    pub code: String,
    /// A sentence to act on.
    pub message: String,
}

impl FieldError {
    /// Creates an error for the value at `pointer`.
    pub fn new(pointer: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code: code.into(), message: message.into() }
    }
}
