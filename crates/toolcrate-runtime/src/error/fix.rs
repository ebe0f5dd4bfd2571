//! Machine-readable fixes for invalid arguments.

use serde_json::{Value, json};

/// A fix of an invalid argument: JSON Patch operations (RFC 6902) on the arguments of the call.
///
/// Apply the fixes of all fields of an error one after the other, in the order of the fields. The resulting arguments are
/// valid unless a field has no fix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fix(pub(super) Vec<FixOperation>);

/// One operation of a [`Fix`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FixOperation {
    /// Adds an argument.
    Add {
        /// JSON pointer to it.
        path: String,
        /// Its value.
        value: Value,
    },
    /// Removes an argument.
    Remove {
        /// JSON pointer to it.
        path: String,
    },
    /// Replaces the value of an argument.
    Replace {
        /// JSON pointer to it.
        path: String,
        /// The value.
        value: Value,
    },
    /// Moves a value to another argument.
    Move {
        /// JSON pointer to where it is.
        from: String,
        /// JSON pointer to where it belongs.
        path: String,
    },
}

impl Fix {
    /// Creates a fix that removes an argument.
    pub fn remove(path: impl Into<String>) -> Self {
        Self(vec![FixOperation::Remove { path: path.into() }])
    }

    /// Creates a fix that replaces the value of an argument.
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

    /// Returns the operations in the order in which they apply.
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
