//! OpenAI's function-calling format with `strict`, which enforces a subset of JSON Schema.
//!
//! Every property is required, and nullable if it was optional. Every object is closed. Other keywords become part of
//! the description.

use serde_json::{Map, Value, json};

use super::declaration::Declaration;
use super::declaration_rules::DeclarationRules;
use super::denormalize::Denormalizer;
use super::lint::finding::LintFindings;
use super::openai::{FUNCTION_RULES, check_strict, function};
use super::provider_limits::exceeded_limits;
use super::schema_keywords::{add_note, has_several_types, is_free_form, properties, required, types};
use super::tool_dialect::ToolDialect;
use super::tool_source::{CalledTool, ToolSource};
use super::value_encoding::{SpecialProperties, ValueEncoding, encoded_schema, encoding_for};

/// String formats that are enforced.
const FORMATS: [&str; 9] =
    ["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"];
/// Keywords that are copied unchanged.
const COPIED: [&str; 9] = [
    "description",
    "pattern",
    "multipleOf",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minItems",
    "maxItems",
];

/// Keywords allowed in a strict schema.
const KEYWORDS: &[&str] = &[
    "type",
    "description",
    "enum",
    "format",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "minItems",
    "maxItems",
];

pub(super) struct OpenAiStrictDialect;

static RULES: DeclarationRules = DeclarationRules { keywords: KEYWORDS, ..FUNCTION_RULES };

/// Every argument is required, so a model sends null for an absent one.
const DENORMALIZER: Denormalizer = Denormalizer { null_is_absent: true, any_value_is_text: false };

impl ToolDialect for OpenAiStrictDialect {
    fn name(&self) -> &'static str {
        "openai-strict"
    }

    fn declare(&self, tool: &ToolSource<'_>) -> Declaration {
        let schema = strict_schema(&tool.schema, &tool.special);
        let not_strict = exceeded_limits(&schema);
        let value = match not_strict.is_empty() {
            true => function(tool, &schema, true),
            false => function(tool, &tool.schema, false),
        };
        Declaration { value, not_strict }
    }

    fn denormalize(&self, tool: &CalledTool<'_>, arguments: Map<String, Value>) -> Map<String, Value> {
        DENORMALIZER.arguments(tool.schema(), &tool.special(), arguments)
    }

    fn rules(&self) -> &'static DeclarationRules {
        &RULES
    }

    fn accepts_format(&self, _kind: &str, format: &str) -> bool {
        FORMATS.contains(&format)
    }

    fn check_declaration(&self, declaration: &Value, findings: &mut LintFindings) {
        check_strict(declaration, true, findings);
    }

    fn check_root(&self, schema: &Value, pointer: &str, findings: &mut LintFindings) {
        for message in exceeded_limits(schema) {
            findings.add("limit", pointer, message);
        }
    }

    fn check_node(&self, node: &Value, pointer: &str, findings: &mut LintFindings) {
        let kinds = types(node);
        let is_nested = |kind: &&str| matches!(*kind, "object" | "array");
        if has_several_types(node) && kinds.iter().any(is_nested) {
            findings.add(
                "union",
                pointer,
                "this dialect doesn't allow an object or array among several types",
            );
        }
        if !kinds.contains(&"object") {
            return;
        }
        if node.get("additionalProperties") != Some(&Value::Bool(false)) {
            findings.add("closed", pointer, "every object must set additionalProperties to false");
        }
        let needed = required(node);
        for (name, _) in properties(node).filter(|(name, _)| !needed.contains(&name.as_str())) {
            let message = format!("\"{name}\" must be required (it can be nullable)");
            findings.add("all-required", pointer, message);
        }
        // The root schema of a function without arguments is empty.
        if is_free_form(node) && pointer != "/function/parameters" {
            findings.add(
                "free-form",
                pointer,
                "in this dialect, an object without properties is always empty",
            );
        }
    }
}

/// Returns an argument schema in the strict subset.
pub(super) fn strict_schema(root: &Value, special: &SpecialProperties) -> Value {
    Value::Object(object(root, special, true))
}

fn object(node: &Value, special: &SpecialProperties, is_argument: bool) -> Map<String, Value> {
    let needed = required(node);
    let members: Map<String, Value> = properties(node)
        .map(|(name, member)| {
            let mut schema = member_schema(name, member, special, is_argument);
            if !needed.contains(&name.as_str()) {
                allow_null(&mut schema);
            }
            (name.clone(), Value::Object(schema))
        })
        .collect();
    let names: Vec<&String> = members.keys().collect();
    let mut schema = Map::from_iter([("type".to_owned(), json!("object"))]);
    if let Some(about) = node.get("description") {
        schema.insert("description".to_owned(), about.clone());
    }
    schema.insert("required".to_owned(), json!(names));
    schema.insert("properties".to_owned(), Value::Object(members));
    schema.insert("additionalProperties".to_owned(), json!(false));
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
            let mut value = json!(["string", "number", "boolean"]);
            if encoding == ValueEncoding::FilterTests {
                // A test may compare with null; a custom field has a value or is absent.
                value = json!(["string", "number", "boolean", "null"]);
            }
            schema_of(&Value::Object(encoded_schema(encoding, node, &value)), special)
        }
        Some(encoding) => encoded_schema(encoding, node, &Value::Null),
        None => schema_of(node, special),
    }
}

fn schema_of(node: &Value, special: &SpecialProperties) -> Map<String, Value> {
    let kinds = types(node);
    if kinds.contains(&"object") {
        let mut schema = object(node, special, false);
        if kinds.contains(&"null") {
            allow_null(&mut schema);
        }
        return schema;
    }
    let mut schema = Map::new();
    if let Some(kind) = node.get("type") {
        schema.insert("type".to_owned(), kind.clone());
    }
    if let Some(values) = node.get("enum") {
        schema.insert("enum".to_owned(), values.clone());
    }
    for keyword in COPIED {
        if let Some(value) = node.get(keyword) {
            schema.insert(keyword.to_owned(), value.clone());
        }
    }
    if let Some(format) = node.get("format").and_then(Value::as_str) {
        match FORMATS.contains(&format) {
            true => {
                schema.insert("format".to_owned(), Value::from(format));
            }
            false => add_note(&mut schema, &format!("Format: {format}.")),
        }
    }
    if let Some(items) = node.get("items") {
        schema.insert("items".to_owned(), Value::Object(member_schema("", items, special, false)));
    }
    for (keyword, words) in [("minLength", "At least"), ("maxLength", "At most")] {
        if let Some(length) = node.get(keyword) {
            add_note(&mut schema, &format!("{words} {length} characters."));
        }
    }
    schema
}

/// Makes a node nullable: a model sends null for an absent argument.
fn allow_null(schema: &mut Map<String, Value>) {
    let mut kinds: Vec<Value> = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.clone(),
        Some(kind) => vec![kind.clone()],
        None => return,
    };
    if !kinds.contains(&json!("null")) {
        kinds.push(json!("null"));
    }
    schema.insert("type".to_owned(), Value::Array(kinds));
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut)
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
}
