//! The result of relating: the sources of the values of references and parameters.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::id::{OperationId, OperationTable, SchemaId};

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
