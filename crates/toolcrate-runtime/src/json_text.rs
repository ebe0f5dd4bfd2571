//! Repairs JSON that is almost valid.

use std::borrow::Cow;

/// Replaces unpaired surrogate escapes (`\ud83c` without its other half) with the replacement character. Clients that
/// truncate text in the middle of an emoji produce them, and no JSON parser accepts them.
pub fn replace_lone_surrogates(json: &[u8]) -> Cow<'_, [u8]> {
    let mut repaired: Option<Vec<u8>> = None;
    let mut at = 0;
    while let Some(offset) = json[at..].iter().position(|byte| *byte == b'\\') {
        at += offset;
        let (length, is_half) = match escaped_unit(&json[at..]) {
            Some(0xd800..=0xdbff) => match json.get(at + 6..).and_then(escaped_unit) {
                Some(0xdc00..=0xdfff) => (12, false),
                _ => (6, true),
            },
            Some(0xdc00..=0xdfff) => (6, true),
            Some(_) => (6, false),
            // An escaped backslash doesn't start another escape.
            None => (2, false),
        };
        if is_half {
            repaired.get_or_insert_with(|| json.to_vec())[at..at + 6].copy_from_slice(b"\\ufffd");
        }
        at = (at + length).min(json.len());
    }
    repaired.map_or(Cow::Borrowed(json), Cow::Owned)
}

/// Returns the UTF-16 unit represented by the escape at the start of `json`.
fn escaped_unit(json: &[u8]) -> Option<u16> {
    let digits = json.strip_prefix(b"\\u")?.get(..4)?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lone_surrogates_are_replaced() {
        for (json, expected) in [
            (r#""a \ud83c b""#, r#""a \ufffd b""#),
            (r#""\ud83c""#, r#""\ufffd""#),
            (r#""\udf89\ud83c\udf89""#, r#""\ufffd\ud83c\udf89""#),
            (r#""\uD83C\uD83C\uDF89""#, r#""\ufffd\uD83C\uDF89""#),
            (r#""\\ud83c \" \u00e9""#, r#""\\ud83c \" \u00e9""#),
            (r#""\ud8"#, r#""\ud8"#),
            ("\"\\", "\"\\"),
            ("", ""),
        ] {
            assert_eq!(replace_lone_surrogates(json.as_bytes()), expected.as_bytes(), "{json}");
        }
    }
}
