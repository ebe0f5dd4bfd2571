//! The trait that each dialect implements.

use serde_json::{Map, Value};

use super::argument_names::ArgumentNames;
use super::declaration::Declaration;
use super::declaration_rules::DeclarationRules;
use super::lint::finding::LintFindings;
use super::provider_limits::is_tool_name;
use super::tool_source::{CalledTool, ToolSource};

/// A provider's tool format, and the format in which its models send arguments. A dialect only implements the
/// differences from the tool's own format.
pub(super) trait ToolDialect: Sync {
    /// Returns the name used in commands and settings.
    fn name(&self) -> &'static str;

    /// Declares a tool.
    fn declare(&self, tool: &ToolSource<'_>) -> Declaration;

    /// Returns the arguments that are declared under a different name.
    fn argument_names(&self, _tool: &CalledTool<'_>) -> ArgumentNames {
        ArgumentNames::default()
    }

    /// Converts arguments that a model sent to the tool's own. Values that aren't in the dialect's format are left
    /// unchanged, so the validator reports them.
    fn denormalize(&self, tool: &CalledTool<'_>, arguments: Map<String, Value>) -> Map<String, Value> {
        self.argument_names(tool).restore(arguments)
    }

    /// Returns the argument for a list cursor, if lists are continued with one.
    fn cursor_argument(&self) -> Option<&'static str> {
        None
    }

    /// Returns the format that declarations must have.
    fn rules(&self) -> &'static DeclarationRules;

    /// Returns true if and only if the provider accepts a tool with this name.
    fn accepts_name(&self, name: &str) -> bool {
        is_tool_name(name)
    }

    /// Returns true if and only if the provider accepts a format for values of this type.
    fn accepts_format(&self, _kind: &str, _format: &str) -> bool {
        true
    }

    /// Checks a declaration against rules specific to this dialect.
    fn check_declaration(&self, _declaration: &Value, _findings: &mut LintFindings) {}

    /// Checks the root of an argument schema against rules specific to this dialect.
    fn check_root(&self, _schema: &Value, _pointer: &str, _findings: &mut LintFindings) {}

    /// Checks a schema node, which may be the root, against rules specific to this dialect.
    fn check_node(&self, _node: &Value, _pointer: &str, _findings: &mut LintFindings) {}
}
