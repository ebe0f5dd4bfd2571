//! Reads schemas from a normalized tree.

use indexmap::IndexMap;
use openapiv3::{
    AdditionalProperties, AnySchema, ArrayType, BooleanType, Discriminator, IntegerType, NumberType,
    ObjectType, ReferenceOr, Schema, SchemaData, SchemaKind, StringType, Type,
};
use serde_json::{Map, Number, Value};

use crate::diagnostic::{CodegenError, Report};
use crate::normalize::DocumentLocation;

/// The keywords that determine a schema's kind, one bit each.
mod bits {
    pub const TYPE: u32 = 1;
    pub const PATTERN: u32 = 1 << 1;
    pub const ENUM: u32 = 1 << 2;
    pub const FORMAT: u32 = 1 << 3;
    pub const LENGTH: u32 = 1 << 4;
    pub const BOUND: u32 = 1 << 5;
    pub const PROPERTIES: u32 = 1 << 6;
    pub const ITEMS: u32 = 1 << 7;
    pub const ONE_OF: u32 = 1 << 8;
    pub const ALL_OF: u32 = 1 << 9;
    pub const ANY_OF: u32 = 1 << 10;
    pub const NOT: u32 = 1 << 11;
}

/// Reads a schema. Anything else becomes any value, and is reported.
pub fn schema(value: Value, location: &DocumentLocation<'_>, report: &mut Report) -> ReferenceOr<Schema> {
    let Value::Object(mut members) = value else {
        let message = "a schema is an object; any value is allowed";
        report.untype(CodegenError::new("E005", message).at(location.to_string()));
        let schema_kind = SchemaKind::Any(AnySchema::default());
        return ReferenceOr::Item(Schema { schema_data: SchemaData::default(), schema_kind });
    };
    if let Some(reference) = reference(&mut members) {
        return reference;
    }
    let mut keywords = Keywords::default();
    for (keyword, value) in members {
        if !value.is_null() {
            keywords.read(&keyword, value, location, report);
        }
    }
    let schema_data = std::mem::take(&mut keywords.data);
    ReferenceOr::Item(Schema { schema_data, schema_kind: keywords.kind() })
}

fn boxed(value: Value, location: &DocumentLocation<'_>, report: &mut Report) -> ReferenceOr<Box<Schema>> {
    match schema(value, location, report) {
        ReferenceOr::Item(schema) => ReferenceOr::Item(Box::new(schema)),
        ReferenceOr::Reference { reference } => ReferenceOr::Reference { reference },
    }
}

fn list(value: Value, location: &DocumentLocation<'_>, report: &mut Report) -> Vec<ReferenceOr<Schema>> {
    let Value::Array(items) = value else { return Vec::new() };
    items.into_iter().enumerate().map(|(index, item)| schema(item, &location.index(index), report)).collect()
}

/// The supported keywords of a schema.
#[derive(Default)]
struct Keywords {
    data: SchemaData,
    any: AnySchema,
    /// Numbers as written, because floats aren't exact.
    minimum: Option<Number>,
    maximum: Option<Number>,
    multiple_of: Option<Number>,
    present: u32,
}

impl Keywords {
    fn read(&mut self, keyword: &str, value: Value, location: &DocumentLocation<'_>, report: &mut Report) {
        let location = location.key(keyword);
        let any = &mut self.any;
        let bit = match keyword {
            "type" => {
                any.typ = as_string(value);
                bits::TYPE
            }
            "pattern" => {
                any.pattern = as_string(value);
                bits::PATTERN
            }
            "format" => {
                any.format = as_string(value);
                bits::FORMAT
            }
            "enum" => {
                any.enumeration = if let Value::Array(values) = value { values } else { Vec::new() };
                bits::ENUM
            }
            "minLength" => {
                any.min_length = size(&value);
                bits::LENGTH
            }
            "maxLength" => {
                any.max_length = size(&value);
                bits::LENGTH
            }
            "minimum" => {
                self.minimum = number(value);
                bits::BOUND
            }
            "maximum" => {
                self.maximum = number(value);
                bits::BOUND
            }
            "multipleOf" => {
                self.multiple_of = number(value);
                bits::BOUND
            }
            "exclusiveMinimum" => {
                any.exclusive_minimum = value.as_bool();
                bits::BOUND
            }
            "exclusiveMaximum" => {
                any.exclusive_maximum = value.as_bool();
                bits::BOUND
            }
            "properties" => {
                any.properties = properties(value, &location, report);
                bits::PROPERTIES
            }
            "required" => {
                any.required = as_strings(value);
                bits::PROPERTIES
            }
            "additionalProperties" => {
                any.additional_properties = Some(match value {
                    Value::Bool(allowed) => AdditionalProperties::Any(allowed),
                    value => AdditionalProperties::Schema(Box::new(schema(value, &location, report))),
                });
                bits::PROPERTIES
            }
            "minProperties" => {
                any.min_properties = size(&value);
                bits::PROPERTIES
            }
            "maxProperties" => {
                any.max_properties = size(&value);
                bits::PROPERTIES
            }
            "items" => {
                any.items = Some(boxed(value, &location, report));
                bits::ITEMS
            }
            "minItems" => {
                any.min_items = size(&value);
                bits::ITEMS
            }
            "maxItems" => {
                any.max_items = size(&value);
                bits::ITEMS
            }
            "uniqueItems" => {
                any.unique_items = value.as_bool();
                bits::ITEMS
            }
            "oneOf" => {
                any.one_of = list(value, &location, report);
                bits::ONE_OF
            }
            "allOf" => {
                any.all_of = list(value, &location, report);
                bits::ALL_OF
            }
            "anyOf" => {
                any.any_of = list(value, &location, report);
                bits::ANY_OF
            }
            "not" => {
                any.not = Some(Box::new(schema(value, &location, report)));
                bits::NOT
            }
            _ => {
                self.describe(keyword, value);
                0
            }
        };
        self.present |= bit;
    }

