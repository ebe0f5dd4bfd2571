//! A repaired document, still in OpenAPI's terms.

use std::path::PathBuf;

use openapiv3::{Components, ParameterData};

use crate::diagnostic::Report;
use crate::ir::{Method, ParameterLocation};

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

/// How a list or object parameter is serialized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterStyle {
    /// One pair per item or property.
    Exploded,
    /// A single value with this separator between items.
    Joined(char),
    /// One pair per property, `name[property]`.
    DeepObject,
    /// A style that isn't supported yet.
    Unsupported,
}
