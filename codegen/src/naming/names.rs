//! The result of naming: the names of operations and schemas.

use std::collections::BTreeMap;

use serde::Serialize;
use toolcrate_catalog::{OperationKind, OperationVariant, ToolClass};

use super::lock::{Additions, Lock};
use super::subject::Subject;
use super::types::TypeName;
use crate::diagnostic::{CodegenError, Repair};
use crate::id::{OperationTable, SchemaId};

/// The names of one API.
#[derive(Clone, Debug)]
pub struct Names {
    /// Names of each operation.
    pub operations: OperationTable<OperationName>,
    /// Names of each schema.
    pub types: BTreeMap<SchemaId, TypeName>,
    /// The lock, extended by the names that are new in this release.
    pub lock: Lock,
    /// New names that are guesses. They are not in the lock until somebody accepts them.
    pub pending: Additions,
    /// A warning for each of them.
    pub warnings: Vec<CodegenError>,
    /// Operations that got a name by rule because they had none, or the name of another.
    pub repairs: Vec<Repair>,
}

/// The names of an operation, and what they say about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OperationName {
    /// The tool's full name.
    pub tool: String,
    /// The tool's name without the prefix.
    pub short: String,
    /// Read, write or custom.
    pub class: ToolClass,
    /// The kind of the operation.
    pub kind: OperationKind,
    /// The variant from the profile, if it isn't the plain operation of its kind.
    pub variant: Option<OperationVariant>,
    /// The API area: Rust module and Cargo feature.
    pub module: String,
    /// The file of the top resource, within the module.
    pub file: String,
    /// The Rust function, unique within the module.
    pub function: String,
    /// Rust names, in the order of `operation.parameters`.
    pub parameters: Vec<String>,
    /// The enum of the responses, if their content differs by status.
    pub response: Option<String>,
    /// The subject, in words for people.
    pub subject: Subject,
    /// First words of the action, e.g. `merge`.
    pub verb: String,
    /// The whole as a title, e.g. `Merge a ticket`.
    pub title: String,
    /// True if it may overwrite or remove data, if the profile or a verb in its path or summary determines that.
    pub destructive: Option<bool>,
    /// Doing it twice is as good as once.
    pub idempotent: bool,
    /// It changes nothing.
    pub read_only: bool,
    /// Argument names for tools, one a placeholder of the path, in its order.
    pub parents: Vec<String>,
}

impl OperationName {
    /// Returns the first word of the verb.
    pub fn main_verb(&self) -> &str {
        self.verb.split(['_', ' ']).next().unwrap_or_default()
    }
}