    /// Reads a keyword that doesn't restrict the kind of values.
    fn describe(&mut self, keyword: &str, value: Value) {
        let data = &mut self.data;
        match keyword {
            "nullable" => data.nullable = value == Value::Bool(true),
            "readOnly" => data.read_only = value == Value::Bool(true),
            "writeOnly" => data.write_only = value == Value::Bool(true),
            "deprecated" => data.deprecated = value == Value::Bool(true),
            "title" => data.title = as_string(value),
            "description" => data.description = as_string(value),
            "default" => data.default = Some(value),
            "discriminator" => data.discriminator = discriminator(value),
            _ => {}
        }
    }

    /// A schema with the keywords of only one type has that type; any other mixture is kept unchanged.
    fn kind(mut self) -> SchemaKind {
        use bits::{
            ALL_OF, ANY_OF, BOUND, ENUM, FORMAT, ITEMS, LENGTH, NOT, ONE_OF, PATTERN, PROPERTIES, TYPE,
        };
        let present = self.present;
        let has_only = |allowed: u32| present & !allowed == 0;
        let values_are = |is_type: fn(&Value) -> bool| {
            self.any.enumeration.iter().all(|value| value.is_null() || is_type(value))
        };
        match self.any.typ.as_deref() {
            Some("string")
                if has_only(TYPE | PATTERN | ENUM | FORMAT | LENGTH) && values_are(Value::is_string) =>
            {
                SchemaKind::Type(Type::String(self.string()))
            }
            Some("number") if has_only(TYPE | ENUM | FORMAT | BOUND) && values_are(Value::is_number) => {
                SchemaKind::Type(Type::Number(self.number()))
            }
            Some("integer")
                if has_only(TYPE | ENUM | FORMAT | BOUND)
                    && values_are(Value::is_i64)
                    && [&self.minimum, &self.maximum, &self.multiple_of]
                        .into_iter()
                        .flatten()
                        .all(Number::is_i64) =>
            {
                SchemaKind::Type(Type::Integer(self.integer()))
            }
            Some("boolean") if has_only(TYPE | ENUM) && values_are(Value::is_boolean) => {
                let enumeration = self.any.enumeration.iter().map(Value::as_bool).collect();
                SchemaKind::Type(Type::Boolean(BooleanType { enumeration }))
            }
            Some("object") if has_only(TYPE | PROPERTIES) => {
                let any = self.any;
                SchemaKind::Type(Type::Object(ObjectType {
                    properties: any.properties,
                    required: any.required,
                    additional_properties: any.additional_properties,
                    min_properties: any.min_properties,
                    max_properties: any.max_properties,
                }))
            }
            Some("array") if has_only(TYPE | ITEMS) => SchemaKind::Type(Type::Array(ArrayType {
                items: self.any.items,
                min_items: self.any.min_items,
                max_items: self.any.max_items,
                unique_items: self.any.unique_items.unwrap_or_default(),
            })),
            None if present == ONE_OF => SchemaKind::OneOf { one_of: self.any.one_of },
            None if present == ALL_OF => SchemaKind::AllOf { all_of: self.any.all_of },
            None if present == ANY_OF => SchemaKind::AnyOf { any_of: self.any.any_of },
            None if present == NOT => match self.any.not.take() {
                Some(not) => SchemaKind::Not { not },
                None => SchemaKind::Any(self.any),
            },
            _ => {
                let float = |number: Option<Number>| number.and_then(|number| number.as_f64());
                self.any.minimum = float(self.minimum);
                self.any.maximum = float(self.maximum);
                self.any.multiple_of = float(self.multiple_of);
                SchemaKind::Any(self.any)
            }
        }
    }

    fn string(self) -> StringType {
        let values = self.any.enumeration.into_iter();
        StringType {
            format: self.any.format.into(),
            pattern: self.any.pattern,
            enumeration: values.map(as_string).collect(),
            min_length: self.any.min_length,
            max_length: self.any.max_length,
        }
    }

