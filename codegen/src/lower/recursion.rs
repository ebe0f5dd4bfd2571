//! Finds recursive schemas, and marks the fields that must be boxed to give the Rust type a finite
//! size.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{CodegenError, Repair, Report, pointer};
use crate::id::SchemaId;
use crate::ir::{Schema, Shape, Type};

/// Marks the fields in `schemas` that lead back to their own schema without a list or map in between.
pub fn mark_boxed(schemas: &mut BTreeMap<SchemaId, Schema>, repairs: &mut Vec<Repair>) {
    let graph: BTreeMap<SchemaId, BTreeSet<SchemaId>> = schemas
        .iter()
        .map(|(name, schema)| {
            let targets = match &schema.shape {
                Shape::Object(fields) => {
                    fields.iter().filter_map(|field| direct(&field.ty)).cloned().collect()
                }
                Shape::Alias(ty) => direct(ty).cloned().into_iter().collect(),
                // Union variants are always boxed.
                Shape::Union(_) => BTreeSet::new(),
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
                let location = pointer(&["components", "schemas", name, "properties", &field.name]);
                repairs.push(Repair::new(
                    "R014",
                    location,
                    "the schema contains itself through this field; the field is boxed",
                ));
            }
        }
    }
}

/// Returns the schema that a value of type `ty` contains without a list or map in between.
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

/// Turns a schema into any JSON value if it is only a reference that leads back to itself.
pub fn break_alias_cycles(schemas: &mut BTreeMap<SchemaId, Schema>, report: &mut Report) {
    let names: Vec<SchemaId> = schemas.keys().cloned().collect();
    for name in names {
        if !leads_back(schemas, &name) {
            continue;
        }
        let message = "a cyclic alias: this schema is only a reference that leads back to itself";
        report.untype(CodegenError::new("E007", message).at(pointer(&["components", "schemas", &name])));
        if let Some(schema) = schemas.get_mut(&name) {
            schema.shape = Shape::Alias(Type::Any);
        }
    }
}

fn leads_back(schemas: &BTreeMap<SchemaId, Schema>, name: &SchemaId) -> bool {
    let mut current: &str = name;
    for _ in 0..=schemas.len() {
        let Some(Shape::Alias(ty)) = schemas.get(current).map(|schema| &schema.shape) else { return false };
        let Some(next) = ty.innermost() else { return false };
        current = next;
        if current == name.as_str() {
            return true;
        }
    }
    false
}
