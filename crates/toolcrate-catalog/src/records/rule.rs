//! Rules about several arguments at once: what the API enforces or ignores though each argument alone is right.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// At least one of several arguments must be given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnyOfRule<'a> {
    /// The names of the arguments.
    #[serde(borrow)]
    pub arguments: Vec<Cow<'a, str>>,
    /// True if the argument must be true, so that false counts as not given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_true: bool,
    /// The start of the error message: `choose where the note appears`.
    #[serde(borrow)]
    pub message: Cow<'a, str>,
}

/// An argument has no effect, or another one than expected, while others are set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarningRule<'a> {
    /// The argument.
    #[serde(borrow)]
    pub argument: Cow<'a, str>,
    /// The other arguments. Of an update, also those that the record has already.
    #[serde(borrow)]
    pub with: Vec<Cow<'a, str>>,
    /// The warning.
    #[serde(borrow)]
    pub message: Cow<'a, str>,
}
