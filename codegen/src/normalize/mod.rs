//! Stage 1b: converts a document tree to OpenAPI 3.0.
//!
//! Upgrades Swagger 2.0, downgrades OpenAPI 3.1 syntax, resolves references to components, and drops unreadable parts.
//! Every change is reported.

mod document;
mod location;
mod references;
mod schemas;
mod servers;
mod swagger;

pub use document::VERBS;
pub use location::DocumentLocation;
use serde_json::{Value, json};

use crate::diagnostic::{CodegenError, Repair, Report};

/// Normalizes `tree`, which is an object.
///
/// # Errors
/// - `E003` if it is a version of Swagger other than 2.0.
/// - `E004` if it is a version of OpenAPI other than 3.
/// - `E005` if it isn't an OpenAPI document.
pub fn normalize(tree: &mut Value, report: &mut Report) -> Result<(), CodegenError> {
    let siblings = convert(tree, report)?;
    servers::normalize(tree, report);
    check_depth(tree)?;
    document::normalize(tree, siblings, report);
    tree["openapi"] = json!("3.0.3");
    Ok(())
}

/// Normalizes the schemas in `tree` and keeps everything else as declared, even parts that aren't read.
///
/// # Errors
/// Returns the same errors as [`normalize`].
pub fn normalize_schemas(tree: &mut Value) -> Result<(), CodegenError> {
    let report = &mut Report::default();
    let siblings = convert(tree, report)?;
    check_depth(tree)?;
    let location = DocumentLocation::ROOT;
    for (_, schema) in tree["components"]["schemas"].as_object_mut().into_iter().flatten() {
        schemas::normalize(schema, siblings, &location, report);
    }
    let mut open: Vec<&mut Value> =
        tree.as_object_mut().into_iter().flatten().map(|(_, member)| member).collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(members) => {
                for (name, member) in members.iter_mut() {
                    match name.as_str() {
                        "schema" if member.is_object() => {
                            schemas::normalize(member, siblings, &location, report);
                        }
                        "schema" | "schemas" | "example" | "examples" => {}
                        _ => open.push(member),
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Converts other versions of OpenAPI to 3.0, except for schemas, and points references to components. Returns true if
/// siblings of a reference are respected.
fn convert(tree: &mut Value, report: &mut Report) -> Result<bool, CodegenError> {
    let siblings = match Version::read(tree)? {
        Version::Swagger => {
            swagger::convert(tree, report);
            report.repairs.push(Repair::new(
                "R035",
                "/swagger",
                "the Swagger 2.0 spec was converted to OpenAPI 3.0",
            ));
            false
        }
        Version::OpenApi30 => false,
        Version::OpenApi31(version) => {
            let message = format!("the OpenAPI {version} spec was converted to OpenAPI 3.0");
            report.repairs.push(Repair::new("R035", "/openapi", message));
            true
        }
    };
    if !tree["paths"].is_object() {
        if !tree["webhooks"].is_object() {
            return Err(CodegenError::new("E005", "missing property `paths`").at("/paths"));
        }
        tree["paths"] = json!({});
    }
    references::normalize(tree, report);
    Ok(siblings)
}

fn check_depth(tree: &Value) -> Result<(), CodegenError> {
    if depth(tree) <= MAX_DEPTH {
        return Ok(());
    }
    let message = "schema references lead to endless nesting";
    Err(CodegenError::new("E007", message).at("/"))
}

/// Maximum nesting of a document whose references are resolved.
const MAX_DEPTH: usize = 80;

fn depth(value: &Value) -> usize {
    1 + match value {
        Value::Object(members) => members.values().map(depth).max().unwrap_or(0),
        Value::Array(items) => items.iter().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// The format of a document.
enum Version {
    Swagger,
    OpenApi30,
    OpenApi31(String),
}

impl Version {
    fn read(tree: &Value) -> Result<Self, CodegenError> {
        let plain = |version: &Value| version.as_str().map_or_else(|| version.to_string(), str::to_owned);
        if let Some(version) = tree.get("swagger").map(plain) {
            return match version.as_str() {
                "2" | "2.0" => Ok(Self::Swagger),
                _ => {
                    let message =
                        format!("unsupported format: Swagger {version} (expected Swagger 2.0 or OpenAPI 3)");
                    Err(CodegenError::new("E003", message).at("/swagger"))
                }
            };
        }
        let Some(version) = tree.get("openapi").map(plain) else {
            let message = "not an OpenAPI document: missing property `openapi`";
            return Err(CodegenError::new("E005", message).at("/openapi"));
        };
        match version.as_str() {
            "3" | "3.0" => Ok(Self::OpenApi30),
            _ if version.starts_with("3.0.") => Ok(Self::OpenApi30),
            _ if version.starts_with("3.") => Ok(Self::OpenApi31(version)),
            _ => {
                let message =
                    format!("unsupported format: OpenAPI {version} (expected OpenAPI 3 or Swagger 2.0)");
                Err(CodegenError::new("E004", message).at("/openapi"))
            }
        }
    }
}
