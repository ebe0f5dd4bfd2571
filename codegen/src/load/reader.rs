//! Reads a normalized tree into `openapiv3` types.
//!
//! This replaces `openapiv3`'s own `Deserialize` implementations, which copy each part once per nesting level and can't
//! read a document that contains a malformed part. Here, two threads share the work, each part is read only once, and a
//! malformed part is dropped without affecting the rest.

use indexmap::IndexMap;
use openapiv3::{
    Components, CookieStyle, Encoding, HeaderStyle, Info, MediaType, OpenAPI, Operation, Parameter,
    ParameterData, ParameterSchemaOrContent, PathItem, PathStyle, Paths, QueryStyle, ReferenceOr,
    RequestBody, Response, Responses, Schema, SecurityRequirement, Server, StatusCode,
};
use serde_json::{Map, Value};

use super::schema_reader::{as_string, as_strings, object, reference, schema, take};
use super::stack;
use crate::diagnostic::{CodegenError, Report};
use crate::normalize::DocumentLocation;

/// Reads `tree`.
pub fn read(mut tree: Value, report: &mut Report) -> Result<OpenAPI, CodegenError> {
    let info = Info {
        title: tree["info"]["title"].as_str().unwrap_or_default().to_owned(),
        version: tree["info"]["version"].as_str().unwrap_or_default().to_owned(),
        ..Info::default()
    };
    let url = tree["servers"][0]["url"].as_str();
    let servers = url.map(|url| Server { url: url.to_owned(), ..Server::default() }).into_iter().collect();
    let security = (!tree["security"].is_null()).then(|| security(&tree["security"]));
    let mut components = object(tree["components"].take());
    let schemas = object(take(&mut components, "schemas"));
    let ((paths, more_paths), (schemas, more_schemas)) =
        (halves(object(tree["paths"].take())), halves(schemas));
    let (first, second) = stack::join(|| read_half(paths, schemas), || read_half(more_paths, more_schemas))?;
    let (mut paths, mut schemas) = (first.paths, first.schemas);
    paths.extend(second.paths);
    schemas.extend(second.schemas);
    report.extend(first.report);
    report.extend(second.report);
    let components = Components { schemas, ..other_components(components, report) };
    let paths = Paths { paths, extensions: IndexMap::new() };
    Ok(OpenAPI {
        openapi: "3.0.3".to_owned(),
        info,
        servers,
        paths,
        components: Some(components),
        security,
        ..OpenAPI::default()
    })
}

/// The part of a document read by one thread.
#[derive(Default)]
struct Half {
    paths: IndexMap<String, ReferenceOr<PathItem>>,
    schemas: IndexMap<String, ReferenceOr<Schema>>,
    report: Report,
}

/// An object's properties, in order.
type Members = Vec<(String, Value)>;

fn halves(members: Map<String, Value>) -> (Members, Members) {
    let mut first: Members = members.into_iter().collect();
    let second = first.split_off(first.len() / 2);
    (first, second)
}

fn read_half(paths: Members, schemas: Members) -> Half {
    let mut half = Half::default();
    let root = DocumentLocation::ROOT;
    let (at_paths, at_components) = (root.key("paths"), root.key("components"));
    for (path, item) in paths {
        let item = path_item(item, &at_paths.key(&path), &mut half.report);
        half.paths.insert(path, item);
    }
    let at_schemas = at_components.key("schemas");
    for (name, source) in schemas {
        let read = schema(source, &at_schemas.key(&name), &mut half.report);
        half.schemas.insert(name, read);
    }
    half
}

fn other_components(mut sections: Map<String, Value>, report: &mut Report) -> Components {
    let root = DocumentLocation::ROOT;
    let components = root.key("components");
    let mut section = |name: &str| object(take(&mut sections, name));
    let (parameters, bodies, responses) =
        (section("parameters"), section("requestBodies"), section("responses"));
    let location = components.key("parameters");
    let parameters = parameters
        .into_iter()
        .filter_map(|(name, value)| {
            let read = parameter(value, &location.key(&name), report)?;
            Some((name, read))
        })
        .collect();
    let location = components.key("requestBodies");
    let request_bodies = bodies
        .into_iter()
        .map(|(name, value)| {
            let read = body(value, &location.key(&name), report);
            (name, read)
        })
        .collect();
    let location = components.key("responses");
    let responses = responses
        .into_iter()
        .map(|(name, value)| {
            let read = response(value, &location.key(&name), report);
            (name, read)
        })
        .collect();
    Components { parameters, request_bodies, responses, ..Components::default() }
}

