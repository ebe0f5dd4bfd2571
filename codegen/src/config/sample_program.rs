//! The example programs on the front page of the generated package.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A program that shows how the package is used.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SampleProgram {
    /// What it does, as a heading.
    pub title: String,
    /// The file with its code, relative to the profile.
    #[serde(skip_serializing)]
    pub file: PathBuf,
    /// Its code, once the file was read.
    #[serde(skip_deserializing)]
    pub code: String,
}
