//! Stage 5: determines which operation supplies the ID that a field or parameter needs.
//!
//! The value of a reference (`vendorCompany: {id, name}`) comes from a list operation that returns the records it can
//! point to, and an ID in a path comes from the list operation at the part of the path before it. The overlay supplies
//! the relationships that can't be inferred from names. Unresolved fields and parameters are counted and listed in
//! [`RelationCoverage`]; their source is never guessed.

mod arguments;
mod list_operations;
mod references;
mod relations;

pub use relations::{Reference, RelationCoverage, Relations, ValueSource};

use crate::config::{Overlay, Profile, UsageTracker};
use crate::diagnostic::Errors;
use crate::ir::ApiDefinition;
use list_operations::ListOperations;

/// Determines the relations between the operations and schemas in `api`.
///
/// # Errors
/// Returns `E023` for an overlay rule about a schema or list operation that the document doesn't have.
pub fn relate(
    api: &ApiDefinition,
    profile: &Profile,
    overlay: &Overlay,
    usage: &UsageTracker,
) -> Result<Relations, Errors> {
    let lists = ListOperations::new(api);
    let references = references::find(api, &lists, overlay, usage)?;
    let arguments = arguments::find(api, &lists, overlay, usage)?;
    let mut coverage = RelationCoverage::default();
    references::count(api, &references, &mut coverage);
    arguments::count(api, &arguments, profile, &mut coverage);
    Ok(Relations { references, arguments, lists: lists.by_path, coverage })
}
