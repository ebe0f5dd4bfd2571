//! Names of the API and of the generated package.

use serde::Deserialize;

/// What the API and its crate are called.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiInfo {
    /// The name people use, e.g. `Book Store`.
    pub name: String,
    /// The name of the generated package.
    pub package: String,
    /// The prefix of tool names, snake case.
    pub prefix: String,
    /// One sentence for the package's description.
    pub description: String,
    /// The license of the package, an SPDX expression. A package outside the workspace can be published only with one.
    #[serde(default)]
    pub license: Option<String>,
    /// The keywords of the package in a registry; at most five.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// The categories of the package in a registry.
    #[serde(default)]
    pub categories: Vec<String>,
}
