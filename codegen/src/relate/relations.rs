//! The output of the relate stage: the operations that supply the values of each reference and parameter.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::id::{OperationId, OperationTable, SchemaId};
use crate::ir::{ApiDefinition, Field, Type};

/// The names of the fields that identify a record, the preferred one first.
pub const IDENTIFYING_FIELDS: [&str; 3] = ["id", "identifier", "name"];

/// The relations in one API.
#[derive(Clone, Debug)]
pub struct Relations {
    /// All schemas that only point to a record.
    pub references: BTreeMap<SchemaId, Reference>,
    /// For each operation, the source of each parameter's value, in parameter order.
    pub arguments: OperationTable<Vec<Option<ValueSource>>>,
    /// List operations by path, in lower case, with `{}` for each placeholder.
    pub lists: BTreeMap<String, OperationId>,
    /// How many relations are known.
    pub coverage: RelationCoverage,
}

impl Relations {
    /// Returns what `schema` refers to, if it only refers to a record. A schema that refers to further records is a
    /// record itself, whatever its name's suffix.
    pub fn reference(&self, api: &ApiDefinition, schema: &str) -> Option<&Reference> {
        let refers_on = |field: &Field| {
            let target = field.ty.innermost();
            target.is_some_and(|target| self.references.contains_key(target))
        };
        let reference = self.references.get(schema)?;
        (!api.schemas[schema].fields().iter().any(refers_on)).then_some(reference)
    }

    /// Returns true if the field is a single reference, which is absent if it has no fields.
    pub fn is_reference(&self, api: &ApiDefinition, field: &Field) -> bool {
        match api.resolve(&field.ty) {
            Type::Named(name) => !field.boxed && self.reference(api, name).is_some(),
            _ => false,
        }
    }
}

/// A schema that only points to a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// The fields that identify the record, e.g. `id`, `identifier`, `name`.
    pub keys: Vec<String>,
    /// The operation that lists the candidates.
    pub source: Option<ValueSource>,
}

/// The source of a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ValueSource {
    /// The list operation.
    pub operation: OperationId,
    /// The row field that contains the value, e.g. `id`.
    pub field: String,
}

/// How many relations are known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RelationCoverage {
    /// The number of fields in all schemas whose type is a reference.
    pub reference_fields: usize,
    /// The number of reference fields with a known source.
    pub reference_fields_resolved: usize,
    /// The number of ID arguments in all operations.
    pub id_arguments: usize,
    /// The number of ID arguments with a known source.
    pub id_arguments_resolved: usize,
    /// Fields and arguments without a known source: `Schema.field` and `GET /path {argument}`.
    pub unresolved: Vec<String>,
}