fn path_item(value: Value, location: &DocumentLocation<'_>, report: &mut Report) -> ReferenceOr<PathItem> {
    let mut members = object(value);
    if let Some(reference) = reference(&mut members) {
        return reference;
    }
    let mut item = PathItem::default();
    for (key, value) in members {
        let location = location.key(&key);
        let slot = match key.as_str() {
            "parameters" => {
                item.parameters = parameters(value, &location, report);
                continue;
            }
            "get" => &mut item.get,
            "put" => &mut item.put,
            "post" => &mut item.post,
            "delete" => &mut item.delete,
            "options" => &mut item.options,
            "head" => &mut item.head,
            "patch" => &mut item.patch,
            "trace" => &mut item.trace,
            _ => continue,
        };
        *slot = Some(operation(value, &location, report));
    }
    ReferenceOr::Item(item)
}

fn operation(value: Value, location: &DocumentLocation<'_>, report: &mut Report) -> Operation {
    let mut operation = Operation::default();
    for (key, value) in object(value) {
        let location = location.key(&key);
        match key.as_str() {
            "tags" => operation.tags = as_strings(value),
            "summary" => operation.summary = as_string(value),
            "description" => operation.description = as_string(value),
            "operationId" => operation.operation_id = as_string(value),
            "deprecated" => operation.deprecated = value == Value::Bool(true),
            "parameters" => operation.parameters = parameters(value, &location, report),
            "requestBody" => operation.request_body = Some(body(value, &location, report)),
            "responses" => operation.responses = responses(value, &location, report),
            "security" => operation.security = Some(security(&value)),
            _ => {}
        }
    }
    operation
}

/// Alternatives, each of schemes with their scopes.
fn security(value: &Value) -> Vec<SecurityRequirement> {
    let scopes = |(name, scopes): (&String, &Value)| (name.clone(), as_strings(scopes.clone()));
    let requirements = value.as_array().into_iter().flatten();
    requirements.map(|schemes| schemes.as_object().into_iter().flatten().map(scopes).collect()).collect()
}

fn parameters(
    value: Value,
    location: &DocumentLocation<'_>,
    report: &mut Report,
) -> Vec<ReferenceOr<Parameter>> {
    let Value::Array(items) = value else { return Vec::new() };
    let items = items.into_iter().enumerate();
    items.filter_map(|(index, item)| parameter(item, &location.index(index), report)).collect()
}

fn parameter(
    value: Value,
    location: &DocumentLocation<'_>,
    report: &mut Report,
) -> Option<ReferenceOr<Parameter>> {
    let mut members = object(value);
    if let Some(reference) = reference(&mut members) {
        return Some(reference);
    }
    let mut take = |name: &str| take(&mut members, name);
    let place = as_string(take("in"));
    let style = as_string(take("style"));
    let format = match (take("schema"), take("content")) {
        (Value::Null, content) => {
            ParameterSchemaOrContent::Content(media_types(content, &location.key("content"), report))
        }
        (source, _) => ParameterSchemaOrContent::Schema(schema(source, &location.key("schema"), report)),
    };
    let Some(name) = as_string(take("name")) else {
        let message = "the parameter has no name";
        report.omit(CodegenError::new("E005", message).at(location.to_string()));
        return None;
    };
    let parameter_data = ParameterData {
        name,
        description: as_string(take("description")),
        required: take("required") == Value::Bool(true),
        deprecated: take("deprecated").as_bool(),
        format,
        example: None,
        examples: IndexMap::new(),
        explode: take("explode").as_bool(),
        extensions: IndexMap::new(),
    };
    Some(ReferenceOr::Item(match place.as_deref() {
        Some("path") => {
            let style = match style.as_deref() {
                Some("matrix") => PathStyle::Matrix,
                Some("label") => PathStyle::Label,
                _ => PathStyle::Simple,
            };
            Parameter::Path { parameter_data, style }
        }
        Some("header") => Parameter::Header { parameter_data, style: HeaderStyle::Simple },
        Some("cookie") => Parameter::Cookie { parameter_data, style: CookieStyle::Form },
        _ => {
            let style = style.as_deref().and_then(query_style).unwrap_or_default();
            Parameter::Query { parameter_data, allow_reserved: false, style, allow_empty_value: None }
        }
    }))
}

fn query_style(name: &str) -> Option<QueryStyle> {
    match name {
        "form" => Some(QueryStyle::Form),
        "spaceDelimited" => Some(QueryStyle::SpaceDelimited),
        "pipeDelimited" => Some(QueryStyle::PipeDelimited),
        "deepObject" => Some(QueryStyle::DeepObject),
        _ => None,
    }
}

