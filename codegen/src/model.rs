//! The model of an API: everything that the earlier stages have determined and the emitters need.

use crate::diagnostic::Report;
use crate::ir::ApiDefinition;
use crate::naming::Names;
use crate::relate::Relations;

/// An API with the side tables that the stages computed for it.
///
/// The tables are keyed by the [`OperationId`](crate::id::OperationId) and [`SchemaId`](crate::id::SchemaId)
/// of `api`. Each stage takes its input tables by reference and returns its own, so a stage can't read
/// anything that hasn't been computed yet. [`crate::emit`] reads all of them.
#[derive(Clone, Debug)]
pub struct Model {
    /// Operations and schemas.
    pub api: ApiDefinition,
    /// Names of tools, Rust items and parameters.
    pub names: Names,
    /// The sources of reference and parameter values.
    pub relations: Relations,
    /// The repairs and degradations of all stages.
    pub report: Report,
}
