//! Stage 5: determines which operation supplies the ID that a field or parameter needs.
//!
//! The value of a reference (`vendorCompany: {id, name}`) comes from a list of the records it points to,
//! and an ID in a path from the list at the preceding path. The overlay supplies relations that can't be
//! inferred from names. Unresolved relations are counted and listed in [`RelationCoverage`], never guessed.

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
