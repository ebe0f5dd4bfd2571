//! Patterns of names.

/// Whether `text` matches `pattern`, in which `*` at the start or the end stands for any text.
pub fn matches(pattern: &str, text: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(_), Some(_)) if pattern.len() > 1 => text.contains(&pattern[1..pattern.len() - 1]),
        (Some(rest), _) => text.ends_with(rest),
        (_, Some(rest)) => text.starts_with(rest),
        _ => pattern == text,
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_match_at_either_end() {
        assert!(matches("*Utc", "dateClosedUtc"));
        assert!(matches("_*", "_info"));
        assert!(matches("*Reference", "CompanyReference"));
        assert!(!matches("id", "identifier"));
        assert!(matches("*", "anything"));
    }
}
