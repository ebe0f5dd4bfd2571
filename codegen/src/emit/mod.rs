//! Stage 6: turns a [`Model`] into files.
//!
//! Emitting is a pure function from the model to a map from file paths to contents. It doesn't read files, the clock or
//! the environment, so equal input yields equal bytes on any machine. `quote` and `prettyplease` write Rust,
//! `minijinja` writes text, and `serde_json` writes the catalog.

mod api;
mod argument_page;
mod argument_words;
mod cargo_manifest;
mod catalog;
mod context;
mod credentials;
mod documentation;
mod features;
mod model_types;
mod model_uses;
mod models;
mod module_docs;
mod nesting;
mod operations;
mod query;
mod rust;
mod sentence;
mod spoken;
mod status_responses;
mod templates;
mod token_hash;
mod tool_browser;
mod writable;

use std::collections::BTreeMap;

use crate::config::{Overlay, Profile, UsageTracker};
use crate::diagnostic::Errors;
use crate::id::SchemaId;
use crate::model::Model;
use context::Context;
use features::Features;
use rust::{Job, KnownText};

pub use context::Files;
pub use documentation::DocumentationCoverage;
pub use models::surface::{ModelArgument, ModelFunction, ModelSurface};
pub use templates::Templates;

/// The files of a crate, and information about them.
pub(crate) struct EmittedCrate {
    /// The files.
    pub(crate) files: Files,
    /// The hashes of the tokens of Rust files, by path.
    pub(crate) tokens: BTreeMap<String, u64>,
    /// How much of the client has real documentation.
    pub(crate) documentation: DocumentationCoverage,
}

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
    emit_crate(model, profile, overlay, usage, &|_, _| None).map(|emitted| emitted.files)
}

/// Emits the crate. `known` contains the text of files whose tokens haven't changed.
///
/// # Errors
/// Returns the same errors as [`emit`].
pub(crate) fn emit_crate(
    model: &Model,
    profile: &Profile,
    overlay: &Overlay,
    usage: &UsageTracker,
    known: KnownText<'_>,
) -> Result<EmittedCrate, Errors> {
    let features = Features::new(&model.api, &model.names);
    let context = Context::new(model, profile, overlay, usage, features);
    let (mut files, mut tokens) = (Files::new(), BTreeMap::new());
    let mut jobs: Vec<Job<'_>> = Vec::new();
    models::jobs(&context, &mut jobs);
    operations::jobs(&context, &mut jobs);
    query::jobs(&context, &mut jobs);
    api::jobs(&context, &mut jobs);
    cargo_manifest::jobs(&context, &mut jobs);
    // The catalog is emitted in parallel with the Rust files; neither depends on the other.
    let (catalog, documentation) = std::thread::scope(|scope| {
        let catalog = scope.spawn(|| {
            let mut catalog = catalog::emit(&context)?;
            let page = tool_browser::emit(&context, &catalog)?;
            catalog.files.insert("docs/tools.html".to_owned(), page);
            let page = argument_page::emit(&context, &catalog)?;
            catalog.files.insert("docs/arguments.md".to_owned(), page);
            cargo_manifest::emit(&context, &mut catalog.files)?;
            Ok::<_, Errors>((catalog.files, documentation::count(&context)))
        });
        rust::run(jobs, known, &mut files, &mut tokens)?;
        catalog.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })?;
    files.extend(catalog);
    Ok(EmittedCrate { files, tokens, documentation })
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
