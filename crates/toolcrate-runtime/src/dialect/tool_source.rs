//! The parts of a tool that a dialect needs to declare it and to decode its arguments.

use serde_json::Value;
use toolcrate_catalog::ToolRecord;

use super::value_encoding::SpecialProperties;
use crate::tool::Tool;

/// A tool to declare.
pub(super) struct ToolSource<'a> {
    pub(super) tool: Tool,
    pub(super) record: ToolRecord<'static>,
    /// The name under which it is declared.
    pub(super) name: &'a str,
    /// The argument schema, with an account's additions.
    pub(super) schema: Value,
    pub(super) special: SpecialProperties,
}

impl ToolSource<'_> {
    /// Returns the description with example arguments, for a dialect that has no other place for examples.
    pub(super) fn description(&self) -> String {
        let description = &self.record.description;
        match self.record.examples.first() {
            Some(example) => format!("{description} Example: {}", example.get()),
            None => description.to_string(),
        }
    }
}

/// A tool being called.
pub(crate) struct CalledTool<'a> {
    pub(crate) tool: Tool,
    pub(crate) record: &'a ToolRecord<'static>,
    /// Returns the argument schema. Parsing it is expensive, and not every dialect needs it.
    pub(crate) schema: &'a dyn Fn() -> &'a Value,
}

impl<'a> CalledTool<'a> {
    /// Returns the tool's argument schema.
    pub(super) fn schema(&self) -> &'a Value {
        (self.schema)()
    }

    /// Returns the properties with a special meaning.
    pub(super) fn special(&self) -> SpecialProperties {
        SpecialProperties::new(self.tool.catalog().api())
    }
}
