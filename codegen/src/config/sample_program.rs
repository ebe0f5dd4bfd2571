//! Profile settings for the example programs on the front page of the generated package.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A program that demonstrates the package.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SampleProgram {
    /// A heading that describes the program.
    pub title: String,
    /// The source file, relative to the profile.
    #[serde(skip_serializing)]
    pub file: PathBuf,
    /// The source code, once the file has been read.
    #[serde(skip_deserializing)]
    pub code: String,
}
