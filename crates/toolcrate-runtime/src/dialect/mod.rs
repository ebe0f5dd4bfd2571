//! The same tools in the words of each provider. Every dialect is made of one source (name, description, input
//! schema, annotations), and what a model then sends is brought back into the tool's own arguments, so that
//! executing knows nothing of providers.

mod form;
mod gemini;
mod keys;
mod limits;
mod lint;
mod restore;
mod strict;
mod truto;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value, json};

use toolcrate_catalog::ToolRecord;

use crate::{Api, Error, FieldError, NameStyle, Tool};

pub use lint::{Finding, check, lint};
pub(crate) use truto::{CURSOR, SKIP, is_list, join};
pub use truto::{Route, route};

use restore::restore;

/// Whose words a tool is declared in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// The Model Context Protocol.
    #[default]
    Mcp,
    /// OpenAI, function calling.
    OpenAi,
    /// OpenAI, with `strict`: arguments are sure to fit the schema.
    OpenAiStrict,
    /// Anthropic.
    Anthropic,
    /// Google Gemini.
    Gemini,
    /// Truto's list of tools.
    Truto,
}

impl Dialect {
    /// All dialects.
    pub const ALL: [Self; 6] =
        [Self::Mcp, Self::OpenAi, Self::OpenAiStrict, Self::Anthropic, Self::Gemini, Self::Truto];

    /// The name in commands and settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mcp => "mcp",
            Self::OpenAi => "openai",
            Self::OpenAiStrict => "openai-strict",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
            Self::Truto => "truto",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Dialect {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|dialect| dialect.as_str() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str).join(", ");
            let message = format!("there is no dialect \"{text}\"; there are {names}");
            Error::invalid_arguments(vec![FieldError::new("", "enum", message)])
        })
    }
}

/// A tool as a provider takes it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Declaration {
    /// What is handed to the provider.
    pub value: Value,
    /// Why it could not be strict where that was asked for: it is then the same tool without `strict`.
    pub not_strict: Vec<String>,
}

impl Tool {
    /// The tool in the words of a provider.
    pub fn declaration(self, dialect: Dialect) -> Declaration {
        self.declaration_with(dialect, self.name(), self.input_schema_value())
    }

    /// The tool in the words of a provider, under another name and with another schema of its arguments, such
    /// as its short name, or a schema with what an account adds.
    pub fn declaration_with(self, dialect: Dialect, name: &str, schema: Value) -> Declaration {
        let details = self.details();
        let source = Source { tool: self, name, schema, special: Special::of(self.catalog().api()), details };
        source.declare(dialect)
    }
}

/// A tool before a dialect is chosen.
struct Source<'a> {
    tool: Tool,
    details: ToolRecord<'static>,
    name: &'a str,
    schema: Value,
    special: Special,
}

/// Members that have a meaning of their own, and with it forms of their own.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Special {
    /// The argument with a structured filter.
    filter: Option<&'static str>,
    /// The member with the fields that an account defines for itself.
    custom: Option<&'static str>,
}

impl Special {
    pub(crate) fn of(api: &Api) -> Self {
        Self {
            filter: api.filter.as_ref().map(|filter| filter.argument),
            custom: api.custom_fields.as_ref().map(|fields| fields.member),
        }
    }
}

