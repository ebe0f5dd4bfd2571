//! Decodes arguments that a model encoded as its [schema](super::value_encoding) requires, using the tool's own schema.
//! Values that aren't encoded are left unchanged, so the validator reports them.

use serde_json::{Map, Value};

use super::schema_keywords::{has_several_types, property, required, types};
use super::value_encoding::{SpecialProperties, ValueEncoding, decode, encoding_for};

/// How a dialect with encodings differs from others.
pub(super) struct Denormalizer {
    /// True if null means that an argument is absent.
    pub(super) null_is_absent: bool,
    /// True if all values with several types are declared as strings, which can then contain any JSON.
    pub(super) any_value_is_text: bool,
}

impl Denormalizer {
    /// Returns the arguments as the tool itself accepts them.
    pub(super) fn arguments(
        &self,
        schema: &Value,
        special: &SpecialProperties,
        arguments: Map<String, Value>,
    ) -> Map<String, Value> {
        let required = required(schema);
        let arguments = arguments.into_iter().filter_map(|(name, value)| {
            let Some(node) = property(schema, &name) else { return Some((name, value)) };
            let takes_null = types(node).contains(&"null") && required.contains(&name.as_str());
            // Nulls within an argument are left to argument coercion, which drops meaningless ones along with the
            // objects that contain nothing else.
            if self.null_is_absent && value.is_null() && !takes_null {
                return None;
            }
            let value = self.property(&name, node, value, special, true);
            Some((name, value))
        });
        arguments.collect()
    }

    fn property(
        &self,
        name: &str,
        node: &Value,
        value: Value,
        special: &SpecialProperties,
        is_argument: bool,
    ) -> Value {
        match encoding_for(name, node, special, is_argument) {
            Some(encoding) => decode(encoding, value, self.any_value_is_text),
            None if self.any_value_is_text && has_several_types(node) => {
                decode(ValueEncoding::MixedText, value, true)
            }
            None => match (value, node.get("items")) {
                (Value::Object(properties), _) => self.object(node, properties, special),
                (Value::Array(items), Some(node)) => {
                    items.into_iter().map(|item| self.item(node, item, special)).collect()
                }
                (value, _) => value,
            },
        }
    }

    fn object(&self, node: &Value, properties: Map<String, Value>, special: &SpecialProperties) -> Value {
        let properties = properties.into_iter().map(|(name, value)| match property(node, &name) {
            Some(node) => {
                let value = self.property(&name, node, value, special, false);
                (name, value)
            }
            None => (name, value),
        });
        Value::Object(properties.collect())
    }

    /// Returns a list item, which can't be left out: the text "null" is a string if null isn't allowed.
    fn item(&self, node: &Value, item: Value, special: &SpecialProperties) -> Value {
        let text = item.is_string().then(|| item.clone());
        match (self.property("", node, item, special, false), text) {
            (Value::Null, Some(text)) if !types(node).contains(&"null") => text,
            (item, _) => item,
        }
    }
}
