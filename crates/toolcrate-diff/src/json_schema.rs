//! Compares an argument's old and new JSON Schema, and reports values that are no longer accepted, values that are
//! newly accepted, and differences that can't be classified. Descriptions are ignored.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// The differences between two nodes, by location.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SchemaDifferences {
    /// Values that are no longer accepted, or newly required: old and new.
    pub narrower: Vec<(String, String)>,
    /// The number of differences in `narrower` that don't cause any call to be rejected: a property removed from
    /// an open object is ignored.
    pub ignored: usize,
    /// Values that are newly accepted.
    pub wider: Vec<(String, String)>,
    /// Nodes with a different type.
    pub other: Vec<(String, String)>,
    /// True if a description changed.
    pub reworded: bool,
}

impl SchemaDifferences {
    /// Compares two nodes.
    pub fn between(old: &Value, new: &Value) -> Self {
        let mut found = Self::default();
        found.node("", old, new);
        // The order must be the same in both directions.
        for pairs in [&mut found.narrower, &mut found.wider, &mut found.other] {
            pairs.sort_by(|(a, b), (c, d)| (a.min(b), a.max(b)).cmp(&(c.min(d), c.max(d))));
        }
        found
    }

    fn node(&mut self, place: &str, old: &Value, new: &Value) {
        if old == new {
            return;
        }
        if old["description"] != new["description"] {
            self.reworded = true;
        }
        if !self.types(place, &types_of(old), &types_of(new)) {
            return;
        }
        self.values(place, &old["enum"], &new["enum"]);
        for (key, upper) in [
            ("maxLength", true),
            ("maximum", true),
            ("maxItems", true),
            ("minLength", false),
            ("minimum", false),
            ("minItems", false),
        ] {
            self.bound(place, key, upper, old[key].as_f64(), new[key].as_f64());
        }
        for key in ["format", "pattern"] {
            self.compare_keyword(place, key, old[key].as_str(), new[key].as_str());
        }
        self.members(place, old, new);
        for (key, suffix) in [("items", "[]"), ("additionalProperties", "*")] {
            match (&old[key], &new[key]) {
                (a @ Value::Object(_), b @ Value::Object(_)) => self.node(&join(place, suffix), a, b),
                (a, b) if a == b => {}
                (a, b) => self.other.push((at(place, format!("{key} {a}")), at(place, format!("{key} {b}")))),
            }
        }
    }

    /// Returns true if the types are similar enough to compare their contents.
    fn types(&mut self, place: &str, old: &BTreeSet<&str>, new: &BTreeSet<&str>) -> bool {
        if old == new {
            return true;
        }
        let covers = |wide: &BTreeSet<&str>, narrow: &BTreeSet<&str>| {
            narrow.iter().all(|kind| wide.contains(kind) || (*kind == "integer" && wide.contains("number")))
        };
        let say = |kinds: &BTreeSet<&str>| {
            let kinds: Vec<&str> = kinds.iter().copied().collect();
            at(place, if kinds.len() > 3 { "any value".to_owned() } else { kinds.join(" or ") })
        };
        let pair = (say(old), say(new));
        match (covers(new, old), covers(old, new)) {
            (true, _) => self.wider.push(pair),
            (_, true) => self.narrower.push(pair),
            _ => self.other.push(pair),
        }
        false
    }

    fn values(&mut self, place: &str, old: &Value, new: &Value) {
        let say = |value: &Value| at(place, value.to_string());
        match (old.as_array(), new.as_array()) {
            (None, None) => {}
            (None, Some(_)) => {
                self.narrower.push((at(place, "any text".into()), at(place, "a choice".into())))
            }
            (Some(_), None) => self.wider.push((at(place, "a choice".into()), at(place, "any text".into()))),
            (Some(a), Some(b)) => {
                let lost: Vec<String> = a.iter().filter(|value| !b.contains(value)).map(say).collect();
                let gained: Vec<String> = b.iter().filter(|value| !a.contains(value)).map(say).collect();
                if !lost.is_empty() {
                    self.narrower.push((lost.join(", "), format!("not {}", lost.join(", "))));
                }
                if !gained.is_empty() {
                    self.wider.push((format!("not {}", gained.join(", ")), gained.join(", ")));
                }
            }
        }
    }

    fn bound(&mut self, place: &str, key: &str, upper: bool, old: Option<f64>, new: Option<f64>) {
        if old == new {
            return;
        }
        let limit = |limit: Option<f64>| match (limit, upper) {
            (Some(limit), _) => limit,
            (None, true) => f64::INFINITY,
            (None, false) => f64::NEG_INFINITY,
        };
        let say = |value: Option<f64>| {
            at(place, value.map_or_else(|| format!("no {key}"), |value| format!("{key} {value}")))
        };
        let pair = (say(old), say(new));
        let narrower = if upper { limit(new) < limit(old) } else { limit(new) > limit(old) };
        if narrower { self.narrower.push(pair) } else { self.wider.push(pair) }
    }

    fn compare_keyword(&mut self, place: &str, key: &str, old: Option<&str>, new: Option<&str>) {
        let say = |value: Option<&str>| {
            at(place, value.map_or_else(|| format!("no {key}"), |value| format!("{key} {value}")))
        };
        let pair = (say(old), say(new));
        match (old, new) {
            (a, b) if a == b => {}
            (None, Some(_)) => self.narrower.push(pair),
            (Some(_), None) => self.wider.push(pair),
            _ => self.other.push(pair),
        }
    }

