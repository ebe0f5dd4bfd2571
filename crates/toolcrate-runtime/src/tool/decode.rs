//! Decodes a caller's arguments from their dialect into the form of the tool's own schema. This is the first step of a
//! call, so the arguments that are checked, approved and recorded are exactly the ones that are sent.

use serde_json::{Map, Value};

use super::catalog::Tool;
use super::execute::Arguments;
use super::outcome::ExecuteOptions;
use super::page_state::{SKIP, is_page_state};
use super::validator::ToolValidator;
use crate::client::Client;
use crate::dialect::{CalledTool, Dialect, denormalize_arguments, restore_argument_names};
use crate::error::{Delivery, Error, ErrorKind, FieldError};

impl Client {
    /// Decodes the arguments of a call in the dialect set in `options`. Returns the tool's own arguments, and the
    /// options for a call with them. Nothing remains in the dialect's format, such as a cursor.
    ///
    /// Code that displays, records or compares a call before it is executed must use the returned arguments, and
    /// execute those.
    ///
    /// # Errors
    /// Returns `InvalidArguments` if the arguments aren't an object, or contain a cursor that isn't valid for this
    /// tool.
    pub fn decode(
        &self,
        tool: Tool,
        arguments: &dyn Arguments,
        options: &ExecuteOptions,
    ) -> Result<(Map<String, Value>, ExecuteOptions), Error> {
        let check = self.checks().get(tool).map_err(|error| error.with_delivery(Delivery::NotSent))?;
        arguments
            .to_map()
            .and_then(|arguments| self.decode_for(tool, &check, arguments, options))
            .map_err(|error| error.with_request(check.label()))
    }

    pub(super) fn decode_for(
        &self,
        tool: Tool,
        check: &ToolValidator,
        mut arguments: Map<String, Value>,
        options: &ExecuteOptions,
    ) -> Result<(Map<String, Value>, ExecuteOptions), Error> {
        let mut decoded = ExecuteOptions { dialect: Dialect::default(), ..*options };
        let name = options.dialect.cursor_argument();
        let cursor = name.and_then(|name| Some((name, arguments.shift_remove(name)?)));
        let mut arguments = own_arguments(options.dialect, tool, check, arguments);
        match cursor {
            // Some clients send an empty cursor for the first page.
            None | Some((_, Value::Null)) => {}
            Some((_, Value::String(text))) if text.is_empty() => {}
            Some((name, cursor)) => {
                let state = self.open_cursor(tool, check, name, &cursor)?;
                decoded.skip = go_on(&mut arguments, state, options.skip);
            }
        }
        Ok((arguments, decoded))
    }

    /// Returns the paging state of the cursor in the argument `name`.
    fn open_cursor(
        &self,
        tool: Tool,
        check: &ToolValidator,
        name: &str,
        cursor: &Value,
    ) -> Result<Map<String, Value>, Error> {
        let invalid = |reason: String| invalid_cursor(name, &reason);
        if !check.is_list(tool) {
            let tool = tool.short_name();
            return Err(invalid(format!("{tool} is not a list tool; only list tools accept a cursor")));
        }
        let state = cursor.as_str().and_then(|text| self.cursor_key().open(tool.name(), text));
        let state = state.ok_or_else(|| {
            invalid(format!(
                "expected an unchanged {name} from a previous response for the same tool and account"
            ))
        })?;
        match state.iter().find(|(member, value)| !is_page_state(check, member, value)) {
            None => Ok(state),
            Some((member, _)) => Err(invalid(format!("\"{member}\" is not a valid position in a list"))),
        }
    }
}

/// Returns the arguments as the tool itself accepts them.
fn own_arguments(
    dialect: Dialect,
    tool: Tool,
    check: &ToolValidator,
    arguments: Map<String, Value>,
) -> Map<String, Value> {
    let called = CalledTool { tool, record: &check.record, schema: &|| check.declared() };
    let mut arguments = denormalize_arguments(dialect, &called, arguments);
    let clear = check.record.request.clear_argument();
    if let Some(names) = clear.and_then(|argument| arguments.get_mut(argument)) {
        restore_argument_names(dialect, &called, names);
    }
    arguments
}

/// Replaces paging arguments with paging state. The state takes precedence over the call's other arguments, and null
/// marks an argument that must be absent. Returns the number of rows to skip.
fn go_on(arguments: &mut Map<String, Value>, state: Map<String, Value>, skip: usize) -> usize {
    let mut skipped = skip;
    for (name, value) in state {
        match value {
            value if name == SKIP => {
                skipped = value.as_u64().and_then(|rows| usize::try_from(rows).ok()).unwrap_or(skip);
            }
            Value::Null => drop(arguments.shift_remove(&name)),
            value => drop(arguments.insert(name, value)),
        }
    }
    skipped
}

