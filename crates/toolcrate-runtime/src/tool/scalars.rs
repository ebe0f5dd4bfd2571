//! Converts scalars that were written as another type: `"8812"` for 8812, `"True"` for true, 1001 for `"1001"`, `fully
//! received` for `FullyReceived`. Only lossless conversions are made; anything ambiguous is left to the caller.

use serde_json::{Number, Value};

/// Up to here, every integer has an exact float representation.
const MAX_WHOLE: f64 = 9_007_199_254_740_992.0;

/// Returns the number that text represents: `8812`, `-2.5`, `8812.0`. A number with a fraction isn't an integer.
pub(super) fn number(text: &str, integer: bool) -> Option<Value> {
    let text = text.trim();
    // JSON numbers have no leading zeros or plus signs, so these would be lost.
    let number: Number = serde_json::from_str(text).ok()?;
    let number = whole(&number).unwrap_or(number);
    let is_integer = number.is_i64() || number.is_u64();
    // Digits that don't fit in a float would also be lost.
    let is_exact = is_integer || text.chars().filter(char::is_ascii_digit).count() <= 15;
    (is_exact && (is_integer || !integer)).then_some(Value::Number(number))
}

/// Returns a number without its zero fraction.
pub(super) fn whole(number: &Number) -> Option<Number> {
    let float = number.as_f64().filter(|_| number.is_f64())?;
    (float.fract() == 0.0 && float.abs() <= MAX_WHOLE).then(|| (float as i64).into())
}

/// Returns the Boolean that text represents, in any case.
pub(super) fn boolean(text: &str) -> Option<Value> {
    let text = text.trim();
    [("true", true), ("false", false)]
        .into_iter()
        .find_map(|(name, value)| text.eq_ignore_ascii_case(name).then_some(Value::Bool(value)))
}

/// Returns the element of `options` that differs from the text only in case, spaces and separators.
pub(super) fn choice<'a>(text: &str, options: &'a [Value]) -> Option<&'a str> {
    let names = options.iter().filter_map(Value::as_str);
    same_word(text, names)
}

/// Returns the element of `names` that differs from `name` only in case, spaces and separators; `None` if there are
/// several.
pub(super) fn same_word<'a>(name: &str, mut names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = fold(name);
    let found = names.find(|known| !word.is_empty() && is_folded(known, &word))?;
    names.all(|other| !is_folded(other, &word)).then_some(found)
}

/// Returns true if and only if two names differ only in case, spaces and separators.
pub(super) fn is_same_word(name: &str, other: &str) -> bool {
    folded(name).eq(folded(other))
}

fn is_folded(name: &str, word: &str) -> bool {
    folded(name).eq(word.chars())
}

fn fold(name: &str) -> String {
    folded(name).collect()
}

fn folded(name: &str) -> impl Iterator<Item = char> {
    let is_kept = |c: &char| !matches!(c, ' ' | '_' | '-' | '.');
    name.chars().filter(is_kept).flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numeric_strings_are_read_as_numbers() {
        for (text, integer, expected) in [
            ("8812", true, Some(json!(8812))),
            ("8812.0", true, Some(json!(8812))),
            (" 1 ", true, Some(json!(1))),
            ("-3", true, Some(json!(-3))),
            ("0.25", false, Some(json!(0.25))),
            ("1e3", true, Some(json!(1000))),
            ("12.5", true, None),
            ("007", true, None),
            ("+5", true, None),
            ("ten", true, None),
            ("", true, None),
            ("1,000", false, None),
            ("0x10", true, None),
            ("0.12345678901234567890", false, None),
            ("99999999999999999999", true, None),
        ] {
            assert_eq!(number(text, integer), expected, "{text}");
        }
    }

    #[test]
    fn boolean_strings_are_read_as_booleans() {
        for (text, expected) in
            [("true", Some(true)), ("False", Some(false)), ("TRUE", Some(true)), ("yes", None), ("1", None)]
        {
            assert_eq!(boolean(text), expected.map(Value::Bool), "{text}");
        }
    }

    #[test]
    fn enum_values_match_only_if_unambiguous() {
        let names = ["FullyReceived", "Waiting", "a_b", "aB"];
        for (name, expected) in [
            ("fully received", Some("FullyReceived")),
            ("WAITING", Some("Waiting")),
            ("A-B", None),
            ("Wait", None),
            ("", None),
        ] {
            assert_eq!(same_word(name, names.into_iter()), expected, "{name}");
        }
    }
}
