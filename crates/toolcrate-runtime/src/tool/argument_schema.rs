//! Argument schemas, compiled for validation. They can belong to catalog tools or to other tools.

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value};

use super::coercion::{self, Readings, Reinterpretation};
use super::fixes::{self, FixContext};
use super::validation_errors::{self, ValueSourceFn};
use super::{argument_limits, fix_verification, scalars, value_checks};
use crate::error::{Error, FieldError};
use crate::host_arguments::HostArguments;

/// Valid arguments, and how they were interpreted.
type ValidArguments = (Map<String, Value>, Vec<Reinterpretation>);

/// A tool's argument schema, compiled once for many calls.
#[derive(Debug)]
pub struct ArgumentSchema {
    schema: Value,
    validator: Validator,
}

impl ArgumentSchema {
    /// Compiles a schema, which must not contain references.
    ///
    /// # Errors
    /// Returns `Configuration` if the schema is invalid.
    pub fn new(schema: Value) -> Result<Self, Error> {
        let validator = jsonschema::options().with_draft(Draft::Draft202012).build(&schema);
        let validator =
            validator.map_err(|error| Error::configuration(format!("invalid schema: {error}")))?;
        Ok(Self { schema, validator })
    }

    /// Decodes arguments like those of a catalog tool, and validates them.
    ///
    /// # Errors
    /// Returns `InvalidArguments` with each problem and its fix.
    pub fn read(
        &self,
        arguments: Map<String, Value>,
        host_arguments: &HostArguments,
    ) -> Result<(Map<String, Value>, Vec<Reinterpretation>), Error> {
        fix_verification::attempt(arguments, |arguments| self.attempt(arguments, host_arguments))
    }

    /// Returns the schema itself.
    pub(super) fn as_value(&self) -> &Value {
        &self.schema
    }

    /// Returns the schema of one argument.
    pub(super) fn property(&self, name: &str) -> Option<&Value> {
        self.schema.get("properties")?.get(name)
    }

    /// Coerces arguments to the schema, and removes those added by agent hosts.
    pub(super) fn coerce(&self, arguments: &mut Value, host_arguments: &HostArguments) -> Readings {
        let mut readings = coercion::coerce(&self.schema, arguments);
        if let Some(given) = arguments.as_object_mut() {
            let is_added = |name: &str| {
                self.property(name).is_none()
                    && host_arguments.names().any(|known| scalars::is_same_word(known, name))
            };
            readings.ignore(given, is_added);
        }
        readings
    }

    /// Returns the problems with coerced arguments.
    pub(super) fn problems(&self, arguments: &Value, source: &ValueSourceFn<'_>) -> Vec<FieldError> {
        // Some values may have been JSON text, whose size hasn't been checked before.
        if let Some(problem) = argument_limits::check_value(arguments) {
            return vec![problem];
        }
        let mut problems = validation_errors::all(&self.schema, &self.validator, arguments, source);
        value_checks::check(&self.schema, arguments, &mut String::new(), &mut problems);
        problems
    }

    fn attempt(
        &self,
        arguments: Map<String, Value>,
        host_arguments: &HostArguments,
    ) -> Result<ValidArguments, Vec<FieldError>> {
        let mut instance = Value::Object(arguments);
        let readings = self.coerce(&mut instance, host_arguments);
        let mut problems = self.problems(&instance, &|_| None);
        validation_errors::tidy(&mut problems);
        match instance {
            Value::Object(arguments) if problems.is_empty() => Ok((arguments, readings.to_reports())),
            instance => {
                let context = FixContext {
                    schema: &self.schema,
                    arguments: &instance,
                    readings: &readings,
                    required: &[],
                    is_read_only: true,
                    tool: "",
                    page_size: None,
                    filter: None,
                    filter_fields: &Vec::new,
                };
                fixes::propose(&context, &mut problems);
                Err(problems)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> ArgumentSchema {
        ArgumentSchema::new(json!({
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "arguments": {"type": "object"},
                "limit": {"type": "integer", "maximum": 50},
            },
            "required": ["name"],
            "additionalProperties": false,
        }))
        .expect("a schema")
    }

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn arguments_match_those_of_a_catalog() {
        let sent = map(json!({"name": "x", "arguments": "{\"id\": 1}", "limit": "5", "sessionId": "s"}));
        let (arguments, reports) = schema().read(sent, &HostArguments::default()).expect("arguments");
        assert_eq!(Value::Object(arguments), json!({"name": "x", "arguments": {"id": 1}, "limit": 5}));
        let pointers: Vec<&str> = reports.iter().map(|report| report.pointer.as_str()).collect();
        assert_eq!(pointers, ["/arguments", "/limit", "/sessionId"]);
    }

    #[test]
    fn arguments_beside_their_object_are_moved_into_it() {
        let sent = map(json!({"name": "x", "filter": {"id": 1}, "page": 2, "limit": 500}));
        let error = schema().read(sent.clone(), &HostArguments::default()).expect_err("problems");
        let mut fixed = Value::Object(sent);
        for field in error.fields() {
            assert!(field.fix.as_ref().is_some_and(|fix| fix.apply(&mut fixed)), "{field:?}");
        }
        let expected = json!({"name": "x", "arguments": {"filter": {"id": 1}, "page": 2}, "limit": 50});
        assert_eq!(fixed, expected);
    }
}
