//! The results for one spec in the corpus.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use toolcrate_codegen::Generated;
use toolcrate_codegen::diagnostic::Errors;

/// One spec's row of the table.
pub(super) struct CorpusRow {
    /// The name of the file or folder.
    pub(super) name: String,
    /// The document.
    pub(super) spec: PathBuf,
    /// What was generated.
    pub(super) generated: Result<Generated, Errors>,
    /// How long that took.
    pub(super) millis: u128,
    /// Whether the crate compiles, if that was tried.
    pub(super) compiles: Option<bool>,
    /// What the checks found, if they were run.
    pub(super) checked: Option<CheckResult>,
}

/// At least this share of the operations must be covered, in percent.
const MIN_COVERED: usize = 90;

/// What `check.py` found.
#[derive(Debug, Deserialize)]
pub(super) struct CheckResult {
    /// The number of tools.
    pub(super) tools: usize,
    /// Invalid declarations by dialect.
    pub(super) declaration_problems: BTreeMap<String, usize>,
    /// Tools of which a request was sent and checked.
    pub(super) covered: usize,
    /// Tools whose requests are all valid.
    pub(super) valid: usize,
    /// Why others are not.
    pub(super) invalid: Vec<String>,
    /// Why nothing was sent.
    pub(super) uncovered: Vec<String>,
    /// Schemas of which values were compared.
    pub(super) schemas_checked: usize,
    /// Schemas whose values did not come back as they were.
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
