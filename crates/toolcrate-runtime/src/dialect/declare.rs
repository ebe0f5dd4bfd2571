//! Declares tools, and decodes the arguments passed to them.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::declaration::Declaration;
use super::dialects::Dialect;
use super::tool_source::{CalledTool, ToolSource};
use super::value_encoding::SpecialProperties;
use crate::tool::{CHOICE_KEYWORDS, NameStyle, Tool};

impl Tool {
    /// Returns the tool's declaration in a dialect.
    pub fn declaration(self, dialect: Dialect) -> Declaration {
        self.declaration_with(dialect, self.name(), self.input_schema_value())
    }

    /// Returns the tool's declaration in a dialect, under a different name and with a different argument schema, such
    /// as its short name, or a schema with an account's additions.
    ///
    /// Choices between arguments (`anyOf` at the root) are left out: OpenAI, Anthropic and Gemini reject a tool list
    /// with such a schema, and MCP hosts pass schemas on to them. The description states the choices.
    pub fn declaration_with(self, dialect: Dialect, name: &str, mut schema: Value) -> Declaration {
        for keyword in CHOICE_KEYWORDS {
            schema.as_object_mut().map(|schema| schema.remove(keyword));
        }
        let special = SpecialProperties::new(self.catalog().api());
        // Text refers to other tools in the same name style as this one.
        let names = if name == self.short_name() { NameStyle::Short } else { NameStyle::Prefixed };
        let mut record = self.details();
        record.description = Cow::Owned(self.catalog().render_text(&record.description, names).into_owned());
        dialect.implementation().declare(&ToolSource { tool: self, record, name, schema, special })
    }
}

/// Converts arguments that a model sent in a dialect to the tool's own. A cursor isn't one of them, and must already
/// have been removed.
pub(crate) fn denormalize_arguments(
    dialect: Dialect,
    tool: &CalledTool<'_>,
    arguments: Map<String, Value>,
) -> Map<String, Value> {
    dialect.implementation().denormalize(tool, arguments)
}

/// Replaces argument names in a list with the tool's own, if the dialect declares different names.
pub(crate) fn restore_argument_names(dialect: Dialect, tool: &CalledTool<'_>, names: &mut Value) {
    let declared = dialect.implementation().argument_names(tool);
    for name in names.as_array_mut().into_iter().flatten() {
        if let Some(own) = name.as_str().and_then(|name| declared.own(name)) {
            *name = Value::from(own);
        }
    }
}
