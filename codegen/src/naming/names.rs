//! The output of the naming stage: the names of all operations and schemas.

use std::collections::BTreeMap;

use serde::Serialize;
use toolcrate_catalog::{OperationKind, OperationVariant, ToolClass};

use super::lock::{Additions, Lock};
use super::subject::Subject;
use super::types::TypeName;
use crate::diagnostic::{CodegenError, Repair};
use crate::id::{OperationTable, SchemaId};

/// The names for one API.
#[derive(Clone, Debug)]
pub struct Names {
    /// The names of each operation.
    pub operations: OperationTable<OperationName>,
    /// The names of each schema.
    pub types: BTreeMap<SchemaId, TypeName>,
    /// The lock file, extended with the names that are new in this release.
    pub lock: Lock,
    /// New names that are guesses. They aren't added to the lock file until someone accepts them.
    pub pending: Additions,
    /// A warning for each pending name.
    pub warnings: Vec<CodegenError>,
    /// Operations that were named by a fixed rule because their name was missing or taken.
    pub repairs: Vec<Repair>,
}

/// An operation's names, and information derived from them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OperationName {
    /// The tool's full name.
    pub tool: String,
    /// The tool's name without the prefix.
    pub short: String,
    /// The tool class: read, write or custom.
    pub class: ToolClass,
    /// The kind of the operation.
    pub kind: OperationKind,
    /// The variant from the profile, unless it is the plain operation of its kind.
    pub variant: Option<OperationVariant>,
    /// The API area, which is a Rust module and a Cargo feature.
    pub module: String,
    /// The top resource's file, within the module.
    pub file: String,
    /// The Rust function, unique within the module.
    pub function: String,
    /// Rust parameter names, in the order of `operation.parameters`.
    pub parameters: Vec<String>,
    /// The enum of the responses, if their content differs by status.
    pub response: Option<String>,
    /// The subject, in readable English.
    pub subject: Subject,
    /// The first words of the action, e.g. `merge`.
    pub verb: String,
    /// The title, e.g. `Merge a ticket`.
    pub title: String,
    /// True if it may overwrite or remove data, if the profile or a verb in its path or summary determines that.
    pub destructive: Option<bool>,
    /// True if repeating it has no further effect.
    pub idempotent: bool,
    /// True if it changes nothing.
    pub read_only: bool,
    /// The tool's argument names, one per path placeholder, in path order.
    pub parents: Vec<String>,
}

impl OperationName {
    /// Returns the first word of the verb.
    pub fn main_verb(&self) -> &str {
        self.verb.split(['_', ' ']).next().unwrap_or_default()
    }
}
