//! Lowers request bodies.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use openapiv3::{
    Encoding, MediaType, QueryStyle, ReferenceOr, Schema as Source, SchemaKind, Type as SourceType,
};

use super::media::{essence, is_json, with_semicolon};
use super::object_parts::resolve_schema;
use super::resolve::resolve;
use super::schemas::SchemaLowering;
use crate::diagnostic::CodegenError;
use crate::ir::{BodyKind, Content, Field, FieldStyle, Method, OperationBody, SuccessResponse, Type};
use crate::repair::{RawOperation, RepairedDocument};

const URL_ENCODED: &str = "application/x-www-form-urlencoded";

/// Lowers an operation's body. `patches` is true if the document has JSON Patches.
pub fn body(
    raw: &RawOperation,
    schemas: &mut SchemaLowering<'_>,
    name: &str,
    response: &SuccessResponse,
    patches: bool,
) -> Option<OperationBody> {
    let record = || match &response.content {
        Content::Json(ty @ Type::Named(_)) => ty.clone(),
        _ => Type::Any,
    };
    let Some(source) = &raw.operation.request_body else {
        if raw.method == Method::Patch && patches {
            schemas.repaired(
                "R024",
                &raw.pointer,
                "the PATCH has no body; it accepts a JSON Patch like other PATCH operations",
            );
            return Some(OperationBody::new(BodyKind::Patch, record(), true, None));
        }
        return None;
    };
    let location = format!("{}/requestBody", raw.pointer);
    let source = match resolve(source, &schemas.components().request_bodies, "requestBodies") {
        Ok(source) => source,
        Err(reference) => {
            let message = format!("the reference `{reference}` does not resolve; the body is any JSON value");
            schemas.untype(CodegenError::new("E006", message).at(&location));
            return Some(OperationBody::new(BodyKind::Json, Type::Any, true, None));
        }
    };
    let pick = |wanted: &dyn Fn(&str) -> bool| {
        source.content.iter().find(|(media, _)| wanted(media) && !media.contains('*'))
    };
    let found = [
        (BodyKind::Json, pick(&is_json)),
        (BodyKind::Multipart, pick(&|media| media.starts_with("multipart/"))),
        (BodyKind::UrlEncoded, pick(&|media| essence(media) == URL_ENCODED)),
    ];
    let found = found.into_iter().find_map(|(kind, found)| Some((kind, found?)));
    // The body may have any format, so a structured value is sent as JSON.
    let is_any_json = |(media, content): &(&String, &MediaType)| {
        *media == "*/*" && content.schema.as_ref().is_some_and(|schema| is_structured(schema, schemas))
    };
    let found =
        found.or_else(|| source.content.first().filter(is_any_json).map(|first| (BodyKind::Json, first)));
    let Some((kind, (media, content))) = found else {
        let (media, content) = source.content.first()?;
        return Some(raw_body(media, content, source.required, schemas, &location));
    };
    let ty = content
        .schema
        .as_ref()
        .map_or(Type::Any, |schema| schemas.lower_or_reference(schema, &format!("{name}Body"), &location));
    let ty = match kind {
        BodyKind::Multipart if !is_object(&ty, schemas) && !content.encoding.is_empty() => {
            let fields = content.encoding.keys().map(|part| Field::new(part, Type::Binary)).collect();
            schemas.add_form(&format!("{name}Form"), fields)
        }
        _ => ty,
    };
    if kind == BodyKind::UrlEncoded && !is_object(&ty, schemas) {
        return Some(raw_body(media, content, source.required, schemas, &location));
    }
    let media_type = (kind == BodyKind::Json && media != "application/json" && media != "*/*").then(|| {
        let sent = with_semicolon(media);
        if sent != *media {
            let message = format!("the media type `{media}` lacks a semicolon; it is sent as `{sent}`");
            schemas.repaired("R012", &location, message);
        }
        sent
    });
    if raw.method == Method::Patch && is_patch(&ty, schemas) {
        return Some(OperationBody::new(BodyKind::Patch, record(), true, media_type));
    }
    let mut body = OperationBody::new(kind, ty, source.required, media_type);
    match kind {
        BodyKind::UrlEncoded => {
            body.field_styles = field_styles(&body.ty, &content.encoding, schemas, &location)
        }
        BodyKind::Multipart => {
            body.part_types = part_types(&content.encoding);
            let joined = content.encoding.iter().filter_map(|(name, encoding)| {
                let style = declared_style(encoding)?;
                matches!(style, FieldStyle::Joined(_)).then(|| (name.clone(), style))
            });
            body.field_styles = joined.collect();
        }
        _ => {}
    }
    Some(body)
}

/// Returns true if a schema is an array or an object.
fn is_structured(schema: &ReferenceOr<Source>, schemas: &SchemaLowering<'_>) -> bool {
    let source = resolve_schema(schemas.components(), schema);
    source.is_some_and(|source| {
        matches!(source.schema_kind, SchemaKind::Type(SourceType::Array(_) | SourceType::Object(_)))
    })
}

/// Returns true if `ty` is an object with known properties.
fn is_object(ty: &Type, schemas: &SchemaLowering<'_>) -> bool {
    let Type::Named(name) = schemas.resolve(ty) else { return false };
    schemas.get(name).is_some_and(|schema| !schema.fields().is_empty())
}

