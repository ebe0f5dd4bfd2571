//! Query strings with brackets: `fields[0]=id&flt[a][b]=1` is `{"fields": ["id"], "flt": {"a": {"b": "1"}}}`.
//!
//! The `serde_qs` crate rejects queries that clients send and that PHP and Rack accept: lists with gaps
//! (`a[1]=x&a[2]=y`), and different spellings of a list in one query (`a=x&a[]=y`). This parser accepts every query and
//! drops nothing.

use std::collections::HashMap;

use serde_json::Map;
use toolcrate_runtime::Value;

/// A name with more brackets is taken literally.
const MAX_DEPTH: usize = 8;
/// Maximum number of characters of a name shown in an error.
const MAX_SHOWN_CHARACTERS: usize = 80;

/// Parses a query into an object. Values remain strings, and a repeated name becomes a list.
pub(crate) fn parse(query: &str) -> Map<String, Value> {
    let mut root = QueryNode::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let segments = segments(&name);
        let mut node = root.field(segments[0].to_owned());
        for segment in &segments[1..] {
            node = node.bracket_field(segment);
        }
        node.texts.push(value.into_owned());
    }
    root.fields.into_iter().map(|(name, node)| (name, node.into_value())).collect()
}

/// A parameter that requires a single text value has several values or none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}: expected a single value")]
pub(crate) struct NotSingleText(String);

/// The query has a parameter that the route doesn't support.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown parameter \"{name}\" ({})", expected(.known))]
pub struct UnknownQueryParameter {
    name: String,
    known: &'static [&'static str],
}

fn expected(known: &[&str]) -> String {
    if known.is_empty() { "expected none".to_owned() } else { format!("expected {}", known.join(", ")) }
}

/// Checks that a query contains only the parameters in `known`.
///
/// # Errors
/// Returns an error with the first unknown parameter. Unknown parameters are never ignored: if one is misspelled, the
/// request would return more than intended.
pub(crate) fn reject_unknown(
    query: &Map<String, Value>,
    known: &'static [&'static str],
) -> Result<(), UnknownQueryParameter> {
    match query.keys().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => {
            let name = name.chars().take(MAX_SHOWN_CHARACTERS).collect();
            Err(UnknownQueryParameter { name, known })
        }
    }
}

/// Checks that a query has no parameters.
///
/// # Errors
/// Returns an error with the first parameter.
pub fn reject_parameters(query: Option<&str>) -> Result<(), UnknownQueryParameter> {
    reject_unknown(&parse(query.unwrap_or_default()), &[])
}

/// Returns the value of a single-value parameter, in any spelling, or `None` if it is absent.
///
/// # Errors
/// Returns an error if it has several values, or no text value.
pub(crate) fn single_text<'q>(
    query: &'q Map<String, Value>,
    name: &str,
) -> Result<Option<&'q str>, NotSingleText> {
    let mut values = match query.get(name) {
        None => return Ok(None),
        Some(Value::Array(values)) => values.iter(),
        Some(value) => std::slice::from_ref(value).iter(),
    };
    let first = values.next().and_then(Value::as_str);
    match first.filter(|first| values.all(|other| other == first)) {
        Some(text) => Ok(Some(text)),
        None => Err(NotSingleText(name.to_owned())),
    }
}

/// A parameter's value isn't one of the possible values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: expected true or false")]
pub(crate) struct NotAFlag {
    name: &'static str,
}

/// Returns the value of a Boolean parameter; false if it is absent.
///
/// # Errors
/// Returns an error if it is neither true nor false.
pub(crate) fn flag(query: &Map<String, Value>, name: &'static str) -> Result<bool, NotAFlag> {
    match single_text(query, name) {
        Ok(None | Some("false")) => Ok(false),
        Ok(Some("true")) => Ok(true),
        _ => Err(NotAFlag { name }),
    }
}

/// The value of a name in a query string.
#[derive(Default)]
struct QueryNode {
    texts: Vec<String>,
    fields: Vec<(String, QueryNode)>,
    /// The position of each field. A query can have thousands of fields.
    positions: HashMap<String, usize>,
    /// One more than the largest index so far.
    next_index: u32,
}

impl QueryNode {
    /// Returns the field with this name, adding it if absent.
    fn field(&mut self, name: String) -> &mut Self {
        let position = self.positions.get(&name).copied().unwrap_or_else(|| {
            let position = self.fields.len();
            let after = parse_index(&name).map_or(0, |index| index.saturating_add(1));
            self.next_index = self.next_index.max(after);
            self.positions.insert(name.clone(), position);
            self.fields.push((name, Self::default()));
            position
        });
        &mut self.fields[position].1
    }

    /// Returns the field with this name in brackets. An empty name stands for the next index.
    fn bracket_field(&mut self, name: &str) -> &mut Self {
        if !name.is_empty() {
            return self.field(name.to_owned());
        }
        self.field(self.next_index.to_string())
    }

