//! Writes URL-encoded forms (`application/x-www-form-urlencoded`), in which an object becomes name-value pairs.

use serde_json::{Map, Value};
use toolcrate_catalog::FieldStyle;

use crate::parameter_style::push_deep;
use crate::query_pairs::QueryPairs;
use crate::text::{joined, to_text};

/// The media type of a URL-encoded form.
pub(crate) const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// Encodes `members`; `style` returns the style of a property that doesn't use the default one.
pub(crate) fn encode(members: &Map<String, Value>, style: impl Fn(&str) -> Option<FieldStyle>) -> String {
    let mut pairs = QueryPairs::new();
    for (name, value) in members {
        match (style(name), value) {
            (_, Value::Null) => {}
            (Some(FieldStyle::Json), value) => push(&mut pairs, name, value.to_string()),
            (Some(FieldStyle::DeepObject), value) => push_deep(&mut pairs, name, value),
            (Some(FieldStyle::Joined(separator)), Value::Array(items)) => {
                push(&mut pairs, name, joined(items, separator));
            }
            (_, Value::Array(items)) => items.iter().for_each(|item| push(&mut pairs, name, to_text(item))),
            (_, Value::Object(members)) => {
                for (member, value) in members.iter().filter(|(_, value)| !value.is_null()) {
                    push(&mut pairs, member, to_text(value));
                }
            }
            (_, value) => push(&mut pairs, name, to_text(value)),
        }
    }
    pairs.encoded()
}

fn push(pairs: &mut QueryPairs, name: &str, value: String) {
    pairs.push_text(name.to_owned().into(), value);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_encoded_in_their_style() {
        let form = json!({
            "name": "a b&c", "none": null, "flag": true,
            "tags": ["x", "y"], "codes": [1, 2], "meta": {"k": "v", "n": [{"m": 1}]},
            "flat": {"inner": 5}, "rows": [{"a": 1}],
        });
        let style = |name: &str| match name {
            "codes" => Some(FieldStyle::Joined(',')),
            "meta" => Some(FieldStyle::DeepObject),
            "rows" => Some(FieldStyle::Json),
            _ => None,
        };
        let encoded = encode(form.as_object().unwrap(), style);
        assert_eq!(
            encoded,
            "name=a%20b%26c&flag=true&tags=x&tags=y&codes=1%2C2&meta%5Bk%5D=v&meta%5Bn%5D%5B0%5D%5Bm%5D=1\
             &inner=5&rows=%5B%7B%22a%22%3A1%7D%5D"
        );
    }
}
