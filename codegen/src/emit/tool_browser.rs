//! Emits the tool browser: a page listing all tools, in a single HTML file that can be opened from disk.
//!
//! The file contains the catalog's tool data in a compact form: an argument that many tools share (name, type and
//! description) is stored once and referenced by index. A script in the page renders and filters the list, so the page
//! doesn't need a network connection or any other files.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::{Value, json};
use toolcrate_catalog::{Properties, ResponseContent, ResponseRecord, SchemaRef, ToolRecord, placeholder};

use super::catalog::EmittedCatalog;
use super::context::Context;
use super::templates::Templates;
use crate::diagnostic::Errors;

const TEMPLATES: [(&str, &str); 1] = [("tools.html", include_str!("../../templates/tools.html.j2"))];
const SCRIPT: &str = include_str!("../../templates/tools.js");

/// Enums with more values than this only show the number of values.
const MOST_VALUES: usize = 24;

/// Emits the page.
///
/// # Errors
/// Returns `E031` if a template fails.
pub fn emit(context: &Context<'_>, catalog: &EmittedCatalog<'_>) -> Result<String, Errors> {
    let mut arguments = ArgumentRows::default();
    let mut shapes = Vec::new();
    let mut indexes: HashMap<&str, usize> = HashMap::new();
    for (name, shape) in &catalog.shapes {
        indexes.insert(name.as_str(), shapes.len());
        shapes.push(arguments.numbers(&shape.properties));
    }
    let prefix = &format!("{}_", context.profile.api.prefix);
    let tools = catalog.tools.values().flat_map(|tools| tools.values());
    let tools: Vec<Value> = tools.map(|record| tool(record, prefix, &indexes, &mut arguments)).collect();
    // One line per tool, so a reviewer sees which tools have changed.
    let data = format!(
        "{{\"prefix\":{},\n\"arguments\":[\n{}],\n\"shapes\":[\n{}],\n\"tools\":[\n{}]}}",
        json!(prefix),
        lines(&arguments.rows),
        lines(&shapes),
        lines(&tools),
    );
    let api = &context.profile.api;
    let values = json!({
        "api": {"name": api.name, "version": context.api.version},
        "count": tools.len(),
        "modules": catalog.tools.keys().collect::<Vec<_>>(),
        // Text from a spec must not be able to close the enclosing element.
        "data": data.replace('<', "\\u003c"),
        "script": SCRIPT,
    });
    let templates = Templates::compile(&TEMPLATES)?;
    Ok(templates.render("tools.html", values)?)
}

/// Returns a tool's line: names, description, class, module, call, response, required arguments, own
/// arguments, shape.
fn tool(
    tool: &ToolRecord<'_>,
    prefix: &str,
    indexes: &HashMap<&str, usize>,
    arguments: &mut ArgumentRows,
) -> Value {
    // Most short names are the full name without the prefix.
    let short = if tool.name.replacen(prefix, "", 1) == tool.short_name { "" } else { tool.short_name };
    let shape = tool.input.shape.as_deref().and_then(|shape| indexes.get(shape));
    json!([
        tool.name,
        short,
        tool.title,
        shown(&tool.description),
        tool.class,
        tool.module,
        tool.http.method,
        tool.http.path,
        answer(&tool.response),
        tool.input.required,
        arguments.numbers(&tool.input.properties),
        shape.map_or(-1, |index| i64::try_from(*index).unwrap_or(-1)),
    ])
}

/// Returns catalog text with the short names of tools, which the page turns into links.
fn shown(text: &str) -> Cow<'_, str> {
    placeholder::render(text, Some)
}

/// Returns a word for a call's response.
fn answer(response: &ResponseRecord<'_>) -> String {
    let schema = match &response.schema {
        Some(SchemaRef::Named(name)) => name.to_string(),
        Some(SchemaRef::Inline(node)) => kind(&node.to_value()),
        None => "JSON".to_owned(),
    };
    match response.content {
        ResponseContent::Json if response.list => format!("list of {schema}"),
        ResponseContent::Json => schema,
        ResponseContent::Binary => "file".to_owned(),
        ResponseContent::None => String::new(),
    }
}

