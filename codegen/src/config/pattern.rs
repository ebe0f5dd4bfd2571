//! Matches names and paths against patterns in which `*` matches any text.

/// Returns true if `text` matches `pattern`, in which each `*` matches any text.
pub fn matches(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match text.find(part) {
            Some(at) => text = &text[at + part.len()..],
            None => return false,
        }
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_match_prefixes_and_suffixes() {
        assert!(matches("*Utc", "dateClosedUtc"));
        assert!(matches("_*", "_info"));
        assert!(matches("*Reference", "CompanyReference"));
        assert!(!matches("id", "identifier"));
        assert!(matches("*", "anything"));
    }

    #[test]
    fn stars_match_any_characters() {
        for (pattern, text) in
            [("/a", "/a"), ("/a*", "/a/b"), ("*b", "/a/b"), ("/*/c", "/a/b/c"), ("*", ""), ("*a*b*", "xaxbx")]
        {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("a*", "abc"), ("*c", "abc"), ("a*c", "abc"), ("*b*", "abc")] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("a", "abc"), ("a*d", "abc"), ("", "a")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("/a", "/a/b"), ("/a*b", "/a"), ("ab*bc", "abc"), ("*a*b", "ba")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }
}
