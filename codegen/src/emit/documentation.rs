//! Measures how much of the typed client is documented by the spec or the overlay.

use super::context::Context;
use super::models::field_docs::field_words;
use crate::ir::Shape;

/// Counts of models and fields by the origin of their documentation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DocumentationCoverage {
    /// All structs and unions.
    pub models: usize,
    /// Models with a sentence from the document, or from the overlay about them or their collection. The others have a
    /// sentence about the operations and models that use them.
    pub models_in_words: usize,
    /// All struct fields.
    pub fields: usize,
    /// Fields with a description from the document or the overlay. The others only have their names and limits.
    pub fields_in_words: usize,
}

/// Counts the models and fields of the API.
pub(super) fn count(context: &Context<'_>) -> DocumentationCoverage {
    let mut coverage = DocumentationCoverage::default();
    for (name, schema) in &context.api.schemas {
        if matches!(schema.shape, Shape::Alias(_)) {
            continue;
        }
        coverage.models += 1;
        let has_gloss = context.record_of(name).is_some_and(|(_, gloss)| gloss.is_some());
        let is_stated = !schema.description.is_empty() || context.overlay.types.contains_key(name.as_str());
        coverage.models_in_words += usize::from(is_stated || has_gloss);
        coverage.fields += schema.fields().len();
        let in_words = schema.fields().iter().filter(|field| !field_words(context, name, field).is_empty());
        coverage.fields_in_words += in_words.count();
    }
    coverage
}
