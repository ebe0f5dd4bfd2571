//! Builds tool call results: one JSON object, both as structured content and as the text that models read.

use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock};
use serde_json::{Map, json};
use toolcrate_executor::{ExecuteError, Rejection};
use toolcrate_runtime::{Reinterpretation, Value};

/// Creates the result of a successful call.
pub(crate) fn success(value: Value) -> CallToolResult {
    let mut result = CallToolResult::success(vec![ContentBlock::text(value.to_string())]);
    result.structured_content = Some(value);
    result
}

/// Creates the result of a failed call, with this error value.
pub(crate) fn failure(value: Value) -> CallToolResult {
    let mut result = CallToolResult::error(vec![ContentBlock::text(value.to_string())]);
    result.structured_content = Some(value);
    result
}

/// Replaces the error of a failed call. Other responses are left unchanged.
pub(crate) fn map_failure(
    response: CallToolResponse,
    change: impl FnOnce(Value) -> Value,
) -> CallToolResponse {
    match response {
        CallToolResponse::Complete(mut failed) if failed.is_error == Some(true) => {
            match failed.structured_content.take() {
                Some(error) => failure(change(error)).into(),
                None => CallToolResponse::Complete(failed),
            }
        }
        other => other,
    }
}

/// Adds the conversions of a meta tool's arguments to its response.
pub(crate) fn with_reinterpretations(
    response: CallToolResponse,
    reinterpretations: &[Reinterpretation],
) -> CallToolResponse {
    match response {
        CallToolResponse::Complete(mut result) if !reinterpretations.is_empty() => {
            let Some(mut value) = result.structured_content.take() else {
                return CallToolResponse::Complete(result);
            };
            let mut reports: Vec<Value> = reinterpretations.iter().map(Reinterpretation::to_json).collect();
            reports.extend(value["reinterpretations"].as_array().into_iter().flatten().cloned());
            value["reinterpretations"] = Value::Array(reports);
            let is_error = result.is_error == Some(true);
            if is_error { failure(value).into() } else { success(value).into() }
        }
        response => response,
    }
}

/// Creates the result of a call that was rejected or failed, in the same format as runtime errors.
pub(crate) fn execute_failure(error: &ExecuteError) -> CallToolResult {
    let with_kind = |kind: &str| json!({"error": {"kind": kind, "message": error.to_string()}});
    failure(match error {
        ExecuteError::Rejected(Rejection::Invalid(error))
        | ExecuteError::RateLimited(error)
        | ExecuteError::Failed(error)
        | ExecuteError::OutcomeUnknown(error) => error.to_json(),
        ExecuteError::Rejected(Rejection::Approval(error)) => error.to_json(),
        ExecuteError::Rejected(Rejection::NotOffered(_)) => with_kind("not_offered"),
        ExecuteError::Rejected(_) => with_kind("not_audited"),
    })
}

/// Creates the schema of [`toolcrate_executor::outcome_to_json`] from a tool's result schema, including the error of a
/// failed call.
pub(crate) fn output_schema(mut result: Value) -> Map<String, Value> {
    let definitions = result.as_object_mut().and_then(|result| result.remove("$defs"));
    let properties = json!({
        "result": result,
        "next": {"type": "object", "description": "Arguments for the next page."},
        "omitted_count": {"type": "integer", "description": "Number of rows that did not fit."},
        "warnings": {"type": "array", "items": {"type": "string"}},
        "reinterpretations": {
            "type": "array",
            "description": "Arguments that were converted.",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer into the arguments."},
                    "message": {"type": "string"},
                },
                "required": ["pointer", "message"],
            },
        },
        "error": {"type": "object", "description": "Error of a failed call."},
    });
    let members = [("type".to_owned(), json!("object")), ("properties".to_owned(), properties)];
    let definitions = definitions.map(|definitions| ("$defs".to_owned(), definitions));
    members.into_iter().chain(definitions).collect()
}
