//! Two releases, and what is the same in both.

use crate::operation_pairs::OperationPairs;
use crate::schema_pairs::SchemaPairs;
use crate::snapshot::Snapshot;
use crate::type_relation::TypeComparison;

/// Two releases, and which of their schemas and operations are the same.
pub struct ReleasePair<'a> {
    /// The old release.
    pub old: &'a Snapshot,
    /// The new release.
    pub new: &'a Snapshot,
    /// Which schemas are the same.
    pub schemas: &'a SchemaPairs<'a>,
    /// Which operations are the same.
    pub operations: OperationPairs,
}

impl<'a> ReleasePair<'a> {
    /// Compares types of the two releases.
    pub fn types(&self) -> TypeComparison<'a> {
        TypeComparison { old: self.old.api(), new: self.new.api(), schemas: self.schemas }
    }
}
