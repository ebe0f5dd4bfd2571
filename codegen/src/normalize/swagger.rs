//! Converts Swagger 2.0 to OpenAPI 3.0.

use serde_json::{Map, Value, json};

use super::references::target;
use crate::diagnostic::{Repair, Report, pointer};

const VERBS: [&str; 7] = ["get", "put", "post", "patch", "delete", "head", "options"];

/// Keywords of a parameter or header that belong to its schema.
const SCHEMA_KEYWORDS: [&str; 17] = [
    "type",
    "format",
    "items",
    "default",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "enum",
    "multipleOf",
    "x-nullable",
];

/// Converts `tree` in place.
pub fn convert(tree: &mut Value, report: &mut Report) {
    let document = tree.clone();
    let list = |name: &str| document[name].as_array().cloned().unwrap_or_default();
    let (consumes, produces) = (list("consumes"), list("produces"));
    for (path, item) in tree["paths"].as_object_mut().into_iter().flatten() {
        let Some(members) = item.as_object_mut() else { continue };
        // A path's shared parameters may include a body; each operation gets its own copy.
        let shared = members.shift_remove("parameters").unwrap_or_default();
        for verb in VERBS {
            let location = pointer(&["paths", path, verb]);
            if let Some(Value::Object(operation)) = members.get_mut(verb) {
                let mut converter = Converter {
                    document: &document,
                    consumes: &consumes,
                    produces: &produces,
                    location,
                    report,
                };
                converter.operation(operation, &shared);
            }
        }
    }
    components(tree, &document, &produces, report);
    servers(tree, &document);
    rename(tree);
}

fn components(tree: &mut Value, document: &Value, produces: &[Value], report: &mut Report) {
    let Some(members) = tree.as_object_mut() else { return };
    let schemas = members.shift_remove("definitions").unwrap_or_else(|| json!({}));
    members.shift_remove("parameters");
    let mut responses = members.shift_remove("responses").unwrap_or_else(|| json!({}));
    for (name, response) in responses.as_object_mut().into_iter().flatten() {
        let location = pointer(&["responses", name]);
        let mut converter = Converter { document, consumes: &[], produces, location, report };
        converter.response(response, produces);
    }
    members.insert("components".to_owned(), json!({"schemas": schemas, "responses": responses}));
}

fn servers(tree: &mut Value, document: &Value) {
    let Some(host) = document["host"].as_str() else { return };
    let schemes: Vec<&str> =
        document["schemes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let scheme = if schemes.is_empty() || schemes.contains(&"https") { "https" } else { schemes[0] };
    let base = document["basePath"].as_str().unwrap_or_default().trim_end_matches('/');
    tree["servers"] = json!([{"url": format!("{scheme}://{host}{base}")}]);
}

/// Renames references and keywords throughout.
fn rename(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref") {
                for (from, to) in
                    [("#/definitions/", "#/components/schemas/"), ("#/responses/", "#/components/responses/")]
                {
                    if let Some(name) = reference.strip_prefix(from) {
                        *reference = format!("{to}{name}");
                        break;
                    }
                }
            }
            if members.get("x-nullable") == Some(&Value::Bool(true)) {
                members.insert("nullable".to_owned(), json!(true));
            }
            // In Swagger 2.0, a discriminator is just the name of the property.
            if let Some(Value::String(name)) = members.get("discriminator") {
                let discriminator = json!({ "propertyName": name });
                members.insert("discriminator".to_owned(), discriminator);
            }
            members.values_mut().for_each(rename);
        }
        Value::Array(items) => items.iter_mut().for_each(rename),
        _ => {}
    }
}

struct Converter<'a> {
    document: &'a Value,
    consumes: &'a [Value],
    produces: &'a [Value],
    location: String,
    report: &'a mut Report,
}

