//! The Model Context Protocol's tool format. Schemas and arguments are passed through unchanged.

use serde_json::json;

use super::declaration::Declaration;
use super::declaration_rules::DeclarationRules;
use super::tool_dialect::ToolDialect;
use super::tool_source::ToolSource;

pub(super) struct McpDialect;

static RULES: DeclarationRules =
    DeclarationRules::new(&["name", "title", "description", "inputSchema", "annotations"], &["inputSchema"]);

impl ToolDialect for McpDialect {
    fn name(&self) -> &'static str {
        "mcp"
    }

    fn declare(&self, tool: &ToolSource<'_>) -> Declaration {
        let hints = tool.record.annotations;
        Declaration::new(json!({
            "name": tool.name,
            "title": tool.record.title,
            "description": tool.description(),
            "inputSchema": tool.schema,
            "annotations": {
                "readOnlyHint": hints.read_only_hint,
                "destructiveHint": hints.destructive_hint,
                "idempotentHint": hints.idempotent_hint,
                "openWorldHint": hints.open_world_hint,
            },
        }))
    }

    fn rules(&self) -> &'static DeclarationRules {
        &RULES
    }
}
