//! The delivery status of a request, which determines whether a call can safely be retried.

/// How far a request got.
///
/// It is recorded where the request is sent, and never derived from the [kind](crate::ErrorKind) of an error: for
/// example, a misconfigured client may be detected before a request is sent or only from its response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// No byte of the request was sent.
    NotSent,
    /// The server refused the request with a status that means nothing was changed.
    Refused,
    /// The request was or may have been sent, and no response shows its outcome.
    Unknown,
    /// The server reported success, but the response could not be used.
    Succeeded,
}

impl Delivery {
    /// Returns what a response with an error status implies about the request.
    ///
    /// Only statuses that a server sends *instead of* doing the work are refusals. A redirect, a server failure, a
    /// timeout (408) and a response in a format that the client doesn't accept (406) may come after the work was done.
    pub(crate) const fn from_status(status: u16) -> Self {
        match status {
            400..=405 | 407 | 409..=415 | 417 | 421..=423 | 425 | 426 | 428 | 429 | 431 | 451 => {
                Self::Refused
            }
            _ => Self::Unknown,
        }
    }

    /// Returns true if and only if the request certainly changed nothing.
    pub const fn changed_nothing(self) -> bool {
        matches!(self, Self::NotSent | Self::Refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_statuses_are_refusals() {
        for status in [400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 422, 429] {
            assert!(Delivery::from_status(status).changed_nothing(), "{status}");
        }
        for status in
            [100, 101, 199, 300, 301, 302, 303, 304, 307, 308, 406, 408, 418, 424, 499, 500, 504, 599]
        {
            assert_eq!(Delivery::from_status(status), Delivery::Unknown, "{status}");
        }
        assert!(!Delivery::Succeeded.changed_nothing());
    }
}
