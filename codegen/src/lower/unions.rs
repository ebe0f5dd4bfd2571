//! Lowers schemas with alternatives and a discriminator.

use openapiv3::{Components, Discriminator, ReferenceOr, Schema as Source, SchemaKind};

use super::alternatives::allowed_values;
use super::object_parts;
use crate::ir::{JsonKind, Type, Union, UnionVariant, VariantSignature};

/// Returns `source` as a union, if it consists of references to objects and has a discriminator. Without a mapping, the
/// names of the schemas identify them, unless the objects declare other values.
pub fn union(components: &Components, source: &Source) -> Option<Union> {
    let alternatives = match &source.schema_kind {
        SchemaKind::OneOf { one_of: alternatives } | SchemaKind::AnyOf { any_of: alternatives } => {
            alternatives
        }
        SchemaKind::Any(any) if any.properties.is_empty() && any.all_of.is_empty() => {
            if any.one_of.is_empty() { &any.any_of } else { &any.one_of }
        }
        _ => return None,
    };
    let discriminator = source.schema_data.discriminator.as_ref()?;
    let member = &discriminator.property_name;
    let mut variants: Vec<UnionVariant> = Vec::new();
    let mut taken: Vec<String> = Vec::new();
    for alternative in alternatives {
        let ReferenceOr::Reference { reference } = alternative else { return None };
        let (name, object) = object_parts::component(components, reference)?;
        let parts = object_parts::collect(components, object, "/components/schemas/")?;
        let ty = Type::Named(name.into());
        if variants.iter().any(|variant| variant.ty == ty) {
            continue;
        }
        let mut values = mapped_values(discriminator, reference);
        if values.is_empty() {
            let allowed = allowed_values(components, &parts, member);
            if !allowed.is_empty() && !allowed.iter().any(|value| value == name) {
                return None;
            }
            values.push(reference.rsplit('/').next().unwrap_or_default().to_owned());
        }
        values.retain(|value| !taken.contains(value));
        taken.extend(values.iter().cloned());
        if !values.is_empty() {
            let signature = VariantSignature::new(JsonKind::Object);
            let values = Some((member.clone(), values));
            variants.push(UnionVariant { ty, signature: VariantSignature { values, ..signature } });
        }
    }
    (!variants.is_empty()).then(|| Union { discriminator: Some(member.clone()), variants })
}

/// Returns the values that the mapping assigns to the schema at `reference`.
fn mapped_values(discriminator: &Discriminator, reference: &str) -> Vec<String> {
    let name = reference.rsplit('/').next().unwrap_or_default();
    let leads_here = |target: &str| target == reference || target == name;
    let mapped = discriminator.mapping.iter().filter(|(_, target)| leads_here(target));
    mapped.map(|(value, _)| value.clone()).collect()
}
