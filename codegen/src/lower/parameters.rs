//! Lowers parameters: their types, and the style in which each is written.

use openapiv3::{MediaType, ParameterSchemaOrContent, ReferenceOr};

use super::limits::limits;
use super::media::is_json;
use super::schemas::SchemaLowering;
use crate::diagnostic::CodegenError;
use crate::ir::{
    BodyKind, Field, Limits, Method, OperationBody, Parameter, ParameterLocation, ParameterStyle, Type,
};
use crate::repair::{RawOperation, RawParameter};

/// Lowers a parameter and adds it to `parameters`. An object in the query of a write may become the body instead.
pub fn lower(
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
    let mut style = raw.style;
    let inline = format!("{name} {}", data.name);
    let ty = match &data.format {
        ParameterSchemaOrContent::Schema(schema) => {
            if let ReferenceOr::Item(schema) = schema {
                own_limits = limits(schema);
                schemas.check_pattern(&mut own_limits, &location);
            }
            schemas.lower_or_reference(schema, &inline, &location)
        }
        ParameterSchemaOrContent::Content(content) => {
            let is_read =
                |(media, content): &(&String, &MediaType)| is_json(media) && content.schema.is_some();
            match content.iter().find(is_read).and_then(|(_, content)| content.schema.as_ref()) {
                Some(schema) => {
                    style = ParameterStyle::Json;
                    schemas.lower_or_reference(schema, &inline, &location)
                }
                None => {
                    let message =
                        format!("`{}` is text in a format of its own; the caller writes it", data.name);
                    schemas.leave_raw(CodegenError::new("E016", message).at(&location));
                    Type::Text(None)
                }
            }
        }
    };
    let by_member = matches!(style, ParameterStyle::FormExploded | ParameterStyle::DeepObject);
    let object = match schemas.resolve(&ty) {
        Type::Named(name) if raw.location == ParameterLocation::Query && by_member => Some(name.clone()),
        _ => None,
    };
    let fields = object.as_ref().and_then(|name| schemas.get(name)).map(|schema| schema.fields().to_vec());
    if let (Some(object), Some(fields)) = (object, fields.filter(|fields| !fields.is_empty())) {
        let writes = matches!(operation.method, Method::Post | Method::Put | Method::Patch);
        if writes && body.is_none() && data.required {
            let message = format!("`{}` is an object, and the call has no body: it is the body", data.name);
            schemas.repaired("R028", &location, message);
            *body = Some(OperationBody::new(BodyKind::Json, ty, true, None));
            return;
        }
        let message =
            format!("`{}` is an object; its members travel as query members of their own", data.name);
        schemas.repaired("R017", &location, message);
        for field in fields {
            let mut member = member(raw, &field, style, schemas, &location);
            member.member_of = Some(object.clone());
            if !is_known(parameters, ParameterLocation::Query, &member.name) {
                parameters.push(member);
            }
        }
        return;
    }
    if is_known(parameters, raw.location, &data.name) {
        return;
    }
    let (ty, style) = wire_type(raw, style, ty, schemas, &location);
    parameters.push(Parameter {
        name: data.name.clone(),
        location: raw.location,
        required: data.required,
        description: words(data.description.as_deref()),
        ty,
        limits: own_limits,
        style,
        member_of: None,
    });
}

fn is_known(parameters: &[Parameter], location: ParameterLocation, name: &str) -> bool {
    parameters.iter().any(|known| known.location == location && known.name == name)
}

