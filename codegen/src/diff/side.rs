//! Reads the two specs of a comparison, each up to its tools.
//!
//! The profile and the overlay are those of the project. Rules of the overlay for what only one of the two
//! releases has are left out for the other, and entries that never apply are no error here: a comparison
//! must be possible before anyone has adapted them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::change::Release;
use crate::config::{self, Ledger, Overlay, Profile};
use crate::diagnostic::Errors;
use crate::emit::{self, Files};
use crate::ir::Api;
use crate::lower::Lowered;
use crate::name::{Lock, Named};
use crate::{load, lower, name, relate, repair};

/// What is the same for both sides.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The profile.
    pub profile: Profile,
    /// The overlay.
    pub overlay: Overlay,
    /// The lock of names.
    pub lock: Lock,
    /// The spec that the generated crate is made from.
    pub spec: PathBuf,
}

impl Settings {
    /// Reads the profile at `path`, and what it names.
    ///
    /// # Errors
    /// What reading the profile, the overlay and the lock gives.
    pub fn read(path: &Path) -> Result<Self, Errors> {
        let profile: Profile = config::read_yaml(path)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let overlay = match &profile.overlay {
            Some(overlay) => config::read_yaml(&folder.join(overlay))?,
            None => Overlay::default(),
        };
        let lock = Lock::read(&folder.join(&profile.lock))?;
        let spec = folder.join(&profile.spec);
        Ok(Self { profile, overlay, lock, spec })
    }
}

/// A spec to compare: its text, and the file that messages name.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file.
    pub file: PathBuf,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Source {
    /// Reads a file.
    ///
    /// # Errors
    /// `E001` it can't be read.
    pub fn read(file: &Path) -> Result<Self, Errors> {
        let bytes = std::fs::read(file).map_err(|error| {
            let message = format!("the spec cannot be read: {error}");
            crate::diagnostic::Error::new("E001", message).in_file(file)
        })?;
        Ok(Self { file: file.to_owned(), bytes })
    }
}

/// A release, read up to its tools.
#[derive(Clone, Debug)]
pub struct Side {
    /// What it is.
    pub release: Release,
    /// The API and its names.
    pub named: Named,
    /// The files of the tool catalog.
    pub catalog: Files,
}

impl Side {
    /// The API.
    pub fn api(&self) -> &Api {
        &self.named.api
    }
}

/// Reads both sides. The names of the old one come first, so the new one yields to them where the lock knows
/// neither.
///
/// # Errors
/// Whatever a stage reports, with the file it is about.
pub fn read(old: &Source, new: &Source, settings: &Settings) -> Result<(Side, Side), Errors> {
    let ledger = Ledger::new();
    let Settings { profile, lock, .. } = settings;
    let (old_lowered, new_lowered) =
        both(|| lowered(old, profile, &ledger), || lowered(new, profile, &ledger))?;
    let name_of = |lowered: Lowered, lock: Lock, source: &Source| {
        name::name(lowered, profile, lock, &ledger).map_err(|errors| errors.in_file(&source.file))
    };
    let old_named = name_of(old_lowered, lock.clone(), old)?;
    let new_named = name_of(new_lowered, old_named.lock.clone(), new)?;
    both(|| side(old_named, old, settings, &ledger), || side(new_named, new, settings, &ledger))
}

/// Does two things side by side; the errors of both are given.
fn both<T: Send>(
    first: impl FnOnce() -> Result<T, Errors> + Send,
    second: impl FnOnce() -> Result<T, Errors>,
) -> Result<(T, T), Errors> {
    let (first, second) = std::thread::scope(|scope| {
        let first = scope.spawn(first);
        let second = second();
        (first.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), second)
    });
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (Err(mut first), Err(second)) => {
            first.0.extend(second.0);
            Err(first)
        }
        (Err(errors), _) | (_, Err(errors)) => Err(errors),
    }
}

fn lowered(source: &Source, profile: &Profile, ledger: &Ledger) -> Result<Lowered, Errors> {
    lower::lower(repair::repair(load::parse(&source.bytes, &source.file)?)?, profile, ledger)
}

fn side(mut named: Named, source: &Source, settings: &Settings, ledger: &Ledger) -> Result<Side, Errors> {
    let in_file = |errors: Errors| errors.in_file(&source.file);
    let overlay = applicable(&settings.overlay, &named.api);
    let tools: HashSet<String> = named.operations.iter().map(|name| name.tool.clone()).collect();
    named.lock.forget_idle_aliases(|name| tools.contains(name));
    let related = relate::relate(named, &settings.profile, &overlay, ledger).map_err(in_file)?;
    let catalog = emit::catalog(&related, &settings.profile, &overlay, ledger).map_err(in_file)?;
    let named = related.named;
    let release = Release {
        file: source.file.display().to_string(),
        version: named.api.version.clone(),
        operations: named.api.operations.len(),
        schemas: named.api.schemas.values().filter(|schema| !schema.inline).count(),
    };
    Ok(Side { release, named, catalog })
}

/// The part of `overlay` that is about what `api` has.
fn applicable(overlay: &Overlay, api: &Api) -> Overlay {
    let exists = |key: &str| api.operation_called(key).is_some();
    let lists =
        |key: &str| api.operation_called(key).is_some_and(|index| api.operations[index].listed().is_some());
    let mut overlay = overlay.clone();
    overlay.references.retain(|rule| api.schemas.contains_key(&rule.schema) && lists(&rule.list));
    overlay.arguments.retain(|rule| lists(&rule.list));
    overlay.bindings.retain(|binding| exists(&binding.tool) && exists(&binding.operation));
    for lifecycle in &mut overlay.lifecycles {
        for step in &mut lifecycle.steps {
            step.operations.retain(|key| exists(key));
        }
    }
    overlay
}