/// Returns the encodings of URL-encoded form fields that are lists or objects.
fn field_styles(
    ty: &Type,
    encoding: &IndexMap<String, Encoding>,
    schemas: &mut SchemaLowering<'_>,
    location: &str,
) -> BTreeMap<String, FieldStyle> {
    let Type::Named(name) = schemas.resolve(ty) else { return BTreeMap::new() };
    let fields = schemas.get(name).map(|schema| schema.fields().to_vec()).unwrap_or_default();
    let mut styles = BTreeMap::new();
    for field in fields {
        let encoding = encoding.get(&field.name);
        let declared = encoding.and_then(declared_style);
        let is_nested = |ty: &Type| {
            matches!(schemas.resolve(ty), Type::Named(_) | Type::Map(_) | Type::List(_) | Type::Any)
        };
        let holds_nested = match schemas.resolve(&field.ty) {
            Type::List(item) => is_nested(item),
            Type::Named(name) => {
                let fields = schemas.get(name).map(|schema| schema.fields()).unwrap_or_default();
                fields.iter().any(|field| is_nested(&field.ty))
            }
            Type::Map(value) => is_nested(value),
            _ => continue,
        };
        let style = match declared {
            Some(style) => style,
            None if holds_nested => {
                let message = format!(
                    "no style is declared for the nested values in `{}`; they are sent as JSON",
                    field.name
                );
                schemas.repaired("R039", location, message);
                FieldStyle::Json
            }
            None => continue,
        };
        styles.insert(field.name, style);
    }
    styles
}

fn declared_style(encoding: &Encoding) -> Option<FieldStyle> {
    if encoding.content_type.as_deref().is_some_and(is_json) {
        return Some(FieldStyle::Json);
    }
    match (encoding.style.as_ref()?, encoding.explode) {
        (QueryStyle::DeepObject, _) => Some(FieldStyle::DeepObject),
        (QueryStyle::Form, false) => Some(FieldStyle::Joined(',')),
        (QueryStyle::SpaceDelimited, _) => Some(FieldStyle::Joined(' ')),
        (QueryStyle::PipeDelimited, _) => Some(FieldStyle::Joined('|')),
        (QueryStyle::Form, true) => None,
    }
}

/// Returns the media types of parts that have exactly one.
fn part_types(encoding: &IndexMap<String, Encoding>) -> BTreeMap<String, String> {
    let is_one = |media: &&String| !media.contains([',', '*']) && media.contains('/');
    encoding
        .iter()
        .filter_map(|(name, encoding)| {
            Some((name.clone(), encoding.content_type.as_ref().filter(is_one)?.trim().to_owned()))
        })
        .collect()
}

/// Returns a body that the caller serializes. Formats other than text and files lose their structure, which is
/// reported.
fn raw_body(
    media: &str,
    content: &MediaType,
    required: bool,
    schemas: &mut SchemaLowering<'_>,
    location: &str,
) -> OperationBody {
    let plain = essence(media);
    let is_text = plain.starts_with("text/") && plain != "text/xml";
    let is_structured =
        [URL_ENCODED, "application/xml", "text/xml"].contains(&plain) || plain.ends_with("+xml");
    if is_structured && content.schema.is_some() {
        let message = format!(
            "a body of type {media} can't be serialized by property; the caller must pass the entire body"
        );
        schemas.leave_raw(CodegenError::new("E014", message).at(location));
    }
    let ty = if is_text || is_structured { Type::Text(None) } else { Type::Binary };
    let is_range = media.contains('*');
    if is_range && media != "*/*" {
        let message = format!(
            "`{media}` stands for several media types; the body is sent as `application/octet-stream`"
        );
        schemas.repaired("R048", location, message);
    }
    let media_type = if is_range { "application/octet-stream" } else { media };
    OperationBody::new(BodyKind::Raw, ty, required, Some(media_type.to_owned()))
}

/// Returns true if the document has a PATCH operation with a list as its body. The other PATCH operations then also
/// take JSON Patches.
pub fn has_patches(document: &RepairedDocument) -> bool {
    let components = &document.components;
    document.operations.iter().filter(|raw| raw.method == Method::Patch).any(|raw| {
        let body = raw.operation.request_body.as_ref();
        let body = body.and_then(|body| resolve(body, &components.request_bodies, "requestBodies").ok());
        let content = body.and_then(|body| body.content.iter().find(|(media, _)| is_json(media)));
        let is_list = |schema: &openapiv3::Schema| {
            matches!(schema.schema_kind, openapiv3::SchemaKind::Type(openapiv3::Type::Array(_)))
        };
        let schema = content.and_then(|(_, content)| content.schema.as_ref());
        schema.and_then(|schema| resolve(schema, &components.schemas, "schemas").ok()).is_some_and(is_list)
    })
}

/// Returns true if `ty` is a list of objects with `op` and `path`: a JSON Patch.
fn is_patch(ty: &Type, schemas: &SchemaLowering<'_>) -> bool {
    let Type::List(items) = ty else { return false };
    let Type::Named(name) = &**items else { return false };
    let fields = schemas.get(name).map(|schema| schema.fields()).unwrap_or_default();
    ["op", "path"].iter().all(|wanted| fields.iter().any(|field| field.name == *wanted))
}
