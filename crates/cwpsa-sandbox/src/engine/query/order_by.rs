//! Implements the `orderBy` parameter, which sorts the records in a list.

use std::cmp::Ordering;

use super::error::QueryError;
use super::field_names::{self, FieldNames};
use super::field_path::FieldPath;
use super::operand::compare_values;
use super::syntax;
use super::value::QueryValue;

/// One sort key.
#[derive(Clone, Debug)]
pub(super) struct SortKey {
    path: FieldPath,
    descending: bool,
}

/// Parses the parameter.
pub(super) fn keys(text: &str, resource: &dyn FieldNames) -> Result<Vec<SortKey>, QueryError> {
    let keys = syntax::order_by(text)?.into_iter().map(|key| {
        let found = field_names::find(resource, &key.name);
        let (_, path) = found.ok_or_else(|| QueryError::unknown_name(&key.name))?;
        Ok(SortKey { path, descending: key.descending })
    });
    keys.collect()
}

impl SortKey {
    pub(super) fn compare<D: QueryValue>(&self, a: &D, b: &D) -> Ordering {
        let order = compare_values(self.path.first(a.view()), self.path.first(b.view()));
        if self.descending { order.reverse() } else { order }
    }
}
