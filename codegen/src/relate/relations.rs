//! The output of the relate stage: which operations supply the values of each reference and parameter.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::id::{OperationId, OperationTable, SchemaId};
use crate::ir::{ApiDefinition, Field, Type};

/// The relations of one API.
#[derive(Clone, Debug)]
pub struct Relations {
    /// Every schema that only points at a record.
    pub references: BTreeMap<SchemaId, Reference>,
    /// For each operation, for each of its parameters in their order: where the value comes from.
    pub arguments: OperationTable<Vec<Option<ValueSource>>>,
    /// The list operations by their path, lower case, with `{}` for each placeholder.
    pub lists: BTreeMap<String, OperationId>,
    /// How many relations are known.
    pub coverage: RelationCoverage,
}

impl Relations {
    /// Returns what `schema` refers to, if it only refers to a record. What refers to further records is a record itself,
    /// whatever its name ends in.
    pub fn reference(&self, api: &ApiDefinition, schema: &str) -> Option<&Reference> {
        let refers_on = |field: &Field| {
            let target = field.ty.innermost();
            target.is_some_and(|target| self.references.contains_key(target))
        };
        let reference = self.references.get(schema)?;
        (!api.schemas[schema].fields().iter().any(refers_on)).then_some(reference)
    }

    /// Returns true if the field is a single reference, which is absent if it has no fields itself.
    pub fn is_reference(&self, api: &ApiDefinition, field: &Field) -> bool {
        match api.resolve(&field.ty) {
            Type::Named(name) => !field.boxed && self.reference(api, name).is_some(),
            _ => false,
        }
    }
}

/// A schema that only points at a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// The members that identify the record, e.g. `id`, `identifier`, `name`.
    pub keys: Vec<String>,
    /// The operation that lists the candidates.
    pub source: Option<ValueSource>,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ValueSource {
    /// The list operation.
    pub operation: OperationId,
    /// The member of a row that holds the value, e.g. `id`.
    pub field: String,
}

/// How many relations are known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RelationCoverage {
    /// Fields of all schemas whose type is a reference.
    pub reference_fields: usize,
    /// Those whose source is known.
    pub reference_fields_resolved: usize,
    /// Id arguments of all operations.
    pub id_arguments: usize,
    /// Those whose source is known.
    pub id_arguments_resolved: usize,
    /// The rest: `Schema.field` and `GET /path {argument}`.
    pub unresolved: Vec<String>,
}
