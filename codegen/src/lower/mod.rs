//! Stage 3: lowers a repaired document to the generator's intermediate representation ([`crate::ir`]).
//!
//! References are resolved to [`SchemaId`](crate::id::SchemaId)s, inline objects get names, descriptions that state a
//! constraint are turned into constraints, and everything is put into canonical order. No later stage knows about
//! OpenAPI.

mod alternatives;
mod bodies;
mod description_constraints;
mod extensions;
mod field_formats;
mod files;
mod limits;
mod media;
mod object_parts;
mod operations;
mod parameters;
mod property_merge;
mod recursion;
mod request_bodies;
mod resolve;
mod responses;
mod rewording;
mod scalar_types;
mod schemas;
mod security;
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
    let mut schemas = schemas::SchemaLowering::new(&document.components, constraints, profile.empty_objects);
    schemas.lower_components();
    let security = security::lower_shared(&document.security, &mut schemas, profile, usage);
    let operations = operations::lower(&document, &mut schemas, profile, usage, &security);
    let (mut schemas, choices, mut report) = schemas.finish();
    if !profile.include.is_empty() || !profile.exclude.is_empty() {
        selection::drop_unused(&mut schemas, &operations);
    }
    files::limit_to_forms(&mut schemas, operations.values());
    recursion::break_alias_cycles(&mut schemas, &mut report);
    recursion::mark_boxed(&mut schemas, &mut report.repairs);
    report.extend(std::mem::take(&mut document.report));
    let (title, version, server) =
        (std::mem::take(&mut document.title), std::mem::take(&mut document.version), document.server.take());
    // What is left of the document is large, and freeing it takes a while.
    std::thread::spawn(move || drop(document));
    report.sort();
    if operations.is_empty() {
        report.require_complete()?;
    }
    let api = ApiDefinition { title, version, server, security, operations, schemas, choices };
    Ok(Lowering { api, report })
}

/// Applies what the overlay adds to the document: reworded descriptions, request bodies and string formats.
pub fn apply_overlay(api: &mut ApiDefinition, overlay: &Overlay, usage: &UsageTracker) {
    rewording::reword(api, overlay, usage);
    bodies::add_bodies(api, overlay, usage);
    field_formats::add_formats(api, overlay, usage);
}