fn body(value: Value, location: &DocumentLocation<'_>, report: &mut Report) -> ReferenceOr<RequestBody> {
    let mut members = object(value);
    if let Some(reference) = reference(&mut members) {
        return reference;
    }
    let content = take(&mut members, "content");
    ReferenceOr::Item(RequestBody {
        content: media_types(content, &location.key("content"), report),
        required: members.get("required") == Some(&Value::Bool(true)),
        ..RequestBody::default()
    })
}

fn responses(value: Value, location: &DocumentLocation<'_>, report: &mut Report) -> Responses {
    let mut responses = Responses::default();
    for (status, value) in object(value) {
        let read = response(value, &location.key(&status), report);
        let code = match status.strip_suffix("XX") {
            Some(range) => range.parse().map(StatusCode::Range),
            None => status.parse().map(StatusCode::Code),
        };
        match code {
            Ok(code) => {
                responses.responses.insert(code, read);
            }
            Err(_) if status == "default" => responses.default = Some(read),
            Err(_) => {}
        }
    }
    responses
}

fn response(value: Value, location: &DocumentLocation<'_>, report: &mut Report) -> ReferenceOr<Response> {
    let mut members = object(value);
    if let Some(reference) = reference(&mut members) {
        return reference;
    }
    let content = take(&mut members, "content");
    let content = media_types(content, &location.key("content"), report);
    ReferenceOr::Item(Response { content, ..Response::default() })
}

fn media_types(
    value: Value,
    location: &DocumentLocation<'_>,
    report: &mut Report,
) -> IndexMap<String, MediaType> {
    let mut media_types = IndexMap::new();
    for (name, value) in object(value) {
        let location = location.key(&name);
        let mut members = object(value);
        let source = take(&mut members, "schema");
        let encoding = take(&mut members, "encoding");
        let media_type = MediaType {
            schema: (!source.is_null()).then(|| schema(source, &location.key("schema"), report)),
            encoding: object(encoding).into_iter().map(|(name, own)| (name, read_encoding(own))).collect(),
            ..MediaType::default()
        };
        media_types.insert(name, media_type);
    }
    media_types
}

fn read_encoding(value: Value) -> Encoding {
    let mut members = object(value);
    let mut take = |name: &str| take(&mut members, name);
    Encoding {
        content_type: as_string(take("contentType")),
        headers: IndexMap::new(),
        style: as_string(take("style")).as_deref().and_then(query_style),
        explode: take("explode") == Value::Bool(true),
        allow_reserved: false,
        extensions: IndexMap::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The result is the same as with `openapiv3`'s own deserialization.
    #[test]
    fn documents_parse_the_same_as_with_openapiv3() {
        let parameter = json!({"name": "q", "in": "query", "style": "deepObject", "explode": true, "required": true,
            "description": "d", "schema": {"type": "object"}});
        let content = json!({"application/json": {"schema": {"$ref": "#/components/schemas/A"}},
            "multipart/form-data": {"schema": {}, "encoding": {"a": {"contentType": "text/x", "style": "form", "explode": true}}}});
        let tree = json!({
            "openapi": "3.0.3",
            "info": {"title": "t", "version": "1"},
            "servers": [{"url": "https://a.example"}],
            "security": [{"a": [], "b": ["read"]}, {}],
            "paths": {
                "/a": {
                    "parameters": [{"$ref": "#/components/parameters/P"}],
                    "get": {"operationId": "g", "summary": "s", "tags": ["t"], "deprecated": true, "parameters": [parameter],
                        "responses": {"200": {"description": "", "content": content}, "4XX": {"$ref": "#/r"}, "default": {"description": ""}}},
                    "post": {"security": [], "requestBody": {"required": true, "content": content}, "responses": {}},
                },
                "/b": {"$ref": "#/x"},
                "/c": {"put": {"requestBody": {"$ref": "#/y"}, "responses": {}}, "head": {"responses": {}}},
            },
            "components": {
                "schemas": {"A": {"type": "string"}, "B": {"$ref": "#/components/schemas/A"}, "C": {}},
                "parameters": {"P": {"name": "p", "in": "path", "required": true, "style": "matrix", "schema": {"type": "string"}}},
                "requestBodies": {"R": {"content": {}}},
                "responses": {"S": {"description": "", "content": content}},
            },
        });
        let mut report = Report::default();
        let read = read(tree.clone(), &mut report).unwrap();
        let expected: OpenAPI = serde_json::from_value(tree).unwrap();
        assert_eq!(read, expected);
        assert_eq!(report, Report::default());
    }
}
