//! Lowers parameters: their types and serialization styles.

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
            let ty = schemas.lower_or_reference(schema, &inline, &location);
            schemas.without_alternatives(ty)
        }
        ParameterSchemaOrContent::Content(content) => {
            let is_read =
                |(media, content): &(&String, &MediaType)| is_json(media) && content.schema.is_some();
            match content.iter().find(is_read).and_then(|(_, content)| content.schema.as_ref()) {
                Some(schema) => {
                    style = ParameterStyle::Json;
                    let ty = schemas.lower_or_reference(schema, &inline, &location);
                    schemas.without_alternatives(ty)
                }
                None => {
                    let message =
                        format!("`{}` is text in a custom format; the caller must format it", data.name);
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

/// Returns the parameter for a property of an object in the query.
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
        let how = if style == ParameterStyle::DeepObject { "in nested brackets" } else { "as JSON" };
        let message =
            format!("OpenAPI doesn't define a style for the nested values in `{name}`; they are sent {how}");
        schemas.repaired("R046", location, message);
    }
    Parameter {
        name,
        location: ParameterLocation::Query,
        required: field.required && raw.data.required,
        description: field.description.clone(),
        ty: schemas.without_alternatives(field.ty.clone()),
        limits: field.limits.clone(),
        style,
        member_of: None,
    }
}

/// Returns true if a value of type `ty` has members or items.
fn is_nested(ty: &Type, schemas: &SchemaLowering<'_>) -> bool {
    matches!(schemas.resolve(ty), Type::Named(_) | Type::Map(_) | Type::List(_))
}

/// Returns true if `ty` is an object without nested properties.
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

/// Returns the type of a parameter as it can be sent, and the style, if it matters for the type.
///
/// Scalars, and lists and objects of scalars, are sent in their style. OpenAPI doesn't define a style for anything
/// else, so the caller passes text.
fn wire_type(
    raw: &RawParameter,
    style: ParameterStyle,
    ty: Type,
    schemas: &mut SchemaLowering<'_>,
    location: &str,
) -> (Type, Option<ParameterStyle>) {
    use ParameterStyle as Style;
    let name = &raw.data.name;
    // These pairs would look like separate cookies.
    let is_cookie_pairs = raw.location == ParameterLocation::Cookie && style == Style::FormExploded;
    let problem = match (schemas.resolve(&ty), style) {
        (_, Style::Json) => return (ty, Some(style)),
        (Type::List(item), _) if !is_nested(item, schemas) && !is_cookie_pairs => {
            if style == Style::DeepObject {
                let message = format!(
                    "OpenAPI doesn't define `deepObject` for arrays such as `{name}`; it is sent as one pair per item"
                );
                schemas.repaired("R046", location, message);
            }
            let is_pairs = matches!(style, Style::FormExploded | Style::DeepObject);
            return (ty, (!is_pairs).then_some(style));
        }
        (Type::List(_), _) => {
            format!(
                "`{name}` is an array that can't be serialized item by item; the caller must pass it as text"
            )
        }
        (Type::Map(_) | Type::Named(_), _) if is_flat_object(&ty, schemas) && !is_cookie_pairs => {
            return (ty, Some(style));
        }
        (Type::Map(_) | Type::Named(_), Style::DeepObject) => {
            let message = format!(
                "OpenAPI doesn't define a style for the nested values in `{name}`; they are sent in nested brackets"
            );
            schemas.repaired("R046", location, message);
            return (ty, Some(style));
        }
        (Type::Map(_) | Type::Named(_), _) => {
            format!(
                "`{name}` is an object that can't be serialized by property; the caller must pass it as text"
            )
        }
        (_, Style::Label | Style::LabelExploded | Style::Matrix | Style::MatrixExploded) => {
            return (ty, Some(style));
        }
        _ => return (ty, None),
    };
    schemas.leave_raw(CodegenError::new("E016", problem).at(location));
    (Type::Text(None), None)
}

/// A description of a single word only repeats the name.
fn words(description: Option<&str>) -> String {
    let text = description.unwrap_or_default().trim();
    if text.contains(char::is_whitespace) { text.to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::{Value, json};

    use crate::config::{self, Profile, UsageTracker};
    use crate::{load, repair};

    const PROFILE: &str = "{api: {name: a, package: a, prefix: a, description: a}, spec: s, lock: l, out: o, \
                           runtime: r, auth: {fields: {}}, errors: {}}";

    /// Returns the style that a parameter with this schema gets (`-` if the style doesn't matter), or its members, and
    /// the codes of what is reported.
    fn lowered(location: &str, style: &str, explode: Option<bool>, schema: &Value) -> String {
        let mut parameter =
            json!({"name": "p", "in": location, "required": true, "style": style, "schema": schema});
        if let Some(explode) = explode {
            parameter["explode"] = json!(explode);
        }
        let path = if location == "path" { "/a/{p}" } else { "/a" };
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {path: {"get": {"operationId": "a", "parameters": [parameter], "responses": {"204": {}}}}},
        });
        let document = load::parse(document.to_string().as_bytes(), Path::new("a.json")).unwrap();
        let profile: Profile = config::parse_yaml(PROFILE).unwrap();
        let document = repair::repair(document).unwrap();
        let lowering = crate::lower::lower(document, &profile, &UsageTracker::new()).unwrap();
        let operation = lowering.api.operations.values().next().unwrap();
        let mut words: Vec<String> = Vec::new();
        for parameter in &operation.parameters {
            if parameter.name != "p" {
                words.push(parameter.name.clone());
            }
            words.push(parameter.style.map_or("-".to_owned(), |style| format!("{style:?}")));
        }
        words.extend(lowering.report.degradations.iter().map(|part| part.problem.code.to_owned()));
        let repairs = lowering.report.repairs.iter().filter(|repair| repair.code == "R046");
        words.extend(repairs.map(|repair| repair.code.to_owned()));
        words.join(" ")
    }

    /// The table of OpenAPI 3.0.3: each style in each location, for a scalar, a list and an object.
    #[test]
    fn each_style_is_lowered_or_reported() {
        let schemas = [
            json!({"type": "string"}),
            json!({"type": "array", "items": {"type": "string"}}),
            json!({"type": "object", "properties": {"R": {"type": "integer"}, "G": {"type": "integer"}}}),
        ];
        let members = "G - R -";
        let table = [
            ("path", "simple", None, ["-", "Simple", "Simple"]),
            ("path", "simple", Some(false), ["-", "Simple", "Simple"]),
            ("path", "simple", Some(true), ["-", "SimpleExploded", "SimpleExploded"]),
            ("path", "label", None, ["Label"; 3]),
            ("path", "label", Some(false), ["Label"; 3]),
            ("path", "label", Some(true), ["LabelExploded"; 3]),
            ("path", "matrix", None, ["Matrix"; 3]),
            ("path", "matrix", Some(false), ["Matrix"; 3]),
            ("path", "matrix", Some(true), ["MatrixExploded"; 3]),
            ("query", "form", None, ["-", "-", members]),
            ("query", "form", Some(false), ["-", "Form", "Form"]),
            ("query", "form", Some(true), ["-", "-", members]),
            ("query", "spaceDelimited", None, ["-", "SpaceDelimited", "SpaceDelimited"]),
            ("query", "spaceDelimited", Some(false), ["-", "SpaceDelimited", "SpaceDelimited"]),
            ("query", "spaceDelimited", Some(true), ["-", "-", members]),
            ("query", "pipeDelimited", None, ["-", "PipeDelimited", "PipeDelimited"]),
            ("query", "pipeDelimited", Some(false), ["-", "PipeDelimited", "PipeDelimited"]),
            ("query", "pipeDelimited", Some(true), ["-", "-", members]),
            ("query", "deepObject", None, ["-", "- R046", "p[G] - p[R] -"]),
            ("query", "deepObject", Some(true), ["-", "- R046", "p[G] - p[R] -"]),
            ("header", "simple", None, ["-", "Simple", "Simple"]),
            ("header", "simple", Some(false), ["-", "Simple", "Simple"]),
            ("header", "simple", Some(true), ["-", "SimpleExploded", "SimpleExploded"]),
            ("cookie", "form", None, ["-", "- E016", "- E016"]),
            ("cookie", "form", Some(false), ["-", "Form", "Form"]),
            ("cookie", "form", Some(true), ["-", "- E016", "- E016"]),
        ];
        for (location, style, explode, row) in table {
            for (expected, schema) in row.into_iter().zip(&schemas) {
                let lowered = lowered(location, style, explode, schema);
                assert_eq!(lowered, expected, "{location} {style} {explode:?} {schema}");
            }
        }
    }

    #[test]
    fn objects_of_any_names_and_nested_values_have_the_style_that_can_write_them() {
        let map = json!({"type": "object", "additionalProperties": {"type": "string"}});
        let inner = json!({"type": "object", "properties": {"a": {"type": "string"}}});
        let nested = json!({"type": "object", "properties": {"inner": inner}});
        let lists = json!({"type": "array", "items": inner});
        assert_eq!(lowered("query", "deepObject", Some(true), &map), "DeepObject");
        assert_eq!(lowered("query", "form", None, &map), "FormExploded");
        assert_eq!(lowered("path", "label", Some(true), &map), "LabelExploded");
        assert_eq!(lowered("query", "deepObject", Some(true), &nested), "p[inner] DeepObject R046");
        assert_eq!(lowered("query", "form", None, &nested), "inner Json R046");
        for (location, style) in [("path", "matrix"), ("header", "simple"), ("cookie", "form")] {
            assert_eq!(lowered(location, style, None, &nested), "- E016", "{location}");
            assert_eq!(lowered(location, style, None, &lists), "- E016", "{location}");
        }
        assert_eq!(lowered("query", "form", None, &lists), "- E016");
    }
}
