//! Builds a tree from JSON or YAML, without the parts that later stages can't process.

use std::cell::RefCell;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IgnoredAny, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

use crate::diagnostic::{CodegenError, Report};
use crate::normalize::DocumentLocation;

/// Maximum nesting of objects and arrays. Real documents have about twenty levels.
const MAX_NESTING: usize = 64;
/// The YAML key whose value is merged into the object.
const MERGE_KEY: &str = "<<";

/// Builds the value at a location.
///
/// Every key becomes a string, including a status (`200:`). An integer that doesn't fit into 64 bits becomes a
/// floating-point number, and tags are ignored.
#[derive(Clone, Copy)]
pub struct ValueSeed<'a> {
    location: &'a DocumentLocation<'a>,
    depth: usize,
    report: &'a RefCell<Report>,
}

impl<'a> ValueSeed<'a> {
    /// Builds a whole document.
    pub fn new(report: &'a RefCell<Report>) -> Self {
        Self { location: &DocumentLocation::ROOT, depth: 0, report }
    }

    fn nested<'b>(self, location: &'b DocumentLocation<'b>) -> ValueSeed<'b>
    where
        'a: 'b,
    {
        ValueSeed { location, depth: self.depth + 1, report: self.report }
    }

    fn report_depth(self) {
        let message = format!("the spec is nested more than {MAX_NESTING} levels deep");
        self.report.borrow_mut().untype(CodegenError::new("E005", message).at(self.location.to_string()));
    }

    fn report_duplicate(self, key: &str) {
        let message = "the key is specified more than once with different values; the last one is used";
        let location = self.location.key(key).to_string();
        self.report.borrow_mut().omit(CodegenError::new("E005", message).at(location));
    }
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        Ok(nearest(value.to_string()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Value, E> {
        Ok(nearest(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Value, A::Error> {
        let (_, content) = data.variant::<String>()?;
        content.newtype_variant_seed(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        if self.depth >= MAX_NESTING {
            while access.next_element::<IgnoredAny>()?.is_some() {}
            self.report_depth();
            return Ok(Value::Object(Map::new()));
        }
        while let Some(item) = access.next_element_seed(self.nested(&self.location.index(items.len())))? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        if self.depth >= MAX_NESTING {
            while access.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            self.report_depth();
            return Ok(Value::Object(members));
        }
        while let Some(key) = access.next_key_seed(self)? {
            let key = match key {
                Value::String(text) => text,
                other => other.to_string(),
            };
            let value = access.next_value_seed(self.nested(&self.location.key(&key)))?;
            match members.entry(key) {
                Entry::Vacant(entry) => {
                    entry.insert(value);
                }
                Entry::Occupied(mut entry) if *entry.get() != value => {
                    self.report_duplicate(entry.key());
                    entry.insert(value);
                }
                Entry::Occupied(_) => {}
            }
        }
        if let Some(merged) = members.remove(MERGE_KEY) {
            merge(&mut members, merged);
        }
        Ok(Value::Object(members))
    }
}

/// Returns the floating-point number nearest to an integer.
fn nearest(digits: String) -> Value {
    digits.parse().ok().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
}

/// Adds the properties of an object, or of each object in an array, that `members` doesn't have.
fn merge(members: &mut Map<String, Value>, merged: Value) {
    match merged {
        Value::Object(more) => more.into_iter().for_each(|(key, value)| {
            members.entry(key).or_insert(value);
        }),
        Value::Array(all) => all.into_iter().for_each(|more| merge(members, more)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Value, Report) {
        let report = RefCell::default();
        let value = ValueSeed::new(&report).deserialize(serde_yaml::Deserializer::from_str(text)).unwrap();
        (value, report.into_inner())
    }

    #[test]
    fn keys_become_strings_and_merge_keys_are_applied() {
        let (value, report) =
            read("a: &a {1: x, true: y}\nb: {<<: *a, 1: z}\nc: !tag {<<: [{p: 1}, {p: 2, q: 3}]}");
        assert_eq!(
            value,
            serde_json::json!({"a": {"1": "x", "true": "y"}, "b": {"1": "z", "true": "y"}, "c": {"p": 1, "q": 3}})
        );
        assert_eq!(report, Report::default());
    }

    #[test]
    fn integers_of_any_size_are_read() {
        let (value, _) = read("[18446744073709551615, 99999999999999999999, -99999999999999999999]");
        assert_eq!(value, serde_json::json!([u64::MAX, 1e20, -1e20]));
    }

    #[test]
    fn duplicate_keys_are_reported_unless_their_values_are_equal() {
        let (value, report) = read("a: {x: 1, y: 2, x: 1, y: 3}");
        assert_eq!(value, serde_json::json!({"a": {"x": 1, "y": 3}}));
        let [duplicate] = &report.degradations[..] else { panic!("{report:?}") };
        assert_eq!(duplicate.problem.location.as_deref(), Some("/a/y"));
    }
}
