//! Lowers operations: parameters, bodies and responses.

use super::responses::{error, response};
use super::schemas::SchemaLowering;
use super::security::lower_own;
use super::{parameters as lower_parameters, request_bodies};
use crate::config::{Profile, UsageTracker};
use crate::diagnostic::CodegenError;
use crate::id::OperationTable;
use crate::ir::{Operation, ParameterLocation, Security, Template};
use crate::repair::{RawOperation, RepairedDocument};

/// Lowers all operations in `document`. Operations that can't be expressed are left out.
pub fn lower(
    document: &RepairedDocument,
    schemas: &mut SchemaLowering<'_>,
    profile: &Profile,
    usage: &UsageTracker,
    security: &Security,
) -> OperationTable<Operation> {
    let patches = request_bodies::has_patches(document);
    let lower_or_omit = |raw: &RawOperation| match operation(raw, schemas, profile, usage, patches, security)
    {
        Ok(operation) => Some(operation),
        Err(problem) => {
            schemas.omit(problem.at(&raw.pointer));
            None
        }
    };
    document.operations.iter().filter_map(lower_or_omit).collect()
}

fn operation(
    raw: &RawOperation,
    schemas: &mut SchemaLowering<'_>,
    profile: &Profile,
    usage: &UsageTracker,
    patches: bool,
    security: &Security,
) -> Result<Operation, CodegenError> {
    let source = &raw.operation;
    // The name for inline schemas, which are rare, so the case of the name is only converted once one is found.
    let name = source.operation_id.clone().unwrap_or_default();
    let response = response(raw, schemas, &name, &profile.paging)?;
    let error = error(raw, schemas, &name);
    let mut body = request_bodies::body(raw, schemas, &name, &response, patches);
    let mut parameters = Vec::new();
    for parameter in &raw.parameters {
        if parameter.location == ParameterLocation::Header
            && profile.transport_headers.contains(&parameter.data.name)
        {
            usage.mark(format!("transport_headers.{}", parameter.data.name));
            continue;
        }
        lower_parameters::lower(parameter, raw, schemas, &name, &mut parameters, &mut body);
    }
    Ok(Operation {
        method: raw.method,
        spec_path: raw.spec_path.clone(),
        path: Template::parse(&raw.path),
        pointer: raw.pointer.clone(),
        id: name,
        summary: source.summary.clone().unwrap_or_default(),
        description: source.description.clone().unwrap_or_default(),
        tags: source.tags.clone(),
        deprecated: source.deprecated,
        parameters,
        body,
        response,
        error,
        security: lower_own(raw, security, schemas, profile, usage),
    })
}
