//! Stage 6: turns a related API into files.
//!
//! Emit is a pure function from the model to a map of path → bytes: it reads no file, no clock and no
//! environment, so the same input gives the same bytes anywhere. `quote` and `prettyplease` make Rust,
//! `minijinja` what is text, `serde_json` the catalog.

mod api;
mod catalog;
mod features;
mod models;
mod operations;
mod package;
mod page;
mod query;
mod rust;
mod text;

use std::collections::BTreeMap;

use crate::config::{Ledger, Overlay, Profile};
use crate::diagnostic::Errors;
use crate::ir::{Api, Field, Type};
use crate::name::Named;
use crate::relate::Related;
use features::Features;
use rust::Job;

pub(crate) use rust::resolved;
pub(crate) use text::Templates;

/// Contents by path, relative to the output folder, with `/` between folders.
pub type Files = BTreeMap<String, String>;

/// Everything that the emitters read.
struct Context<'a> {
    related: &'a Related,
    named: &'a Named,
    api: &'a Api,
    profile: &'a Profile,
    overlay: &'a Overlay,
    ledger: &'a Ledger,
    features: Features,
}

impl Context<'_> {
    /// Whether a member holds the fields that an account defines for itself. Tools have them by caption.
    fn is_custom_fields(&self, field: &Field) -> bool {
        let custom = self.profile.custom_fields.as_ref();
        custom.is_some_and(|custom| custom.member == field.name && matches!(field.ty, Type::List(_)))
    }
}

/// Emits the crate.
///
/// # Errors
/// `E030` tokens that are no Rust (a defect of the generator, told with the file), `E031` a template
/// that fails, `E032` an overlay rule that contradicts the spec.
pub fn emit(
    related: &Related,
    profile: &Profile,
    overlay: &Overlay,
    ledger: &Ledger,
) -> Result<Files, Errors> {
    let named = &related.named;
    let features = Features::new(named);
    let context = Context { related, named, api: &named.api, profile, overlay, ledger, features };
    let mut files = Files::new();
    package::emit(&context, &mut files)?;
    let mut jobs: Vec<Job<'_>> = Vec::new();
    models::jobs(&context, &mut jobs);
    operations::jobs(&context, &mut jobs);
    query::jobs(&context, &mut jobs);
    api::jobs(&context, &mut jobs);
    package::jobs(&context, &mut jobs);
    // The catalog is made beside the Rust files; neither reads what the other makes.
    let catalog = std::thread::scope(|scope| {
        let catalog = scope.spawn(|| {
            let mut catalog = catalog::emit(&context)?;
            let page = page::emit(&context, &catalog)?;
            catalog.files.insert("docs/tools.html".to_owned(), page);
            Ok::<_, Errors>(catalog.files)
        });
        rust::run(jobs, &mut files)?;
        catalog.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })?;
    files.extend(catalog);
    Ok(files)
}

/// Emits the tool catalog alone: what a comparison of two releases reads.
///
/// # Errors
/// As [`emit`].
pub(crate) fn catalog(
    related: &Related,
    profile: &Profile,
    overlay: &Overlay,
    ledger: &Ledger,
) -> Result<Files, Errors> {
    let named = &related.named;
    let features = Features::none();
    let context = Context { related, named, api: &named.api, profile, overlay, ledger, features };
    Ok(catalog::emit(&context)?.files)
}
