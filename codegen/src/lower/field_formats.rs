//! Adds string formats that the overlay specifies because the document doesn't.

use crate::config::{FieldFormat, FormatFact, Overlay, UsageTracker};
use crate::ir::{ApiDefinition, DATE_FORMAT, Field, Shape, Type};

/// Sets the formats of strings for which the overlay specifies one.
pub(super) fn add_formats(api: &mut ApiDefinition, overlay: &Overlay, usage: &UsageTracker) {
    for (schema, definition) in &mut api.schemas {
        let Shape::Object(fields) = &mut definition.shape else { continue };
        for field in fields.iter_mut().filter(|field| is_plain_text(field)) {
            let mut facts = overlay.field_formats.iter();
            let found = facts.find_map(|fact| Some((fact.covers(schema, &field.name)?, fact.format)));
            if let Some((entry, format)) = found {
                usage.mark(FormatFact::entry(entry));
                field.ty = match format {
                    FieldFormat::DateTime => Type::DateTime,
                    FieldFormat::Date => Type::Text(Some(DATE_FORMAT.to_owned())),
                };
            }
        }
    }
}

/// Returns true if a field is a string without a format and limits in the document.
fn is_plain_text(field: &Field) -> bool {
    field.ty == Type::Text(None) && field.limits.max_length.is_none() && field.limits.pattern.is_none()
}
