//! Completes a call before it is sent: checks the field names in its query against the fields of the response's
//! records, and adds its filter.

use std::borrow::Cow;

use crate::api::Api;
use crate::call::Call;
use crate::error::{Error, FieldError};
use crate::filter::{self, EmptyValueFn, RecordFields};
use crate::patch::escape;

/// Returns the call with its filter's conditions. `empty` creates an empty response.
///
/// # Errors
/// Returns `InvalidArguments` with all fields and values that don't match the records.
pub(crate) fn complete<'c>(call: &'c Call, api: &Api, empty: EmptyValueFn) -> Result<Cow<'c, Call>, Error> {
    if call.selection.is_empty() {
        return Ok(Cow::Borrowed(call));
    }
    let extra = api.filter.map_or(&[][..], |grammar| grammar.extra_fields);
    let fields = RecordFields::new(call.records.unwrap_or(empty), extra);
    let mut problems = path_problems(call, fields.as_ref());
    let mut call = call.clone();
    if let Some(filter) = call.selection.filter.take() {
        let grammar = api
            .filter
            .as_ref()
            .ok_or_else(|| Error::configuration(format!("lists of {} don't accept a filter", api.name)))?;
        let added = filter::compile(&filter, grammar, fields.as_ref()).and_then(|expression| {
            filter::add_conditions(&expression, grammar, &call.selection.resumed, &mut call.query)
        });
        problems.extend(added.err().unwrap_or_default());
    }
    call.selection.paths.clear();
    if problems.is_empty() { Ok(Cow::Owned(call)) } else { Err(Error::invalid_arguments(problems)) }
}

/// Returns the problems with the fields to sort by and to return.
fn path_problems(call: &Call, fields: Option<&RecordFields>) -> Vec<FieldError> {
    let paths = call.selection.paths.iter();
    let problem = |(parameter, path): &(&str, String)| {
        let pointer = || format!("/{}", escape(parameter));
        match fields {
            Some(fields) if fields.contains(path) => None,
            Some(fields) => Some(filter::unknown_field(pointer(), path, fields)),
            None if filter::is_path(path) => None,
            None => {
                let message = format!("expected a field name, got \"{}\"", path.escape_debug());
                Some(FieldError::new(pointer(), "unknown", message))
            }
        }
    };
    paths.filter_map(problem).collect()
}
