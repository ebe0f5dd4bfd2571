//! Helpers shared by several tests.

pub mod calls;
pub mod edits;
pub mod findings;
pub mod rules;

use toolcrate_diff::{DiffSettings, SpecSource};
use toolcrate_testing::specs::{read_release, release_path, specs_folder};

/// Returns the settings for the real API.
pub fn settings() -> DiffSettings {
    DiffSettings::read(&specs_folder().join("toolcrate.yaml")).unwrap()
}

/// Returns a real release.
pub fn source(release: &str) -> SpecSource {
    SpecSource { file: release_path(release), bytes: read_release(release) }
}
