//! Stage 5: finds out which operation supplies the id that a field or an argument needs.
//!
//! A reference (`vendorCompany: {id, name}`) is supplied by the list of the records that it points at,
//! an id in a path by the list at the path before it. The overlay states what names alone don't tell;
//! what stays open is counted and listed, never guessed.

mod arguments;
mod references;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::config::{Ledger, Overlay, Profile};
use crate::diagnostic::Errors;
use crate::ir::{Api, Operation, Segment};
use crate::name::Named;

/// A named API with its relations.
#[derive(Clone, Debug)]
pub struct Related {
    /// The API and its names.
    pub named: Named,
    /// What is known of each reference schema, by the schema's name.
    pub references: BTreeMap<String, Reference>,
    /// For each operation, for each of its parameters (in their order): where its value comes from.
    pub arguments: Vec<Vec<Option<Source>>>,
    /// The list operations by their path, lower case, with `{}` for each placeholder.
    pub lists: BTreeMap<String, usize>,
    /// How much of it is known.
    pub coverage: Coverage,
}

/// A schema that only points at a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// The members that identify the record, e.g. `id`, `identifier`, `name`.
    pub keys: Vec<String>,
    /// The operation that lists the candidates.
    pub source: Option<Source>,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Index of the list operation in [`Api::operations`].
    pub operation: usize,
    /// The member of a row that holds the value, e.g. `id`.
    pub field: String,
}

/// How many relations are known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
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

/// Relates the operations and schemas of `named`.
///
/// # Errors
/// `E023` an overlay rule for a schema or a list operation that the spec does not have.
pub fn relate(
    named: Named,
    profile: &Profile,
    overlay: &Overlay,
    ledger: &Ledger,
) -> Result<Related, Errors> {
    let lists = Lists::new(&named.api);
    let references = references::find(&named.api, &lists, overlay, ledger)?;
    let arguments = arguments::find(&named.api, &lists, overlay, ledger)?;
    let mut coverage = Coverage::default();
    references::count(&named.api, &references, &mut coverage);
    arguments::count(&named.api, &arguments, profile, &mut coverage);
    let lists = lists.by_path;
    Ok(Related { named, references, arguments, lists, coverage })
}

/// The list operations of an API, by path and by what they list.
struct Lists<'a> {
    /// By the collection's path in normal form.
    by_path: BTreeMap<String, usize>,
    /// By the name of the listed schema; the one that is easiest to call.
    by_schema: BTreeMap<&'a str, usize>,
}

impl<'a> Lists<'a> {
    fn new(api: &'a Api) -> Self {
        let mut by_path = BTreeMap::new();
        let mut by_schema: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, operation) in api.operations.iter().enumerate() {
            let Some(item) = operation.listed() else { continue };
            by_path.entry(path_of(&operation.path.segments)).or_insert(index);
            let Some(schema) = item.innermost() else { continue };
            let best = by_schema.entry(schema).or_insert(index);
            if effort(operation) < effort(&api.operations[*best]) {
                *best = index;
            }
        }
        Self { by_path, by_schema }
    }
}

/// How hard an operation is to call: ids needed first, then depth, then length.
fn effort(operation: &Operation) -> (usize, usize, usize) {
    let path = &operation.path;
    (path.placeholders().count(), path.segments.len(), path.text.len())
}

/// The path of `segments` in one spelling: lower case, `{}` for any placeholder.
fn path_of(segments: &[Segment]) -> String {
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