    fn members(&mut self, place: &str, old: &Value, new: &Value) {
        let empty = Map::new();
        let (a, b) = (
            old["properties"].as_object().unwrap_or(&empty),
            new["properties"].as_object().unwrap_or(&empty),
        );
        let (needed, needs) = (required(old), required(new));
        // The runtime rejects properties that a schema doesn't list, unless the schema allows additional ones or
        // lists none.
        let is_open = match new["additionalProperties"] {
            Value::Bool(open) => open,
            Value::Null => b.is_empty(),
            _ => false,
        };
        for (name, node) in a {
            let path = join(place, name);
            match b.get(name) {
                Some(other) => self.node(&path, node, other),
                None => {
                    self.ignored += usize::from(is_open);
                    self.narrower.push((format!("with `{path}`"), format!("without `{path}`")));
                }
            }
        }
        for name in b.keys().filter(|name| !a.contains_key(*name)) {
            let path = join(place, name);
            self.wider.push((format!("without `{path}`"), format!("with `{path}`")));
        }
        for name in needs.difference(&needed) {
            let path = join(place, name);
            self.narrower.push((format!("`{path}` optional"), format!("`{path}` required")));
        }
        for name in needed.difference(&needs) {
            let path = join(place, name);
            self.wider.push((format!("`{path}` required"), format!("`{path}` optional")));
        }
    }
}

fn types_of(node: &Value) -> BTreeSet<&str> {
    match &node["type"] {
        Value::String(kind) => BTreeSet::from([kind.as_str()]),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => BTreeSet::new(),
    }
}

fn required(node: &Value) -> BTreeSet<&str> {
    node["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn join(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}/{name}") }
}

fn at(place: &str, what: String) -> String {
    if place.is_empty() { what } else { format!("`{place}` {what}") }
}

/// Describes a node briefly.
pub fn describe_node(node: &Value) -> String {
    if node["enum"].is_array() {
        return "a choice".to_owned();
    }
    let kinds = types_of(node);
    match (kinds.len(), kinds.first()) {
        (1, Some(&"array")) => format!("a list of {}", describe_node(&node["items"])),
        (1, Some(kind)) => (*kind).to_owned(),
        _ => "any value".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn additions_and_removals_mirror_each_other() {
        let nodes = [
            json!({"type": "string"}),
            json!({"type": "string", "maxLength": 5}),
            json!({"type": "string", "maxLength": 9, "description": "words"}),
            json!({"type": "string", "enum": ["a", "b"]}),
            json!({"type": "string", "enum": ["b", "c"]}),
            json!({"type": "integer", "minimum": 1}),
            json!({"type": "number"}),
            json!({"type": "array", "items": {"type": "integer"}}),
            json!({"type": "array", "items": {"type": "number"}, "maxItems": 3}),
            json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}),
            json!({"type": "object", "properties": {"a": {"type": "string", "maxLength": 2}, "b": {"type": "string"}}}),
            json!({"type": ["string", "number", "boolean", "object", "array", "null"]}),
        ];
        let swap = |pairs: Vec<(String, String)>| -> BTreeSet<(String, String)> {
            pairs.into_iter().map(|(old, new)| (new, old)).collect()
        };
        for a in &nodes {
            for b in &nodes {
                let (there, back) = (SchemaDifferences::between(a, b), SchemaDifferences::between(b, a));
                let sets = |pairs: &[(String, String)]| pairs.iter().cloned().collect::<BTreeSet<_>>();
                assert_eq!(swap(there.narrower), sets(&back.wider), "{a} {b}");
                assert_eq!(swap(there.wider), sets(&back.narrower), "{a} {b}");
                assert_eq!(swap(there.other), sets(&back.other), "{a} {b}");
                assert_eq!(there.reworded, back.reworded);
            }
        }
    }

    #[test]
    fn removed_property_of_an_open_object_breaks_nobody() {
        let old = json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}});
        let named = json!({"type": "object", "properties": {"a": {"type": "string"}}});
        let (mut open, mut closed) = (named.clone(), named.clone());
        open["additionalProperties"] = json!(true);
        closed["additionalProperties"] = json!(false);
        assert_eq!(
            SchemaDifferences::between(&old, &named).ignored,
            0,
            "an object that names members has no others"
        );
        assert_eq!(SchemaDifferences::between(&old, &json!({"type": "object"})).ignored, 2);
        let found = SchemaDifferences::between(&old, &open);
        assert_eq!((found.narrower.len(), found.ignored), (1, 1));
        assert_eq!(SchemaDifferences::between(&closed, &open).other.len(), 1);
        let mut old = old;
        old["additionalProperties"] = json!(false);
        assert_eq!(SchemaDifferences::between(&old, &closed).ignored, 0);
    }

    #[test]
    fn findings_name_the_location() {
        let old = json!({"type": "object", "properties": {"a": {"type": "string", "maxLength": 9}}});
        let new = json!({"type": "object", "properties": {"a": {"type": "string", "maxLength": 5}}, "required": ["a"]});
        let found = SchemaDifferences::between(&old, &new);
        let expected = [("`a` maxLength 9", "`a` maxLength 5"), ("`a` optional", "`a` required")];
        let expected = expected.map(|(old, new)| (old.to_owned(), new.to_owned()));
        assert_eq!(found.narrower, expected);
        assert_eq!((found.wider.len(), found.other.len(), found.reworded), (0, 0, false));
    }
}
