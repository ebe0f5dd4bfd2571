//! Converts schemas to OpenAPI 3.0: OpenAPI 3.1 and JSON Schema syntax is translated, and keywords with
//! unreadable values are dropped.

use serde_json::{Map, Value, json};

use super::location::DocumentLocation;
use crate::diagnostic::{CodegenError, Repair, Report};

/// The nested schemas of a schema, by how they are stored.
const SINGLE: [&str; 3] = ["items", "additionalProperties", "not"];
const LISTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// JSON Schema keywords that OpenAPI 3.0 lacks and that only restrict values.
const UNCHECKED: [&str; 10] = [
    "if",
    "then",
    "else",
    "dependentSchemas",
    "dependentRequired",
    "propertyNames",
    "contains",
    "unevaluatedItems",
    "unevaluatedProperties",
    "prefixItems",
];

/// Normalizes `schema` and all nested schemas. Siblings of a `$ref` are respected if `siblings` is set.
pub fn normalize(schema: &mut Value, siblings: bool, location: &DocumentLocation<'_>, report: &mut Report) {
    match schema {
        Value::Bool(true) => *schema = json!({}),
        Value::Object(members) => {
            if members.get("$ref").is_some_and(Value::is_string) {
                if siblings && members.len() > 1 {
                    wrap_reference(members);
                } else {
                    return;
                }
            }
            let mut rewriter = KeywordRewriter { location, report };
            rewriter.keywords(members);
            children(members, siblings, location, report);
        }
        _ => {
            let message = format!("expected an object as the schema, got `{}`", shortened(schema));
            report.untype(CodegenError::new("E005", message).at(location.to_string()));
            *schema = json!({});
        }
    }
}

/// Moves a reference with siblings into an `allOf`.
fn wrap_reference(members: &mut Map<String, Value>) {
    let Some(reference) = members.shift_remove("$ref") else { return };
    let reference = json!({ "$ref": reference });
    match members.get_mut("allOf") {
        Some(Value::Array(parts)) => parts.insert(0, reference),
        _ => {
            members.insert("allOf".to_owned(), json!([reference]));
        }
    }
}

fn children(
    members: &mut Map<String, Value>,
    siblings: bool,
    location: &DocumentLocation<'_>,
    report: &mut Report,
) {
    for (keyword, value) in members.iter_mut() {
        let location = location.key(keyword);
        if keyword == "properties" {
            for (name, property) in value.as_object_mut().into_iter().flatten() {
                normalize(property, siblings, &location.key(name), report);
            }
        } else if LISTS.contains(&keyword.as_str()) {
            for (index, part) in value.as_array_mut().into_iter().flatten().enumerate() {
                normalize(part, siblings, &location.index(index), report);
            }
        } else if SINGLE.contains(&keyword.as_str())
            && !(keyword == "additionalProperties" && value.is_boolean())
        {
            normalize(value, siblings, &location, report);
        }
    }
}

/// Rewrites the keywords of a single schema.
struct KeywordRewriter<'a> {
    location: &'a DocumentLocation<'a>,
    report: &'a mut Report,
}

