//! Lowers operations: parameters, bodies and responses.

use openapiv3::{ParameterSchemaOrContent, ReferenceOr};

use super::limits::limits;
use super::request_bodies;
use super::responses::{error, response};
use super::schemas::SchemaLowering;
use crate::config::{Profile, UsageTracker};
use crate::diagnostic::CodegenError;
use crate::id::OperationTable;
use crate::ir::{
    BodyKind, Limits, Method, Operation, OperationBody, Parameter, ParameterLocation, Template, Type,
};
use crate::repair::{ParameterStyle, RawOperation, RawParameter, RepairedDocument};

/// Lowers all operations in `document`. Operations that can't be expressed are left out.
pub fn lower(
    document: &RepairedDocument,
    schemas: &mut SchemaLowering<'_>,
    profile: &Profile,
    usage: &UsageTracker,
) -> OperationTable<Operation> {
    let patches = request_bodies::has_patches(document);
    let lower_or_omit = |raw: &RawOperation| match operation(raw, schemas, profile, usage, patches) {
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
) -> Result<Operation, CodegenError> {
    let source = &raw.operation;
    // The name for inline schemas. Its casing is only determined when one is found, which is rare.
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
        lower_parameter(parameter, raw, schemas, &name, &mut parameters, &mut body);
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
    })
}

fn lower_parameter(
    raw: &RawParameter,
    operation: &RawOperation,
    schemas: &mut SchemaLowering<'_>,
    name: &str,
    parameters: &mut Vec<Parameter>,
    body: &mut Option<OperationBody>,
) {
    let data = &raw.data;
    let location = format!("{}/parameters ({})", operation.pointer, data.name);
    let mut own_limits = Limits::default();
    let ty = match &data.format {
        ParameterSchemaOrContent::Schema(schema) => {
            if let ReferenceOr::Item(schema) = schema {
                own_limits = limits(schema);
                schemas.check_pattern(&mut own_limits, &location);
            }
            let inline = format!("{name} {}", data.name);
            let ty = schemas.lower_or_reference(schema, &inline, &location);
            schemas.without_alternatives(ty)
        }
        ParameterSchemaOrContent::Content(_) => {
            let message = format!("`{}` is text in a format of its own; the caller writes it", data.name);
            schemas.leave_raw(CodegenError::new("E016", message).at(&location));
            Type::Text(None)
        }
    };
    let members: Vec<Parameter> = match &ty {
        Type::Named(schema) => schemas
            .get(schema)
            .map(|s| s.fields())
            .unwrap_or_default()
            .iter()
            .map(|field| Parameter {
                name: match raw.style {
                    ParameterStyle::DeepObject => format!("{}[{}]", data.name, field.name),
                    _ => field.name.clone(),
                },
                location: ParameterLocation::Query,
                required: field.required && data.required,
                description: field.description.clone(),
                ty: schemas.without_alternatives(field.ty.clone()),
                limits: field.limits.clone(),
                separator: None,
                member_of: Some(schema.clone()),
            })
            .collect(),
        _ => Vec::new(),
    };
    let by_member = matches!(raw.style, ParameterStyle::Exploded | ParameterStyle::DeepObject);
    if raw.location == ParameterLocation::Query && by_member && !members.is_empty() {
        let writes = matches!(operation.method, Method::Post | Method::Put | Method::Patch);
        if writes && body.is_none() && data.required {
            let message = format!(
                "`{}` is an object, and the operation has no body; it is sent as the body",
                data.name
            );
            schemas.repaired("R028", &location, message);
            *body = Some(OperationBody::new(BodyKind::Json, ty, true, None));
            return;
        }
        let message = format!("`{}` is an object; its properties are sent as query parameters", data.name);
        schemas.repaired("R017", &location, message);
        for member in members {
            if !parameters
                .iter()
                .any(|known| known.location == ParameterLocation::Query && known.name == member.name)
            {
                parameters.push(member);
            }
        }
        return;
    }
    let known = parameters.iter().any(|known| known.location == raw.location && known.name == data.name);
    if known {
        return;
    }
    let (ty, separator) = wire_type(raw, ty, schemas, &location);
    parameters.push(Parameter {
        name: data.name.clone(),
        location: raw.location,
        required: data.required,
        description: words(data.description.as_deref()),
        ty,
        limits: own_limits,
        separator,
        member_of: None,
    });
}

/// Returns the type of a parameter as it can be sent, and the separator between list items.
///
/// Lists of scalars are sent in their style. An object that isn't sent property by property, or a list of
/// objects, becomes text that the caller writes.
fn wire_type(
    raw: &RawParameter,
    ty: Type,
    schemas: &mut SchemaLowering<'_>,
    location: &str,
) -> (Type, Option<char>) {
    let name = &raw.data.name;
    let problem = match (schemas.resolve(&ty), raw.style) {
        (_, ParameterStyle::Unsupported) => {
            format!("`{name}` has a style that no request is made in; the caller writes it")
        }
        (Type::List(item), style) => {
            let is_pairs = raw.location != ParameterLocation::Query && style == ParameterStyle::Exploded;
            if !matches!(schemas.resolve(item), Type::Named(_) | Type::Map(_) | Type::List(_)) && !is_pairs {
                let separator = match style {
                    ParameterStyle::Joined(separator) => Some(separator),
                    _ => None,
                };
                return (ty, separator);
            }
            format!("`{name}` is a list that is not written item by item; the caller writes it as text")
        }
        (Type::Map(_), ParameterStyle::Exploded | ParameterStyle::DeepObject) => {
            format!("`{name}` has members of any name, which cannot be sent; the caller writes it as text")
        }
        (Type::Map(_) | Type::Named(_), _) => {
            format!("`{name}` is an object that is not written by member; the caller writes it as text")
        }
        _ => return (ty, None),
    };
    schemas.leave_raw(CodegenError::new("E016", problem).at(location));
    (Type::Text(None), None)
}

/// A one-word description repeats a name and explains nothing.
fn words(description: Option<&str>) -> String {
    let text = description.unwrap_or_default().trim();
    if text.contains(char::is_whitespace) { text.to_owned() } else { String::new() }
}
