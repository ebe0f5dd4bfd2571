//! Reads the two releases to compare, and runs the generator's stages on each of them without writing any files.
//!
//! Both releases are read with the same profile and overlay. Overlay rules for parts that a release lacks are ignored,
//! and entries that match nothing aren't errors, because releases must be comparable before the profile and overlay are
//! updated.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::change::ReleaseInfo;
use toolcrate_codegen::config::{self, Overlay, Profile, UsageTracker};
use toolcrate_codegen::diagnostic::{CodegenError, Errors};
use toolcrate_codegen::emit::{self, Files, ModelSurface};
use toolcrate_codegen::id::SchemaId;
use toolcrate_codegen::ir::ApiDefinition;
use toolcrate_codegen::lower::Lowering;
use toolcrate_codegen::model::Model;
use toolcrate_codegen::naming::{Lock, Names};
use toolcrate_codegen::{load, lower, naming, relate, repair};

/// The configuration for reading both releases.
#[derive(Clone, Debug)]
pub struct DiffSettings {
    /// The profile.
    pub profile: Profile,
    /// The overlay.
    pub overlay: Overlay,
    /// The lock file.
    pub lock: Lock,
    /// The spec from which the generated crate is built.
    pub spec: PathBuf,
}

impl DiffSettings {
    /// Reads the profile at `path`, and the files that it refers to.
    ///
    /// # Errors
    /// Returns an error if the profile, the overlay or the lock file can't be read.
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

/// A spec to compare: its contents, and the file name for messages.
#[derive(Clone, Debug)]
pub struct SpecSource {
    /// The file.
    pub file: PathBuf,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl SpecSource {
    /// Reads a file.
    ///
    /// # Errors
    /// Returns `E001` if the file can't be read.
    pub fn read(file: &Path) -> Result<Self, Errors> {
        let bytes = std::fs::read(file).map_err(|error| {
            let message = format!("the spec can't be read: {error}");
            CodegenError::new("E001", message).in_file(file)
        })?;
        Ok(Self { file: file.to_owned(), bytes })
    }
}

/// One release, read as far as its tools.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The release.
    pub release: ReleaseInfo,
    /// The API with its names and relations.
    pub model: Model,
    /// The part of the overlay that is about this release.
    pub overlay: Overlay,
    /// What programs can use of each model besides its fields.
    pub surfaces: BTreeMap<SchemaId, ModelSurface>,
    /// The files of the tool catalog.
    pub catalog: Files,
    /// The document as OpenAPI 3.0, including parts that the model leaves out.
    pub document: Value,
}

impl Snapshot {
    /// Returns the operations and schemas.
    pub fn api(&self) -> &ApiDefinition {
        &self.model.api
    }

    /// Returns the names of operations and schemas.
    pub fn names(&self) -> &Names {
        &self.model.names
    }
}

/// Reads both releases.
///
/// If two operations would have the same name and neither is in the lock file, the new one gets a different name.
///
/// # Errors
/// Returns the errors of the generator's stages, with the affected file.
pub fn read(
    old: &SpecSource,
    new: &SpecSource,
    settings: &DiffSettings,
) -> Result<(Snapshot, Snapshot), Errors> {
    let usage = UsageTracker::new();
    let DiffSettings { profile, lock, .. } = settings;
    let (old_lowered, new_lowered) =
        both(|| lower_source(old, settings, &usage), || lower_source(new, settings, &usage))?;
    let name = |api: &ApiDefinition, lock: Lock, source: &SpecSource| {
        naming::name(api, profile, lock, &usage).map_err(|errors| errors.in_file(&source.file))
    };
    let old_names = name(&old_lowered.api, lock.clone(), old)?;
    let mut known = old_names.lock.clone();
    known.extend(old_names.pending.clone(), &old_lowered.api.version);
    let new_names = name(&new_lowered.api, known, new)?;
    both(
        || snapshot(old_lowered, old_names, old, settings, &usage),
        || snapshot(new_lowered, new_names, new, settings, &usage),
    )
}

/// Runs two closures in parallel and returns the errors of both.
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

fn lower_source(
    source: &SpecSource,
    settings: &DiffSettings,
    usage: &UsageTracker,
) -> Result<Lowering, Errors> {
    let document = repair::repair(load::parse(&source.bytes, &source.file)?)?;
    let mut lowering = lower::lower(document, &settings.profile, usage)?;
    lower::apply_overlay(&mut lowering.api, &settings.overlay, usage);
    Ok(lowering)
}

fn snapshot(
    lowering: Lowering,
    mut names: Names,
    source: &SpecSource,
    settings: &DiffSettings,
    usage: &UsageTracker,
) -> Result<Snapshot, Errors> {
    let Lowering { api, mut report } = lowering;
    report.warnings.append(&mut names.warnings);
    let in_file = |errors: Errors| errors.in_file(&source.file);
    let overlay = applicable(&settings.overlay, &api);
    let tools: HashSet<&str> = names.operations.values().map(|name| name.tool.as_str()).collect();
    names.lock.forget_idle_aliases(|name| tools.contains(name));
    let relations = relate::relate(&api, &settings.profile, &overlay, usage).map_err(in_file)?;
    let model = Model { api, names, relations, report };
    let catalog = emit::emit_catalog(&model, &settings.profile, &overlay, usage).map_err(in_file)?;
    let surfaces = emit::model_surfaces(&model, &settings.profile, &overlay, usage);
    let release = ReleaseInfo {
        file: source.file.display().to_string(),
        version: model.api.version.clone(),
        operations: model.api.operations.len(),
        schemas: model.api.schemas.values().filter(|schema| !schema.inline).count(),
    };
    let document = load::read_declared(&source.bytes, &source.file)?;
    Ok(Snapshot { release, model, overlay, surfaces, catalog, document })
}

/// Returns the part of `overlay` that applies to `api`.
fn applicable(overlay: &Overlay, api: &ApiDefinition) -> Overlay {
    let exists = |key: &str| api.operation_called(key).is_some();
    let lists = |key: &str| api.operation_called(key).is_some_and(|id| api.operations[id].listed().is_some());
    let mut overlay = overlay.clone();
    overlay.references.retain(|rule| api.schemas.contains_key(rule.schema.as_str()) && lists(&rule.list));
    overlay.arguments.retain(|rule| lists(&rule.list));
    overlay.bindings.retain(|binding| exists(&binding.tool) && exists(&binding.operation));
    for lifecycle in &mut overlay.lifecycles {
        for step in &mut lifecycle.steps {
            step.operations.retain(|key| exists(key));
        }
    }
    overlay
}
