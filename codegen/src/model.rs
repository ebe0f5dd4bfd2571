//! Everything known about an API before it is emitted.

use crate::diagnostic::Report;
use crate::ir::ApiDefinition;
use crate::naming::Names;
use crate::relate::Relations;

/// One API with the side tables that the stages computed for it.
///
/// The tables are keyed by the [`OperationId`](crate::id::OperationId) and
/// [`SchemaId`](crate::id::SchemaId) of `api`. Each stage takes the tables that it reads by reference and
/// returns its own, so a stage cannot read what has not been computed yet. [`crate::emit`] reads them all.
#[derive(Clone, Debug)]
pub struct Model {
    /// Operations and schemas.
    pub api: ApiDefinition,
    /// Names of tools, Rust items and parameters.
    pub names: Names,
    /// Where the values of references and parameters come from.
    pub relations: Relations,
    /// The repairs and degradations of all stages.
    pub report: Report,
}
