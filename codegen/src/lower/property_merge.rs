//! Merges two declarations of a property, from different parts of an `allOf`.

use openapiv3::{AnySchema, ReferenceOr, Schema as Source, SchemaKind};
use serde_json::{Map, Value};

/// A declaration of a property.
pub type DeclaredProperty = ReferenceOr<Box<Source>>;

/// Returns a declaration that allows the values that `known` and `more` both allow. If their types differ, it is `more`.
pub fn merge(known: &DeclaredProperty, more: DeclaredProperty) -> DeclaredProperty {
    match (known, more) {
        (ReferenceOr::Item(known), ReferenceOr::Item(more)) => {
            let merged = both(known, &more).unwrap_or(more);
            ReferenceOr::Item(merged)
        }
        (ReferenceOr::Reference { reference }, ReferenceOr::Item(mut more)) if is_untyped(&more) => {
            let known = ReferenceOr::Reference { reference: reference.clone() };
            more.schema_kind = SchemaKind::AllOf { all_of: vec![known] };
            ReferenceOr::Item(more)
        }
        (_, more) => more,
    }
}

/// Returns true if `any` specifies neither the type of a value nor its properties.
pub fn is_shapeless(any: &AnySchema) -> bool {
    any.properties.is_empty()
        && any.items.is_none()
        && any.enumeration.is_empty()
        && any.all_of.is_empty()
        && any.any_of.is_empty()
        && any.one_of.is_empty()
        && any.not.is_none()
        && any.additional_properties.is_none()
        && any.typ.as_deref().is_none_or(|ty| ty == "object")
}

/// Returns true if the schema doesn't restrict the type of a value.
fn is_untyped(source: &Source) -> bool {
    matches!(&source.schema_kind, SchemaKind::Any(any) if is_shapeless(any) && any.typ.is_none())
}

fn both(known: &Source, more: &Source) -> Option<Box<Source>> {
    let (Value::Object(mut merged), Value::Object(more)) =
        (serde_json::to_value(known).ok()?, serde_json::to_value(more).ok()?)
    else {
        return None;
    };
    add(&mut merged, more)?;
    if merged.get("type").is_some_and(|ty| ty == "integer") {
        merged.values_mut().for_each(make_whole);
    }
    serde_json::from_value(Value::Object(merged)).ok()
}

/// Writes a whole number without a fraction, as the bounds of an integer are read.
fn make_whole(value: &mut Value) {
    if let Some(number) = value.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 1e15) {
        *value = (number as i64).into();
    }
}

/// Adds keywords. Returns `None` if the types differ.
fn add(known: &mut Map<String, Value>, more: Map<String, Value>) -> Option<()> {
    if more.contains_key("$ref") || known.contains_key("$ref") {
        *known = more;
        return Some(());
    }
    if let Some(ty) = more.get("type") {
        if known.get("type").is_some_and(|known| known != ty) {
            return None;
        }
        // Null is allowed only if each typed part allows it.
        if known.contains_key("type") && more.get("nullable") != Some(&Value::Bool(true)) {
            known.shift_remove("nullable");
        }
    }
    for (keyword, value) in more {
        match known.get_mut(&keyword) {
            None if keyword == "nullable" => {}
            None => drop(known.insert(keyword, value)),
            Some(own) => combine(&keyword, own, value)?,
        }
    }
    Some(())
}

/// Combines the values of a keyword that both schemas have.
fn combine(keyword: &str, own: &mut Value, value: Value) -> Option<()> {
    let is_greater = value.as_f64() > own.as_f64();
    match (keyword, &mut *own, value) {
        ("properties", Value::Object(known), Value::Object(more)) => {
            for (name, property) in more {
                match (known.get_mut(&name), property) {
                    (Some(Value::Object(known)), Value::Object(more)) => add(known, more)?,
                    (_, property) => drop(known.insert(name, property)),
                }
            }
        }
        ("items", Value::Object(known), Value::Object(more)) => add(known, more)?,
        ("required", Value::Array(known), Value::Array(more)) => {
            let new: Vec<Value> = more.into_iter().filter(|name| !known.contains(name)).collect();
            known.extend(new);
        }
        ("enum", Value::Array(known), Value::Array(more))
            if more.iter().any(|value| known.contains(value)) =>
        {
            known.retain(|value| more.contains(value));
        }
        ("readOnly" | "writeOnly" | "deprecated" | "uniqueItems", Value::Bool(known), Value::Bool(more)) => {
            *known |= more;
        }
        ("minimum" | "minLength" | "minItems", known, more) if is_greater => *known = more,
        ("maximum" | "maxLength" | "maxItems", known, more) if !is_greater => *known = more,
        ("minimum" | "minLength" | "minItems" | "maximum" | "maxLength" | "maxItems", _, _) => {}
        (_, known, more) => *known = more,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merged(known: Value, more: Value) -> Value {
        let read = |value: Value| serde_json::from_value::<DeclaredProperty>(value).unwrap();
        serde_json::to_value(merge(&read(known), read(more))).unwrap()
    }

    #[test]
    fn every_restriction_of_both_declarations_applies() {
        assert_eq!(
            merged(
                json!({"type": "string", "readOnly": true, "maxLength": 9, "minLength": 1, "nullable": true}),
                json!({"type": "string", "enum": ["a"], "maxLength": 20, "minLength": 2})
            ),
            json!({"type": "string", "readOnly": true, "maxLength": 9, "minLength": 2, "enum": ["a"]})
        );
        assert_eq!(
            merged(json!({"type": "integer", "nullable": true}), json!({"description": "d", "maximum": 3})),
            json!({"type": "integer", "nullable": true, "description": "d", "maximum": 3})
        );
        assert_eq!(
            merged(
                json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}),
                json!({"type": "object", "properties": {"a": {"type": "string", "maxLength": 3}, "b": {}}})
            ),
            json!({
                "type": "object",
                "required": ["a"],
                "properties": {"a": {"type": "string", "maxLength": 3}, "b": {}}
            })
        );
    }

    #[test]
    fn later_type_replaces_another_type() {
        assert_eq!(merged(json!({"type": "string"}), json!({"type": "integer"})), json!({"type": "integer"}));
        let reference = json!({"$ref": "#/components/schemas/A"});
        assert_eq!(merged(json!({"type": "string"}), reference.clone()), reference);
        assert_eq!(
            merged(reference.clone(), json!({"description": "d"})),
            json!({"description": "d", "allOf": [reference]})
        );
    }
}
