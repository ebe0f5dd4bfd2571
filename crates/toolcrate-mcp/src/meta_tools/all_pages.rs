//! Calls list tools repeatedly to fetch all pages.

use rmcp::model::{CallToolResponse, ProgressNotificationParam};
use serde_json::Map;
use toolcrate_executor::{caller_notes, outcome_to_json};
use toolcrate_runtime::{ExecuteOptions, Tool, Value, json_size};

use crate::caller::Caller;
use crate::tool_context::ToolContext;
use crate::{elicitation, result};

/// Runs a tool until its last page or until the result is full, and notifies the client of its progress.
pub(super) async fn execute(
    context: &ToolContext,
    tool: Tool,
    mut arguments: Value,
    caller: &Caller<'_>,
) -> CallToolResponse {
    let executor = &context.executor;
    let (max_rows, max_bytes) = (executor.limits().max_rows, context.max_result_bytes());
    let (mut rows, mut bytes) = (Vec::new(), 0);
    let mut notes = None;
    loop {
        let options = ExecuteOptions {
            max_rows: Some(max_rows - rows.len()),
            max_bytes: Some(max_bytes),
            ..ExecuteOptions::default()
        };
        let outcome = match elicitation::execute(executor, tool, &arguments, &options, caller).await {
            Ok(outcome) => outcome,
            Err(response) => return *response,
        };
        // The notes on the first page's arguments also apply to later pages.
        let notes = notes.get_or_insert_with(|| caller_notes(&outcome));
        let mut next = outcome.next_arguments().cloned();
        let is_truncated = outcome.omitted.is_some();
        bytes += json_size(&outcome.value);
        let Value::Array(page) = outcome.value else {
            return result::success(outcome_to_json(&outcome)).into();
        };
        let is_full = bytes > max_bytes && !rows.is_empty();
        if is_full {
            // The next result starts with the page that didn't fit.
            next = arguments.as_object().cloned();
        } else {
            rows.extend(page);
        }
        notify_progress(caller, rows.len()).await;
        match next {
            Some(next) if rows.len() < max_rows && !is_truncated && !is_full => {
                arguments = Value::Object(next);
            }
            next => {
                let mut value = Map::from_iter([("result".to_owned(), Value::Array(rows))]);
                if let Some(next) = next {
                    value.insert("next".to_owned(), Value::Object(next));
                }
                value.append(notes);
                return result::success(Value::Object(value)).into();
            }
        }
    }
}

async fn notify_progress(caller: &Caller<'_>, rows: usize) {
    let context = caller.context();
    if let Some(token) = context.meta.get_progress_token() {
        let progress =
            ProgressNotificationParam::new(token, rows as f64).with_message(format!("{rows} rows"));
        // A client that doesn't listen misses nothing.
        let _ = context.peer.notify_progress(progress).await;
    }
}
