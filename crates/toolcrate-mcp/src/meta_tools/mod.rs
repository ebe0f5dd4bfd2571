//! Meta-tools, which find, describe and call the tools in the catalog.
//!
//! Each one is a file that implements [`MetaTool`](meta_tool::MetaTool), and a line in [`META_TOOLS`]. Listing,
//! reserved names, argument validation and dispatch all use that list.

mod all_pages;
mod by_name;
mod call_tool;
mod describe_tools;
mod meta_tool;
mod read_tool;
mod registry;
mod search_tools;

use call_tool::CallAnyTool;
use describe_tools::DescribeTools;
use meta_tool::MetaTool;
use read_tool::ReadAnyTool;
use search_tools::SearchTools;
use toolcrate_executor::{Product, ToolFilter};

pub(crate) use registry::MetaTools;

/// All meta-tools, in listing order.
const META_TOOLS: &[&dyn MetaTool] = &[&SearchTools, &DescribeTools, &ReadAnyTool, &CallAnyTool];

impl MetaTools {
    /// Creates a product's meta-tools for the exposed tools in `filter`, with output schemas if `with_output` is set.
    pub(crate) fn new(product: &Product, filter: &ToolFilter, with_output: bool) -> Self {
        Self::from_tools(META_TOOLS, product, filter, with_output)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};
    use toolcrate_executor::{ToolFilterSpec, Toolsets};
    use toolcrate_runtime::HostArguments;

    use super::*;
    use crate::fixture::LIBRARY;

    const SEARCH: &str = "search_tools";
    const DESCRIBE: &str = "describe_tools";
    const READ: &str = "read_tool";
    const CALL: &str = "call_tool";

    fn meta_tools() -> MetaTools {
        MetaTools::new(&LIBRARY, &ToolFilter::all(LIBRARY.catalog), true)
    }

    fn validate(tool: &str, arguments: Value) -> Result<Map<String, Value>, Vec<String>> {
        let Value::Object(arguments) = arguments else { panic!("no object") };
        let tools = meta_tools();
        let tool = tools.get(tool, LIBRARY.title).unwrap();
        let result = tool.validate(arguments, &HostArguments::default());
        result.map(|(arguments, _)| arguments).map_err(|error| {
            error.fields().iter().map(|field| format!("{} {}", field.pointer, field.message)).collect()
        })
    }

    #[test]
    fn arguments_that_the_schema_does_not_allow_are_reported() {
        let many: Vec<String> = (0..12).map(|number| format!("tool_{number}")).collect();
        for (tool, arguments, problem) in [
            (CALL, json!({"name": "x", "args": {}}), "/args unknown argument \"args\""),
            (CALL, json!({"name": "x", "all_pages": "yes"}), "/all_pages expected true or false, got"),
            (CALL, json!({"name": "x", "arguments": "id=1"}), "/arguments expected an object, got"),
            (CALL, json!({"name": "x", "arguments": [1]}), "/arguments expected an object, got"),
            (CALL, json!({"arguments": {}}), "/name \"name\" is required"),
            (SEARCH, json!({"query": "x", "limit": "abc"}), "/limit expected"),
            (SEARCH, json!({"query": "x", "limit": 51}), "/limit expected at most 50"),
            (SEARCH, json!({"query": true}), "/query expected"),
            (DESCRIBE, json!({"names": many}), "/names expected at most 10 items"),
            (DESCRIBE, json!({"names": ["a", true]}), "/names/1 expected"),
            (DESCRIBE, json!({"names": []}), "/names expected at least 1"),
            (DESCRIBE, json!({"names": ["a"], "output": "yes"}), "/output expected"),
        ] {
            let problems = validate(tool, arguments.clone()).unwrap_err();
            assert!(problems.len() == 1 && problems[0].starts_with(problem), "{arguments}: {problems:?}");
        }
        let problems = validate(CALL, json!({"query": "x", "args": {}})).unwrap_err();
        assert_eq!(problems.len(), 3, "all at once");
    }

    #[test]
    fn common_mistakes_in_arguments_are_converted() {
        for (tool, arguments) in [
            (CALL, json!({"name": "x", "arguments": "{\"id\": 1}", "all_pages": true})),
            (CALL, json!({"name": "x", "arguments": null, "all_pages": null})),
            (SEARCH, json!({"query": "x", "limit": 50})),
        ] {
            assert!(validate(tool, arguments.clone()).is_ok(), "{arguments}");
        }
        for names in [json!("x"), json!(["x"]), json!("[\"x\"]")] {
            assert_eq!(validate(DESCRIBE, json!({"names": names})).unwrap()["names"], json!(["x"]));
        }
    }

    #[test]
    fn names_are_unique_and_not_those_of_tools() {
        let meta_tools = meta_tools();
        let mut names: Vec<&str> = meta_tools.definitions().map(|tool| tool.name.as_ref()).collect();
        assert!(names.iter().all(|name| LIBRARY.catalog.get(name).is_none()));
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn meta_tools_have_annotations() {
        let meta_tools = meta_tools();
        let hints = |name: &str| {
            let annotations =
                meta_tools.get(name, LIBRARY.title).unwrap().definition.annotations.clone().unwrap();
            (annotations.read_only_hint, annotations.destructive_hint)
        };
        assert_eq!(hints(CALL), (Some(false), Some(true)));
        for name in [SEARCH, DESCRIBE, READ] {
            assert_eq!(hints(name).0, Some(true), "{name}");
        }
    }

    #[test]
    fn call_tool_is_not_listed_for_read_only_tools() {
        let reads = ToolFilterSpec { read_only: true, ..ToolFilterSpec::default() };
        let lists = ToolFilterSpec { names: vec!["list_*".into()], ..ToolFilterSpec::default() };
        for spec in [reads, lists] {
            let filter = ToolFilter::new(LIBRARY.catalog, &spec, &Toolsets::default()).unwrap();
            for filter in [filter.intersect(|_| true), filter] {
                let meta_tools = MetaTools::new(&LIBRARY, &filter, false);
                let names: Vec<&str> = meta_tools.definitions().map(|tool| tool.name.as_ref()).collect();
                assert_eq!(names, [SEARCH, DESCRIBE, READ]);
                assert!(
                    meta_tools.get(CALL, LIBRARY.title).is_some(),
                    "a client may know it from an earlier list"
                );
            }
        }
    }
}
