//! Builds messages for HTTP transport errors.

use std::error::Error;

/// Returns the messages of a transport error and its causes, without the URL, whose query may contain anything.
pub fn transport_error_message(error: reqwest::Error) -> String {
    message_with_causes(&error.without_url())
}

/// Returns the messages of an error and its causes.
pub(crate) fn message_with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let part = error.to_string();
        if !text.contains(&part) {
            text.push_str(": ");
            text.push_str(&part);
        }
        source = error.source();
    }
    text
}
