//! Lowers operations: parameters, bodies and responses.

use openapiv3::{
    Operation as Source, ParameterSchemaOrContent, ReferenceOr, Response as SourceResponse, StatusCode,
};

use super::limits::limits;
use super::media::is_json;
use super::request_bodies;
use super::resolve::resolve;
use super::schemas::SchemaLowering;
use crate::config::{ONLY_LIST, PagingConfig, Profile, UsageTracker};
use crate::diagnostic::CodegenError;
use crate::id::OperationTable;
use crate::ir::{
    BodyKind, Content, Field, Limits, Method, Operation, OperationBody, Parameter, ParameterLocation,
    SuccessResponse, Template, Type,
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
            schemas.lower_or_reference(schema, &inline, &location)
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
                ty: field.ty.clone(),
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

/// Returns the type of an error body: that of the most general response that describes one.
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
