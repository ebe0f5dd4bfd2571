//! Stage 3: lowers a repaired document into the generator's own model ([`crate::ir`]).
//!
//! References are resolved to names, inline objects get names of their own, sentences that state a
//! constraint become constraints, and everything is put into canonical order. No OpenAPI past here.

mod boxing;
mod notes;
mod operations;
mod schemas;

use crate::config::{Ledger, Profile};
use crate::diagnostic::{Errors, Repair};
use crate::ir::Api;
use crate::repair::Repaired;

/// What lowering gives.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// The API.
    pub api: Api,
    /// What had to be worked around on the way, sorted.
    pub repairs: Vec<Repair>,
}

/// Lowers `document`.
///
/// # Errors
/// `E006` a reference that leads nowhere, `E007` schemas that only refer to each other, `E010` a bad
/// pattern in the profile, `E014` a body in a format that can't be sent.
pub fn lower(document: Repaired, profile: &Profile, ledger: &Ledger) -> Result<Lowered, Errors> {
    let file = document.file.clone();
    lower_document(document, profile, ledger).map_err(|errors| errors.in_file(&file))
}

fn lower_document(document: Repaired, profile: &Profile, ledger: &Ledger) -> Result<Lowered, Errors> {
    let notes = notes::Notes::new(&profile.notes, ledger)?;
    let mut schemas = schemas::Schemas::new(&document.components, notes);
    schemas.lower_components();
    let operations = operations::lower(&document, &mut schemas, profile, ledger);
    let (mut schemas, mut repairs, mut errors) = schemas.finish();
    let operations = operations.unwrap_or_else(|found| {
        errors.0.extend(found.0);
        Vec::new()
    });
    errors.into_result()?;
    boxing::mark(&mut schemas, &mut repairs)?;
    repairs.extend(document.repairs);
    repairs.sort();
    repairs.dedup();
    let api = Api {
        title: document.title,
        version: document.version,
        server: document.server,
        operations,
        schemas,
    };
    Ok(Lowered { api, repairs })
}
