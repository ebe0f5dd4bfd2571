//! Reads the limits that a schema declares, such as the maximum length of a string.

use openapiv3::{AnySchema, IntegerType, NumberType, Schema as Source, SchemaKind, Type as SourceType};
use serde_json::{Number, Value};

use crate::ir::Limits;

/// Larger integers aren't exact as floats.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// Returns the limits declared in `source`.
pub fn limits(source: &Source) -> Limits {
    let mut limits = match &source.schema_kind {
        SchemaKind::Type(ty) => of_type(ty),
        SchemaKind::Any(any) => of_any(any),
        _ => Limits::default(),
    };
    limits.default = source.schema_data.default.clone().filter(|default| !default.is_null());
    limits
}

fn of_type(ty: &SourceType) -> Limits {
    let mut limits = Limits::default();
    match ty {
        SourceType::String(text) => {
            limits.min_length = text.min_length.map(|n| n as u64);
            limits.max_length = text.max_length.map(|n| n as u64);
            limits.pattern.clone_from(&text.pattern);
        }
        SourceType::Integer(integer) => integer_limits(integer, &mut limits),
        SourceType::Number(number) => number_limits(number, &mut limits),
        SourceType::Boolean(boolean) => {
            limits.values = boolean.enumeration.iter().flatten().map(|value| Value::Bool(*value)).collect();
        }
        SourceType::Array(array) => {
            limits.min_items = array.min_items.map(|n| n as u64);
            limits.max_items = array.max_items.map(|n| n as u64);
            limits.unique_items = array.unique_items;
        }
        SourceType::Object(_) => {}
    }
    limits
}

fn integer_limits(integer: &IntegerType, limits: &mut Limits) {
    limits.minimum = integer.minimum.map(Number::from);
    limits.maximum = integer.maximum.map(Number::from);
    limits.exclusive_minimum = integer.exclusive_minimum;
    limits.exclusive_maximum = integer.exclusive_maximum;
    limits.multiple_of = integer.multiple_of.filter(|factor| *factor > 1).map(Number::from);
    limits.values = integer.enumeration.iter().flatten().map(|value| Value::from(*value)).collect();
}

fn number_limits(number: &NumberType, limits: &mut Limits) {
    limits.minimum = number.minimum.and_then(Number::from_f64);
    limits.maximum = number.maximum.and_then(Number::from_f64);
    limits.exclusive_minimum = number.exclusive_minimum;
    limits.exclusive_maximum = number.exclusive_maximum;
    limits.multiple_of = number.multiple_of.filter(|factor| *factor > 0.0).and_then(Number::from_f64);
    limits.values = number.enumeration.iter().flatten().map(|value| Value::from(*value)).collect();
}

/// `openapiv3` can't read a type with keywords that don't belong to it.
fn of_any(any: &AnySchema) -> Limits {
    let mut limits = Limits::default();
    match any.typ.as_deref() {
        Some("string") => {
            limits.min_length = any.min_length.map(|n| n as u64);
            limits.max_length = any.max_length.map(|n| n as u64);
            limits.pattern.clone_from(&any.pattern);
        }
        Some(ty @ ("integer" | "number")) => {
            let number = |bound: f64| match ty {
                "integer" if bound.fract() != 0.0 || bound.abs() > MAX_EXACT => None,
                "integer" => Some(Number::from(bound as i64)),
                _ => Number::from_f64(bound),
            };
            limits.minimum = any.minimum.and_then(number);
            limits.maximum = any.maximum.and_then(number);
            limits.exclusive_minimum = any.exclusive_minimum == Some(true);
            limits.exclusive_maximum = any.exclusive_maximum == Some(true);
            limits.multiple_of = any.multiple_of.filter(|factor| *factor > 0.0).and_then(number);
        }
        Some("array") => {
            limits.min_items = any.min_items.map(|n| n as u64);
            limits.max_items = any.max_items.map(|n| n as u64);
            limits.unique_items = any.unique_items == Some(true);
        }
        _ => {}
    }
    let is_choice = any.typ.as_deref() == Some("string") || any.enumeration.iter().all(Value::is_string);
    if !is_choice {
        limits.values = any.enumeration.iter().filter(|value| !value.is_null()).cloned().collect();
    }
    limits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(schema: &str) -> Limits {
        limits(&serde_json::from_str(schema).unwrap())
    }

    #[test]
    fn bounds_multiples_and_enum_values_are_parsed() {
        let limits = read(
            r#"{"type": "integer", "minimum": 0, "exclusiveMinimum": true, "multipleOf": 5, "default": 10}"#,
        );
        assert_eq!(limits.minimum, Some(0.into()));
        assert!(limits.exclusive_minimum && !limits.exclusive_maximum);
        assert_eq!((limits.multiple_of, limits.default), (Some(5.into()), Some(10.into())));
        assert_eq!(
            read(r#"{"type": "integer", "enum": [1, null, 4]}"#).values,
            [Value::from(1), Value::from(4)]
        );
        assert_eq!(read(r#"{"type": "number", "enum": [0.5]}"#).values, [Value::from(0.5)]);
        assert_eq!(read(r#"{"type": "boolean", "enum": [true]}"#).values, [Value::from(true)]);
        assert_eq!(read(r#"{"enum": ["a", 1]}"#).values, [Value::from("a"), Value::from(1)]);
        assert!(read(r#"{"type": "string", "enum": ["a"]}"#).values.is_empty());
        assert!(read(r#"{"type": "array", "items": {}, "uniqueItems": true}"#).unique_items);
    }

    #[test]
    fn bound_is_exact_or_omitted() {
        let exact = read(r#"{"type": "integer", "maximum": 9007199254740993}"#);
        assert_eq!(exact.maximum, Some(9_007_199_254_740_993_i64.into()));
        assert_eq!(read(r#"{"type": "integer", "maximum": 18446744073709551615}"#).maximum, None);
        assert_eq!(read(r#"{"type": "integer", "minimum": 1.0}"#).minimum, Some(1.into()));
    }
}
