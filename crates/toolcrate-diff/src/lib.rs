//! Compares two releases of an API at three levels: HTTP, generated Rust code and LLM tools.
//!
//! [`toolcrate_codegen`] reads both documents, and the resulting models are compared. Order, formatting and repaired
//! defects are therefore not reported as changes. Every [`Change`] has a kind (listed in `docs/changes.md`), a
//! severity, a JSON pointer into the document, and a sentence that describes the change.
//!
//! # Example
//!
//! ```no_run
//! use std::path::Path;
//!
//! use toolcrate_diff::report::{self, ReportFormat};
//! use toolcrate_diff::{DiffSettings, Severity, SpecSource, compare, read};
//!
//! # fn main() -> Result<(), toolcrate_codegen::diagnostic::Errors> {
//! let settings = DiffSettings::read(Path::new("specs/toolcrate.yaml"))?;
//! let old = SpecSource::read(Path::new("specs/2024.1.json"))?;
//! let new = SpecSource::read(Path::new("specs/2025.1.json"))?;
//! let (old, new) = read(&old, &new, &settings)?;
//! let report = compare(&old, &new, &settings.profile);
//! println!("{} breaking changes", report.failures(Severity::Breaking).count());
//! print!("{}", report::render(&report, ReportFormat::Markdown)?);
//! # Ok(())
//! # }
//! ```
//!
//! [`release_notes`] renders the same report as release notes, and [`allowlist`] marks changes that were accepted.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

pub mod allowlist;
mod change;
mod change_kind;
mod compare;
mod json_schema;
mod letters;
mod levels;
mod member_pairs;
mod operation_pairs;
pub mod release_notes;
mod release_pair;
pub mod report;
pub mod rust_items;
mod schema_pairs;
mod snapshot;
mod type_relation;
mod type_words;

pub use change::{Change, DialectSize, DiffReport, ReleaseInfo, Severity, ToolMigration};
pub use change_kind::{ChangeLevel, DiffKind};
pub use compare::compare;
pub use snapshot::{DiffSettings, Snapshot, SpecSource, read};
