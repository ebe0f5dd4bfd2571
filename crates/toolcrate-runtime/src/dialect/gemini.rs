//! Google Gemini's tool format, which accepts a subset of OpenAPI schemas: one type per node, `nullable` for null, only
//! string enums, no `additionalProperties`, and no objects without properties.

use serde_json::{Map, Value, json};

use super::declaration::Declaration;
use super::declaration_rules::DeclarationRules;
use super::denormalize::Denormalizer;
use super::lint::finding::LintFindings;
use super::provider_limits::is_tool_name;
use super::schema_keywords::{add_note, is_free_form, properties, required, types};
use super::tool_dialect::ToolDialect;
use super::tool_source::{CalledTool, ToolSource};
use super::value_encoding::{SpecialProperties, ValueEncoding, encoded_schema, encoding_for};

/// Keywords that are copied unchanged.
const COPIED: [&str; 8] =
    ["description", "minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength", "pattern"];

/// Keywords allowed in a schema.
const KEYWORDS: &[&str] = &[
    "type",
    "format",
    "title",
    "description",
    "nullable",
    "enum",
    "items",
    "minItems",
    "maxItems",
    "properties",
    "required",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
];

pub(super) struct GeminiDialect;

static RULES: DeclarationRules = DeclarationRules {
    schemas_are_optional: true,
    keywords: KEYWORDS,
    is_json_schema: false,
    ..DeclarationRules::new(&["name", "description", "parameters"], &["parameters"])
};

/// A model writes a string for a value with several types, and null for a nullable value.
const DENORMALIZER: Denormalizer = Denormalizer { null_is_absent: false, any_value_is_text: true };

impl ToolDialect for GeminiDialect {
    fn name(&self) -> &'static str {
        "gemini"
    }

    fn declare(&self, tool: &ToolSource<'_>) -> Declaration {
        let mut declaration = json!({"name": tool.name, "description": tool.description()});
        // An object without properties is rejected; a function without parameters isn't.
        if !is_free_form(&tool.schema) {
            declaration["parameters"] = gemini_schema(&tool.schema, &tool.special);
        }
        Declaration::new(declaration)
    }

    fn denormalize(&self, tool: &CalledTool<'_>, arguments: Map<String, Value>) -> Map<String, Value> {
        DENORMALIZER.arguments(tool.schema(), &tool.special(), arguments)
    }

    fn rules(&self) -> &'static DeclarationRules {
        &RULES
    }

    fn accepts_name(&self, name: &str) -> bool {
        is_tool_name(name) && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
    }

    fn accepts_format(&self, kind: &str, format: &str) -> bool {
        is_accepted_format(kind, format)
    }

    fn check_node(&self, node: &Value, pointer: &str, findings: &mut LintFindings) {
        if node["type"].is_array() {
            findings.add("union", pointer, "this dialect allows one type per node; use nullable for null");
        }
        if let Some(values) = node.get("enum") {
            let mut values = values.as_array().into_iter().flatten();
            if !values.all(|value| value.as_str().is_some_and(|text| !text.is_empty())) {
                findings.add("enum-text", pointer, "this dialect allows only non-empty strings in an enum");
            }
        }
        if is_free_form(node) {
            findings.add("free-form", pointer, "this dialect requires properties in every object");
        }
    }
}

/// Returns an argument schema in Gemini's subset.
pub(super) fn gemini_schema(root: &Value, special: &SpecialProperties) -> Value {
    Value::Object(object(root, special, true))
}

fn object(node: &Value, special: &SpecialProperties, is_argument: bool) -> Map<String, Value> {
    let members: Map<String, Value> = properties(node)
        .map(|(name, member)| {
            (name.clone(), Value::Object(member_schema(name, member, special, is_argument)))
        })
        .collect();
    let needed = required(node);
    let mut schema = Map::from_iter([("type".to_owned(), json!("object"))]);
    if let Some(about) = node.get("description") {
        schema.insert("description".to_owned(), about.clone());
    }
    schema.insert("properties".to_owned(), Value::Object(members));
    if !needed.is_empty() {
        schema.insert("required".to_owned(), json!(needed));
    }
    schema
}

fn member_schema(
    name: &str,
    node: &Value,
    special: &SpecialProperties,
    is_argument: bool,
) -> Map<String, Value> {
    match encoding_for(name, node, special, is_argument) {
        Some(encoding @ (ValueEncoding::FilterTests | ValueEncoding::CaptionedFields)) => {
            let is_filter = encoding == ValueEncoding::FilterTests;
            let value = if is_filter { json!(["string", "null"]) } else { json!("string") };
            schema_of(&Value::Object(encoded_schema(encoding, node, &value)), special)
        }
        Some(ValueEncoding::JsonText) => encoded_schema(ValueEncoding::JsonText, node, &Value::Null),
        Some(ValueEncoding::MixedText) | None => schema_of(node, special),
    }
}

fn schema_of(node: &Value, special: &SpecialProperties) -> Map<String, Value> {
    let kinds = types(node);
    let several: Vec<&str> = kinds.iter().copied().filter(|kind| *kind != "null").collect();
    let kind = if several.len() > 1 { "string" } else { several.first().copied().unwrap_or("string") };
    let mut schema = match kind {
        "object" => object(node, special, false),
        kind => Map::from_iter([("type".to_owned(), json!(kind))]),
    };
    for keyword in COPIED {
        if let Some(value) = node.get(keyword) {
            schema.insert(keyword.to_owned(), value.clone());
        }
    }
    if several.len() > 1 {
        add_note(&mut schema, "Text. Encode other values, and text that looks like JSON, as JSON text.");
    } else {
        add_values(node, kind, &mut schema);
    }
    if kind == "array" {
        let items = node.get("items").cloned().unwrap_or_else(|| json!({"type": "string"}));
        schema.insert("items".to_owned(), Value::Object(member_schema("", &items, special, false)));
    }
    if kinds.contains(&"null") {
        schema.insert("nullable".to_owned(), json!(true));
    }
    schema
}

/// Adds a value's enum and format.
fn add_values(node: &Value, kind: &str, schema: &mut Map<String, Value>) {
    if let Some(values) = node.get("enum").and_then(Value::as_array) {
        // Empty strings are rejected, and other types can't be listed.
        let texts: Vec<&str> =
            values.iter().filter_map(Value::as_str).filter(|text| !text.is_empty()).collect();
        if kind == "string" && !texts.is_empty() {
            schema.insert("format".to_owned(), json!("enum"));
            schema.insert("enum".to_owned(), json!(texts));
        } else {
            add_note(schema, &format!("One of {}.", Value::Array(values.clone())));
        }
        return;
    }
    let Some(format) = node.get("format").and_then(Value::as_str) else { return };
    match is_accepted_format(kind, format) {
        true => {
            schema.insert("format".to_owned(), json!(format));
        }
        false if kind == "object" => {}
        false => add_note(schema, &format!("Format: {format}.")),
    }
}

/// Returns true if and only if the provider accepts a format for values of this type.
fn is_accepted_format(kind: &str, format: &str) -> bool {
    match kind {
        "string" => matches!(format, "enum" | "date-time"),
        "number" => matches!(format, "float" | "double"),
        "integer" => matches!(format, "int32" | "int64"),
        _ => false,
    }
}
