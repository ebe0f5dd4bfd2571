//! Lowers responses: those of successful calls (by status if their content differs), and those that report errors.

use openapiv3::{ReferenceOr, Response as SourceResponse, StatusCode};

use super::media::is_json;
use super::resolve::resolve;
use super::schemas::SchemaLowering;
use crate::config::{ONLY_LIST, PagingConfig};
use crate::diagnostic::CodegenError;
use crate::ir::{Content, Field, Method, StatusContent, SuccessResponse, Type, success_name};
use crate::repair::RawOperation;

/// A status of a successful response; `None` is any 2xx that the document doesn't list.
type SuccessStatus = Option<u16>;

/// Returns the type of an error body: that of the most general response that describes one.
pub fn error(raw: &RawOperation, schemas: &mut SchemaLowering<'_>, name: &str) -> Option<Type> {
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

/// Returns the response of a successful call.
///
/// # Errors
/// Returns `E006` for a response that refers to a nonexistent component.
pub fn response(
    raw: &RawOperation,
    schemas: &mut SchemaLowering<'_>,
    name: &str,
    paging: &PagingConfig,
) -> Result<SuccessResponse, CodegenError> {
    let successes = successes(raw);
    let mut statuses: Vec<u16> = successes.iter().map(|(status, _)| status.unwrap_or(200)).collect();
    statuses.sort_unstable();
    statuses.dedup();
    if raw.method == Method::Head {
        return Ok(SuccessResponse::new(statuses, Content::None, None));
    }
    let mut by_status: Vec<StatusContent> = Vec::with_capacity(successes.len());
    let mut main: Option<(Content, String)> = None;
    let mut known: Vec<(&SourceResponse, Content)> = Vec::new();
    for (status, source) in successes {
        let source = resolve_response(source, schemas)?;
        let same = known.iter().find(|(other, _)| has_same_content(other, source) && status != Some(204));
        let content = match same.map(|(_, content)| content.clone()) {
            Some(content) => content,
            None => match described(raw, status, source, schemas, name, main.is_none(), paging) {
                Some((content, media)) => {
                    main.get_or_insert_with(|| (content.clone(), media.to_owned()));
                    content
                }
                // A GET returns some content.
                None if raw.method == Method::Get && status == Some(200) => Content::Binary,
                None => Content::None,
            },
        };
        if status != Some(204) {
            known.push((source, content.clone()));
        }
        by_status.push(StatusContent { status, content });
    }
    let Some((content, media_type)) = main else {
        if raw.method == Method::Get && statuses != [204] {
            let message = "the GET has no described response; the response is returned as bytes";
            schemas.repaired("R018", &raw.pointer, message);
            return Ok(SuccessResponse::new(statuses, Content::Binary, None));
        }
        return Ok(SuccessResponse::new(statuses, Content::None, None));
    };
    let response = SuccessResponse::new(statuses, content.clone(), Some(media_type));
    let has_content = |answer: &&StatusContent| answer.content != Content::None;
    let differs = by_status.iter().filter(has_content).any(|answer| answer.content != content);
    // A response without content is an empty list, and pagination only needs the items.
    let is_list = raw.method == Method::Get && is_list(&content, schemas);
    if by_status.iter().all(|answer| answer.content == content) || (is_list && !differs) {
        return Ok(response);
    }
    if !differs {
        return Ok(SuccessResponse { by_status, ..response });
    }
    let message = "its 2xx responses differ in type; the typed function returns an enum of them, the tool any JSON value";
    schemas.repaired("R042", &raw.pointer, message);
    let content = if matches!(content, Content::Json(_)) { Content::Json(Type::Any) } else { content };
    Ok(SuccessResponse { by_status, content, ..response })
}

/// Returns true if two responses have the same schemas, by media type.
fn has_same_content(one: &SourceResponse, other: &SourceResponse) -> bool {
    let mut pairs = one.content.iter().zip(&other.content);
    one.content.len() == other.content.len()
        && pairs.all(|((media, content), (other_media, other))| {
            media == other_media && content.schema == other.schema
        })
}

/// Returns the responses of successful calls, by status.
fn successes(raw: &RawOperation) -> Vec<(SuccessStatus, &ReferenceOr<SourceResponse>)> {
    let responses = &raw.operation.responses;
    let mut successes: Vec<(SuccessStatus, &ReferenceOr<SourceResponse>)> = responses
        .responses
        .iter()
        .filter_map(|(status, response)| match status {
            StatusCode::Code(code @ 200..=299) => Some((Some(*code), response)),
            StatusCode::Range(2) => Some((None, response)),
            _ => None,
        })
        .collect();
    // If a success is declared, the default is the error.
    if successes.is_empty() {
        successes.extend(responses.default.as_ref().map(|response| (None, response)));
    }
    successes.sort_by_key(|(status, _)| status.unwrap_or(u16::MAX));
    successes.dedup_by_key(|(status, _)| *status);
    successes
}

/// Returns the content of a response and its media type, or `None` if it has no content.
fn described<'s>(
    raw: &RawOperation,
    status: SuccessStatus,
    source: &'s SourceResponse,
    schemas: &mut SchemaLowering<'_>,
    name: &str,
    is_first: bool,
    paging: &PagingConfig,
) -> Option<(Content, &'s str)> {
    let json = source.content.iter().find(|(media, _)| is_json(media));
    let (media, content) = json.or_else(|| source.content.first())?;
    if status == Some(204) {
        schemas.repaired("R019", &raw.pointer, "content is described for a 204; no content is expected");
        return None;
    }
    let label = match status {
        Some(status) => status.to_string(),
        None if raw.operation.responses.responses.contains_key(&StatusCode::Range(2)) => "2XX".to_owned(),
        None => "default".to_owned(),
    };
    let location = format!("{}/responses/{label}", raw.pointer);
    let inline_name = match status.and_then(success_name).filter(|_| !is_first) {
        Some(status_name) => format!("{name}{status_name}Answer"),
        None => format!("{name}Answer"),
    };
    let ty =
        content.schema.as_ref().map(|schema| schemas.lower_or_reference(schema, &inline_name, &location));
    if is_json(media) && media.contains(['+', ';']) {
        let message = format!("the vendor-specific media type `{media}` is treated as JSON");
        schemas.repaired("R012", "/", message);
    }
    let is_structured =
        |ty: &Type| matches!(schemas.resolve(ty), Type::Named(_) | Type::List(_) | Type::Map(_));
    if !is_json(media) && ty.as_ref().is_some_and(is_structured) {
        let message = format!("a response of type {media} is not decoded; it is returned as bytes");
        schemas.leave_raw(CodegenError::new("E014", message).at(&location));
    }
    let rows = ty.as_ref().and_then(|ty| rows(raw, ty, schemas, paging));
    let content = match rows.or(ty).map(|ty| list_behind(ty, schemas)) {
        Some(ty) if is_json(media) && ty != Type::Binary => Content::Json(ty),
        _ if is_json(media) => Content::Json(Type::Any),
        _ => Content::Binary,
    };
    Some((content, media))
}

/// Returns true if the content is a list.
fn is_list(content: &Content, schemas: &SchemaLowering<'_>) -> bool {
    matches!(content, Content::Json(ty) if matches!(schemas.resolve(ty), Type::List(_)))
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
