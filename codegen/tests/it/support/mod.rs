//! Helpers shared by several tests, which run the generator in memory, from a spec's bytes to files.

pub mod mutate;
pub mod round_trips;
mod sample;

use std::path::{Path, PathBuf};

use toolcrate_codegen::config::{self, Overlay, Profile, UsageTracker};
use toolcrate_codegen::diagnostic::Errors;
use toolcrate_codegen::emit::{self, Files};
use toolcrate_codegen::ir::ApiDefinition;
use toolcrate_codegen::lower::{self, Lowering};
use toolcrate_codegen::model::Model;
use toolcrate_codegen::naming::{self, Lock, Names};
use toolcrate_codegen::{load, relate, repair};
use toolcrate_testing::specs::specs_folder;

/// Returns the real profile and overlay.
pub fn settings() -> (Profile, Overlay) {
    (
        config::read_yaml(&specs_folder().join("toolcrate.yaml")).unwrap(),
        config::read_yaml(&specs_folder().join("overlay.yaml")).unwrap(),
    )
}

/// Returns the same for a release, without rules for parts that the older one lacks.
pub fn settings_for(release: &str) -> (Profile, Overlay) {
    let (profile, mut overlay) = settings();
    if release != "2025.1" {
        overlay.references.clear();
        overlay.lifecycles.clear();
    }
    (profile, overlay)
}

/// Returns the folders of the golden cases.
pub fn golden_cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut cases: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

/// Returns a golden case's profile and overlay.
pub fn golden(folder: &Path) -> (Profile, Overlay) {
    let profile: Profile = config::read_yaml(&folder.join("toolcrate.yaml")).unwrap();
    let overlay = profile.overlay.as_ref().map(|path| config::read_yaml(&folder.join(path)).unwrap());
    (profile, overlay.unwrap_or_default())
}

/// The API of a golden case, and the names that its lock gives.
pub fn golden_api(folder: &Path) -> (ApiDefinition, Names) {
    let (profile, overlay) = golden(folder);
    let usage = UsageTracker::new();
    let document = repair::repair(load::load(&folder.join(&profile.spec)).unwrap()).unwrap();
    let Lowering { mut api, .. } = lower::lower(document, &profile, &usage).unwrap();
    lower::apply_overlay(&mut api, &overlay, &usage);
    let names = naming::name(&api, &profile, Lock::read(&folder.join(&profile.lock)).unwrap(), &usage);
    (api, names.unwrap())
}

/// Runs the pipeline with an empty lock file.
pub fn files(spec: &[u8], profile: &Profile, overlay: &Overlay) -> Result<Files, Errors> {
    let usage = UsageTracker::new();
    let document = repair::repair(load::parse(spec, Path::new("spec"))?)?;
    let Lowering { mut api, report } = lower::lower(document, profile, &usage)?;
    lower::apply_overlay(&mut api, overlay, &usage);
    let names = naming::name(&api, profile, Lock::default(), &usage)?;
    let relations = relate::relate(&api, profile, overlay, &usage)?;
    emit::emit(&Model { api, names, relations, report }, profile, overlay, &usage)
}
