//! Lowers operations: parameters, bodies and responses.

use openapiv3::{Operation as Source, ReferenceOr, Response as SourceResponse, StatusCode};

use super::media::is_json;
use super::resolve::resolve;
use super::schemas::SchemaLowering;
use super::security::lower_own;
use super::{parameters as lower_parameters, request_bodies};
use crate::config::{ONLY_LIST, PagingConfig, Profile, UsageTracker};
use crate::diagnostic::CodegenError;
use crate::id::OperationTable;
use crate::ir::{
    Content, Field, Method, Operation, ParameterLocation, Security, SuccessResponse, Template, Type,
};
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

/// The type of the body of an error: that of the most general response which describes one.
fn error(raw: &RawOperation, schemas: &mut SchemaLowering<'_>, name: &str) -> Option<Type> {
    let responses = &raw.operation.responses;
    let has_success = responses
        .responses
        .keys()
        .any(|status| matches!(status, StatusCode::Code(200..=299) | StatusCode::Range(2)));
    let mut errors: Vec<(u16, String, &ReferenceOr<SourceResponse>)> = responses
        .responses
        .iter()
        .filter_map(|(status, response)| match status {
            StatusCode::Code(code @ 400..=599) => Some((*code, code.to_string(), response)),
            StatusCode::Range(range @ 4..=5) => Some((*range, format!("{range}XX"), response)),
            _ => None,
        })
        .collect();
    // If no success is declared, the default isn't the error.
    let default = responses.default.as_ref().filter(|_| has_success);
    errors.extend(default.map(|response| (0, "default".to_owned(), response)));
    errors.sort_by_key(|(order, ..)| *order);
    errors.into_iter().find_map(|(_, status, response)| {
        let response = resolve_response(response, schemas).ok()?;
        let (_, content) = response.content.iter().find(|(media, _)| is_json(media))?;
        let location = format!("{}/responses/{status}", raw.pointer);
        let ty = schemas.lower_or_reference(content.schema.as_ref()?, &format!("{name}Error"), &location);
        (ty != Type::Any).then_some(ty)
    })
}

fn response(
    raw: &RawOperation,
    schemas: &mut SchemaLowering<'_>,
    name: &str,
    paging: &PagingConfig,
) -> Result<SuccessResponse, CodegenError> {
    let source: &Source = &raw.operation;
    let mut successes: Vec<(u16, &ReferenceOr<SourceResponse>)> = source
        .responses
        .responses
        .iter()
        .filter_map(|(status, response)| match status {
            StatusCode::Code(code @ 200..=299) => Some((*code, response)),
            StatusCode::Range(2) => Some((200, response)),
            _ => None,
        })
        .collect();
    // If a success is declared, the default is the error.
    if successes.is_empty() {
        successes.extend(source.responses.default.as_ref().map(|response| (200, response)));
    }
    successes.sort_by_key(|(status, _)| *status);
    successes.dedup_by_key(|(status, _)| *status);
    let statuses: Vec<u16> = successes.iter().map(|(status, _)| *status).collect();
    let nothing = |content| SuccessResponse { statuses: statuses.clone(), content, media_type: None };
    if raw.method == Method::Head {
        return Ok(nothing(Content::None));
    }
    for (status, source) in &successes {
        let source = resolve_response(source, schemas)?;
        let json = source.content.iter().find(|(media, _)| is_json(media));
        let Some((media, content)) = json.or_else(|| source.content.first()) else { continue };
        if *status == 204 {
            schemas.repaired("R019", &raw.pointer, "content is described for a 204; no content is expected");
            continue;
        }
        let location = format!("{}/responses/{status}", raw.pointer);
        let ty = content
            .schema
            .as_ref()
            .map(|schema| schemas.lower_or_reference(schema, &format!("{name}Answer"), &location));
        if is_json(media) && media.contains(['+', ';']) {
            schemas.repaired(
                "R012",
                "/",
                format!("the vendor-specific media type `{media}` is treated as JSON"),
            );
        }
        let others = successes.iter().filter(|(other, _)| other != status && ![204, 207].contains(other));
        let differs = |source: &&ReferenceOr<SourceResponse>| {
            let found = resolve_response(source, schemas).ok();
            let other = found.and_then(|found| found.content.iter().find(|(media, _)| is_json(media)));
            let other = other.and_then(|(_, content)| content.schema.as_ref());
            other.is_some_and(|other| Some(other) != content.schema.as_ref())
        };
        if is_json(media) && others.map(|(_, source)| *source).any(|source| differs(&source)) {
            let message = "its 2xx responses differ in type; the response is any JSON value";
            schemas.untype(CodegenError::new("E017", message).at(&location));
            let content = Content::Json(Type::Any);
            return Ok(SuccessResponse {
                statuses: statuses.clone(),
                content,
                media_type: Some(media.clone()),
            });
        }
        if !is_json(media)
            && ty.as_ref().is_some_and(|ty| {
                matches!(schemas.resolve(ty), Type::Named(_) | Type::List(_) | Type::Map(_))
            })
        {
            let message = format!("a response of type {media} is not decoded; it is returned as bytes");
            schemas.leave_raw(CodegenError::new("E014", message).at(&location));
        }
        let rows = ty.as_ref().and_then(|ty| rows(raw, ty, schemas, paging));
        let content = match rows.or(ty).map(|ty| list_behind(ty, schemas)) {
            Some(ty) if is_json(media) && ty != Type::Binary => Content::Json(ty),
            _ if is_json(media) => Content::Json(Type::Any),
            _ => Content::Binary,
        };
        return Ok(SuccessResponse { statuses: statuses.clone(), content, media_type: Some(media.clone()) });
    }
    let reads = matches!(raw.method, Method::Get) && statuses != [204];
    if reads {
        schemas.repaired(
            "R018",
            &raw.pointer,
            "the GET has no described response; the response is returned as bytes",
        );
        return Ok(nothing(Content::Binary));
    }
    Ok(nothing(Content::None))
}

