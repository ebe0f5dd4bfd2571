//! Declares tools, and decodes the arguments passed to them.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::declaration::Declaration;
use super::dialects::Dialect;
use super::tool_source::{CalledTool, ToolSource};
use super::value_encoding::SpecialProperties;
use crate::tool::{CHOICE_KEYWORDS, NameStyle, Tool};

impl Tool {
    /// Returns the declaration of the tool in a dialect.
    pub fn declaration(self, dialect: Dialect) -> Declaration {
        self.declaration_with(dialect, self.name(), self.input_schema_value())
    }

    /// Returns the declaration of the tool in a dialect, under another name and with another schema of its arguments, such
    /// as its short name, or a schema with what an account adds.
    ///
    /// Choices between arguments (`anyOf` at the root) are left out: OpenAI, Anthropic and Gemini reject a list of tools
    /// with such a schema, and hosts of the Model Context Protocol pass schemas on to them. The description states them.
    pub fn declaration_with(self, dialect: Dialect, name: &str, mut schema: Value) -> Declaration {
        for keyword in CHOICE_KEYWORDS {
            schema.as_object_mut().map(|schema| schema.remove(keyword));
        }
        let special = SpecialProperties::new(self.catalog().api());
        // Texts name other tools in the form in which this one is named.
        let names = if name == self.short_name() { NameStyle::Short } else { NameStyle::Prefixed };
        let mut record = self.details();
        record.description = Cow::Owned(self.catalog().render_text(&record.description, names).into_owned());
        dialect.implementation().declare(&ToolSource { tool: self, record, name, schema, special })
    }
}

/// Converts the arguments that a model sent in a dialect to those of the tool. A cursor is not one of them, and must have
/// been taken out.
pub(crate) fn denormalize_arguments(
    dialect: Dialect,
    tool: &CalledTool<'_>,
    arguments: Map<String, Value>,
) -> Map<String, Value> {
    dialect.implementation().denormalize(tool, arguments)
}

/// Replaces names of arguments in a list by the tool's own, where the dialect declares other names.
pub(crate) fn restore_argument_names(dialect: Dialect, tool: &CalledTool<'_>, names: &mut Value) {
    let declared = dialect.implementation().argument_names(tool);
    for name in names.as_array_mut().into_iter().flatten() {
        if let Some(own) = name.as_str().and_then(|name| declared.own(name)) {
            *name = Value::from(own);
        }
    }
}
