//! Queries with brackets: `fields[0]=id&flt[a][b]=1` is `{"fields": ["id"], "flt": {"a": {"b": "1"}}}`.

use std::collections::HashMap;

use connectwise_psa::runtime::Value;
use serde_json::Map;

/// Deeper than this is read as text.
const DEEPEST: usize = 8;

/// The members of a query. Values stay text; a name that comes twice is a list.
pub fn nested(query: &str) -> Map<String, Value> {
    let mut root = Node::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let parts = parts(&name);
        let mut node = root.named(parts[0].to_owned());
        for part in &parts[1..] {
            node = node.member(part);
        }
        node.texts.push(value.into_owned());
    }
    root.members.into_iter().map(|(name, node)| (name, node.value())).collect()
}

/// The text of a member that has one value, in whichever spelling; `None` if it is not there.
///
/// # Errors
/// It has several values, or none that is text.
pub fn text<'m>(members: &'m Map<String, Value>, name: &str) -> Result<Option<&'m str>, String> {
    let mut values = match members.get(name) {
        None => return Ok(None),
        Some(Value::Array(values)) => values.iter(),
        Some(value) => std::slice::from_ref(value).iter(),
    };
    let first = values.next().and_then(Value::as_str);
    match first.filter(|first| values.all(|other| other == first)) {
        Some(text) => Ok(Some(text)),
        None => Err(format!("{name} must be one text")),
    }
}

/// What came under one name.
#[derive(Default)]
struct Node {
    texts: Vec<String>,
    members: Vec<(String, Node)>,
    /// Where a member is: a query may have thousands.
    places: HashMap<String, usize>,
    /// The number that comes after all that came.
    next: u32,
}

impl Node {
    /// The member of this name, made if need be.
    fn named(&mut self, name: String) -> &mut Self {
        let place = self.places.get(&name).copied().unwrap_or_else(|| {
            let place = self.members.len();
            self.next = self.next.max(number(&name).map_or(0, |number| number.saturating_add(1)));
            self.places.insert(name.clone(), place);
            self.members.push((name, Self::default()));
            place
        });
        &mut self.members[place].1
    }

    /// The member of this name in brackets, where nothing is the next number.
    fn member(&mut self, name: &str) -> &mut Self {
        if !name.is_empty() {
            return self.named(name.to_owned());
        }
        self.named(self.next.to_string())
    }

    fn value(self) -> Value {
        let mut items: Vec<Value> = self.texts.into_iter().map(Value::from).collect();
        let mut members = self.members;
        if members.is_empty() {
            return if items.len() == 1 { items.remove(0) } else { Value::Array(items) };
        }
        if !members.iter().all(|(name, _)| number(name).is_some()) {
            let object = members.into_iter().map(|(name, node)| (name, node.value())).collect();
            // Text beside it is no part of it, but nothing that was sent is lost.
            if items.is_empty() {
                return Value::Object(object);
            }
            items.push(Value::Object(object));
            return Value::Array(items);
        }
        // All spellings of a list are one list, whatever numbers were left out.
        members.sort_by_key(|(name, _)| number(name));
        for (_, mut node) in members {
            let texts = std::mem::take(&mut node.texts);
            items.extend(texts.into_iter().map(Value::from));
            if !node.members.is_empty() {
                items.push(node.value());
            }
        }
        Value::Array(items)
    }
}

fn number(name: &str) -> Option<u32> {
    name.parse().ok()
}

/// `a[b][]` is `a`, `b` and nothing.
fn parts(name: &str) -> Vec<&str> {
    let Some((first, rest)) = name.split_once('[') else { return vec![name] };
    let Some(rest) = rest.strip_suffix(']') else { return vec![name] };
    let inner: Vec<&str> = rest.split("][").collect();
    let depth = inner.len();
    if depth > DEEPEST { vec![name] } else { std::iter::once(first).chain(inner).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_spelling_of_a_list_is_one() {
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
            assert_eq!(json!(nested(query)), json!({"a": ["x", "y"]}), "{query}");
        }
        assert_eq!(json!(nested("a[5]=x")), json!({"a": ["x"]}));
        assert_eq!(json!(nested("a[1][b]=y&a[0][b]=x")), json!({"a": [{"b": "x"}, {"b": "y"}]}));
        assert_eq!(
            json!(nested("f[a][b]=1&f[c]=%22&id=5")),
            json!({"f": {"a": {"b": "1"}, "c": "\""}, "id": "5"})
        );
        assert_eq!(json!(nested("a[b=1&=&c]=2")), json!({"a[b": "1", "": "", "c]": "2"}));
    }

    #[test]
    fn nothing_that_was_sent_is_lost() {
        for query in ["a=1&a[b]=2", "a[b]=2&a=1"] {
            assert_eq!(json!(nested(query)), json!({"a": ["1", {"b": "2"}]}), "{query}");
        }
        assert_eq!(json!(nested("a[0][0]=x&a[1]=y")), json!({"a": [["x"], "y"]}));
    }

    #[test]
    fn one_text_is_one_in_all_spellings() {
        let of = |query: &str| text(&nested(query), "a").map(|text| text.map(str::to_owned));
        for query in ["a=x", "a[0]=x", "a[]=x", "a[4]=x", "a=x&a=x"] {
            assert_eq!(of(query), Ok(Some("x".to_owned())), "{query}");
        }
        assert_eq!(of("b=x"), Ok(None));
        for query in ["a=x&a=y", "a[b]=x", "a[0][0]=x"] {
            assert!(of(query).unwrap_err().contains("a must be one text"), "{query}");
        }
    }
}
