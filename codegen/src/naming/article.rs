//! Chooses the indefinite article ("a" or "an").

/// Returns `a` or `an`, depending on how the first word sounds; a word in capital letters is pronounced
/// letter by letter.
pub fn article(noun: &str) -> &'static str {
    let mut chars = noun.chars();
    let (first, second) = (chars.next().unwrap_or('x'), chars.next().unwrap_or('x'));
    let vowel = if second.is_ascii_uppercase() || second.is_ascii_digit() {
        "AEFHILMNORSX".contains(first)
    } else {
        let lower = noun.to_ascii_lowercase();
        lower.starts_with(['a', 'e', 'i', 'o', 'u'])
            && !["uni", "use", "usa", "eu", "one "].iter().any(|start| lower.starts_with(start))
    };
    if vowel { "an" } else { "a" }
}

#[cfg(test)]
mod tests {
    use super::article;

    #[test]
    fn articles_match_pronunciation() {
        for noun in ["agreement", "RMA status", "M365 contact", "unposted expense", "SLA"] {
            assert_eq!(article(noun), "an", "{noun}");
        }
        for noun in ["ticket", "unit of measure", "GL path", "user defined field", "KPI"] {
            assert_eq!(article(noun), "a", "{noun}");
        }
    }
}
