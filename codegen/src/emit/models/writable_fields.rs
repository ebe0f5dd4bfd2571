//! Determines which of a model's fields are sent in requests.

use crate::emit::context::Context;
use crate::emit::model_uses::RequestUse;
use crate::emit::writable::is_writable;
use crate::ir::Field;

/// Returns true if `field` is sent if the model is a request body, or part of one if it is never a complete body.
pub(super) fn is_sent(context: &Context<'_>, schema: &str, field: &Field) -> bool {
    let is_body = context.model_uses(schema).in_requests != Some(RequestUse::Part);
    is_writable(context, schema, field, is_body) || names_attached(context, schema, field)
}

/// Returns true if the field is the ID that identifies the record attached by a body.
pub(super) fn names_attached(context: &Context<'_>, schema: &str, field: &Field) -> bool {
    field.name == "id" && context.attachment(schema).is_some()
}

/// Returns the indexes of the fields that aren't sent: if the model is the body, and if it is part of one.
pub(super) fn unsent_fields(context: &Context<'_>, schema: &str, fields: &[Field]) -> [Vec<usize>; 2] {
    let numbers = |is_sent: &dyn Fn(&Field) -> bool| {
        let unsent = fields.iter().enumerate().filter(|(_, field)| !is_sent(field));
        unsent.map(|(index, _)| index).collect()
    };
    [
        numbers(&|field| is_sent(context, schema, field)),
        numbers(&|field| is_writable(context, schema, field, false)),
    ]
}
