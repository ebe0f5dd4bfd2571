//! The registry of all meta-tools.

use std::sync::{Arc, OnceLock};

use rmcp::model::Tool;
use serde_json::Map;
use toolcrate_executor::{Product, ToolFilter};
use toolcrate_runtime::{ArgumentSchema, Error, HostArguments, Reinterpretation, Value, tool_name_spellings};

use super::meta_tool::MetaTool;

/// A server's meta-tools.
pub(crate) struct MetaTools(Vec<RegisteredMetaTool>);

/// A meta-tool and its definition.
pub(crate) struct RegisteredMetaTool {
    pub(crate) definition: Tool,
    /// An unlisted tool still runs, for clients that know it from an earlier list.
    is_listed: bool,
    /// Compiled on the first call.
    schema: OnceLock<Result<ArgumentSchema, Error>>,
    pub(crate) tool: &'static dyn MetaTool,
}

impl MetaTools {
    /// Registers these tools, with output schemas if `with_output` is set.
    pub(crate) fn from_tools(
        tools: &[&'static dyn MetaTool],
        product: &Product,
        filter: &ToolFilter,
        with_output: bool,
    ) -> Self {
        let register = |tool: &&'static dyn MetaTool| {
            let definition = tool.definition(product);
            let definition = match tool.output_schema().filter(|_| with_output) {
                Some(schema) => definition.with_raw_output_schema(Arc::new(schema)),
                None => definition,
            };
            let is_listed = tool.is_listed(filter);
            RegisteredMetaTool { definition, is_listed, schema: OnceLock::new(), tool: *tool }
        };
        Self(tools.iter().map(register).collect())
    }

    /// Returns the definitions of the listed tools, in registry order.
    pub(crate) fn definitions(&self) -> impl Iterator<Item = &Tool> {
        self.0.iter().filter(|registered| registered.is_listed).map(|registered| &registered.definition)
    }

    /// Returns the meta-tool with this name, or with a name that agent hosts derive from it. `api` is the
    /// API's name.
    pub(crate) fn get(&self, name: &str, api: &str) -> Option<&RegisteredMetaTool> {
        let exact = |name: &str| self.0.iter().find(|registered| registered.definition.name == name);
        exact(name).or_else(|| tool_name_spellings(name, api).iter().find_map(|spelling| exact(spelling)))
    }
}

impl RegisteredMetaTool {
    /// Decodes and validates a call's arguments. A misspelled argument must not turn into a call without it.
    ///
    /// # Errors
    /// Returns `InvalidArguments` with all problems.
    pub(crate) fn validate(
        &self,
        arguments: Map<String, Value>,
        host_arguments: &HostArguments,
    ) -> Result<(Map<String, Value>, Vec<Reinterpretation>), Error> {
        let input_schema = &self.definition.input_schema;
        let compile = || ArgumentSchema::new(Value::Object((**input_schema).clone()));
        match self.schema.get_or_init(compile) {
            Ok(schema) => schema.read(arguments, host_arguments),
            Err(error) => Err(Error::new(error.kind(), error.to_string())),
        }
    }
}
