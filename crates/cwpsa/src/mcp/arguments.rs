//! What an argument of a tool may be: the choices of its schema, or the ids that another tool lists. A page for
//! people who pick, and the completions of what they type.

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::{ExecuteOptions, Relation, Tool, Value};
use rmcp::model::CompletionInfo;
use serde_json::json;
use toolcrate_executor::{Consent, Principal, ToolCall, ToolExecutor, input_schema_for};

/// Members that people know a record by, best first.
const CALLED: [&str; 6] = ["name", "identifier", "summary", "title", "description", "number"];

/// The arguments of a tool whose values are known: those with choices, and ids that another tool lists.
pub fn names(tool: Tool) -> Vec<String> {
    let schema = tool.input_schema_value();
    let members = schema["properties"].as_object().into_iter().flatten();
    let known = |name: &str, node: &Value| !choices(node).is_empty() || source(tool, name).is_some();
    members.filter(|(name, node)| known(name, node)).map(|(name, _)| name.clone()).collect()
}

/// The page of an argument: `{tool, argument, schema, values: [{value, name?}]}`, with the values that hold `typed`.
/// `None` if the tool has no such argument.
pub async fn page(
    runner: &ToolExecutor,
    by: Principal,
    tool: Tool,
    argument: &str,
    typed: &str,
) -> Option<Value> {
    let schema = input_schema_for(runner.account().await.as_ref(), tool);
    let node = schema["properties"].get(argument)?.clone();
    let values = values(runner, by, tool, argument, typed).await;
    let values: Vec<Value> = values
        .into_iter()
        .map(|(value, name)| match name {
            Some(name) => json!({"value": value, "name": name}),
            None => json!({"value": value}),
        })
        .collect();
    Some(json!({"tool": tool.short_name(), "argument": argument, "schema": node, "values": values}))
}

/// What an argument may be, as far as it was typed, each with what people call it. Nothing where that can't be read:
/// a person who types is not to be bothered with it.
pub async fn values(
    runner: &ToolExecutor,
    by: Principal,
    tool: Tool,
    argument: &str,
    typed: &str,
) -> Vec<(Value, Option<String>)> {
    let schema = input_schema_for(runner.account().await.as_ref(), tool);
    let choices = choices(&schema["properties"][argument]);
    if !choices.is_empty() {
        let typed = typed.to_lowercase();
        let fits = |value: &Value| text(value).to_lowercase().contains(&typed);
        return choices.into_iter().filter(fits).map(|value| (value, None)).collect();
    }
    let Some((lister, field)) = source(tool, argument) else { return Vec::new() };
    listed(runner, by, lister, &field, typed).await
}

/// The rows of a list that fit what was typed: what identifies each, and what people call it.
async fn listed(
    runner: &ToolExecutor,
    by: Principal,
    lister: Tool,
    field: &str,
    typed: &str,
) -> Vec<(Value, Option<String>)> {
    let filters = lister.filter_fields();
    let called = CALLED.into_iter().find(|name| filters.iter().any(|field| field == name));
    // A number is the beginning of an id only to those who know it already.
    let member = if !typed.is_empty() && typed.bytes().all(|c| c.is_ascii_digit()) { None } else { called };
    let rows = match member {
        Some(member) => {
            rows(runner, by, lister, &[field, member], json!({member: {"contains": typed}}), typed).await
        }
        None => {
            let members: Vec<&str> = std::iter::once(field).chain(called).collect();
            rows(
                runner,
                by,
                lister,
                &members,
                json!({field: typed.parse::<i64>().unwrap_or_default()}),
                typed,
            )
            .await
        }
    };
    let of_row = |row: &Value| {
        let value = row.get(field)?.clone();
        let name = called.and_then(|called| row[called].as_str()).map(str::to_owned);
        Some((value, name))
    };
    rows.iter().filter_map(of_row).collect()
}

/// NameStyle of the account's records that hold what was typed; their ids if `member` is that.
pub async fn records(
    runner: &ToolExecutor,
    by: Principal,
    tool: &str,
    member: &str,
    typed: &str,
) -> Vec<String> {
    let Some(tool) = CATALOG.get(tool) else { return Vec::new() };
    if member == "id" {
        let found = listed(runner, by, tool, member, typed).await;
        return found.iter().map(|(id, _)| text(id)).collect();
    }
    let rows = rows(runner, by, tool, &["id", member], json!({member: {"contains": typed}}), typed).await;
    rows.iter().filter_map(|row| row[member].as_str()).map(str::to_owned).collect()
}

async fn rows(
    runner: &ToolExecutor,
    by: Principal,
    tool: Tool,
    members: &[&str],
    filter: Value,
    typed: &str,
) -> Vec<Value> {
    // Nobody wanted to call it.
    if !runner.filter().allows(tool) {
        return Vec::new();
    }
    let order = members.last().copied().unwrap_or("id");
    let mut arguments =
        json!({"fields": members.join(","), "orderBy": order, "pageSize": CompletionInfo::MAX_VALUES + 1});
    if !typed.is_empty() {
        arguments["filter"] = filter;
    }
    let call = ToolCall { principal: by, tool, arguments: &arguments, options: ExecuteOptions::default() };
    let result = runner.execute(call, Consent::None).await;
    match result.map(|outcome| outcome.value) {
        Ok(Value::Array(rows)) => rows,
        _ => Vec::new(),
    }
}

/// The tool that lists the values of an argument, and the member that is the value. Only tools that need nothing
/// themselves.
fn source(tool: Tool, argument: &str) -> Option<(Tool, String)> {
    let fits = |relation: &Relation<'_>| relation.argument == argument && relation.with.is_empty();
    let relation = tool.relations().into_iter().find(fits)?;
    let lister = CATALOG.get(&relation.tool)?;
    let needs = lister.input_schema_value()["required"].as_array().is_some_and(|needed| !needed.is_empty());
    let field = if relation.field.is_empty() { "id".to_owned() } else { relation.field.into_owned() };
    (!needs && !lister.filter_fields().is_empty()).then_some((lister, field))
}

/// The choices that a schema gives, itself or in one of its alternatives.
fn choices(node: &Value) -> Vec<Value> {
    if let Some(values) = node["enum"].as_array() {
        return values.iter().filter(|value| !value.is_null()).cloned().collect();
    }
    if node["type"] == "boolean" {
        return vec![json!(true), json!(false)];
    }
    let parts = ["anyOf", "oneOf"].into_iter().filter_map(|word| node[word].as_array()).flatten();
    parts.chain(node.get("items")).flat_map(choices).collect()
}

/// A value as it is typed.
pub fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn choices_and_ids_are_known() {
        let names = |tool: &str| names(CATALOG.get(tool).unwrap());
        assert!(
            names("get_single_ticket_by_id").is_empty()
                || names("create_a_ticket_note").contains(&"ticketId".to_owned())
        );
        let with_values = CATALOG.tools().filter(|tool| !super::names(*tool).is_empty()).count();
        println!("{with_values} tools have an argument whose values are known");
        assert!(with_values > 1000);
        assert_eq!(choices(&json!({"anyOf": [{"enum": ["a", null]}, {"type": "null"}]})), [json!("a")]);
    }
}