impl KeywordRewriter<'_> {
    fn repaired(&mut self, code: &'static str, message: impl Into<String>) {
        self.report.repairs.push(Repair::new(code, self.location.to_string(), message));
    }

    fn keywords(&mut self, members: &mut Map<String, Value>) {
        self.unreadable(members);
        self.types(members);
        self.null_among(members);
        self.values_among(members);
        self.constant(members);
        self.exclusive(members, "exclusiveMinimum", "minimum");
        self.exclusive(members, "exclusiveMaximum", "maximum");
        self.items(members);
        self.content(members);
        self.additional(members);
        self.values(members);
        self.default(members);
        let unchecked: Vec<&str> =
            UNCHECKED.into_iter().filter(|keyword| members.shift_remove(*keyword).is_some()).collect();
        if !unchecked.is_empty() {
            self.repaired("R033", format!("values are not checked against {}", listed(&unchecked)));
        }
        members.shift_remove("$defs");
    }

    /// Drops keywords whose value isn't allowed in any version of OpenAPI.
    fn unreadable(&mut self, members: &mut Map<String, Value>) {
        let faulty: Vec<String> = members
            .iter()
            .filter(|(keyword, value)| !is_readable(keyword, value))
            .map(|(keyword, _)| keyword.clone())
            .collect();
        for keyword in faulty {
            let value = members.shift_remove(&keyword).unwrap_or_default();
            self.repaired("R032", format!("`{keyword}` can't be `{}`; it is ignored", shortened(&value)));
        }
        for keyword in ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"] {
            let Some(value) = members.get_mut(keyword) else { continue };
            if let Some(number) = value.as_f64().filter(|_| !value.is_u64()) {
                *value = json!(number as u64);
            }
        }
    }

    fn types(&mut self, members: &mut Map<String, Value>) {
        match members.get_mut("type") {
            Some(Value::Array(names)) => {
                let mut names: Vec<Value> = std::mem::take(names);
                let count = names.len();
                names.retain(|name| name != "null");
                if names.len() < count {
                    members.insert("nullable".to_owned(), json!(true));
                }
                if names.len() == 1 {
                    members.insert("type".to_owned(), names.remove(0));
                    self.known_type(members);
                } else {
                    members.shift_remove("type");
                    if names.len() > 1 {
                        let shapes: Vec<Value> = names.iter().map(|name| json!({ "type": name })).collect();
                        members.entry("anyOf").or_insert(Value::Array(shapes));
                    }
                }
                self.repaired("R031", "the OpenAPI 3.1 list of types was converted");
            }
            Some(Value::String(name)) if name == "null" => {
                members.shift_remove("type");
                members.insert("nullable".to_owned(), json!(true));
            }
            Some(_) => self.known_type(members),
            None => {}
        }
    }

    /// Replaces type names that OpenAPI doesn't define.
    fn known_type(&mut self, members: &mut Map<String, Value>) {
        let name = members["type"].as_str().unwrap_or_default().to_owned();
        let known = ["string", "number", "integer", "boolean", "array", "object"];
        if known.contains(&name.as_str()) {
            return;
        }
        let (ty, format) = match name.to_lowercase().as_str() {
            "int" | "int32" | "long" | "int64" => (Some("integer"), None),
            "float" | "double" | "decimal" => (Some("number"), None),
            "bool" => (Some("boolean"), None),
            "str" | "text" | "uuid" | "guid" => (Some("string"), None),
            "date" => (Some("string"), Some("date")),
            "datetime" | "date-time" => (Some("string"), Some("date-time")),
            "file" => (Some("string"), Some("binary")),
            "list" => (Some("array"), None),
            lower => (known.into_iter().find(|known| *known == lower), None),
        };
        match ty {
            Some(ty) => {
                members.insert("type".to_owned(), json!(ty));
                if let Some(format) = format {
                    members.entry("format").or_insert(json!(format));
                }
                self.repaired("R032", format!("the type `{name}` is read as `{ty}`"));
            }
            None => {
                members.shift_remove("type");
                let message = format!("`{name}` is not a type; any value is accepted");
                self.report.untype(CodegenError::new("E005", message).at(self.location.to_string()));
            }
        }
    }

    /// A `null` among alternatives or values means that null is allowed.
    fn null_among(&mut self, members: &mut Map<String, Value>) {
        for keyword in ["anyOf", "oneOf"] {
            let Some(Value::Array(parts)) = members.get_mut(keyword) else { continue };
            let count = parts.len();
            parts.retain(|part| part.get("type").is_none_or(|ty| ty != "null"));
            if parts.len() == count {
                continue;
            }
            let only = (parts.len() == 1).then(|| parts.remove(0));
            members.insert("nullable".to_owned(), json!(true));
            if let Some(only) = only {
                members.shift_remove(keyword);
                members.entry("allOf").or_insert(json!([only]));
            }
            self.repaired(
                "R031",
                format!("the OpenAPI 3.1 `null` in `{keyword}` was converted to `nullable`"),
            );
        }
    }

    /// Alternatives that each list their values, usually a single one with a title, are an enum.
    fn values_among(&mut self, members: &mut Map<String, Value>) {
        if members.contains_key("enum") || members.contains_key("const") {
            return;
        }
        for keyword in ["oneOf", "anyOf"] {
            let Some(parts) = members.get(keyword).and_then(Value::as_array) else { continue };
            let Some(values) = parts.iter().map(listed_values).collect::<Option<Vec<_>>>() else { continue };
            let values: Vec<&Value> = values.into_iter().flatten().collect();
            let Some(ty) = common_type(&values) else { continue };
            let meanings: Option<Vec<String>> = parts.iter().map(meaning).collect();
            let values: Vec<Value> = values.into_iter().cloned().collect();
            members.shift_remove(keyword);
            members.entry("type").or_insert(json!(ty));
            members.insert("enum".to_owned(), Value::Array(values));
            if let Some(meanings) = meanings
                && !members.contains_key("description")
            {
                members.insert("description".to_owned(), json!(format!("{}.", meanings.join(", "))));
            }
            self.repaired("R031", format!("the values in `{keyword}` were converted to an enum"));
        }
    }

    fn constant(&mut self, members: &mut Map<String, Value>) {
        let Some(value) = members.shift_remove("const") else { return };
        if value.is_null() {
            members.insert("nullable".to_owned(), json!(true));
        } else {
            if let Some(ty) = scalar_type(&value) {
                members.entry("type").or_insert(json!(ty));
            }
            members.insert("enum".to_owned(), json!([value]));
        }
        self.repaired("R031", "the OpenAPI 3.1 `const` was converted to an enum with one value");
    }

    fn exclusive(&mut self, members: &mut Map<String, Value>, exclusive: &str, inclusive: &str) {
        let Some(bound) = members.get(exclusive).filter(|bound| bound.is_number()).cloned() else { return };
        let is_lower = inclusive == "minimum";
        let stricter = members.get(inclusive).and_then(Value::as_f64).is_some_and(|other| {
            let bound = bound.as_f64().unwrap_or_default();
            if is_lower { other > bound } else { other < bound }
        });
        if stricter {
            members.shift_remove(exclusive);
        } else {
            members.insert(inclusive.to_owned(), bound);
            members.insert(exclusive.to_owned(), json!(true));
        }
        self.repaired("R031", format!("the OpenAPI 3.1 number in `{exclusive}` was converted"));
    }

    fn items(&mut self, members: &mut Map<String, Value>) {
        let is_tuple =
            members.contains_key("prefixItems") || members.get("items").is_some_and(Value::is_array);
        if is_tuple {
            members.insert("items".to_owned(), json!({}));
            self.repaired("R033", "items with position-specific schemas can be any value");
        } else if members.get("items") == Some(&Value::Bool(false)) {
            members.insert("items".to_owned(), json!({}));
        }
    }

    fn content(&mut self, members: &mut Map<String, Value>) {
        let encoding = members.shift_remove("contentEncoding");
        let media_type = members.shift_remove("contentMediaType");
        let format = match (&encoding, &media_type) {
            (Some(encoding), _) if encoding == "base64" => "byte",
            (None, Some(Value::String(media_type))) if is_binary(media_type) => "binary",
            _ => return,
        };
        members.entry("type").or_insert(json!("string"));
        members.entry("format").or_insert(json!(format));
        self.repaired(
            "R031",
            format!("the OpenAPI 3.1 content keywords were converted to the format `{format}`"),
        );
    }

    /// Reads numbers and booleans that are written as strings among the values of an enum. If other values don't have the
    /// type of the schema, or don't fit into 64 bits, the enum is dropped.
    fn values(&mut self, members: &mut Map<String, Value>) {
        let ty = members.get("type").and_then(Value::as_str).unwrap_or_default();
        let is_typed: fn(&Value) -> bool = match ty {
            "integer" => Value::is_i64,
            "number" => Value::is_number,
            "boolean" => Value::is_boolean,
            _ => return,
        };
        let Some(Value::Array(values)) = members.get("enum") else { return };
        if values.iter().all(|value| is_typed(value) || value.is_null()) {
            return;
        }
        let typed = |value: &Value| match value {
            Value::String(text) => serde_json::from_str(text).ok().filter(is_typed),
            other => (is_typed(other) || other.is_null()).then(|| other.clone()),
        };
        match values.iter().map(typed).collect::<Option<Vec<Value>>>() {
            Some(values) => {
                self.repaired("R032", format!("the values of the enum are read as `{ty}`"));
                members.insert("enum".to_owned(), Value::Array(values));
            }
            None => {
                let message = format!("`enum` can't be `{}`; it is ignored", shortened(&members["enum"]));
                members.shift_remove("enum");
                self.repaired("R032", message);
            }
        }
    }

    /// Drops a default of another type.
    fn default(&mut self, members: &mut Map<String, Value>) {
        let (Some(value), Some(ty)) = (members.get("default"), members.get("type").and_then(Value::as_str))
        else {
            return;
        };
        let is_allowed = value.is_null()
            || match ty {
                "string" => value.is_string(),
                "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
                "number" => value.is_number(),
                "boolean" => value.is_boolean(),
                "array" => value.is_array(),
                "object" => value.is_object(),
                _ => true,
            };
        if !is_allowed {
            let message = format!("`default` can't be `{}`; it is ignored", shortened(value));
            members.shift_remove("default");
            self.repaired("R032", message);
        }
    }

    fn additional(&mut self, members: &mut Map<String, Value>) {
        let Some(Value::Object(patterns)) = members.shift_remove("patternProperties") else { return };
        let mut schemas = patterns.into_iter().map(|(_, schema)| schema);
        let only = schemas.next().filter(|_| schemas.next().is_none());
        let open = members.get("additionalProperties").is_none_or(|value| value == &json!(false));
        if open {
            members.insert("additionalProperties".to_owned(), only.unwrap_or(json!(true)));
        }
        self.repaired("R033", "property names are not checked against `patternProperties`");
    }
}