fn invalid_cursor(name: &str, reason: &str) -> Error {
    let message = format!("invalid {name}; {reason}");
    let field = FieldError::new(format!("/{name}"), "invalid", message.clone());
    Error::new(ErrorKind::InvalidArguments, message)
        .with_fields(vec![field])
        .with_delivery(Delivery::NotSent)
        .with_next_step(format!("Nothing was sent. Omit {name} to start with the first page."))
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use serde_json::json;
    use toolcrate_catalog::{CatalogFiles, CatalogText, ToolRecord};

    use super::*;
    use crate::{Api, Catalog, CursorKey, FilterGrammar, Paging, PatchPaths};

    static API: Api = Api {
        paging: Paging::Page { page: "page", size: "pageSize", max_size: 100 },
        patch_paths: PatchPaths::Bare,
        fields_parameter: Some("fields"),
        filter: Some(FilterGrammar {
            argument: "filter",
            conditions: "conditions",
            child_conditions: "childConditions",
            custom_field_conditions: "customFieldConditions",
            custom_fields: "customFields",
            extra_fields: &[],
        }),
        ..Api::new("Orders", "orders/1.0")
    };

    static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
        let lines = include_str!("../../tests/it/support/sales.jsonl").lines();
        let tools: Vec<ToolRecord<'_>> =
            lines.map(|line| serde_json::from_str(line).expect("a record")).collect();
        let mut files = CatalogFiles::new();
        files.add_tools(&tools).expect("records");
        let files = files.into_files();
        Catalog::new(&API, CatalogText::leak(files.iter().map(|(path, text)| (path.as_str(), text.as_str()))))
    });

    const LIST: &str = "list_all_orders";

    fn client() -> Client {
        let key = CursorKey::derive(b"secret", "acme");
        Client::builder(&API).base_url("https://localhost").cursor_key(key).build().expect("a client")
    }

    /// Decodes a call with a cursor of the tool that contains `state`.
    fn decoded(
        tool: &str,
        state: &Value,
        mut arguments: Value,
    ) -> Result<(Map<String, Value>, ExecuteOptions), Error> {
        let (client, tool) = (client(), CATALOG.get(tool).expect(tool));
        let cursor = client.cursor_key().seal(tool.name(), state.as_object().expect("an object"));
        arguments["next_cursor"] = json!(cursor);
        let options = ExecuteOptions { dialect: Dialect::Truto, skip: 1, ..ExecuteOptions::default() };
        client.decode(tool, &arguments, &options)
    }

    #[test]
    fn paging_state_takes_precedence_over_arguments() {
        let sent = json!({"conditions": "id>5", "page": "9", "pageSize": "5"});
        let (arguments, options) =
            decoded(LIST, &json!({"page": 3, "pageSize": null}), sent).expect("arguments");
        assert_eq!(Value::Object(arguments), json!({"conditions": "id>5", "page": 3}));
        assert_eq!((options.dialect, options.skip), (Dialect::Mcp, 1));
        let (arguments, options) = decoded(LIST, &json!({"+skip": 7}), json!({})).expect("arguments");
        assert_eq!((arguments.len(), options.skip), (0, 7));
    }

    #[test]
    fn cursors_contain_only_paging_state() {
        for state in [
            json!({"page": 2, "conditions": "id>0"}),
            json!({"fields": "id"}),
            json!({"id": 9005}),
            json!({"page": [2]}),
            json!({"page": {"a": 1}}),
            json!({"+skip": "all"}),
            json!({"next_cursor": "x"}),
            json!({"integrated_account_id": "beta"}),
        ] {
            let error = decoded(LIST, &state, json!({})).expect_err("no paging state");
            assert_eq!((error.kind(), error.delivery()), (ErrorKind::InvalidArguments, Delivery::NotSent));
            assert!(error.message().starts_with("invalid next_cursor; \""), "{state}: {error}");
        }
    }

    #[test]
    fn only_lists_take_a_cursor() {
        for tool in CATALOG.tools().filter(|tool| !tool.short_name().starts_with("list_")) {
            let error = decoded(tool.short_name(), &json!({"page": 2}), json!({"id": 9006}));
            let message = error.expect_err("no list").message().to_owned();
            assert!(message.contains("is not a list tool; only list tools accept a cursor"), "{message}");
        }
    }

    #[test]
    fn empty_cursor_requests_the_first_page() {
        let tool = CATALOG.get(LIST).expect("a list");
        let options = ExecuteOptions { dialect: Dialect::Truto, ..ExecuteOptions::default() };
        for cursor in [json!(""), Value::Null] {
            let (arguments, _) = client()
                .decode(tool, &json!({"page": 2, "next_cursor": cursor}), &options)
                .expect("arguments");
            assert_eq!(Value::Object(arguments), json!({"page": 2}));
        }
        for cursor in [json!("eyJpZCI6OTAwNX0"), json!("%%%"), json!(["x"]), json!(7), json!({"page": 2})] {
            let error = client().decode(tool, &json!({"next_cursor": cursor}), &options).expect_err("forged");
            assert_eq!(error.fields()[0].pointer, "/next_cursor");
        }
        // Without the dialect, it is an argument like any other.
        let error = client().prepare(tool, &json!({"next_cursor": ""})).expect_err("unknown");
        assert_eq!(error.fields()[0].code, "unknown");
    }
}
