//! `orderBy`: which of two records comes first.

use std::cmp::Ordering;

use super::data::Data;
use super::operand::compare_values;
use super::path::Path;
use super::{Names, QueryError, names, syntax};

/// One key of an order.
#[derive(Clone, Debug)]
pub(super) struct Key {
    path: Path,
    descending: bool,
}

/// Reads the parameter.
pub(super) fn keys(text: &str, resource: &dyn Names) -> Result<Vec<Key>, QueryError> {
    let keys = syntax::order_by(text)?.into_iter().map(|key| {
        let found = names::find(resource, &key.name);
        let (_, path) = found.ok_or_else(|| QueryError::unknown_name(&key.name))?;
        Ok(Key { path, descending: key.descending })
    });
    keys.collect()
}

impl Key {
    pub(super) fn compare<D: Data>(&self, a: &D, b: &D) -> Ordering {
        let order = compare_values(self.path.first(a.view()), self.path.first(b.view()));
        if self.descending { order.reverse() } else { order }
    }
}
