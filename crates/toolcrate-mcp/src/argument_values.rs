//! Finds possible values for a tool's argument: enum values from its schema, or IDs that another tool lists.

use rmcp::model::CompletionInfo;
use serde_json::json;
use toolcrate_executor::{Consent, Principal, PromptValueSource, ToolCall, ToolExecutor, input_schema_for};
use toolcrate_runtime::{ExecuteOptions, NameStyle, Relation, Tool, Value};

/// Fields by which people recognize a record, best first.
const NAME_FIELDS: [&str; 6] = ["name", "identifier", "summary", "title", "description", "number"];

/// Returns the names of the arguments of a tool whose possible values are known.
pub fn arguments_with_values(tool: Tool) -> Vec<String> {
    let schema = tool.input_schema_value();
    let properties = schema["properties"].as_object().into_iter().flatten();
    let is_known = |name: &str, node: &Value| !choices(node).is_empty() || source(tool, name).is_some();
    properties.filter(|(name, node)| is_known(name, node)).map(|(name, _)| name.clone()).collect()
}

/// Returns an argument as `{tool, argument, schema, values: [{value, name?}]}`, with the values that match `typed`.
/// Returns `None` if the tool has no such argument.
pub(crate) async fn describe_argument(
    executor: &ToolExecutor,
    principal: Principal,
    tool: Tool,
    argument: &str,
    typed: &str,
    names: NameStyle,
) -> Option<Value> {
    let schema = input_schema_for(executor.account().await.as_ref(), tool, names);
    let schema = schema["properties"].get(argument)?.clone();
    let values = values(executor, principal, tool, argument, typed).await;
    let values: Vec<Value> = values
        .into_iter()
        .map(|(value, name)| match name {
            Some(name) => json!({"value": value, "name": name}),
            None => json!({"value": value}),
        })
        .collect();
    Some(json!({"tool": tool.short_name(), "argument": argument, "schema": schema, "values": values}))
}

/// Returns the possible values of an argument that match `typed`, each with its name if it has one. Returns no values
/// if they can't be fetched, because an error must not interrupt a user who is typing.
pub(crate) async fn values(
    executor: &ToolExecutor,
    principal: Principal,
    tool: Tool,
    argument: &str,
    typed: &str,
) -> Vec<(Value, Option<String>)> {
    let schema = input_schema_for(executor.account().await.as_ref(), tool, NameStyle::Prefixed);
    let choices = choices(&schema["properties"][argument]);
    if !choices.is_empty() {
        let typed = typed.to_lowercase();
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let matches = |value: &Value| text(value).to_lowercase().contains(&typed);
        return choices.into_iter().filter(matches).map(|value| (value, None)).collect();
    }
    let Some((lister, field)) = source(tool, argument) else { return Vec::new() };
    list_values(executor, principal, lister, &field, typed).await
}

/// Returns the values of a field in the account's records that match `typed`.
pub(crate) async fn records(
    executor: &ToolExecutor,
    principal: Principal,
    source: PromptValueSource,
    typed: &str,
) -> Vec<Value> {
    let PromptValueSource { tool, field } = source;
    let Some(tool) = executor.filter().catalog().get(tool) else { return Vec::new() };
    if field == "id" {
        let values = list_values(executor, principal, tool, field, typed).await;
        return values.into_iter().map(|(id, _)| id).collect();
    }
    let filter = json!({field: {"contains": typed}});
    let rows = list_rows(executor, principal, tool, &["id", field], filter, typed).await;
    rows.iter().map(|row| row[field].clone()).filter(Value::is_string).collect()
}

/// Returns the values of `field`, with names, for the rows of a list whose name matches `typed`.
async fn list_values(
    executor: &ToolExecutor,
    principal: Principal,
    lister: Tool,
    field: &str,
    typed: &str,
) -> Vec<(Value, Option<String>)> {
    let filterable = lister.filter_fields();
    let name_field = NAME_FIELDS.into_iter().find(|name| filterable.iter().any(|field| field == name));
    let is_number = !typed.is_empty() && typed.bytes().all(|c| c.is_ascii_digit());
    // Digits are an ID rather than part of a name.
    let rows = match name_field.filter(|_| !is_number) {
        Some(name) => {
            let filter = json!({name: {"contains": typed}});
            list_rows(executor, principal, lister, &[field, name], filter, typed).await
        }
        None => {
            let fields: Vec<&str> = std::iter::once(field).chain(name_field).collect();
            let filter = json!({field: typed.parse::<i64>().unwrap_or_default()});
            list_rows(executor, principal, lister, &fields, filter, typed).await
        }
    };
    let to_value = |row: &Value| {
        let name = name_field.and_then(|name| row[name].as_str()).map(str::to_owned);
        Some((row.get(field)?.clone(), name))
    };
    rows.iter().filter_map(to_value).collect()
}

async fn list_rows(
    executor: &ToolExecutor,
    principal: Principal,
    tool: Tool,
    fields: &[&str],
    filter: Value,
    typed: &str,
) -> Vec<Value> {
    // The audit log would otherwise record a call that the user did not make.
    if !executor.filter().allows(tool) {
        return Vec::new();
    }
    let order = fields.last().copied().unwrap_or("id");
    let mut arguments = json!({
        "fields": fields.join(","),
        "orderBy": order,
        "pageSize": CompletionInfo::MAX_VALUES + 1,
    });
    if !typed.is_empty() {
        arguments["filter"] = filter;
    }
    let call = ToolCall { principal, tool, arguments: &arguments, options: ExecuteOptions::default() };
    let result = executor.execute(call, Consent::None).await;
    match result.map(|outcome| outcome.value) {
        Ok(Value::Array(rows)) => rows,
        _ => Vec::new(),
    }
}

/// Returns the tool that lists an argument's values, and the field that contains them. The tool has no required
/// arguments.
fn source(tool: Tool, argument: &str) -> Option<(Tool, String)> {
    let is_source = |relation: &Relation<'_>| relation.argument == argument && relation.with.is_empty();
    let relation = tool.relations().into_iter().find(is_source)?;
    let lister = tool.catalog().get(&relation.tool)?;
    let requires = lister.input_schema_value()["required"].as_array().is_some_and(|names| !names.is_empty());
    let field = if relation.field.is_empty() { "id".to_owned() } else { relation.field.into_owned() };
    (!requires && !lister.filter_fields().is_empty()).then_some((lister, field))
}

/// Returns the enum values of a schema, or of its alternatives.
fn choices(schema: &Value) -> Vec<Value> {
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().filter(|value| !value.is_null()).cloned().collect();
    }
    if schema["type"] == "boolean" {
        return vec![json!(true), json!(false)];
    }
    let alternatives =
        ["anyOf", "oneOf"].into_iter().filter_map(|keyword| schema[keyword].as_array()).flatten();
    alternatives.chain(schema.get("items")).flat_map(choices).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_exclude_null() {
        assert_eq!(choices(&json!({"anyOf": [{"enum": ["a", null]}, {"type": "null"}]})), [json!("a")]);
        assert_eq!(choices(&json!({"type": "array", "items": {"enum": ["a", "b"]}})).len(), 2);
        assert!(choices(&json!({"type": "string"})).is_empty());
    }
}
