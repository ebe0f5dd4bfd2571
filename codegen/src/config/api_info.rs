//! Profile settings for the names of the API and the generated package.

use serde::Deserialize;

/// Names of the API and its crate.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiInfo {
    /// The display name, e.g. `Book Store`.
    pub name: String,
    /// The name of the generated package.
    pub package: String,
    /// The prefix of tool names, in snake case.
    pub prefix: String,
    /// The package description, in one sentence.
    pub description: String,
    /// The package license, as an SPDX expression. A package outside the workspace can't be published without one.
    #[serde(default)]
    pub license: Option<String>,
    /// The package's keywords in a registry; at most five.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// The package's categories in a registry.
    #[serde(default)]
    pub categories: Vec<String>,
}
