//! Classifies media types.

/// Returns true if a body with the type `media` is JSON.
pub fn is_json(media: &str) -> bool {
    let media = essence(media);
    media == "application/json" || media.ends_with("+json") || media == "*/*"
}

/// Returns a media type without its parameters.
pub fn essence(media: &str) -> &str {
    // Some documents lack the semicolon before a parameter.
    media.split([';', ' ']).next().unwrap_or_default()
}

/// Returns a media type with the missing semicolon before its parameters added.
pub fn with_semicolon(media: &str) -> String {
    match media.split_once(' ') {
        Some((essence, parameters)) if !essence.contains(';') && parameters.contains('=') => {
            format!("{essence}; {}", parameters.trim_start_matches(['\t', ' ', ';']))
        }
        _ => media.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_need_no_semicolon() {
        for media in
            ["application/vnd.api+json charset=utf-8", "application/json; charset=utf-8", "application/json"]
        {
            assert!(is_json(media), "{media}");
        }
        assert_eq!(
            with_semicolon("application/vnd.api+json charset=utf-8"),
            "application/vnd.api+json; charset=utf-8"
        );
        for media in ["application/json; charset=utf-8", "application/json;charset=utf-8", "text/plain"] {
            assert_eq!(with_semicolon(media), media);
        }
    }
}
