//! What a tool call answers: one JSON object, as structured content and as the text that models read.

use connectwise_psa::runtime::Value;
use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Map, json};

use toolcrate_executor::{ExecuteError, Rejection};

/// A call that worked.
pub fn done(value: Value) -> CallToolResult {
    let mut result = CallToolResult::success(vec![ContentBlock::text(value.to_string())]);
    result.structured_content = Some(value);
    result
}

/// A call that did not, in the runtime's form, so that a model can do better.
pub fn failed(refusal: &ExecuteError) -> CallToolResult {
    let own = |kind: &str| json!({"error": {"kind": kind, "message": refusal.to_string()}});
    refused(match refusal {
        ExecuteError::Rejected(Rejection::Invalid(error))
        | ExecuteError::RateLimited(error)
        | ExecuteError::Failed(error)
        | ExecuteError::OutcomeUnknown(error) => error.to_json(),
        ExecuteError::Rejected(Rejection::Approval(error)) => error.to_json(),
        ExecuteError::Rejected(Rejection::NotOffered(_)) => own("not_offered"),
        ExecuteError::Rejected(_) => own("not_audited"),
    })
}

/// A call that was refused before the runtime saw it.
pub fn refused(value: Value) -> CallToolResult {
    let mut result = CallToolResult::error(vec![ContentBlock::text(value.to_string())]);
    result.structured_content = Some(value);
    result
}

/// The schema of [`toolcrate_executor::outcome_to_json`], around that of the tool's own answer, and of the errors that come instead.
pub fn schema(mut answer: Value) -> Map<String, Value> {
    let definitions = answer.as_object_mut().and_then(|answer| answer.remove("$defs"));
    let mut schema = json!({
        "type": "object",
        "properties": {
            "result": answer,
            "next": {"type": "object", "description": "Arguments that give what follows."},
            "omitted": {"type": "integer", "description": "Rows that did not fit."},
            "notice": {"type": "string"},
            "error": {"type": "object", "description": "Why there is no result."},
        },
    });
    if let Some(definitions) = definitions {
        schema["$defs"] = definitions;
    }
    match schema {
        Value::Object(schema) => schema,
        _ => unreachable!("it was made an object above"),
    }
}
