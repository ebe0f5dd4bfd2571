//! Suggests another form for a reference that the API didn't find. A string may be an identifier or a name, and only
//! the API knows which of the two its records use.

use serde_json::{Map, Value, json};
use toolcrate_catalog::RequestRecord;

use super::coercion::Reinterpretation;
use super::fixes::schema_at;
use super::shorthand::{is_reference, text_keys};
use crate::error::{Error, FieldError, Fix};
use crate::patch::{escape, unescape};

/// A call's arguments and request.
pub(super) struct SentCall<'a> {
    pub(super) schema: &'a Value,
    pub(super) request: &'a RequestRecord<'a>,
    pub(super) arguments: &'a Map<String, Value>,
    pub(super) reinterpretations: &'a [Reinterpretation],
}

/// Adds alternative forms of references to an API error that reports that they weren't found.
pub(super) fn explain(call: &SentCall<'_>, error: Error) -> Error {
    let is_refusal = error.status().is_some_and(|status| (400..500).contains(&status));
    if !is_refusal || error.fields().is_empty() {
        return error;
    }
    let fields: Vec<FieldError> = error
        .fields()
        .iter()
        .map(|field| call.explain_field(field).unwrap_or_else(|| field.clone()))
        .collect();
    error.with_fields(fields)
}

impl SentCall<'_> {
    fn explain_field(&self, field: &FieldError) -> Option<FieldError> {
        let told = format!("{}{}", field.code, field.message).to_lowercase().replace(' ', "");
        if !told.contains("notfound") {
            return None;
        }
        let pointer = self.argument_pointer(&field.pointer)?;
        let above = pointer.rsplit_once('/').map_or("", |(above, _)| above);
        let (pointer, forms) = [pointer.as_str(), above]
            .into_iter()
            .filter(|pointer| !pointer.is_empty())
            .find_map(|pointer| Some((pointer, self.other_forms(pointer)?)))?;
        let first = forms.first()?.clone();
        let shown: Vec<String> = forms.iter().map(Value::to_string).collect();
        let message = format!("{}; to use another form, pass {}", field.message, shown.join(" or "));
        Some(
            FieldError::new(field.pointer.clone(), field.code.clone(), message)
                .with_fix(Fix::replace(pointer, first)),
        )
    }

    /// Returns the pointer into the arguments for a body field.
    fn argument_pointer(&self, pointer: &str) -> Option<String> {
        let field = pointer.strip_prefix('/')?;
        let (first, rest) = field.split_once('/').map_or((field, ""), |(first, rest)| (first, rest));
        let argument = self
            .request
            .arguments
            .iter()
            .find(|(argument, target)| target.name_or(argument) == first)
            .map_or(first, |(argument, _)| argument.as_ref());
        let slash = if rest.is_empty() { "" } else { "/" };
        Some(format!("/{}{slash}{rest}", escape(argument)))
    }

    /// Returns the other references that the text at `pointer` may represent, most likely first.
    fn other_forms(&self, pointer: &str) -> Option<Vec<Value>> {
        let schema = schema_at(self.schema, pointer).filter(|schema| is_reference(schema))?;
        let (first, rest) = pointer[1..].split_once('/').unwrap_or((&pointer[1..], ""));
        let argument = self.arguments.get(&unescape(first))?;
        let given = if rest.is_empty() { argument } else { argument.pointer(&format!("/{rest}"))? };
        let mut fields = given.as_object()?.iter();
        let (key, value) = fields.next().filter(|_| fields.next().is_none())?;
        let text = match value {
            Value::String(text) => text.clone(),
            // Text consisting of digits was interpreted as an ID.
            Value::Number(number)
                if self.reinterpretations.iter().any(|report| report.pointer == pointer) =>
            {
                number.to_string()
            }
            _ => return None,
        };
        let texts = text_keys(schema).filter(|other| other != key).map(|other| json!({ other: text }));
        let id = text.parse::<i64>().ok().filter(|_| key != "id").map(|id| json!({"id": id}));
        let forms: Vec<Value> = id.into_iter().chain(texts).collect();
        (!forms.is_empty()).then_some(forms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn alternative_forms_have_values_filled_in() {
        let text = json!({"type": "string"});
        let reference = json!({"type": "object", "properties": {"id": {"type": "integer"}, "identifier": text, "name": text}});
        let schema = json!({"type": "object", "properties": {"company": reference, "summary": text}});
        let request = RequestRecord::default();
        let explained = |company: Value, pointer: &str, reports: &[Reinterpretation]| {
            let arguments = json!({"company": company});
            let arguments = arguments.as_object().expect("an object");
            let call = SentCall { schema: &schema, request: &request, arguments, reinterpretations: reports };
            let error = Error::new(ErrorKind::Rejected, "invalid")
                .with_status(400)
                .with_fields(vec![FieldError::new(pointer, "NotFound", "Company Globex not found")]);
            explain(&call, error).fields()[0].clone()
        };
        let field = explained(json!({"identifier": "Globex"}), "/company/identifier", &[]);
        assert_eq!(
            field.message,
            "Company Globex not found; to use another form, pass {\"name\":\"Globex\"}"
        );
        assert_eq!(field.fix, Some(Fix::replace("/company", json!({"name": "Globex"}))));
        let field = explained(json!({"name": "77"}), "/company", &[]);
        assert_eq!(field.fix, Some(Fix::replace("/company", json!({"id": 77}))));
        // An ID has no other form, unless it was written as text.
        assert_eq!(explained(json!({"id": 77}), "/company/id", &[]).fix, None);
        let report = [Reinterpretation::new("/company", "read as {\"id\":77}")];
        let field = explained(json!({"id": 77}), "/company/id", &report);
        assert_eq!(field.fix, Some(Fix::replace("/company", json!({"identifier": "77"}))));
        assert_eq!(explained(json!({"identifier": "x"}), "/summary", &[]).fix, None);
    }
}
