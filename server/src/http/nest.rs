//! Queries with brackets: `fields[0]=id&flt[a][b]=1` is `{"fields": ["id"], "flt": {"a": {"b": "1"}}}`.

use connectwise_psa::runtime::Value;
use serde_json::Map;

/// Deeper than this is read as text.
const DEEPEST: usize = 8;

/// The members of a query. Values stay text; a name that comes twice is a list.
pub fn nested(query: &str) -> Map<String, Value> {
    let mut members = Map::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let parts = parts(&name);
        put(&mut members, parts[0].to_owned(), &parts[1..], value.into_owned());
    }
    members.into_iter().map(|(name, value)| (name, lists(value))).collect()
}

/// `a[b][]` is `a`, `b` and nothing.
fn parts(name: &str) -> Vec<&str> {
    let Some((first, rest)) = name.split_once('[') else { return vec![name] };
    let Some(rest) = rest.strip_suffix(']') else { return vec![name] };
    let inner: Vec<&str> = rest.split("][").collect();
    let depth = inner.len();
    if depth > DEEPEST { vec![name] } else { std::iter::once(first).chain(inner).collect() }
}

fn put(members: &mut Map<String, Value>, name: String, rest: &[&str], value: String) {
    let Some((next, rest)) = rest.split_first() else {
        match members.get_mut(&name) {
            Some(Value::Array(items)) => items.push(Value::from(value)),
            Some(before) => *before = Value::Array(vec![before.take(), Value::from(value)]),
            None => drop(members.insert(name, Value::from(value))),
        }
        return;
    };
    let entry = members.entry(name).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(inner) = entry {
        // `[]` takes the next number.
        let name = if next.is_empty() { inner.len().to_string() } else { (*next).to_owned() };
        put(inner, name, rest, value);
    }
}

/// Objects whose members are called 0, 1, 2 … are lists.
fn lists(value: Value) -> Value {
    let Value::Object(members) = value else { return value };
    let is_list =
        !members.is_empty() && members.keys().enumerate().all(|(index, name)| *name == index.to_string());
    let members = members.into_iter().map(|(name, value)| (name, lists(value)));
    if is_list { members.map(|(_, value)| value).collect() } else { Value::Object(members.collect()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_spelling_of_a_list_is_one() {
        for query in ["a[0]=x&a[1]=y", "a[]=x&a[]=y", "a=x&a=y", "a%5B0%5D=x&a%5B1%5D=y"] {
            assert_eq!(json!(nested(query)), json!({"a": ["x", "y"]}), "{query}");
        }
        assert_eq!(
            json!(nested("f[a][b]=1&f[c]=%22&id=5")),
            json!({"f": {"a": {"b": "1"}, "c": "\""}, "id": "5"})
        );
        assert_eq!(json!(nested("a[b=1&=&c]=2")), json!({"a[b": "1", "": "", "c]": "2"}));
    }
}
