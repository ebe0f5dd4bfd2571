//! A call as the caller sent it.

use serde_json::Value;
use toolcrate_runtime::{ExecuteOptions, Tool};

use crate::principal::Principal;

/// A call as a caller makes it, before anything about it was checked.
#[derive(Clone, Copy, Debug)]
pub struct ToolCall<'a> {
    /// The caller.
    pub principal: Principal,
    /// The tool.
    pub tool: Tool,
    /// The arguments, in the dialect that the options name.
    pub arguments: &'a Value,
    /// How to execute the tool.
    pub options: ExecuteOptions,
}
