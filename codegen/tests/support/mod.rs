//! What several tests share: the pipeline in memory, from the bytes of a spec to files.

#![allow(dead_code, reason = "every test file uses its own part of this")]

pub mod calls;
pub mod cases;
pub mod edits;
pub mod findings;
pub mod mutate;
pub mod rules;
pub mod sound;

use std::path::{Path, PathBuf};

use toolcrate_codegen::config::{self, Ledger, Overlay, Profile};
use toolcrate_codegen::diagnostic::Errors;
use toolcrate_codegen::emit::{self, Files};
use toolcrate_codegen::name::lock::Lock;
use toolcrate_codegen::{load, lower, name, relate, repair};

/// The folder of the real specs.
pub fn specs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs")
}

/// The bytes of a real release.
pub fn release(release: &str) -> Vec<u8> {
    std::fs::read(specs().join(format!("connectwise-psa-{release}.json"))).unwrap()
}

/// The real profile and overlay.
pub fn settings() -> (Profile, Overlay) {
    (
        config::read_yaml(&specs().join("toolcrate.yaml")).unwrap(),
        config::read_yaml(&specs().join("overlay.yaml")).unwrap(),
    )
}

/// The same for a release: rules for what the older one lacks are taken out.
pub fn settings_for(release: &str) -> (Profile, Overlay) {
    let (profile, mut overlay) = settings();
    if release != "2025.1" {
        overlay.references.clear();
        overlay.lifecycles.clear();
    }
    (profile, overlay)
}

/// The folders of the golden cases.
pub fn golden_cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut cases: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

/// The profile and the overlay of a golden case.
pub fn golden(folder: &Path) -> (Profile, Overlay) {
    let profile: Profile = config::read_yaml(&folder.join("toolcrate.yaml")).unwrap();
    let overlay = profile.overlay.as_ref().map(|path| config::read_yaml(&folder.join(path)).unwrap());
    (profile, overlay.unwrap_or_default())
}

/// Runs the pipeline with an empty lock.
pub fn files(spec: &[u8], profile: &Profile, overlay: &Overlay) -> Result<Files, Errors> {
    let ledger = Ledger::new();
    let document = repair::repair(load::parse(spec, Path::new("spec"))?)?;
    let lowered = lower::lower(document, profile, &ledger)?;
    let named = name::name(lowered, profile, Lock::default(), &ledger)?;
    let related = relate::relate(named, profile, overlay, &ledger)?;
    emit::emit(&related, profile, overlay, &ledger)
}