    fn into_value(self) -> Value {
        let mut items: Vec<Value> = self.texts.into_iter().map(Value::from).collect();
        let mut fields = self.fields;
        if fields.is_empty() {
            return if items.len() == 1 { items.remove(0) } else { Value::Array(items) };
        }
        if !fields.iter().all(|(name, _)| parse_index(name).is_some()) {
            let object = fields.into_iter().map(|(name, node)| (name, node.into_value())).collect();
            // Text with the same name isn't a field of the object, but isn't dropped either.
            if items.is_empty() {
                return Value::Object(object);
            }
            items.push(Value::Object(object));
            return Value::Array(items);
        }
        // All spellings form one list, ordered by index and without gaps.
        fields.sort_by_key(|(name, _)| parse_index(name));
        for (_, mut node) in fields {
            let texts = std::mem::take(&mut node.texts);
            items.extend(texts.into_iter().map(Value::from));
            if !node.fields.is_empty() {
                items.push(node.into_value());
            }
        }
        Value::Array(items)
    }
}

fn parse_index(name: &str) -> Option<u32> {
    name.parse().ok()
}

/// Splits `a[b][]` into `a`, `b` and an empty segment.
fn segments(name: &str) -> Vec<&str> {
    let Some((first, rest)) = name.split_once('[') else { return vec![name] };
    let Some(rest) = rest.strip_suffix(']') else { return vec![name] };
    let inner: Vec<&str> = rest.split("][").collect();
    let depth = inner.len();
    if depth > MAX_DEPTH { vec![name] } else { std::iter::once(first).chain(inner).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_list_spelling_parses_to_the_same_list() {
        for query in [
            "a[0]=x&a[1]=y",
            "a[]=x&a[]=y",
            "a=x&a=y",
            "a%5B0%5D=x&a%5B1%5D=y",
            "a[1]=y&a[0]=x",
            "a[7]=y&a[2]=x",
            "a=x&a[]=y",
            "a[]=y&a=x",
            "a[0]=x&a[0]=y",
            "a[3]=x&a[]=y",
        ] {
            assert_eq!(json!(parse(query)), json!({"a": ["x", "y"]}), "{query}");
        }
        assert_eq!(json!(parse("a[5]=x")), json!({"a": ["x"]}));
        assert_eq!(json!(parse("a[1][b]=y&a[0][b]=x")), json!({"a": [{"b": "x"}, {"b": "y"}]}));
        assert_eq!(
            json!(parse("f[a][b]=1&f[c]=%22&id=5")),
            json!({"f": {"a": {"b": "1"}, "c": "\""}, "id": "5"})
        );
        assert_eq!(json!(parse("a[b=1&=&c]=2")), json!({"a[b": "1", "": "", "c]": "2"}));
    }

    #[test]
    fn no_value_is_dropped() {
        for query in ["a=1&a[b]=2", "a[b]=2&a=1"] {
            assert_eq!(json!(parse(query)), json!({"a": ["1", {"b": "2"}]}), "{query}");
        }
        assert_eq!(json!(parse("a[0][0]=x&a[1]=y")), json!({"a": [["x"], "y"]}));
    }

    #[test]
    fn single_value_accepts_every_spelling() {
        let read = |query: &str| single_text(&parse(query), "a").map(|text| text.map(str::to_owned));
        for query in ["a=x", "a[0]=x", "a[]=x", "a[4]=x", "a=x&a=x"] {
            assert_eq!(read(query), Ok(Some("x".to_owned())), "{query}");
        }
        assert_eq!(read("b=x"), Ok(None));
        for query in ["a=x&a=y", "a[b]=x", "a[0][0]=x"] {
            assert!(read(query).unwrap_err().to_string().contains("a: expected a single value"), "{query}");
        }
    }

    #[test]
    fn unknown_parameters_are_named_with_the_known_ones() {
        let check = |query: &str| reject_unknown(&parse(query), &["methods", "tags"]);
        assert_eq!(check("methods[0]=read&tags=service"), Ok(()));
        let error = check("methods=read&method=list").unwrap_err();
        assert_eq!(error.to_string(), "unknown parameter \"method\" (expected methods, tags)");
        assert_eq!(reject_parameters(None), Ok(()));
        let error = reject_parameters(Some("read_only=true")).unwrap_err();
        assert_eq!(error.to_string(), "unknown parameter \"read_only\" (expected none)");
    }

    #[test]
    fn flags_are_true_or_false() {
        let read = |query: &str| flag(&parse(query), "f");
        assert_eq!((read("f=true"), read("f=false"), read("")), (Ok(true), Ok(false), Ok(false)));
        for query in ["f=yes", "f=", "f=true&f=false", "f[a]=true"] {
            assert_eq!(read(query).unwrap_err().to_string(), "f: expected true or false", "{query}");
        }
    }
}
