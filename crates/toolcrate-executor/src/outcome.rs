//! Results of calls as JSON, within their limits.

use serde_json::{Map, Value, json};
use toolcrate_runtime::{Outcome, Reinterpretation, json_size};

use crate::json_limit::limit_json;

/// How many bytes of reinterpretations are reported.
const MAX_REINTERPRETATION_BYTES: usize = 8 << 10;

/// The outcome as an object: `result`; `next`, the arguments of the next page; `omitted`, how many rows didn't fit;
/// `notice`; `warnings`, what to know about the arguments; and `reinterpretations`, the arguments that were read as
/// something else than was written.
pub fn outcome_to_json(outcome: &Outcome) -> Value {
    let is_omitted = outcome.value.is_null() && outcome.notice.is_some();
    let mut value = if is_omitted { json!({}) } else { json!({"result": outcome.value}) };
    if let Some(next) = outcome.next_arguments() {
        value["next"] = json!(next);
    }
    if let Some(omitted) = &outcome.omitted {
        value["omitted"] = json!(omitted.count);
    }
    if let Some(notice) = &outcome.notice {
        value["notice"] = json!(notice);
    }
    if !outcome.warnings.is_empty() {
        value["warnings"] = json!(outcome.warnings);
    }
    if !outcome.reinterpretations.is_empty() {
        value["reinterpretations"] = reinterpretations_to_json(&outcome.reinterpretations);
    }
    value
}

/// The value of `reinterpretations` in [`outcome_to_json`].
pub fn reinterpretations_to_json(reinterpretations: &[Reinterpretation]) -> Value {
    let reported = reinterpretations.iter().map(Reinterpretation::to_json).collect();
    limit_json(reported, MAX_REINTERPRETATION_BYTES)
}

/// Returns true if and only if [`truncate_outcome`] omitted all of a record but its id.
pub fn is_body_omitted(outcome: &Outcome) -> bool {
    let is_id = |properties: &Map<String, Value>| properties.len() == 1 && properties.contains_key("id");
    outcome.notice.is_some() && outcome.value.as_object().is_some_and(is_id)
}

/// Replaces a record of more than `max_bytes` by its id and a notice. The call succeeded, so this isn't an error. Lists
/// were already truncated by the runtime.
pub fn truncate_outcome(mut outcome: Outcome, max_bytes: Option<usize>) -> Outcome {
    let Some(max_bytes) = max_bytes.filter(|_| !outcome.value.is_array()) else { return outcome };
    let bytes = json_size(&outcome.value);
    if bytes > max_bytes {
        // Whoever created something must be able to find it.
        let id = outcome.value.get_mut("id").map(|id| json!({"id": id.take()}));
        outcome.value = id.filter(|id| json_size(id) <= max_bytes).unwrap_or_default();
        outcome.notice = Some(format!(
            "The call worked; its answer of {bytes} bytes is left out, as at most {max_bytes} are given. Ask for fewer \
             members with \"fields\" if the tool has that argument."
        ));
    }
    outcome
}
