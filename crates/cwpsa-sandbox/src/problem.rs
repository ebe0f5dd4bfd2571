//! Why a call is refused, in the API's own words and shape.

use serde_json::{Value, json};

/// Added to what the API's JSON reader complains about.
const CHECK_ACCEPT: &str = "Check your accept header to make sure you are using the correct version.";

/// A refusal: a status and the API's error body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Problem {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) errors: Vec<Fault>,
}

/// One fault of one member of a body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fault {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) resource: String,
    pub(crate) field: String,
}

impl Problem {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), errors: Vec::new() }
    }

    /// No route has this path.
    pub(crate) fn no_endpoint() -> Self {
        Self::new(404, "ConnectWiseApi", "The endpoint does not exist.")
    }

    /// `Contact 57919 not found`.
    pub(crate) fn not_found(noun: &str, id: &str) -> Self {
        Self::new(404, "NotFound", format!("{noun} {id} not found"))
    }

    /// A body with faults: `contact object is invalid`.
    pub(crate) fn invalid(resource: &str, errors: Vec<Fault>) -> Self {
        let mut problem = Self::new(400, "InvalidObject", format!("{resource} object is invalid"));
        problem.errors = errors;
        problem
    }

    /// A body with one fault.
    pub(crate) fn fault(code: &'static str, resource: &str, field: &str, message: impl Into<String>) -> Self {
        Self::invalid(resource, vec![Fault::new(code, resource, field, message)])
    }

    /// What the API's JSON reader says of a member that it doesn't know.
    pub(crate) fn unknown_member(member: &str, of: &str, path: &str, position: usize) -> Self {
        let message = format!(
            "Could not find member '{member}' on object of type '{of}'. Path '{path}', line 1, position \
             {position}.{CHECK_ACCEPT}"
        );
        Self::new(400, "ConnectWiseApi", message)
    }

    /// What the API's JSON reader says of a value that it can't convert; a 500, though the caller is wrong.
    pub(crate) fn unconvertible(value: &Value, to: &str, path: &str) -> Self {
        let shown = match value {
            Value::String(text) => format!("\"{text}\""),
            other => other.to_string(),
        };
        let message = format!("Error converting value {shown} to type '{to}'. Path '{path}', line 1.");
        Self::new(500, "ConnectWiseApi", message)
    }

    /// The body, a record of its own.
    pub(crate) fn body(&self) -> Value {
        let errors: Vec<Value> = self.errors.iter().map(Fault::value).collect();
        let errors = if errors.is_empty() { Value::Null } else { Value::Array(errors) };
        json!({"code": self.code, "message": self.message, "errors": errors})
    }

    /// The body as the API writes it: indented, with line ends of Windows.
    pub(crate) fn text(&self) -> String {
        serde_json::to_string_pretty(&self.body()).unwrap_or_default().replace('\n', "\r\n")
    }
}

impl Fault {
    pub(crate) fn new(code: &'static str, resource: &str, field: &str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), resource: resource.to_owned(), field: field.to_owned() }
    }

    pub(crate) fn missing(resource: &str, field: &str) -> Self {
        Self::new("MissingRequiredField", resource, field, format!("The {field} field is required."))
    }

    fn value(&self) -> Value {
        json!({"code": self.code, "message": self.message, "resource": self.resource, "field": self.field})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_the_apis() {
        let problem = Problem::invalid("contact", vec![Fault::missing("contact", "firstName")]);
        assert_eq!(
            problem.text(),
            "{\r\n  \"code\": \"InvalidObject\",\r\n  \"message\": \"contact object is invalid\",\r\n  \
             \"errors\": [\r\n    {\r\n      \"code\": \"MissingRequiredField\",\r\n      \"message\": \"The \
             firstName field is required.\",\r\n      \"resource\": \"contact\",\r\n      \"field\": \
             \"firstName\"\r\n    }\r\n  ]\r\n}"
        );
        assert_eq!(
            Problem::not_found("Contact", "57919").body(),
            json!({"code": "NotFound", "message": "Contact 57919 not found", "errors": null})
        );
    }
}