/// Returns the row type, if the response is an object with rows in the property that the profile's pagination
/// specifies. The runtime extracts the rows, so later stages see a list.
fn rows(raw: &RawOperation, ty: &Type, schemas: &SchemaLowering<'_>, paging: &PagingConfig) -> Option<Type> {
    let items = paging.items()?;
    let (Method::Get, Type::Named(name)) = (raw.method, ty) else { return None };
    let list = |field: &Field| {
        let list = list_behind(field.ty.clone(), schemas);
        matches!(list, Type::List(_)).then_some(list)
    };
    if items == ONLY_LIST {
        // A single record may also contain a list; only paginated responses have rows.
        let is_paged = raw.parameters.iter().any(|own| paging.parameters().contains(&own.data.name.as_str()));
        let mut lists = schemas.get(name)?.fields().iter().filter_map(list);
        let rows = lists.next().filter(|_| lists.next().is_none())?;
        let is_record = matches!(&rows, Type::List(item) if matches!(schemas.resolve(item), Type::Named(_)));
        return (is_record && is_paged).then_some(rows);
    }
    let mut path = items.strip_prefix('/')?.split('/').peekable();
    let mut fields = schemas.get(name)?.fields();
    while let Some(member) = path.next() {
        let field = fields.iter().find(|field| field.name == member)?;
        if path.peek().is_none() {
            return list(field);
        }
        let Type::Named(inner) = schemas.resolve(&field.ty) else { return None };
        fields = schemas.get(inner)?.fields();
    }
    None
}

/// Returns the list for which `ty` is an alias, so it is recognized as one, or else `ty`. A list of enum values
/// keeps its name, because the enum is named after it.
fn list_behind(ty: Type, schemas: &SchemaLowering<'_>) -> Type {
    match schemas.resolve(&ty) {
        list @ Type::List(item) if matches!(**item, Type::Named(_)) => list.clone(),
        _ => ty,
    }
}

fn resolve_response<'a>(
    source: &'a ReferenceOr<SourceResponse>,
    schemas: &SchemaLowering<'a>,
) -> Result<&'a SourceResponse, CodegenError> {
    resolve(source, &schemas.components().responses, "responses").map_err(|reference| {
        CodegenError::new("E006", format!("the reference `{reference}` does not resolve"))
    })
}
