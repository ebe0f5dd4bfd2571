//! A tool call in the form in which the caller sent it.

use serde_json::Value;
use toolcrate_runtime::{ExecuteOptions, Tool};

use crate::principal::Principal;

/// A call as the caller sent it, before any checks.
#[derive(Clone, Copy, Debug)]
pub struct ToolCall<'a> {
    /// The caller.
    pub principal: Principal,
    /// The tool.
    pub tool: Tool,
    /// The arguments, in the dialect set in the options.
    pub arguments: &'a Value,
    /// The execution options.
    pub options: ExecuteOptions,
}
