//! Replaces descriptions in the document with the overlay's wording.

use crate::config::{Overlay, UsageTracker};
use crate::ir::{ApiDefinition, Shape};

/// Rewords the descriptions of fields that the overlay lists.
pub(super) fn reword(api: &mut ApiDefinition, overlay: &Overlay, usage: &UsageTracker) {
    for schema in api.schemas.values_mut() {
        let Shape::Object(fields) = &mut schema.shape else { continue };
        for field in fields {
            if let Some(wording) = overlay.rewordings.get(&field.description) {
                usage.mark(format!("rewordings.{}", field.description));
                field.description.clone_from(wording);
            }
        }
    }
}
