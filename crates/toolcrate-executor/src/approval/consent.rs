//! The consent that a caller provides for a call that requires approval.

use std::time::Duration;

/// How long a call waits for a decision, and how long the decision is valid.
pub const APPROVAL_TTL: Duration = Duration::from_secs(15 * 60);

/// The consent that a caller presents for a call that requires approval.
#[derive(Clone, Copy, Debug)]
pub enum Consent<'a> {
    /// No consent.
    None,
    /// No consent yet, but the client supports elicitation.
    Elicitable,
    /// The token created by an approver's decision.
    Token(&'a str),
    /// The client's user was shown the call with this digest and accepted it.
    Person(&'a str),
}
