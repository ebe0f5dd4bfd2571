//! The API's error responses: their statuses, bodies and wording.

use serde_json::{Value, json};

/// The code of an invalid date.
pub(super) const INVALID_DATE: &str = "UnsupportedFormat";

/// The `code` of errors that have no specific one.
const GENERAL_CODE: &str = "ConnectWiseApi";
/// Appended to errors of the API's JSON reader.
const CHECK_ACCEPT_HEADER: &str = "Check your accept header to make sure you are using the correct version.";

/// An error response of the API.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) errors: Vec<InvalidField>,
}

/// One invalid field of a request body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct InvalidField {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) resource: String,
    pub(crate) field: String,
}

impl ApiError {
    /// Creates an error with the API's code for errors that have no specific one.
    pub(crate) fn general(status: u16, message: impl Into<String>) -> Self {
        Self::new(status, GENERAL_CODE, message)
    }

    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), errors: Vec::new() }
    }

    /// Returns a 404 for a path without a route.
    pub(crate) fn no_endpoint() -> Self {
        Self::general(404, "The endpoint does not exist.")
    }

    /// Returns a 404 for a record: `Contact 57919 not found`.
    pub(crate) fn not_found(noun: &str, id: &str) -> Self {
        Self::new(404, "NotFound", format!("{noun} {id} not found"))
    }

    /// Returns a 400 for a body with invalid fields: `contact object is invalid`.
    pub(crate) fn invalid(resource: &str, errors: Vec<InvalidField>) -> Self {
        let mut error = Self::new(400, "InvalidObject", format!("{resource} object is invalid"));
        // An invalid date determines the code of the whole error.
        if let Some(field) = errors.iter().find(|field| field.code == INVALID_DATE) {
            error.code = field.code.to_owned();
            error.message.clone_from(&field.message);
        }
        error.errors = errors;
        error
    }

    /// Returns a 400 for a body with one invalid field.
    pub(crate) fn invalid_field(
        code: &'static str,
        resource: &str,
        field: &str,
        message: impl Into<String>,
    ) -> Self {
        Self::invalid(resource, vec![InvalidField::new(code, resource, field, message)])
    }

    /// Returns the API's JSON reader's 400 for an unknown field.
    pub(crate) fn unknown_field(field: &str, type_name: &str, path: &str, position: usize) -> Self {
        let message = format!(
            "Could not find member '{field}' on object of type '{type_name}'. Path '{path}', line 1, position \
             {position}.{CHECK_ACCEPT_HEADER}"
        );
        Self::general(400, message)
    }

    /// Returns the API's JSON reader's 500 for a value that it can't convert, although the caller is at
    /// fault.
    pub(crate) fn unconvertible(value: &Value, type_name: &str, path: &str) -> Self {
        let text = match value {
            Value::String(text) => format!("\"{text}\""),
            other => other.to_string(),
        };
        let message = format!("Error converting value {text} to type '{type_name}'. Path '{path}', line 1.");
        Self::general(500, message)
    }

    /// Returns the body of a 429, which has `error` instead of the usual `code`.
    pub(crate) fn too_many_requests_body(seconds: u32) -> String {
        let message = format!("Too many requests. Please try again in {seconds} seconds.");
        to_text(&json!({"error": "ConnectWiseAPI", "message": message}))
    }

    /// Returns the response body as JSON.
    pub(crate) fn to_json(&self) -> Value {
        let errors: Vec<Value> = self.errors.iter().map(InvalidField::to_json).collect();
        let errors = if errors.is_empty() { Value::Null } else { Value::Array(errors) };
        json!({"code": self.code, "message": self.message, "errors": errors})
    }

    /// Returns the response body in the API's format: indented, with CRLF line endings.
    pub(crate) fn to_text(&self) -> String {
        to_text(&self.to_json())
    }
}

impl InvalidField {
    pub(crate) fn new(code: &'static str, resource: &str, field: &str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), resource: resource.to_owned(), field: field.to_owned() }
    }

    fn to_json(&self) -> Value {
        json!({"code": self.code, "message": self.message, "resource": self.resource, "field": self.field})
    }
}

/// Formats a body like the API: indented, with CRLF line endings.
fn to_text(body: &Value) -> String {
    serde_json::to_string_pretty(body).unwrap_or_default().replace('\n', "\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_match_the_api() {
        let error = ApiError::invalid("contact", vec![InvalidField::missing("contact", "firstName")]);
        assert_eq!(
            error.to_text(),
            "{\r\n  \"code\": \"InvalidObject\",\r\n  \"message\": \"contact object is invalid\",\r\n  \
             \"errors\": [\r\n    {\r\n      \"code\": \"MissingRequiredField\",\r\n      \"message\": \"The \
             firstName field is required.\",\r\n      \"resource\": \"contact\",\r\n      \"field\": \
             \"firstName\"\r\n    }\r\n  ]\r\n}"
        );
        assert_eq!(
            ApiError::not_found("Contact", "57919").to_json(),
            json!({"code": "NotFound", "message": "Contact 57919 not found", "errors": null})
        );
    }
}
