//! Stage 6: turns a [`Model`] into files.
//!
//! Emitting is a pure function from the model to a map from paths to text. It reads no files, clock or
//! environment, so equal input yields equal bytes on any machine. `quote` and `prettyplease` write Rust,
//! `minijinja` writes text, and `serde_json` writes the catalog.

mod api;
mod argument_page;
mod argument_words;
mod cargo_manifest;
mod catalog;
mod context;
mod documentation;
mod features;
mod model_types;
mod model_uses;
mod models;
mod operations;
mod query;
mod rust;
mod sentence;
mod spoken;
mod templates;
mod tool_browser;
mod writable;

use std::collections::BTreeMap;

use crate::config::{Overlay, Profile, UsageTracker};
use crate::diagnostic::Errors;
use crate::id::SchemaId;
use crate::model::Model;
use context::Context;
use features::Features;
use rust::Job;

pub use context::Files;
pub use documentation::DocumentationCoverage;
pub use models::surface::{ModelArgument, ModelFunction, ModelSurface};
pub use templates::Templates;

/// Emits the crate.
///
/// # Errors
/// - `E030` for tokens that aren't valid Rust, which is a generator defect; reported with the file.
/// - `E031` if a template fails.
/// - `E032` for an overlay rule that contradicts the document.
pub fn emit(
    model: &Model,
    profile: &Profile,
    overlay: &Overlay,
    usage: &UsageTracker,
) -> Result<Files, Errors> {
    let features = Features::new(&model.api, &model.names);
    let context = Context::new(model, profile, overlay, usage, features);
    let mut files = Files::new();
    cargo_manifest::emit(&context, &mut files)?;
    let mut jobs: Vec<Job<'_>> = Vec::new();
    models::jobs(&context, &mut jobs);
    operations::jobs(&context, &mut jobs);
    query::jobs(&context, &mut jobs);
    api::jobs(&context, &mut jobs);
    cargo_manifest::jobs(&context, &mut jobs);
    // The catalog is emitted in parallel with the Rust files; neither depends on the other.
    let catalog = std::thread::scope(|scope| {
        let catalog = scope.spawn(|| {
            let mut catalog = catalog::emit(&context)?;
            let page = tool_browser::emit(&context, &catalog)?;
            catalog.files.insert("docs/tools.html".to_owned(), page);
            let page = argument_page::emit(&context, &catalog)?;
            catalog.files.insert("docs/arguments.md".to_owned(), page);
            Ok::<_, Errors>(catalog.files)
        });
        rust::run(jobs, &mut files)?;
        catalog.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })?;
    files.extend(catalog);
    Ok(files)
}

/// Counts how much is documented by the document or the overlay.
pub fn documentation_coverage(
    model: &Model,
    profile: &Profile,
    overlay: &Overlay,
    usage: &UsageTracker,
) -> DocumentationCoverage {
    let features = Features::new(&model.api, &model.names);
    documentation::count(&Context::new(model, profile, overlay, usage, features))
}

/// Returns what programs can use of each model besides its fields.
pub fn model_surfaces(
    model: &Model,
    profile: &Profile,
    overlay: &Overlay,
    usage: &UsageTracker,
) -> BTreeMap<SchemaId, ModelSurface> {
    let features = Features::new(&model.api, &model.names);
    models::surface::surfaces(&Context::new(model, profile, overlay, usage, features))
}

/// Emits only the tool catalog, for comparing two releases.
///
/// # Errors
/// Returns the same errors as [`emit`].
pub fn emit_catalog(
    model: &Model,
    profile: &Profile,
    overlay: &Overlay,
    usage: &UsageTracker,
) -> Result<Files, Errors> {
    let context = Context::new(model, profile, overlay, usage, Features::none());
    Ok(catalog::emit(&context)?.files)
}
