//! Draws random values from the schemas in a document, which may be OpenAPI 3 or Swagger 2.0.

use serde_json::{Map, Value, json};

/// The deepest nesting before only what is required is drawn.
const MAX_DEPTH: usize = 4;
/// The deepest nesting at all.
const MAX_RECURSION: usize = 12;
/// A property that no schema has.
const EXTRA: &str = "xUnknownToTheSpec";

/// Draws values. The same seed draws the same values.
pub struct Sampler<'a> {
    document: &'a Value,
    state: u64,
}

impl<'a> Sampler<'a> {
    /// A sampler of the schemas of `document`.
    pub fn new(document: &'a Value, seed: usize) -> Self {
        Self { document, state: 0x9E37_79B9_7F4A_7C15 ^ (seed as u64).wrapping_mul(0xD134_2543_DE82_EF95) }
    }

    fn number(&mut self, below: usize) -> usize {
        // xorshift64*
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % below.max(1)
    }

    /// True in this many of ten cases.
    fn chance(&mut self, of_ten: usize) -> bool {
        self.number(10) < of_ten
    }

    /// The schema that `schema` is or refers to, with the parts of its `allOf`.
    fn merged(&self, schema: &Value) -> Map<String, Value> {
        let mut schema = schema;
        while let Some(reference) = schema["$ref"].as_str() {
            schema = self.document.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null);
        }
        let Value::Object(own) = schema else { return Map::new() };
        let mut merged = own.clone();
        for part in own.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            for (keyword, value) in self.merged(part) {
                match (keyword.as_str(), merged.get_mut(&keyword)) {
                    ("properties", Some(Value::Object(known))) => {
                        for (name, property) in value.as_object().into_iter().flatten() {
                            known.entry(name.clone()).or_insert_with(|| property.clone());
                        }
                    }
                    ("required", Some(Value::Array(known))) => {
                        known.extend(value.as_array().into_iter().flatten().cloned());
                    }
                    (_, Some(_)) => {}
                    (_, None) => drop(merged.insert(keyword, value)),
                }
            }
        }
        merged.remove("allOf");
        merged
    }

    /// A value of `schema`. A property that is not required is drawn in `of_ten` of ten cases.
    pub fn draw(&mut self, schema: &Value, of_ten: usize) -> Value {
        self.value(schema, of_ten, 0, false)
    }

    fn value(&mut self, schema: &Value, of_ten: usize, depth: usize, may_be_null: bool) -> Value {
        let schema = self.merged(schema);
        if depth > MAX_RECURSION {
            return Value::Null;
        }
        let kinds: Vec<&str> = match schema.get("type") {
            Some(Value::String(kind)) => vec![kind],
            Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let is_nullable = schema.get("nullable") == Some(&json!(true)) || kinds.contains(&"null");
        if may_be_null && is_nullable && self.chance(2) {
            return Value::Null;
        }
        for keyword in ["oneOf", "anyOf"] {
            if let Some(Value::Array(alternatives)) = schema.get(keyword) {
                return self.alternative(&schema, keyword, alternatives, of_ten, depth);
            }
        }
        if let Some(value) = schema.get("const") {
            return value.clone();
        }
        if let Some(Value::Array(values)) = schema.get("enum") {
            let values: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
            let is_open = values.iter().all(|value| value.is_string());
            return match is_open && self.chance(1) {
                true => json!("a value of the next release"),
                false => values.get(self.number(values.len())).map_or(Value::Null, |value| (*value).clone()),
            };
        }
        let kind = kinds.iter().find(|kind| **kind != "null").copied();
        match kind.unwrap_or(if schema.contains_key("properties") { "object" } else { "any" }) {
            "object" => self.object(&schema, of_ten, depth),
            "array" => {
                let least = schema.get("minItems").and_then(Value::as_u64).unwrap_or(0) as usize;
                let count = if depth >= MAX_DEPTH { least } else { least.max(self.number(3)) };
                let items = schema.get("items").cloned().unwrap_or(json!({}));
                (0..count).map(|_| self.value(&items, of_ten, depth + 1, false)).collect()
            }
            "boolean" => json!(self.chance(5)),
            "integer" => self.integer(&schema),
            "number" => json!((self.number(100_000) as f64 - 50_000.0) / 8.0),
            "string" => self.text(&schema),
            // Anything at all.
            _ => {
                [json!("any"), json!(1.5), json!([null, {"a": []}]), json!({"b": {"c": null}}), json!(false)]
                    [self.number(5)]
                .clone()
            }
        }
    }

    fn alternative(
        &mut self,
        schema: &Map<String, Value>,
        keyword: &str,
        alternatives: &[Value],
        of_ten: usize,
        depth: usize,
    ) -> Value {
        let alternatives: Vec<&Value> = alternatives.iter().filter(|part| part["type"] != "null").collect();
        let Some(chosen) = alternatives.get(self.number(alternatives.len())).copied() else {
            return Value::Null;
        };
        let mut base = schema.clone();
        let tag = base.remove("discriminator");
        base.remove(keyword);
        base.remove("description");
        let whole = if base.is_empty() { chosen.clone() } else { json!({"allOf": [chosen, base]}) };
        let mut value = self.value(&whole, of_ten, depth + 1, false);
        if let (Some(tag), Some(reference)) = (tag, chosen["$ref"].as_str())
            && let (Some(name), Value::Object(members)) = (tag["propertyName"].as_str(), &mut value)
        {
            let own = reference.rsplit('/').next().unwrap_or_default();
            let mapping = tag["mapping"].as_object().into_iter().flatten();
            let mut mapped = mapping.filter(|(_, target)| **target == reference || **target == own);
            let own = mapped.next().map_or(own, |(value, _)| value);
            members.insert(name.to_owned(), json!(own));
        }
        value
    }

    fn object(&mut self, schema: &Map<String, Value>, of_ten: usize, depth: usize) -> Value {
        let mut value = Map::new();
        let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let is_required = required.iter().any(|own| own == name);
            if is_required || (depth < MAX_DEPTH && self.chance(of_ten)) {
                value.insert(name.clone(), self.value(property, of_ten, depth + 1, true));
            }
        }
        match schema.get("additionalProperties") {
            Some(Value::Bool(false)) => {}
            Some(further @ Value::Object(_)) if of_ten > 0 && depth < MAX_DEPTH => {
                value.insert("k 1".to_owned(), self.value(further, of_ten, depth + 1, false));
            }
            Some(Value::Object(_)) => {}
            _ => {
                value.insert(EXTRA.to_owned(), json!([1, {"a": null}]));
            }
        }
        Value::Object(value)
    }

    fn integer(&mut self, schema: &Map<String, Value>) -> Value {
        match schema.get("format").and_then(Value::as_str) {
            Some("int32") => json!(self.number(2_000_000) as i64 - 1_000_000),
            Some("uint64") => json!(u64::MAX - self.number(1000) as u64),
            _ => json!([0, -1, 9_007_199_254_740_993, i64::MIN][self.number(4)] + self.number(1000) as i64),
        }
    }

    fn text(&mut self, schema: &Map<String, Value>) -> Value {
        json!(match schema.get("format").and_then(Value::as_str) {
            Some("date-time") => "2026-03-04T05:06:07Z",
            Some("date") => "2026-03-04",
            _ => ["", "text", "quo\"te \\ and\n\u{1F600}", "2026-03-04", "null", "1"][self.number(6)],
        })
    }
}
