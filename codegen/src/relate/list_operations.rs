//! Indexes the API's list operations by path and by resource.

use std::collections::BTreeMap;

use crate::id::OperationId;
use crate::ir::{ApiDefinition, Operation, Segment};

/// Finds the list operation for a path or a schema.
pub struct ListOperations<'a> {
    /// List operations by the collection's path in normal form.
    pub by_path: BTreeMap<String, OperationId>,
    /// List operations by the listed schema's name; the one that is easiest to call.
    pub by_schema: BTreeMap<&'a str, OperationId>,
}

impl<'a> ListOperations<'a> {
    /// Indexes the list operations in `api`.
    pub fn new(api: &'a ApiDefinition) -> Self {
        let mut by_path = BTreeMap::new();
        let mut by_schema: BTreeMap<&str, OperationId> = BTreeMap::new();
        for (id, operation) in api.operations.iter() {
            let Some(item) = operation.listed() else { continue };
            by_path.entry(normal_path(&operation.path.segments)).or_insert(id);
            let Some(schema) = item.innermost() else { continue };
            let best = by_schema.entry(schema).or_insert(id);
            if effort(operation) < effort(&api.operations[*best]) {
                *best = id;
            }
        }
        Self { by_path, by_schema }
    }
}

/// Returns how difficult an operation is to call: required IDs first, then depth, then length.
fn effort(operation: &Operation) -> (usize, usize, usize) {
    let path = &operation.path;
    (path.placeholders().count(), path.segments.len(), path.text.len())
}

/// Returns the path of `segments` in lower case, with `{}` for each placeholder.
pub fn normal_path(segments: &[Segment]) -> String {
    let mut path = String::new();
    for segment in segments {
        path.push('/');
        match segment {
            Segment::Text(text) => path.extend(text.chars().flat_map(char::to_lowercase)),
            Segment::Placeholder(_) => path.push_str("{}"),
        }
    }
    path
}
