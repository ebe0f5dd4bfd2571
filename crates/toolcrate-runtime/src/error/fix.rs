//! Machine-readable fixes for invalid arguments.

use serde_json::{Value, json};

/// A fix for an invalid argument: JSON Patch operations (RFC 6902) on the call's arguments.
///
/// Apply the fixes of all of an error's fields one after the other, in order. The resulting arguments are valid unless
/// a field has no fix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fix(pub(super) Vec<FixOperation>);

/// An operation of a [`Fix`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FixOperation {
    /// Adds an argument.
    Add {
        /// JSON pointer to the argument.
        path: String,
        /// Its value.
        value: Value,
    },
    /// Removes an argument.
    Remove {
        /// JSON pointer to the argument.
        path: String,
    },
    /// Replaces an argument's value.
    Replace {
        /// JSON pointer to the argument.
        path: String,
        /// The new value.
        value: Value,
    },
    /// Moves a value to another argument.
    Move {
        /// JSON pointer to the current location.
        from: String,
        /// JSON pointer to the new location.
        path: String,
    },
}

impl Fix {
    /// Creates a fix that removes an argument.
    pub fn remove(path: impl Into<String>) -> Self {
        Self(vec![FixOperation::Remove { path: path.into() }])
    }

    /// Creates a fix that replaces an argument's value.
    pub fn replace(path: impl Into<String>, value: impl Into<Value>) -> Self {
        Self(vec![FixOperation::Replace { path: path.into(), value: value.into() }])
    }

    /// Creates a fix that moves a value to another argument.
    pub fn rename(from: impl Into<String>, path: impl Into<String>) -> Self {
        Self(vec![FixOperation::Move { from: from.into(), path: path.into() }])
    }

    /// Creates a fix from several operations.
    pub fn from_operations(operations: Vec<FixOperation>) -> Self {
        Self(operations)
    }

    /// Returns the operations in the order in which they are applied.
    pub fn operations(&self) -> &[FixOperation] {
        &self.0
    }

    /// Returns the fix as a JSON Patch.
    pub fn to_json(&self) -> Value {
        self.0.iter().map(FixOperation::to_json).collect()
    }
}

impl FixOperation {
    fn to_json(&self) -> Value {
        match self {
            Self::Add { path, value } => json!({"op": "add", "path": path, "value": value}),
            Self::Remove { path } => json!({"op": "remove", "path": path}),
            Self::Replace { path, value } => json!({"op": "replace", "path": path, "value": value}),
            Self::Move { from, path } => json!({"op": "move", "from": from, "path": path}),
        }
    }
}
