//! Typed IDs for operations and schemas, and tables keyed by these IDs.
//!
//! Every stage keys its results by the IDs that [`crate::lower`] assigned, so tables from different stages can be
//! combined without keeping lists in sync.

use std::borrow::Borrow;
use std::fmt;
use std::ops::{Deref, Index, IndexMut};
use std::sync::Arc;

use serde::{Serialize, Serializer};

/// Identifies an operation in an [`ApiDefinition`](crate::ir::ApiDefinition).
///
/// Operations are numbered in canonical order, by path and then by method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct OperationId(u32);

/// Identifies a schema in an [`ApiDefinition`](crate::ir::ApiDefinition) by its name in the document.
///
/// Cloning is cheap, because the name is shared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchemaId(Arc<str>);

impl SchemaId {
    /// Returns the schema's name in the document.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for SchemaId {
    fn from(name: &str) -> Self {
        Self(name.into())
    }
}

impl From<String> for SchemaId {
    fn from(name: String) -> Self {
        Self(name.into())
    }
}

impl Deref for SchemaId {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for SchemaId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SchemaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for SchemaId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// A table with one row per operation of an [`ApiDefinition`](crate::ir::ApiDefinition).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct OperationTable<T>(Vec<T>);

impl<T> OperationTable<T> {
    /// Returns the number of operations.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns true if there are no operations.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns all operation IDs in canonical order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = OperationId> + use<T> {
        (0..self.0.len()).map(id)
    }

    /// Returns all rows in canonical order, each with its operation.
    pub fn iter(&self) -> impl Iterator<Item = (OperationId, &T)> {
        self.0.iter().enumerate().map(|(index, row)| (id(index), row))
    }

    /// Returns all rows in canonical order.
    pub fn values(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// Computes a table with one row for each row of this one.
    pub fn map<U>(&self, row: impl FnMut((OperationId, &T)) -> U) -> OperationTable<U> {
        self.iter().map(row).collect()
    }

    /// Returns each row of this table with the row of `other` for the same operation.
    ///
    /// # Panics
    /// Panics if the tables belong to different APIs.
    pub fn zip<'a, U>(&'a self, other: &'a OperationTable<U>) -> impl Iterator<Item = (&'a T, &'a U)> {
        assert_eq!(self.len(), other.len(), "tables of two different APIs");
        self.0.iter().zip(&other.0)
    }
}

fn id(index: usize) -> OperationId {
    OperationId(u32::try_from(index).expect("fewer operations than a document has bytes"))
}

impl<T> Default for OperationTable<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// Collects rows in the canonical order of their operations.
impl<T> FromIterator<T> for OperationTable<T> {
    fn from_iter<I: IntoIterator<Item = T>>(rows: I) -> Self {
        Self(rows.into_iter().collect())
    }
}

impl<T> Index<OperationId> for OperationTable<T> {
    type Output = T;

    fn index(&self, operation: OperationId) -> &T {
        &self.0[operation.0 as usize]
    }
}

impl<T> IndexMut<OperationId> for OperationTable<T> {
    fn index_mut(&mut self, operation: OperationId) -> &mut T {
        &mut self.0[operation.0 as usize]
    }
}
