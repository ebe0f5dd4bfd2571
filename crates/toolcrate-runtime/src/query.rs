//! The trait for query types, which are structs that add parameters to a request.

use crate::query_pairs::QueryPairs;
use crate::selection::Selection;

/// A set of query parameters described by a struct, such as the parameters of all list operations.
pub trait Query {
    /// Adds the parameters that are set to `pairs`.
    fn write(&self, pairs: &mut QueryPairs);

    /// Returns the parts that depend on the records' fields: they are checked, and the filter is written, when the
    /// request is sent.
    fn selection(&self) -> Selection {
        Selection::default()
    }
}

impl<T: Query + ?Sized> Query for &T {
    fn write(&self, pairs: &mut QueryPairs) {
        (**self).write(pairs);
    }

    fn selection(&self) -> Selection {
        (**self).selection()
    }
}
