//! Converts the results of calls to JSON, within the size limits.

use serde_json::{Map, Value, json};
use toolcrate_runtime::{Outcome, Reinterpretation, json_size};

use crate::json_limit::limit_json;

/// Maximum size of the reported reinterpretations in bytes.
const MAX_REINTERPRETATION_BYTES: usize = 8 << 10;

/// Converts an outcome to an object: `result`; `next`, the arguments for the next page; `omitted_count`, the number of
/// rows that didn't fit; and the [notes for the caller](caller_notes).
pub fn outcome_to_json(outcome: &Outcome) -> Value {
    let is_null = outcome.value.is_null() && outcome.is_body_omitted;
    let mut value =
        if is_null { Map::new() } else { Map::from_iter([("result".to_owned(), outcome.value.clone())]) };
    if let Some(next) = outcome.next_arguments() {
        value.insert("next".to_owned(), json!(next));
    }
    if let Some(omitted) = &outcome.omitted {
        value.insert("omitted_count".to_owned(), json!(omitted.count));
    }
    value.extend(caller_notes(outcome));
    Value::Object(value)
}

/// Returns notes for the caller of a successful call: `warnings`, and `reinterpretations`, the arguments that were
/// converted. Empty properties are omitted.
pub fn caller_notes(outcome: &Outcome) -> Map<String, Value> {
    let mut notes = Map::new();
    if !outcome.warnings.is_empty() {
        notes.insert("warnings".to_owned(), json!(outcome.warnings));
    }
    if !outcome.reinterpretations.is_empty() {
        let reported = outcome.reinterpretations.iter().map(Reinterpretation::to_json).collect();
        notes.insert("reinterpretations".to_owned(), limit_json(reported, MAX_REINTERPRETATION_BYTES));
    }
    notes
}

/// Replaces a record larger than `max_bytes` with its ID and a warning. The call succeeded, so this isn't an error.
/// Lists have already been truncated by the runtime.
pub fn truncate_outcome(mut outcome: Outcome, max_bytes: Option<usize>) -> Outcome {
    let Some(max_bytes) = max_bytes.filter(|_| !outcome.value.is_array()) else { return outcome };
    let bytes = json_size(&outcome.value);
    if bytes > max_bytes {
        // The caller must be able to find a record that it has created.
        let id = outcome.value.get_mut("id").map(|id| json!({"id": id.take()}));
        outcome.value = id.filter(|id| json_size(id) <= max_bytes).unwrap_or_default();
        outcome.is_body_omitted = true;
        outcome.warnings.push(format!(
            "The call succeeded, but its result was omitted: {bytes} bytes exceed the limit of {max_bytes}. If the tool has \
             the argument \"fields\", request fewer fields."
        ));
    }
    outcome
}
