//! Finds references, which are schemas that only point to a record, and the list operations that return these records.

use std::collections::BTreeMap;

use super::list_operations::ListOperations;
use super::relations::{IDENTIFYING_FIELDS, Reference, RelationCoverage, ValueSource};
use crate::config::{Overlay, UsageTracker};
use crate::diagnostic::{CodegenError, Errors};
use crate::id::{OperationId, SchemaId};
use crate::ir::{ApiDefinition, Schema, Type};

/// Returns all reference schemas in `api`.
pub fn find(
    api: &ApiDefinition,
    lists: &ListOperations<'_>,
    overlay: &Overlay,
    usage: &UsageTracker,
) -> Result<BTreeMap<SchemaId, Reference>, Errors> {
    let mut errors = Errors(Vec::new());
    let mut stated: BTreeMap<&str, OperationId> = BTreeMap::new();
    for rule in &overlay.references {
        let entry = format!("references.{}", rule.schema);
        let operation = api.operation_called(&rule.list);
        match operation.filter(|index| api.operations[*index].listed().is_some()) {
            Some(index) if api.schemas.contains_key(rule.schema.as_str()) => {
                stated.insert(&rule.schema, index);
                usage.mark(entry);
            }
            Some(_) => {
                errors.0.push(CodegenError::new("E023", "the spec has no schema of that name").at(entry));
            }
            None => {
                let message = format!("`{}` is not a list operation of the spec", rule.list);
                errors.0.push(CodegenError::new("E023", message).at(entry));
            }
        }
    }
    errors.into_result()?;
    let suffix = overlay.reference_suffix.as_deref();
    let mut references = BTreeMap::new();
    for (name, schema) in &api.schemas {
        let stem = suffix.and_then(|suffix| name.strip_suffix(suffix));
        if (stem.is_none() && !stated.contains_key(name.as_str())) || !points_at_a_record(schema) {
            continue;
        }
        let by_name = stem.and_then(|stem| lists.by_schema.get(stem));
        let source = stated
            .get(name.as_str())
            .or(by_name)
            .map(|operation| ValueSource { operation: *operation, field: "id".to_owned() });
        references.insert(name.clone(), Reference { keys: keys(schema), source });
    }
    Ok(references)
}

/// A reference points to a record by its ID.
fn points_at_a_record(schema: &Schema) -> bool {
    schema.fields().iter().any(|field| field.name == "id")
}

/// Returns the fields that identify a record, the ID first. Any other fields of a reference (flags, formats,
/// amounts) are set by the server and don't identify the record.
fn keys(schema: &Schema) -> Vec<String> {
    let all = schema.fields();
    IDENTIFYING_FIELDS
        .into_iter()
        .filter(|key| all.iter().any(|field| field.name == *key))
        .map(str::to_owned)
        .collect()
}

/// Counts the fields that are references.
pub fn count(
    api: &ApiDefinition,
    references: &BTreeMap<SchemaId, Reference>,
    coverage: &mut RelationCoverage,
) {
    for (name, schema) in &api.schemas {
        for field in schema.fields() {
            let target = match &field.ty {
                Type::Map(_) => None,
                ty => ty.innermost(),
            };
            let Some(reference) = target.and_then(|target| references.get(target)) else { continue };
            coverage.reference_fields += 1;
            if reference.source.is_some() {
                coverage.reference_fields_resolved += 1;
            } else {
                coverage.unresolved.push(format!("{name}.{}", field.name));
            }
        }
    }
}
