//! Stage 2: makes a dirty document whole, and says what it did.
//!
//! Vendor specs are written by programs and reviewed by nobody. Each defect that is known here has a
//! code (`docs/codes.md`), a function that mends it, and a [`Repair`] that reports it: never silent.
//! Afterwards every placeholder has a parameter, every required name a property, every operation an id.

mod operations;
mod parameters;
mod schemas;
mod template;

use std::collections::BTreeMap;
use std::path::PathBuf;

use openapiv3::{Components, ParameterData};

use crate::diagnostic::{Errors, Repair};
use crate::ir::{Method, Place};
use crate::load::Document;

/// A document after repair.
#[derive(Clone, Debug)]
pub struct Repaired {
    /// Where it came from, for messages.
    pub file: PathBuf,
    /// `info.title`.
    pub title: String,
    /// `info.version`.
    pub version: String,
    /// The first server's address.
    pub server: Option<String>,
    /// All operations, sorted by path and method.
    pub operations: Vec<RawOperation>,
    /// Components, with their schemas mended.
    pub components: Components,
    /// What was mended, sorted by code and place.
    pub repairs: Vec<Repair>,
}

/// An operation with its path and parameters mended, still in OpenAPI's terms.
#[derive(Clone, Debug)]
pub struct RawOperation {
    /// The verb.
    pub method: Method,
    /// The path as the document spells it.
    pub spec_path: String,
    /// The path after repair.
    pub path: String,
    /// JSON pointer of the operation.
    pub pointer: String,
    /// Resolved parameters: those of the path, then query, then headers.
    pub parameters: Vec<RawParameter>,
    /// The rest of what the document says.
    pub operation: openapiv3::Operation,
}

/// A resolved parameter.
#[derive(Clone, Debug)]
pub struct RawParameter {
    /// Where it travels.
    pub place: Place,
    /// What the document says.
    pub data: ParameterData,
}

/// Mends `document`.
///
/// # Errors
/// `E006` a parameter reference that leads nowhere, `E008` no operations, or a path without any.
pub fn repair(document: Document) -> Result<Repaired, Errors> {
    let Document { file, openapi } = document;
    let mut components = openapi.components.unwrap_or_default();
    let mut repairs = Vec::new();
    schemas::repair(&mut components, &mut repairs);
    let operations = operations::repair(openapi.paths, &components, &mut repairs)
        .map_err(|errors| errors.in_file(&file))?;
    repairs.sort();
    repairs.dedup();
    Ok(Repaired {
        file,
        title: openapi.info.title,
        version: openapi.info.version,
        server: openapi.servers.into_iter().next().map(|server| server.url),
        operations,
        components,
        repairs,
    })
}

/// The number of repairs by code.
pub fn count(repairs: &[Repair]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for repair in repairs {
        *counts.entry(repair.code).or_default() += 1;
    }
    counts
}