/// Returns the values that `schema` allows, if it does nothing else than list and describe them.
fn listed_values(schema: &Value) -> Option<Vec<&Value>> {
    let members = schema.as_object()?;
    let is_known = |key: &String| {
        matches!(key.as_str(), "const" | "enum" | "type" | "title" | "description" | "deprecated")
            || key.starts_with("x-")
    };
    if !members.keys().all(is_known) {
        return None;
    }
    match (members.get("const"), members.get("enum")) {
        (Some(value), None) => Some(vec![value]),
        (None, Some(Value::Array(values))) => Some(values.iter().collect()),
        _ => None,
    }
}

/// Returns the type of a scalar.
fn scalar_type(value: &Value) -> Option<&'static str> {
    match value {
        Value::String(_) => Some("string"),
        Value::Bool(_) => Some("boolean"),
        Value::Number(number) if number.is_i64() => Some("integer"),
        Value::Number(_) => Some("number"),
        _ => None,
    }
}

/// Returns the type of `values`, if there are any and all have the same one.
fn common_type(values: &[&Value]) -> Option<&'static str> {
    let first = scalar_type(values.first()?)?;
    values.iter().all(|value| scalar_type(value) == Some(first)).then_some(first)
}

/// Returns `2 (high)` for a schema with a title and one value, unless the value is the title.
fn meaning(schema: &Value) -> Option<String> {
    let title = schema["title"].as_str()?;
    let value = schema.get("const")?;
    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    (!value.eq_ignore_ascii_case(title)).then(|| format!("{value} ({title})"))
}