impl Source<'_> {
    /// The description, with names of tools in the form of the tool's own.
    fn description(&self) -> Cow<'_, str> {
        let names =
            if self.name == self.tool.short_name() { NameStyle::Short } else { NameStyle::Prefixed };
        self.tool.catalog().render_text(&self.details.description, names)
    }

    fn declare(&self, dialect: Dialect) -> Declaration {
        let mut not_strict = Vec::new();
        let description = self.description();
        let description = description.as_ref();
        let name = self.name;
        let value = match dialect {
            Dialect::Mcp => {
                let hints = self.details.annotations;
                json!({
                    "name": name,
                    "title": self.details.title,
                    "description": description,
                    "inputSchema": self.schema,
                    "annotations": {
                        "readOnlyHint": hints.read_only_hint,
                        "destructiveHint": hints.destructive_hint,
                        "idempotentHint": hints.idempotent_hint,
                        "openWorldHint": hints.open_world_hint,
                    },
                })
            }
            Dialect::OpenAi => function(name, description, self.schema.clone(), false),
            Dialect::OpenAiStrict => {
                let schema = strict::schema(&self.schema, &self.special);
                not_strict = limits::exceeded(&schema);
                let strict = not_strict.is_empty();
                function(name, description, if strict { schema } else { self.schema.clone() }, strict)
            }
            Dialect::Anthropic => {
                let schema = keys::rename(&self.schema, &keys::anthropic(&self.schema));
                json!({"name": name, "description": description, "input_schema": schema})
            }
            Dialect::Gemini => {
                let mut declaration = json!({"name": name, "description": description});
                // An object without properties is refused; a function without parameters is not.
                if !is_free(&self.schema) {
                    declaration["parameters"] = gemini::schema(&self.schema, &self.special);
                }
                declaration
            }
            Dialect::Truto => truto::declare(self),
        };
        Declaration { value, not_strict }
    }
}

fn function(name: &str, description: &str, parameters: Value, strict: bool) -> Value {
    let description = shortened(description, limits::DESCRIPTION);
    json!({
        "type": "function",
        "function": {
            "name": name, "description": description, "strict": strict, "parameters": parameters,
        },
    })
}

/// The text, or the sentences of it that fit.
fn shortened(text: &str, most: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(most) else { return text.to_owned() };
    let cut = &text[..end];
    match cut.rfind(". ") {
        Some(sentence) => cut[..=sentence].to_owned(),
        None => cut.chars().take(most - 1).chain(['…']).collect(),
    }
}

/// The types of a node.
fn types(node: &Value) -> Vec<&str> {
    match node.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Whether a node is an object with nothing said about its members.
fn is_free(node: &Value) -> bool {
    let members = node.get("properties").and_then(Value::as_object);
    node.get("type").is_some_and(|kind| kind == "object") && members.is_none_or(Map::is_empty)
}

/// The properties of an object.
fn properties(node: &Value) -> impl Iterator<Item = (&String, &Value)> {
    node.get("properties").and_then(Value::as_object).into_iter().flatten()
}

/// The names that an object requires.
fn required(node: &Value) -> Vec<&str> {
    let names = node.get("required").and_then(Value::as_array);
    names.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Adds a sentence to the description of a node.
fn note(node: &mut Map<String, Value>, sentence: &str) {
    let before = node.get("description").and_then(Value::as_str).unwrap_or_default().trim();
    let text = match before {
        "" => sentence.to_owned(),
        before if before.ends_with(['.', '!', '?', '…']) => format!("{before} {sentence}"),
        before => format!("{before}. {sentence}"),
    };
    node.insert("description".to_owned(), Value::from(text));
}

/// The arguments of a tool as a model sent them in a dialect, as the tool itself takes them. `schema` gives what is
/// declared of the tool's arguments, if it is needed. A cursor is none of them, and is taken out before.
pub(crate) fn arguments<'s>(
    dialect: Dialect,
    schema: impl FnOnce() -> &'s Value,
    api: &Api,
    arguments: Map<String, Value>,
) -> Map<String, Value> {
    if matches!(dialect, Dialect::Mcp | Dialect::OpenAi) {
        return arguments;
    }
    restore(dialect, schema(), &Special::of(api), arguments)
}

/// Gives the names of arguments in a list of them back their own form, where a dialect declares some under another.
pub(crate) fn restore_names<'s>(dialect: Dialect, schema: impl FnOnce() -> &'s Value, names: &mut Value) {
    let pairs = match dialect {
        Dialect::Anthropic => keys::anthropic(schema()),
        Dialect::Truto => truto::names(schema()),
        Dialect::Mcp | Dialect::OpenAi | Dialect::OpenAiStrict | Dialect::Gemini => return,
    };
    for name in names.as_array_mut().into_iter().flatten() {
        if let Some((own, _)) = pairs.iter().find(|(_, declared)| name == declared) {
            *name = Value::from(own.as_str());
        }
    }
}

#[cfg(test)]
mod tests;
