//! Stage 2: repairs common defects in vendors' specs, and reports each repair.
//!
//! Every known defect has a code (see `docs/codes.md`), a function that repairs it, and a [`Repair`] that reports it;
//! nothing is repaired silently. Afterwards, every placeholder has a parameter, every required name has a property, and
//! every operation has an ID.

mod document;
mod operations;
mod parameters;
mod schemas;
mod template;

use std::collections::BTreeMap;

pub use document::{RawOperation, RawParameter, RepairedDocument};

use crate::diagnostic::{Errors, Repair};
use crate::load::Document;

/// Repairs `document`.
///
/// An unreadable path or operation, for instance with a parameter that is a dangling reference, is left out
/// and reported.
///
/// # Errors
/// Returns `E008` if no operations are left.
pub fn repair(document: Document) -> Result<RepairedDocument, Errors> {
    let Document { file, openapi, mut report } = document;
    let mut components = openapi.components.unwrap_or_default();
    schemas::repair(&mut components, &mut report.repairs);
    let operations = operations::repair(openapi.paths, &components, &mut report)
        .map_err(|errors| errors.in_file(&file))?;
    report.sort();
    Ok(RepairedDocument {
        file,
        title: openapi.info.title,
        version: openapi.info.version,
        server: openapi.servers.into_iter().next().map(|server| server.url),
        security: openapi.security.unwrap_or_default(),
        operations,
        components,
        report,
    })
}

/// Counts `repairs` by code.
pub fn count(repairs: &[Repair]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for repair in repairs {
        *counts.entry(repair.code).or_default() += 1;
    }
    counts
}