fn is_readable(keyword: &str, value: &Value) -> bool {
    match keyword {
        "description" | "title" | "format" | "pattern" | "$ref" => value.is_string(),
        "nullable" | "readOnly" | "writeOnly" | "deprecated" | "uniqueItems" => value.is_boolean(),
        "exclusiveMinimum" | "exclusiveMaximum" => value.is_boolean() || value.is_number(),
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
            value.as_f64().is_some_and(|number| number >= 0.0 && number.fract() == 0.0 && number < 1e15)
        }
        "minimum" | "maximum" | "multipleOf" => value.is_number(),
        "required" => value.as_array().is_some_and(|names| names.iter().all(Value::is_string)),
        "enum" | "allOf" | "anyOf" | "oneOf" => value.is_array(),
        "properties" | "patternProperties" => value.is_object(),
        "items" => value.is_object() || value.is_array() || value.is_boolean(),
        "additionalProperties" | "not" => value.is_object() || value.is_boolean(),
        "type" => {
            value.is_string() || value.as_array().is_some_and(|names| names.iter().all(Value::is_string))
        }
        "discriminator" => value.get("propertyName").is_some_and(Value::is_string),
        "externalDocs" => value.get("url").is_some_and(Value::is_string),
        _ => true,
    }
}

/// Returns true if values of a media type aren't text.
fn is_binary(media_type: &str) -> bool {
    let kind = media_type.split(['/', ';']).next().unwrap_or_default();
    matches!(kind, "image" | "audio" | "video" | "font")
        || matches!(media_type, "application/octet-stream" | "application/pdf" | "application/zip")
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Returns the beginning of `value`, for messages.
pub(super) fn shortened(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalized(mut schema: Value) -> (Value, Vec<&'static str>) {
        let mut report = Report::default();
        normalize(&mut schema, true, &DocumentLocation::ROOT, &mut report);
        (schema, report.repairs.iter().map(|repair| repair.code).collect())
    }

    #[test]
    fn openapi_3_1_types_are_normalized() {
        let (schema, codes) = normalized(json!({"type": ["string", "null"], "maxLength": 4}));
        assert_eq!(schema, json!({"type": "string", "nullable": true, "maxLength": 4}));
        assert_eq!(codes, ["R031"]);
        let (schema, _) =
            normalized(json!({"anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "null"}]}));
        assert_eq!(schema, json!({"nullable": true, "allOf": [{"$ref": "#/components/schemas/A"}]}));
        assert_eq!(normalized(json!({"const": "x"})).0, json!({"type": "string", "enum": ["x"]}));
        let (schema, _) = normalized(json!({"type": "number", "exclusiveMinimum": 0, "minimum": 5}));
        assert_eq!(schema, json!({"type": "number", "minimum": 5}));
        let (schema, _) = normalized(json!({"$ref": "#/components/schemas/A", "description": "d"}));
        assert_eq!(schema, json!({"description": "d", "allOf": [{"$ref": "#/components/schemas/A"}]}));
    }

    #[test]
    fn unreadable_keyword_is_dropped() {
        let (schema, codes) = normalized(json!({"type": "Int", "required": true, "minLength": "3"}));
        assert_eq!(schema, json!({"type": "integer"}));
        assert_eq!(codes, ["R032"; 3]);
    }
}
