//! Classifies media types.

/// Returns true if a body with the type `media` is JSON.
pub fn is_json(media: &str) -> bool {
    let media = essence(media);
    media == "application/json" || media.ends_with("+json") || media == "*/*"
}

/// Returns a media type without its parameters.
pub fn essence(media: &str) -> &str {
    media.split(';').next().unwrap_or_default().trim()
}