    fn number(self) -> NumberType {
        let float = |number: Option<Number>| number.and_then(|number| number.as_f64());
        NumberType {
            format: self.any.format.into(),
            multiple_of: float(self.multiple_of),
            exclusive_minimum: self.any.exclusive_minimum.unwrap_or_default(),
            exclusive_maximum: self.any.exclusive_maximum.unwrap_or_default(),
            minimum: float(self.minimum),
            maximum: float(self.maximum),
            enumeration: self.any.enumeration.iter().map(Value::as_f64).collect(),
        }
    }

    fn integer(self) -> IntegerType {
        let integer = |number: Option<Number>| number.and_then(|number| number.as_i64());
        IntegerType {
            format: self.any.format.into(),
            multiple_of: integer(self.multiple_of),
            exclusive_minimum: self.any.exclusive_minimum.unwrap_or_default(),
            exclusive_maximum: self.any.exclusive_maximum.unwrap_or_default(),
            minimum: integer(self.minimum),
            maximum: integer(self.maximum),
            enumeration: self.any.enumeration.iter().map(Value::as_i64).collect(),
        }
    }
}

fn properties(
    value: Value,
    location: &DocumentLocation<'_>,
    report: &mut Report,
) -> IndexMap<String, ReferenceOr<Box<Schema>>> {
    let members = object(value);
    let mut properties = IndexMap::with_capacity(members.len());
    for (name, property) in members {
        let property = boxed(property, &location.key(&name), report);
        properties.insert(name, property);
    }
    properties
}

fn discriminator(value: Value) -> Option<Discriminator> {
    let mut members = object(value);
    let property_name = as_string(take(&mut members, "propertyName"))?;
    let mapping = object(take(&mut members, "mapping"))
        .into_iter()
        .filter_map(|(name, target)| Some((name, as_string(target)?)))
        .collect();
    Some(Discriminator { property_name, mapping, extensions: IndexMap::new() })
}

/// Returns the properties of a JSON object; empty if `value` is anything else.
pub fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// Removes and returns the value of a property, or null.
pub fn take(members: &mut Map<String, Value>, name: &str) -> Value {
    members.get_mut(name).map(Value::take).unwrap_or_default()
}

/// Returns the reference that replaces an object, if it is one.
pub fn reference<T>(members: &mut Map<String, Value>) -> Option<ReferenceOr<T>> {
    let reference = as_string(take(members, "$ref"))?;
    Some(ReferenceOr::Reference { reference })
}

/// Returns the value if it is a string.
pub fn as_string(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// Returns the strings in a list.
pub fn as_strings(value: Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.into_iter().filter_map(as_string).collect(),
        _ => Vec::new(),
    }
}

fn number(value: Value) -> Option<Number> {
    match value {
        Value::Number(number) => Some(number),
        _ => None,
    }
}

fn size(value: &Value) -> Option<usize> {
    value.as_u64().and_then(|size| usize::try_from(size).ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The result is the same as with `openapiv3`'s own deserialization.
    #[test]
    fn schemas_parse_the_same_as_with_openapiv3() {
        for value in [
            json!({}),
            json!({"type": "string", "format": "date", "enum": ["a", null], "maxLength": 3, "nullable": true}),
            json!({"type": "string", "minimum": 3}),
            json!({"type": "integer", "format": "int32", "minimum": 1, "exclusiveMinimum": true, "default": 4}),
            json!({"type": "integer", "minimum": 1.5, "enum": [1]}),
            json!({"type": "number", "multipleOf": 0.5, "enum": [1, 2.5]}),
            json!({"type": "boolean", "enum": [true]}),
            json!({"type": "array", "items": {"$ref": "#/components/schemas/A"}, "uniqueItems": true}),
            json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}, "additionalProperties": false}),
            json!({"additionalProperties": {"type": "integer"}, "type": "object", "title": "t", "description": "d"}),
            json!({"oneOf": [{"$ref": "#/a"}, {"type": "object"}], "discriminator": {"propertyName": "k", "mapping": {"a": "b"}}}),
            json!({"allOf": [{"$ref": "#/a"}], "nullable": true}),
            json!({"allOf": [{"$ref": "#/a"}], "properties": {"a": {"readOnly": true, "type": "string"}}}),
            json!({"anyOf": [{"required": ["a"]}]}),
            json!({"not": {"type": "string"}}),
            json!({"type": "object", "oneOf": []}),
            json!({"enum": ["a", 1]}),
            json!({"type": null, "format": null, "properties": null}),
        ] {
            let mut report = Report::default();
            let read = schema(value.clone(), &DocumentLocation::ROOT, &mut report);
            let expected: ReferenceOr<Schema> = serde_json::from_value(value.clone()).unwrap();
            assert_eq!(read, expected, "{value}");
            assert!(report.degradations.is_empty());
        }
    }

    #[test]
    fn non_schema_becomes_any_value() {
        let mut report = Report::default();
        schema(json!({"properties": {"a": 7}}), &DocumentLocation::ROOT, &mut report);
        assert_eq!(report.degradations[0].problem.location.as_deref(), Some("/properties/a"));
    }
}
