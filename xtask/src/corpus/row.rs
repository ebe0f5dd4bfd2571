//! The results for one spec in the corpus.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use toolcrate_codegen::Generated;
use toolcrate_codegen::diagnostic::Errors;

/// A spec's row in the table.
pub(super) struct CorpusRow {
    /// The name of the file or folder.
    pub(super) name: String,
    /// The document.
    pub(super) spec: PathBuf,
    /// The output of the generator.
    pub(super) generated: Result<Generated, Errors>,
    /// The duration of the generator run.
    pub(super) millis: u128,
    /// Whether the crate compiles, if that was tried.
    pub(super) compiles: Option<bool>,
    /// The results of the checks, if they were run.
    pub(super) checked: Option<CheckResult>,
}

/// The minimum percentage of operations that must be covered.
const MIN_COVERED: usize = 90;

/// The findings of `check.py`.
#[derive(Debug, Deserialize)]
pub(super) struct CheckResult {
    /// The number of tools.
    pub(super) tools: usize,
    /// Invalid declarations by dialect.
    pub(super) declaration_problems: BTreeMap<String, usize>,
    /// The number of tools with a request that was sent and checked.
    pub(super) covered: usize,
    /// The number of tools whose requests are all valid.
    pub(super) valid: usize,
    /// The reasons why other tools aren't valid.
    pub(super) invalid: Vec<String>,
    /// The reasons why nothing was sent.
    pub(super) uncovered: Vec<String>,
    /// The number of schemas whose values were compared.
    pub(super) schemas_checked: usize,
    /// Schemas whose values changed in a round trip.
    pub(super) schemas_wrong: Vec<String>,
}

impl CheckResult {
    /// Returns true if every check passed and enough was covered.
    pub(super) fn is_good(&self) -> bool {
        self.declaration_problems.is_empty()
            && self.invalid.is_empty()
            && self.schemas_wrong.is_empty()
            && self.covered * 100 >= self.tools * MIN_COVERED
    }
}
