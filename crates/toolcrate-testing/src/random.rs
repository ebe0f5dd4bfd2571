//! Generates random arguments from an input schema, always the same for the same seed. Required arguments are always
//! included, optional ones half of the time, and strings are varied.

use serde_json::{Map, Value, json};

/// Strings that have broken something somewhere.
const TEXTS: [&str; 12] = [
    "a",
    "two words",
    "quote \" and \\ backslash",
    "x\") or (id > 0",
    "[2025-01-31T00:00:00Z]",
    "Zażółć gęślą jaźń 🚀",
    "line\nbreak\ttab",
    "a/b?c=d&e#f",
    "null",
    "5",
    "'; drop",
    "%25 +",
];

/// A source of random values; xorshift, so tests need no dependency.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Creates a source that starts at `seed`.
    pub fn new(seed: u64) -> Self {
        let mut random = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        random.next();
        random
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Returns a number less than `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() >> 11) as usize % end.max(1)
    }

    /// Returns arguments that `schema` allows.
    pub fn arguments(&mut self, schema: &Value) -> Map<String, Value> {
        let required = schema["required"].as_array();
        let needed = |name: &str| required.is_some_and(|names| names.iter().any(|other| other == name));
        let mut arguments = Map::new();
        for (name, node) in schema["properties"].as_object().into_iter().flatten() {
            if needed(name) || self.below(2) == 0 {
                arguments.insert(name.clone(), self.value(node));
            }
        }
        arguments
    }

    /// Returns a value that `node` allows.
    pub fn value(&mut self, node: &Value) -> Value {
        if let Some(values) = node["enum"].as_array() {
            return values[self.below(values.len())].clone();
        }
        if node["nullable"] == true && self.below(3) == 0 {
            return Value::Null;
        }
        let kind = match &node["type"] {
            Value::Array(kinds) => kinds[self.below(kinds.len())].as_str().unwrap_or_default(),
            kind => kind.as_str().unwrap_or_default(),
        };
        match kind {
            "null" => Value::Null,
            "boolean" => json!(self.below(2) == 0),
            "integer" => json!(self.number(node).floor() as i64),
            "number" => json!(self.number(node)),
            "array" => (0..=self.below(2)).map(|_| self.value(&node["items"])).collect(),
            "object" => {
                let mut members = self.arguments(node);
                if !members.is_empty() && members.values().all(Value::is_null) {
                    self.fill(node, &mut members);
                }
                let is_blank = |value: &Value| {
                    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
                };
                // A reference must identify a record.
                if node["properties"].get("id").is_some() && members.values().all(is_blank) {
                    members.insert("id".to_owned(), json!(1 + self.below(1000)));
                }
                if node["additionalProperties"].is_object() {
                    members.insert("key".to_owned(), self.value(&node["additionalProperties"]));
                }
                Value::Object(members)
            }
            _ => Value::from(self.string(node)),
        }
    }

    /// Sets the first property, because an object of only nulls is treated as absent.
    fn fill(&mut self, node: &Value, members: &mut Map<String, Value>) {
        let Some((name, member)) =
            node["properties"].as_object().and_then(|properties| properties.iter().next())
        else {
            return;
        };
        let mut member = member.clone();
        member["nullable"] = json!(false);
        if let Some(kind) = member["type"].get(0).cloned() {
            member["type"] = kind;
        }
        if let Some(values) = member["enum"].as_array_mut() {
            values.retain(|value| !value.is_null());
        }
        members.insert(name.clone(), self.value(&member));
    }

    fn number(&mut self, node: &Value) -> f64 {
        let low = node["minimum"].as_f64().unwrap_or(0.0);
        let high = node["maximum"].as_f64().unwrap_or(low + 1000.0);
        (low + self.below(2000) as f64 * 0.5).min(high)
    }

    fn string(&mut self, node: &Value) -> String {
        let about = node["description"].as_str().unwrap_or_default();
        if about.contains("A JSON object, as text.") {
            return "{}".to_owned();
        }
        let format = node["format"].as_str().or_else(|| about.rsplit_once("Format: ")?.1.strip_suffix('.'));
        let text = match format {
            Some("date-time") => "2025-01-31T08:30:00Z",
            Some("date") => "2025-01-31",
            Some("email") => "jane@example.com",
            Some("uuid") => "12345678-1234-4234-8234-123456789abc",
            _ => TEXTS[self.below(TEXTS.len())],
        };
        let most = node["maxLength"].as_u64().map_or(usize::MAX, |most| most as usize);
        let told = about.rsplit_once("At most ").and_then(|(_, rest)| rest.split(' ').next()?.parse().ok());
        text.chars().take(most.min(told.unwrap_or(usize::MAX))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_values_match_the_schema_and_differ() {
        let schema = json!({"type": "object", "required": ["a"], "properties": {
            "a": {"type": "integer", "minimum": 2, "maximum": 4},
            "b": {"type": ["string", "null"], "maxLength": 3},
            "c": {"type": "string", "enum": ["x", "y"]},
        }});
        let drawn: Vec<Map<String, Value>> =
            (0..50).map(|seed| Random::new(seed).arguments(&schema)).collect();
        assert_eq!(Random::new(7).arguments(&schema), drawn[7]);
        for arguments in &drawn {
            assert!((2..=4).contains(&arguments["a"].as_i64().expect("an integer")));
            assert!(
                arguments.get("b").is_none_or(|b| b.as_str().is_none_or(|text| text.chars().count() <= 3))
            );
        }
        let references = json!({"type": "object", "required": ["a"], "properties": {"a": {
            "type": "object", "required": ["id"], "properties": {"id": {"type": ["integer", "null"]}},
        }}});
        assert!((0..50).all(|seed| Random::new(seed).arguments(&references)["a"]["id"].is_i64()));
        let values = |name: &str| drawn.iter().filter_map(|arguments| arguments.get(name)).count();
        assert!((10..40).contains(&values("b")) && (10..40).contains(&values("c")));
    }
}
