//! The coercions of the decode stage: the only place that accepts arguments which the schema of a tool doesn't declare.
//! Clients and models write nulls for what is not given, whole numbers as floats, bare ids for references, and JSON text
//! for objects. What is read as something else is reported, so that a caller can see how its arguments were understood.

use serde_json::{Value, json};

use super::{nulls, shorthand};

/// How many reinterpretations are reported at most.
const MAX_REPORTED: usize = 16;
/// How many characters of a value are shown at most.
const MAX_CHARACTERS: usize = 200;

/// An argument that was read as something else than was written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reinterpretation {
    /// JSON pointer to the argument.
    pub pointer: String,
    /// How the argument was read, such as `read as {"id":7}`.
    pub message: String,
}

impl Reinterpretation {
    /// As JSON: `pointer` and `message`.
    pub fn to_json(&self) -> Value {
        json!({"pointer": self.pointer, "message": self.message})
    }
}

/// Coerces arguments to their schema. Nulls that are dropped and whole numbers written as floats are not reported,
/// because they mean the same.
pub(super) fn coerce(schema: &Value, arguments: &mut Value) -> Vec<Reinterpretation> {
    let written = arguments.clone();
    whole_numbers(arguments);
    // Before nulls are dropped, because an object may have been written as text.
    shorthand::expand(schema, arguments);
    nulls::strip(schema, arguments);
    let mut reported = Vec::new();
    report(&written, arguments, &mut String::new(), &mut reported);
    reported
}

fn report(written: &Value, read: &Value, pointer: &mut String, reported: &mut Vec<Reinterpretation>) {
    let mut descend = |segment: &str, written: &Value, read: &Value| {
        let length = pointer.len();
        pointer.push('/');
        pointer.push_str(&segment.replace('~', "~0").replace('/', "~1"));
        report(written, read, pointer, reported);
        pointer.truncate(length);
    };
    match (written, read) {
        (Value::Object(written), Value::Object(read)) => {
            for (name, read) in read {
                if let Some(written) = written.get(name) {
                    descend(name, written, read);
                }
            }
        }
        (Value::Array(written), Value::Array(read)) => {
            for (index, (written, read)) in written.iter().zip(read).enumerate() {
                descend(&index.to_string(), written, read);
            }
        }
        _ if std::mem::discriminant(written) == std::mem::discriminant(read) => {}
        _ if reported.len() < MAX_REPORTED => {
            let mut shown: String = read.to_string().chars().take(MAX_CHARACTERS + 1).collect();
            if let Some((end, _)) = shown.char_indices().nth(MAX_CHARACTERS) {
                shown.truncate(end);
                shown.push('…');
            }
            reported.push(Reinterpretation { pointer: pointer.clone(), message: format!("read as {shown}") });
        }
        _ => {}
    }
}

/// Writes 5.0 as 5: models produce either, and a path or an integer accepts only the latter.
fn whole_numbers(value: &mut Value) {
    // Up to here every whole number has an exact float.
    const LIMIT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(number) if number.is_f64() => {
            if let Some(float) = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() <= LIMIT)
            {
                *number = (float as i64).into();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(whole_numbers),
        Value::Object(properties) => properties.values_mut().for_each(whole_numbers),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_other_readings_are_reported() {
        let reference = json!({
            "type": "object",
            "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
        });
        let schema = json!({
            "type": "object",
            "properties": {
                "company": reference,
                "site": reference,
                "lines": {"type": "array", "items": {"type": "object", "properties": {"item/a": reference}}},
                "count": {"type": "integer"},
                "note": {"type": "string"},
            },
        });
        let mut arguments = json!({
            "company": 7.0,
            "site": {"id": 1, "name": null},
            "lines": r#"[{"item/a": "x"}]"#,
            "count": 5.0,
            "note": null,
        });
        let reported = coerce(&schema, &mut arguments);
        assert_eq!(
            arguments,
            json!({
                "company": {"id": 7},
                "site": {"id": 1},
                "lines": [{"item/a": {"name": "x"}}],
                "count": 5,
            })
        );
        let reported: Vec<Value> = reported.iter().map(Reinterpretation::to_json).collect();
        assert_eq!(
            reported,
            [
                json!({"pointer": "/company", "message": r#"read as {"id":7}"#}),
                json!({"pointer": "/lines", "message": r#"read as [{"item/a":{"name":"x"}}]"#}),
            ]
        );
        let mut arguments = json!({"lines": [{"item/a": 3}]});
        let reported = coerce(&schema, &mut arguments);
        assert_eq!(reported[0].pointer, "/lines/0/item~1a");
    }

    #[test]
    fn reports_are_bounded() {
        let schema = json!({"type": "object", "properties": {"list": {"type": "array", "items":
            {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}}}});
        let mut arguments = json!({"list": vec!["x".repeat(1000); 100]});
        let reported = coerce(&schema, &mut arguments);
        assert_eq!(reported.len(), MAX_REPORTED);
        assert!(reported.iter().all(|report| report.message.chars().count() < 250));
    }
}
