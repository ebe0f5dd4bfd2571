//! The body of a write request, with the fields that the operation accepts.

use serde_json::Value;

use crate::api::OperationDetails;

/// The body of a write.
#[derive(Clone, Copy)]
pub(crate) struct WriteBody<'a> {
    /// The body that the operation accepts.
    pub(crate) details: &'a OperationDetails,
    pub(crate) value: &'a Value,
    /// The raw body, for positions in error messages.
    pub(crate) text: &'a str,
}
