//! Finds recursive schemas, and marks the fields that must be boxed so that the Rust type has a size.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Error, Errors, Repair, pointer};
use crate::id::SchemaId;
use crate::ir::{Schema, Shape, Type};

/// Marks the fields of `schemas` that lead back to their own schema without a list or a map in between.
pub fn mark_boxed(schemas: &mut BTreeMap<SchemaId, Schema>, repairs: &mut Vec<Repair>) -> Result<(), Errors> {
    refuse_alias_cycles(schemas)?;
    let graph: BTreeMap<SchemaId, BTreeSet<SchemaId>> = schemas
        .iter()
        .map(|(name, schema)| {
            let targets = match &schema.shape {
                Shape::Object(fields) => {
                    fields.iter().filter_map(|field| direct(&field.ty)).cloned().collect()
                }
                Shape::Alias(ty) => direct(ty).cloned().into_iter().collect(),
            };
            (name.clone(), targets)
        })
        .collect();
    for (name, schema) in schemas.iter_mut() {
        let Shape::Object(fields) = &mut schema.shape else { continue };
        for field in fields {
            let leads_back = direct(&field.ty).is_some_and(|target| reaches(&graph, target, name));
            if leads_back {
                field.boxed = true;
                let place = pointer(&["components", "schemas", name, "properties", &field.name]);
                repairs.push(Repair::new(
                    "R014",
                    place,
                    "the schema holds itself through this field; the field is boxed",
                ));
            }
        }
    }
    Ok(())
}

/// The schema that a value of type `ty` holds without a list or a map in between.
fn direct(ty: &Type) -> Option<&SchemaId> {
    match ty {
        Type::Named(name) => Some(name),
        _ => None,
    }
}

fn reaches(graph: &BTreeMap<SchemaId, BTreeSet<SchemaId>>, from: &SchemaId, to: &SchemaId) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(name) = open.pop() {
        if name == to {
            return true;
        }
        if seen.insert(name) {
            open.extend(graph.get(name).into_iter().flatten());
        }
    }
    false
}

/// A schema that is only a reference to a schema that is only a reference to the first means nothing.
fn refuse_alias_cycles(schemas: &BTreeMap<SchemaId, Schema>) -> Result<(), Errors> {
    for name in schemas.keys() {
        let mut current = name;
        for _ in 0..=schemas.len() {
            match schemas.get(current).map(|schema| &schema.shape) {
                Some(Shape::Alias(ty)) => match ty.innermost() {
                    Some(next) => current = schemas.get_key_value(next).map_or(current, |(key, _)| key),
                    None => break,
                },
                _ => break,
            }
            if current == name {
                let message = "a cyclic alias: this schema is only a reference that leads back to itself";
                return Err(Error::new("E007", message).at(pointer(&["components", "schemas", name])).into());
            }
        }
    }
    Ok(())
}
