//! The consent that a caller presents for a call that requires approval.

use std::time::Duration;

/// How long a call waits for a decision, and how long the decision is valid.
pub const APPROVAL_TTL: Duration = Duration::from_secs(15 * 60);

/// The consent that a caller presents for a call that needs approval.
#[derive(Clone, Copy, Debug)]
pub enum Consent<'a> {
    /// No consent.
    None,
    /// None yet, but the client supports elicitation.
    Elicitable,
    /// The token that an approver's decision yielded.
    Token(&'a str),
    /// The user of the client was shown the call with this digest and accepted it.
    Person(&'a str),
}