/// The parameter of a member of an object in the query.
fn member(
    raw: &RawParameter,
    field: &Field,
    style: ParameterStyle,
    schemas: &mut SchemaLowering<'_>,
    location: &str,
) -> Parameter {
    let is_deep = style == ParameterStyle::DeepObject;
    let name = if is_deep { format!("{}[{}]", raw.data.name, field.name) } else { field.name.clone() };
    let style = match schemas.resolve(&field.ty) {
        Type::Named(_) | Type::Map(_) if is_deep => Some(ParameterStyle::DeepObject),
        Type::Named(_) | Type::Map(_) => Some(ParameterStyle::Json),
        Type::List(item) if is_nested(item, schemas) => Some(ParameterStyle::Json),
        _ => None,
    };
    if let Some(style) = style {
        let how = if style == ParameterStyle::DeepObject { "in more brackets" } else { "as JSON" };
        let message =
            format!("OpenAPI has no style for the nested values of `{name}`; they are written {how}");
        schemas.repaired("R046", location, message);
    }
    Parameter {
        name,
        location: ParameterLocation::Query,
        required: field.required && raw.data.required,
        description: field.description.clone(),
        ty: field.ty.clone(),
        limits: field.limits.clone(),
        style,
        member_of: None,
    }
}

/// Returns true if a value of type `ty` has members or items.
fn is_nested(ty: &Type, schemas: &SchemaLowering<'_>) -> bool {
    matches!(schemas.resolve(ty), Type::Named(_) | Type::Map(_) | Type::List(_))
}

/// Returns true if `ty` is an object none of whose members is nested.
fn is_flat_object(ty: &Type, schemas: &SchemaLowering<'_>) -> bool {
    match schemas.resolve(ty) {
        Type::Map(value) => !is_nested(value, schemas),
        Type::Named(name) => schemas.get(name).is_some_and(|schema| {
            let fields = schema.fields();
            let is_open = schema.additional.as_ref().is_some_and(|ty| is_nested(ty, schemas));
            !fields.is_empty() && !is_open && !fields.iter().any(|field| is_nested(&field.ty, schemas))
        }),
        _ => false,
    }
}

/// The type of a parameter as it can be written, and the style, if it matters for the type.
///
/// Scalars, lists of scalars and objects of scalars are written in their style. OpenAPI does not define one for
/// anything else: it is text that the caller writes.
fn wire_type(
    raw: &RawParameter,
    style: ParameterStyle,
    ty: Type,
    schemas: &mut SchemaLowering<'_>,
    location: &str,
) -> (Type, Option<ParameterStyle>) {
    use ParameterStyle as Style;
    let name = &raw.data.name;
    // Pairs that look like cookies of their own.
    let is_cookie_pairs = raw.location == ParameterLocation::Cookie && style == Style::FormExploded;
    let problem = match (schemas.resolve(&ty), style) {
        (_, Style::Json) => return (ty, Some(style)),
        (Type::List(item), _) if !is_nested(item, schemas) && !is_cookie_pairs => {
            if style == Style::DeepObject {
                let message = format!(
                    "OpenAPI has no `deepObject` for the list `{name}`; it is one pair for each item"
                );
                schemas.repaired("R046", location, message);
            }
            let is_pairs = matches!(style, Style::FormExploded | Style::DeepObject);
            return (ty, (!is_pairs).then_some(style));
        }
        (Type::List(_), _) => {
            format!("`{name}` is a list that is not written item by item; the caller writes it as text")
        }
        (Type::Map(_) | Type::Named(_), _) if is_flat_object(&ty, schemas) && !is_cookie_pairs => {
            return (ty, Some(style));
        }
        (Type::Map(_) | Type::Named(_), Style::DeepObject) => {
            let message = format!(
                "OpenAPI has no style for the nested values of `{name}`; they are written in more brackets"
            );
            schemas.repaired("R046", location, message);
            return (ty, Some(style));
        }
        (Type::Map(_) | Type::Named(_), _) => {
            format!("`{name}` is an object that is not written by member; the caller writes it as text")
        }
        (_, Style::Label | Style::LabelExploded | Style::Matrix | Style::MatrixExploded) => {
            return (ty, Some(style));
        }
        _ => return (ty, None),
    };
    schemas.leave_raw(CodegenError::new("E016", problem).at(location));
    (Type::Text(None), None)
}

/// A description that is a single word repeats a name and explains nothing.
fn words(description: Option<&str>) -> String {
    let text = description.unwrap_or_default().trim();
    if text.contains(char::is_whitespace) { text.to_owned() } else { String::new() }
}
