//! Finds the schemas that extend a schema with a discriminator.

use openapiv3::{Components, ReferenceOr, Schema as Source, SchemaKind};

use super::object_parts::all_of;

/// Returns the names of the schemas that extend `source`, which is called `name`, if it has a discriminator but doesn't list
/// them as its alternatives.
pub fn extensions<'a>(components: &'a Components, name: &str, source: &Source) -> Vec<&'a str> {
    let has_alternatives = match &source.schema_kind {
        SchemaKind::OneOf { .. } | SchemaKind::AnyOf { .. } => true,
        SchemaKind::Any(any) => !any.one_of.is_empty() || !any.any_of.is_empty(),
        _ => false,
    };
    if source.schema_data.discriminator.is_none() || has_alternatives {
        return Vec::new();
    }
    let reference = format!("#/components/schemas/{name}");
    let is_base = |part: &ReferenceOr<Source>| match part {
        ReferenceOr::Reference { reference: part } => *part == reference,
        ReferenceOr::Item(_) => false,
    };
    let extends = |other: &ReferenceOr<Source>| match other {
        ReferenceOr::Item(other) => all_of(other).iter().any(is_base),
        ReferenceOr::Reference { .. } => false,
    };
    let all = components.schemas.iter().filter(|(_, other)| extends(other));
    all.map(|(name, _)| name.as_str()).collect()
}