/// The argument rows, without duplicates.
#[derive(Default)]
struct ArgumentRows {
    rows: Vec<Value>,
    indexes: HashMap<(String, String, String), usize>,
}

impl ArgumentRows {
    /// Returns the numbers of the arguments in `properties`.
    fn numbers(&mut self, properties: &Properties<'_>) -> Value {
        let members = properties.to_map();
        let numbers: Vec<usize> = members.iter().map(|row| self.number(row)).collect();
        json!(numbers)
    }

    fn number(&mut self, (name, node): (&String, &Value)) -> usize {
        let words = shown(node["description"].as_str().unwrap_or_default()).into_owned();
        let key = (name.clone(), kind(node), words);
        if let Some(index) = self.indexes.get(&key) {
            return *index;
        }
        self.rows.push(json!([key.0, key.1, key.2]));
        self.indexes.insert(key, self.rows.len() - 1);
        self.rows.len() - 1
    }
}

/// Describes a type in a few words: `integer`, `text (date-time)`, `{id, name}`, `list of {id}`, `"Yes" or
/// "No"`.
fn kind(node: &Value) -> String {
    if let Some(values) = node["enum"].as_array() {
        let shown: Vec<String> = values.iter().take(MOST_VALUES).map(Value::to_string).collect();
        return match values.len().checked_sub(MOST_VALUES) {
            Some(more @ 1..) => format!("{}, {more} more", shown.join(", ")),
            _ => shown.join(" or "),
        };
    }
    let name = |ty: &Value| match ty.as_str() {
        Some("string") => "text".to_owned(),
        Some("boolean") => "true or false".to_owned(),
        ty => ty.unwrap_or("any").to_owned(),
    };
    match &node["type"] {
        Value::Array(types) if types.len() > 4 => "any".to_owned(),
        Value::Array(types) => types.iter().map(name).collect::<Vec<_>>().join(" or "),
        Value::String(ty) if ty == "array" => format!("list of {}", kind(&node["items"])),
        Value::String(ty) if ty == "object" => match node["properties"].as_object() {
            Some(members) => {
                format!("{{{}}}", members.keys().map(String::as_str).collect::<Vec<_>>().join(", "))
            }
            None => "object".to_owned(),
        },
        ty => {
            let limit = node["maxLength"].as_u64().map(|most| format!("up to {most}"));
            let format = node["format"].as_str().map(str::to_owned);
            match format.or(limit) {
                Some(more) => format!("{} ({more})", name(ty)),
                None => name(ty),
            }
        }
    }
}

fn lines<'a>(values: impl IntoIterator<Item = &'a Value>) -> String {
    values.into_iter().map(Value::to_string).collect::<Vec<_>>().join(",\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_short_labels() {
        let said = |node| kind(&node);
        assert_eq!(said(json!({"type": "integer"})), "integer");
        assert_eq!(said(json!({"type": "string", "format": "date-time"})), "text (date-time)");
        assert_eq!(said(json!({"type": "string", "maxLength": 50})), "text (up to 50)");
        assert_eq!(said(json!({"type": ["boolean", "null"]})), "true or false or null");
        assert_eq!(said(json!({"type": "object"})), "object");
        let list =
            json!({"type": "array", "items": {"type": "object", "properties": {"id": {}, "name": {}}}});
        assert_eq!(said(list), "list of {id, name}");
        assert_eq!(said(json!({"enum": ["Yes", "No", null]})), "\"Yes\" or \"No\" or null");
        let many: Vec<usize> = (0..MOST_VALUES + 2).collect();
        assert!(said(json!({"enum": many})).ends_with("23, 2 more"));
        assert_eq!(said(json!({})), "any");
    }

    #[test]
    fn argument_shared_by_two_tools_is_written_once() {
        let mut arguments = ArgumentRows::default();
        let first = json!({"id": {"type": "integer"}, "name": {"type": "string"}});
        let second = json!({"id": {"type": "integer"}, "name": {"type": "string", "description": "Whose."}});
        let properties = |node: &Value| Properties::from(node.as_object().cloned().unwrap_or_default());
        assert_eq!(arguments.numbers(&properties(&first)), json!([0, 1]));
        assert_eq!(arguments.numbers(&properties(&second)), json!([0, 2]));
        assert_eq!(arguments.rows.len(), 3);
    }
}
