//! Stage 3: lowers a repaired document into the generator's own representation ([`crate::ir`]).
//!
//! References are resolved to [`SchemaId`](crate::id::SchemaId)s, inline objects get names of their own,
//! sentences that state a constraint become constraints, and everything is put into canonical order. No
//! later stage knows about OpenAPI.

mod description_constraints;
mod operations;
mod recursion;
mod schemas;

use crate::config::{Profile, UsageTracker};
use crate::diagnostic::{Errors, Repair};
use crate::id::OperationTable;
use crate::ir::Api;
use crate::repair::RepairedDocument;
use description_constraints::DescriptionConstraints;

/// The result of lowering a document.
#[derive(Clone, Debug)]
pub struct Lowering {
    /// The API.
    pub api: Api,
    /// Every defect that was repaired so far, sorted.
    pub repairs: Vec<Repair>,
}

/// Lowers `document`.
///
/// # Errors
/// `E006` a reference that leads nowhere, `E007` schemas that only refer to each other, `E010` a bad
/// pattern in the profile, `E014` a body in a format that can't be sent.
pub fn lower(
    document: RepairedDocument,
    profile: &Profile,
    usage: &UsageTracker,
) -> Result<Lowering, Errors> {
    let file = document.file.clone();
    lower_document(document, profile, usage).map_err(|errors| errors.in_file(&file))
}

fn lower_document(
    document: RepairedDocument,
    profile: &Profile,
    usage: &UsageTracker,
) -> Result<Lowering, Errors> {
    let constraints = DescriptionConstraints::new(&profile.notes, usage)?;
    let mut schemas = schemas::SchemaLowering::new(&document.components, constraints);
    schemas.lower_components();
    let operations = operations::lower(&document, &mut schemas, profile, usage);
    let (mut schemas, mut repairs, mut errors) = schemas.finish();
    let operations = operations.unwrap_or_else(|found| {
        errors.0.extend(found.0);
        OperationTable::default()
    });
    errors.into_result()?;
    recursion::mark_boxed(&mut schemas, &mut repairs)?;
    repairs.extend(document.repairs);
    repairs.sort();
    repairs.dedup();
    let api = Api {
        title: document.title,
        version: document.version,
        server: document.server,
        operations,
        schemas,
    };
    Ok(Lowering { api, repairs })
}