impl Converter<'_> {
    fn operation(&mut self, operation: &mut Map<String, Value>, shared: &Value) {
        let own = operation.shift_remove("parameters").unwrap_or_default();
        let media_types = |value: Option<Value>, otherwise: &[Value]| match value {
            Some(Value::Array(types)) if !types.is_empty() => types,
            _ => otherwise.to_vec(),
        };
        let consumes = media_types(operation.shift_remove("consumes"), self.consumes);
        let produces = media_types(operation.shift_remove("produces"), self.produces);
        let mut parameters: Vec<Value> = Vec::new();
        let (mut fields, mut body) = (Vec::new(), None);
        for (is_own, parameter) in [(true, &own), (false, shared)]
            .into_iter()
            .flat_map(|(is_own, list)| list.as_array().into_iter().flatten().map(move |item| (is_own, item)))
        {
            let parameter = self.resolved(parameter);
            let same = |known: &Value| known["name"] == parameter["name"] && known["in"] == parameter["in"];
            if !is_own && parameters.iter().chain(&fields).any(same) {
                continue;
            }
            match parameter["in"].as_str() {
                Some("body") if body.is_none() => body = Some(parameter),
                Some("body") => {}
                Some("formData") => fields.push(parameter),
                _ => parameters.push(self.parameter(parameter)),
            }
        }
        if let Some(body) = body {
            let types = if consumes.is_empty() { vec![json!("application/json")] } else { consumes };
            let required = body["required"].as_bool().unwrap_or(false);
            let content = content(&types, &body["schema"]);
            operation.insert("requestBody".to_owned(), json!({"required": required, "content": content}));
        } else if !fields.is_empty() {
            operation.insert("requestBody".to_owned(), self.form(&fields, &consumes));
        }
        operation.insert("parameters".to_owned(), Value::Array(parameters));
        for (_, response) in
            operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten()
        {
            self.response(response, &produces);
        }
    }

    fn resolved(&self, parameter: &Value) -> Value {
        let reference = parameter["$ref"].as_str();
        let found = reference.and_then(|reference| target(self.document, reference));
        found.unwrap_or(parameter).clone()
    }

    fn parameter(&mut self, mut parameter: Value) -> Value {
        let location = parameter["in"].as_str().unwrap_or_default().to_owned();
        let Some(members) = parameter.as_object_mut() else { return parameter };
        if members.contains_key("$ref") {
            return parameter;
        }
        let format = members.shift_remove("collectionFormat");
        let schema = schema_of(members);
        if schema["type"] == "array" {
            let format = format.as_ref().and_then(Value::as_str).unwrap_or("csv");
            let (style, explode) = match (format, location.as_str()) {
                ("multi", "query") => ("form", true),
                ("ssv", "query") => ("spaceDelimited", false),
                ("pipes", "query") => ("pipeDelimited", false),
                (_, "query") => ("form", false),
                _ => ("simple", false),
            };
            if !matches!((format, location.as_str()), ("csv", _) | ("multi" | "ssv" | "pipes", "query")) {
                let message = format!(
                    "OpenAPI 3.0 has no `{format}` in `{location}`; its items are separated by commas"
                );
                self.report.repairs.push(Repair::new("R035", &self.location, message));
            }
            members.insert("style".to_owned(), json!(style));
            members.insert("explode".to_owned(), json!(explode));
        }
        members.insert("schema".to_owned(), schema);
        parameter
    }

    fn form(&mut self, fields: &[Value], consumes: &[Value]) -> Value {
        let has_file = fields.iter().any(|field| field["type"] == "file");
        let declared = consumes.iter().filter_map(Value::as_str);
        let form =
            |media: &&str| media.starts_with("multipart/") || *media == "application/x-www-form-urlencoded";
        let media_type = declared.filter(form).find(|media| !has_file || media.starts_with("multipart/"));
        let usual = if has_file { "multipart/form-data" } else { "application/x-www-form-urlencoded" };
        let mut properties = Map::new();
        let mut required = Vec::new();
        let mut encoding = Map::new();
        for field in fields {
            let Some(name) = field["name"].as_str() else { continue };
            let mut members = field.as_object().cloned().unwrap_or_default();
            let format = members.shift_remove("collectionFormat");
            let mut schema = schema_of(&mut members);
            let style = match format.as_ref().and_then(Value::as_str) {
                _ if schema["type"] != "array" => None,
                Some("multi") => None,
                Some("ssv") => Some("spaceDelimited"),
                Some("pipes") => Some("pipeDelimited"),
                _ => Some("form"),
            };
            if let Some(style) = style {
                encoding.insert(name.to_owned(), json!({"style": style, "explode": false}));
            }
            if let Some(description) = members.shift_remove("description") {
                schema["description"] = description;
            }
            properties.insert(name.to_owned(), schema);
            if field["required"] == true {
                required.push(json!(name));
            }
        }
        let is_required = !required.is_empty();
        let mut schema = json!({"type": "object", "properties": properties});
        if is_required {
            schema["required"] = Value::Array(required);
        }
        let media_type = media_type.unwrap_or(usual);
        let content = json!({ media_type: {"schema": schema, "encoding": encoding} });
        json!({"required": is_required, "content": content})
    }

    fn response(&mut self, response: &mut Value, produces: &[Value]) {
        let Some(members) = response.as_object_mut() else { return };
        let Some(schema) = members.shift_remove("schema") else { return };
        let is_file = schema["type"] == "file";
        let usual = if is_file { "application/octet-stream" } else { "application/json" };
        let types = if produces.is_empty() { vec![json!(usual)] } else { produces.to_vec() };
        let schema = if is_file { json!({"type": "string", "format": "binary"}) } else { schema };
        members.insert("content".to_owned(), content(&types, &schema));
    }
}

/// Moves the keywords of a schema out of `members`.
fn schema_of(members: &mut Map<String, Value>) -> Value {
    let mut schema = Map::new();
    for keyword in SCHEMA_KEYWORDS {
        if let Some(value) = members.shift_remove(keyword) {
            schema.insert(keyword.to_owned(), value);
        }
    }
    if schema.get("type").is_some_and(|ty| ty == "file") {
        schema.insert("type".to_owned(), json!("string"));
        schema.insert("format".to_owned(), json!("binary"));
    }
    Value::Object(schema)
}

fn content(media_types: &[Value], schema: &Value) -> Value {
    let entries = media_types.iter().filter_map(Value::as_str);
    let schema = if schema.is_null() { &Value::Object(Map::new()) } else { schema };
    Value::Object(entries.map(|media| (media.to_owned(), json!({ "schema": schema }))).collect())
}
