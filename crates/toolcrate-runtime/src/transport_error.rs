//! Messages of the HTTP transport.

/// Returns the messages of a transport error and of its causes, without the URL, whose query may contain anything.
pub fn transport_error_message(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
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
