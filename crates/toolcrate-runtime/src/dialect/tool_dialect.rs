//! The trait that each dialect implements.

use serde_json::{Map, Value};

use super::argument_names::ArgumentNames;
use super::declaration::Declaration;
use super::declaration_rules::DeclarationRules;
use super::lint::finding::LintFindings;
use super::provider_limits::is_tool_name;
use super::tool_source::{CalledTool, ToolSource};

/// How a provider takes tools, and how its models send arguments. A dialect describes only how it differs from the tool's
/// own form.
pub(super) trait ToolDialect: Sync {
    /// Returns the name that commands and settings use.
    fn name(&self) -> &'static str;

    /// Declares a tool.
    fn declare(&self, tool: &ToolSource<'_>) -> Declaration;

    /// Returns the arguments that are declared under another name.
    fn argument_names(&self, _tool: &CalledTool<'_>) -> ArgumentNames {
        ArgumentNames::default()
    }

    /// Converts the arguments that a model sent to those of the tool. What doesn't have the dialect's form is left as it is,
    /// so that the validator reports it.
    fn denormalize(&self, tool: &CalledTool<'_>, arguments: Map<String, Value>) -> Map<String, Value> {
        self.argument_names(tool).restore(arguments)
    }

    /// Returns the argument that takes the cursor of a list, if lists are continued by one.
    fn cursor_argument(&self) -> Option<&'static str> {
        None
    }

    /// Returns the shape that declarations must have.
    fn rules(&self) -> &'static DeclarationRules;

    /// Returns true if and only if the provider accepts a tool of this name.
    fn accepts_name(&self, name: &str) -> bool {
        is_tool_name(name)
    }

    /// Returns true if and only if the provider accepts a format of values of this type.
    fn accepts_format(&self, _kind: &str, _format: &str) -> bool {
        true
    }

    /// Checks a declaration against the rules that are this dialect's alone.
    fn check_declaration(&self, _declaration: &Value, _findings: &mut LintFindings) {}

    /// Checks the root of a schema of arguments against the rules that are this dialect's alone.
    fn check_root(&self, _schema: &Value, _pointer: &str, _findings: &mut LintFindings) {}

    /// Checks a node of a schema, which may be the root, against the rules that are this dialect's alone.
    fn check_node(&self, _node: &Value, _pointer: &str, _findings: &mut LintFindings) {}
}
