//! Results of tool calls: one JSON object, as structured content and as the text that models read.

use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock};
use serde_json::{Map, json};
use toolcrate_executor::{ExecuteError, Rejection, limit_json};
use toolcrate_runtime::{Reinterpretation, Value};

/// The result of a call that succeeded.
pub(crate) fn success(value: Value) -> CallToolResult {
    let mut result = CallToolResult::success(vec![ContentBlock::text(value.to_string())]);
    result.structured_content = Some(value);
    result
}

/// The result of a call that failed, with the error in this value.
pub(crate) fn failure(value: Value) -> CallToolResult {
    let mut result = CallToolResult::error(vec![ContentBlock::text(value.to_string())]);
    result.structured_content = Some(value);
    result
}

/// Brings the error of a call that failed within a limit.
pub(crate) fn limit_failure(response: CallToolResponse, max_bytes: usize) -> CallToolResponse {
    match response {
        CallToolResponse::Complete(mut failed) if failed.is_error == Some(true) => {
            match failed.structured_content.take() {
                Some(error) => failure(limit_json(error, max_bytes)).into(),
                None => CallToolResponse::Complete(failed),
            }
        }
        other => other,
    }
}

/// The response with a report of how the arguments of a meta tool were read.
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

/// The result of a call that the executor rejected or that failed, in the runtime's form, so that a model can do better.
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

/// The schema of [`toolcrate_executor::outcome_to_json`], around the schema of a tool's own result, and of the errors
/// that come instead.
pub(crate) fn output_schema(mut result: Value) -> Map<String, Value> {
    let definitions = result.as_object_mut().and_then(|result| result.remove("$defs"));
    let properties = json!({
        "result": result,
        "next": {"type": "object", "description": "Arguments that give what follows."},
        "omitted": {"type": "integer", "description": "Rows that did not fit."},
        "notice": {"type": "string"},
        "warnings": {
            "type": "array",
            "description": "What to know about the arguments.",
            "items": {"type": "string"},
        },
        "reinterpretations": {
            "type": "array",
            "description": "Arguments that were read as something else than was written.",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer into the arguments."},
                    "message": {"type": "string"},
                },
                "required": ["pointer", "message"],
            },
        },
        "error": {"type": "object", "description": "Why there is no result."},
    });
    let members = [("type".to_owned(), json!("object")), ("properties".to_owned(), properties)];
    let definitions = definitions.map(|definitions| ("$defs".to_owned(), definitions));
    members.into_iter().chain(definitions).collect()
}
