//! Finds the known names that are most similar to an unknown name.

/// Maximum length of a name to compare. Comparing longer names could take seconds.
const MAX_CHARACTERS: usize = 120;
/// Maximum number of problems for which similar names are suggested, because comparing names takes time.
#[cfg(feature = "tools")]
pub(crate) const MAX_EXPLAINED: usize = 32;

/// Returns up to three names that are similar to `name`, most similar first.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    if name.chars().nth(MAX_CHARACTERS).is_some() {
        return Vec::new();
    }
    let name = name.to_lowercase();
    let mut scored: Vec<(f64, &str)> = known
        .map(|other| {
            let lower = other.to_lowercase();
            // A name that contains the other (company, companyId) is similar, whatever the rest.
            let within =
                name.len() > 2 && lower.len() > 2 && (lower.contains(&name) || name.contains(&lower));
            let score = strsim::jaro_winkler(&name, &lower);
            (if within { score.max(0.9) } else { score }, other)
        })
        .filter(|(score, _)| *score > 0.8)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().take(3).map(|(_, other)| other).collect()
}

/// Returns the letters and digits of a text, in lower case. Spellings of a name that differ only in case and separators
/// have the same ones.
#[cfg(feature = "tools")]
pub(crate) fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Returns the allowed value that is most similar to `text`. A value that differs only by a prefix isn't similar, because
/// prefixes reverse a meaning or choose between kinds: `active` and `inactive`, `move` and `remove`.
#[cfg(feature = "tools")]
pub(crate) fn nearest_value<'a>(text: &str, allowed: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let written = letters(text);
    let has_other_prefix = |value: &str| {
        let value = letters(value);
        value != written && (value.ends_with(&written) || written.ends_with(&value))
    };
    nearest(text, allowed).into_iter().find(|value| !has_other_prefix(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_names_are_found_unless_the_name_is_long() {
        let known = ["company", "contact", "summary"];
        assert_eq!(nearest("compnay", known.into_iter()), ["company"]);
        assert_eq!(nearest("companyId", known.into_iter()), ["company"]);
        assert!(nearest(&"company".repeat(100_000), known.into_iter()).is_empty());
    }

    #[cfg(feature = "tools")]
    #[test]
    fn value_with_another_prefix_is_not_similar() {
        for (text, allowed, expected) in [
            ("move", &["add", "replace", "remove"][..], None),
            ("Ticket", &["ServiceTicket", "ProjectTicket"], None),
            ("NotBillable", &["Billable", "DoNotBill"], None),
            ("Hiigh", &["Low", "High"], Some("High")),
            ("do not bill", &["Billable", "DoNotBill"], Some("DoNotBill")),
            ("Bill", &["Billable"], Some("Billable")),
        ] {
            assert_eq!(nearest_value(text, allowed.iter().copied()), expected, "{text}");
        }
    }
}
