//! Rules about combinations of arguments that the API rejects or ignores, even though each argument is valid on its
//! own.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// At least one of several arguments must be given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnyOfRule<'a> {
    /// The names of the arguments.
    #[serde(borrow)]
    pub arguments: Vec<Cow<'a, str>>,
    /// True if the argument must be true; false is then treated as absent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_true: bool,
    /// The start of the error message: `choose where the note appears`.
    #[serde(borrow)]
    pub message: Cow<'a, str>,
}

/// An argument has no effect, or a different effect than expected, when combined with others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarningRule<'a> {
    /// The argument.
    #[serde(borrow)]
    pub argument: Cow<'a, str>,
    /// The other arguments. For an update, fields that the record already has also count.
    #[serde(borrow)]
    pub with: Vec<Cow<'a, str>>,
    /// The warning.
    #[serde(borrow)]
    pub message: Cow<'a, str>,
}
