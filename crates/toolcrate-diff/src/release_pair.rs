//! Two releases, with the operations and schemas that they have in common.

use crate::operation_pairs::OperationPairs;
use crate::schema_pairs::SchemaPairs;
use crate::snapshot::Snapshot;
use crate::type_relation::TypeComparison;

/// Two releases, with the schemas and operations that they have in common.
pub struct ReleasePair<'a> {
    /// The old release.
    pub old: &'a Snapshot,
    /// The new release.
    pub new: &'a Snapshot,
    /// The schemas that exist in both releases.
    pub schemas: &'a SchemaPairs<'a>,
    /// The operations that exist in both releases.
    pub operations: OperationPairs,
}

impl<'a> ReleasePair<'a> {
    /// Compares types of the two releases.
    pub fn types(&self) -> TypeComparison<'a> {
        TypeComparison { old: self.old.api(), new: self.new.api(), schemas: self.schemas }
    }
}
