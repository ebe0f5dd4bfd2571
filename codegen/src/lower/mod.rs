//! Stage 3: lowers a repaired document into the generator's own representation ([`crate::ir`]).
//!
//! References are resolved to [`SchemaId`](crate::id::SchemaId)s, inline objects get names, sentences
//! that state a constraint become constraints, and everything is put into canonical order. No later stage
//! knows about OpenAPI.

mod bodies;
mod description_constraints;
mod field_formats;
mod limits;
mod media;
mod object_parts;
mod operations;
mod recursion;
mod request_bodies;
mod resolve;
mod schemas;
mod selection;
mod unions;

use crate::config::{Overlay, Profile, UsageTracker};
use crate::diagnostic::{Errors, Report};
use crate::ir::ApiDefinition;
use crate::repair::RepairedDocument;
use description_constraints::DescriptionConstraints;

/// The output of the lower stage.
#[derive(Clone, Debug)]
pub struct Lowering {
    /// The API.
    pub api: ApiDefinition,
    /// The repairs and degradations so far.
    pub report: Report,
}

/// Lowers `document`.
///
/// An operation that can't be expressed is left out, and a dangling reference becomes any JSON value; both
/// are reported.
///
/// # Errors
/// - `E008` if no operations are left.
/// - `E010` if a pattern in the profile isn't a valid regular expression.
pub fn lower(
    document: RepairedDocument,
    profile: &Profile,
    usage: &UsageTracker,
) -> Result<Lowering, Errors> {
    let file = document.file.clone();
    lower_document(document, profile, usage).map_err(|errors| errors.in_file(&file))
}

fn lower_document(
    mut document: RepairedDocument,
    profile: &Profile,
    usage: &UsageTracker,
) -> Result<Lowering, Errors> {
    selection::select(&mut document.operations, profile, usage);
    let constraints = DescriptionConstraints::new(&profile.notes, usage)?;
    let mut schemas = schemas::SchemaLowering::new(&document.components, constraints);
    schemas.lower_components();
    let operations = operations::lower(&document, &mut schemas, profile, usage);
    let (mut schemas, mut report) = schemas.finish();
    if !profile.include.is_empty() || !profile.exclude.is_empty() {
        selection::drop_unused(&mut schemas, &operations);
    }
    recursion::break_alias_cycles(&mut schemas, &mut report);
    recursion::mark_boxed(&mut schemas, &mut report.repairs);
    report.extend(document.report);
    report.sort();
    if operations.is_empty() {
        report.require_complete()?;
    }
    let api = ApiDefinition {
        title: document.title,
        version: document.version,
        server: document.server,
        operations,
        schemas,
    };
    Ok(Lowering { api, report })
}

/// Adds what the overlay knows about the API and the document doesn't say: bodies of requests and forms of strings.
pub fn apply_overlay(api: &mut ApiDefinition, overlay: &Overlay, usage: &UsageTracker) {
    bodies::add_bodies(api, overlay, usage);
    field_formats::add_formats(api, overlay, usage);
}
