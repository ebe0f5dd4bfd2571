//! Limits files to forms: anywhere else, a binary value is a string.

use std::collections::{BTreeMap, BTreeSet};

use crate::id::SchemaId;
use crate::ir::{BodyKind, Field, Operation, Schema, Shape, Type};

/// Replaces binary values of schemas that aren't forms with files.
pub fn limit_to_forms<'a>(
    schemas: &mut BTreeMap<SchemaId, Schema>,
    operations: impl Iterator<Item = &'a Operation>,
) {
    let bodies = operations.filter_map(|operation| operation.body.as_ref());
    let forms = bodies.filter(|body| body.kind == BodyKind::Multipart).map(|body| &body.ty);
    let mut kept: BTreeSet<SchemaId> = BTreeSet::new();
    forms.for_each(|ty| keep(ty, schemas, &mut kept));
    for (_, schema) in schemas.iter_mut().filter(|(name, _)| !kept.contains(*name)) {
        match &mut schema.shape {
            Shape::Object(fields) => fields.iter_mut().for_each(|field| as_text(&mut field.ty)),
            Shape::Alias(ty) => as_text(ty),
            Shape::Union(union) => union.variants.iter_mut().for_each(|variant| as_text(&mut variant.ty)),
        }
        schema.additional.iter_mut().for_each(as_text);
    }
}

/// Keeps a form, and the schemas of its files.
fn keep(ty: &Type, schemas: &BTreeMap<SchemaId, Schema>, kept: &mut BTreeSet<SchemaId>) {
    let name = match ty {
        Type::Named(name) => name,
        Type::List(item) => return keep(item, schemas, kept),
        _ => return,
    };
    let Some(schema) = schemas.get(name).filter(|_| !kept.contains(name)) else { return };
    kept.insert(name.clone());
    match &schema.shape {
        Shape::Alias(ty) => keep(ty, schemas, kept),
        Shape::Object(fields) => {
            let is_alias = |field: &&Field| {
                let schema = field.ty.innermost().and_then(|name| schemas.get(name));
                schema.is_some_and(|schema| matches!(schema.shape, Shape::Alias(_)))
            };
            fields.iter().filter(is_alias).for_each(|field| keep(&field.ty, schemas, kept));
        }
        Shape::Union(_) => {}
    }
}

fn as_text(ty: &mut Type) {
    match ty {
        Type::Binary => *ty = Type::Text(None),
        Type::List(inner) | Type::Map(inner) => as_text(inner),
        _ => {}
    }
}
