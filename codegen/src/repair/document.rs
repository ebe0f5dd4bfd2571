//! A repaired document, which still uses OpenAPI's concepts.

use std::path::PathBuf;

use openapiv3::{Components, ParameterData, SecurityRequirement};

use crate::diagnostic::Report;
use crate::ir::{Method, ParameterLocation, ParameterStyle};

/// A document after repair.
#[derive(Clone, Debug)]
pub struct RepairedDocument {
    /// The file, for messages.
    pub file: PathBuf,
    /// The document's `info.title`.
    pub title: String,
    /// The document's `info.version`.
    pub version: String,
    /// The first server's URL.
    pub server: Option<String>,
    /// The security requirements of operations that have none of their own.
    pub security: Vec<SecurityRequirement>,
    /// All operations, sorted by path and method.
    pub operations: Vec<RawOperation>,
    /// Components, with repaired schemas.
    pub components: Components,
    /// The repairs and omissions.
    pub report: Report,
}

/// An operation with repaired path and parameters, still in OpenAPI's terms.
#[derive(Clone, Debug)]
pub struct RawOperation {
    /// The HTTP method.
    pub method: Method,
    /// The path as spelled in the document.
    pub spec_path: String,
    /// The path after repair.
    pub path: String,
    /// JSON pointer to the operation.
    pub pointer: String,
    /// Resolved parameters: path parameters, then query, then headers.
    pub parameters: Vec<RawParameter>,
    /// The operation in the document.
    pub operation: openapiv3::Operation,
}

/// A resolved parameter.
#[derive(Clone, Debug)]
pub struct RawParameter {
    /// Where it is sent.
    pub location: ParameterLocation,
    /// How a list or an object is serialized.
    pub style: ParameterStyle,
    /// The parameter in the document.
    pub data: ParameterData,
}
