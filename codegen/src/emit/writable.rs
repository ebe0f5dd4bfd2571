//! Determines which fields a caller may set.

use super::context::Context;
use crate::ir::Field;

/// Returns true if a caller may set `field` of `schema`; `top` is true if the schema is the body itself.
pub fn is_writable(context: &Context<'_>, schema: &str, field: &Field, top: bool) -> bool {
    if field.read_only {
        return false;
    }
    // A body that requires the field keeps it, whatever the rule says.
    for rule in &context.overlay.not_writable {
        if rule.covers(schema, &field.name)
            && (top || !rule.record_only)
            && !(rule.record_only && field.required)
        {
            context.ledger.mark(rule.entry());
            return false;
        }
    }
    true
}
