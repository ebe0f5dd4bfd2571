//! Compares text case-insensitively without copying it.

use std::cmp::Ordering;

/// Folds text to the case that comparisons use.
pub(super) fn fold(text: &str) -> Box<str> {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Compares two texts, ignoring case.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    // Most text is ASCII, which can be compared byte by byte.
    let plain = a.bytes().zip(b.bytes()).take_while(|(a, b)| a.is_ascii() && b.is_ascii());
    let mut same = 0;
    for (a, b) in plain {
        let order = a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase());
        if order.is_ne() {
            return order;
        }
        same += 1;
    }
    let rest = |text: &'_ str| text[same..].is_empty();
    match (rest(a), rest(b)) {
        (false, false) => {
            let a = a[same..].chars().flat_map(char::to_lowercase);
            a.cmp(b[same..].chars().flat_map(char::to_lowercase))
        }
        (a, b) => b.cmp(&a),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn letter_case_is_ignored() {
        for (a, b, order) in [
            ("", "", Ordering::Equal),
            ("Acme", "aCME", Ordering::Equal),
            ("acme", "ACME Corp", Ordering::Less),
            ("Zürich", "ZÜRICH", Ordering::Equal),
            ("zürich", "ZURICH", Ordering::Greater),
            ("é", "", Ordering::Greater),
        ] {
            assert_eq!(compare(a, b), order, "{a} {b}");
            assert_eq!(compare(b, a), order.reverse(), "{b} {a}");
        }
    }

    proptest! {
        #[test]
        fn folded_strings_compare_like_folded_text(a in "(?s)[aAbBéÉß .]{0,6}|.{0,8}", b in "(?s)[aAbBéÉß .]{0,6}|.{0,8}") {
            prop_assert_eq!(compare(&a, &b), fold(&a).chars().cmp(fold(&b).chars()));
        }
    }
}
