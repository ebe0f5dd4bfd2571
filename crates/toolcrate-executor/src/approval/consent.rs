//! What a caller presents for a call that needs approval.

use std::time::Duration;

/// How long a call waits for a decision, and how long the decision is valid.
pub const APPROVAL_TTL: Duration = Duration::from_secs(15 * 60);

/// What a caller presents for a call that needs approval.
#[derive(Clone, Copy, Debug)]
pub enum Consent<'a> {
    /// Nothing.
    None,
    /// Nothing yet, but the person behind the client can be asked.
    Elicitable,
    /// The token that an approver's decision yielded.
    Token(&'a str),
    /// The person behind the client was asked about the call of this digest, and accepted.
    Person(&'a str),
}
