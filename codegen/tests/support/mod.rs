//! What several tests share: the pipeline in memory, from the bytes of a spec to files.

#![allow(dead_code, reason = "every test file uses its own part of this")]

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

/// Runs the pipeline with an empty lock.
pub fn files(spec: &[u8], profile: &Profile, overlay: &Overlay) -> Result<Files, Errors> {
    let ledger = Ledger::new();
    let document = repair::repair(load::parse(spec, Path::new("spec"))?)?;
    let lowered = lower::lower(document, profile, &ledger)?;
    let named = name::name(lowered, profile, Lock::default(), &ledger)?;
    let related = relate::relate(named, profile, overlay, &ledger)?;
    emit::emit(&related, profile, overlay, &ledger)
}
