//! The intermediate representation of an API.
//!
//! It is independent of OpenAPI and Rust. [`crate::lower`] creates it, and every later stage reads it. Everything is
//! in canonical order (operations by path and method, schemas and fields by name), so equivalent documents produce
//! identical values.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Number, Value};
pub use toolcrate_catalog::{FieldStyle, Method};

use crate::id::{OperationId, OperationTable, SchemaId};

/// A complete API.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ApiDefinition {
    /// The document's `info.title`.
    pub title: String,
    /// The document's `info.version`, e.g. `2025.1`.
    pub version: String,
    /// The first server's URL, if the document specifies one.
    pub server: Option<String>,
    /// All operations, by path and method.
    pub operations: OperationTable<Operation>,
    /// All named schemas, by their name in the document.
    pub schemas: BTreeMap<SchemaId, Schema>,
}

impl ApiDefinition {
    /// Finds the operation with the key `GET /path`, with the path spelled as in the document.
    pub fn operation_called(&self, key: &str) -> Option<OperationId> {
        let (method, path) = key.split_once(' ')?;
        let is_it = |operation: &Operation| {
            operation.method.as_str() == method && operation.spec_path == path.trim_start()
        };
        self.operations.iter().find(|(_, operation)| is_it(operation)).map(|(id, _)| id)
    }

    /// Follows aliases from `ty` to a type that isn't an alias.
    pub fn resolve<'a>(&'a self, mut ty: &'a Type) -> &'a Type {
        while let Type::Named(name) = ty {
            match self.schemas.get(name).map(|schema| &schema.shape) {
                Some(Shape::Alias(inner)) => ty = inner,
                _ => break,
            }
        }
        ty
    }

    /// Returns the item type and true if `ty` is a list, or else the type itself and false. Aliases are followed.
    pub fn resolve_item<'a>(&'a self, ty: &'a Type) -> (&'a Type, bool) {
        match self.resolve(ty) {
            Type::List(item) => (self.resolve(item), true),
            ty => (ty, false),
        }
    }
}

/// A single operation: a method on a path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Operation {
    /// The HTTP method.
    pub method: Method,
    /// The path exactly as spelled in the document. Together with the method, it identifies the operation.
    pub spec_path: String,
    /// The repaired path, as sent.
    pub path: Template,
    /// JSON pointer to the operation in the document.
    pub pointer: String,
    /// The document's `operationId`, or one derived from method and path.
    pub id: String,
    /// The document's `summary`.
    pub summary: String,
    /// The document's `description`.
    pub description: String,
    /// The document's `tags`.
    pub tags: Vec<String>,
    /// True if the document marks it as deprecated.
    pub deprecated: bool,
    /// Path parameters in template order, followed by query parameters and headers in document order.
    pub parameters: Vec<Parameter>,
    /// The request body, if the operation takes one.
    pub body: Option<OperationBody>,
    /// The response to a successful call.
    pub response: SuccessResponse,
    /// The type of an error body, if the document describes it.
    pub error: Option<Type>,
}

impl Operation {
    /// Returns `GET /path`, with the path spelled as in the document.
    pub fn key(&self) -> String {
        format!("{} {}", self.method, self.spec_path)
    }

    /// Returns the type of the rows if this is a GET that returns a list.
    pub fn listed(&self) -> Option<&Type> {
        match (self.method, &self.response.content) {
            (Method::Get, Content::Json(Type::List(item))) => Some(item),
            _ => None,
        }
    }

    /// Creates an operation with nothing but a method and a path.
    #[cfg(test)]
    pub fn bare(method: Method, path: &str) -> Self {
        Self {
            method,
            spec_path: path.to_owned(),
            path: Template::parse(path),
            pointer: String::new(),
            id: String::new(),
            summary: String::new(),
            description: String::new(),
            tags: Vec::new(),
            deprecated: false,
            parameters: Vec::new(),
            body: None,
            response: SuccessResponse { statuses: vec![200], content: Content::None, media_type: None },
            error: None,
        }
    }

    /// Returns the parameters sent at `location`.
    pub fn parameters_in(&self, location: ParameterLocation) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(move |parameter| parameter.location == location)
    }
}

/// A path template, split into segments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Template {
    /// The template as sent, e.g. `/a/{id}/b/`.
    pub text: String,
    /// Literal text and placeholders in order, without slashes. `types{id}` is two segments.
    pub segments: Vec<Segment>,
}

/// A part of a path template.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Segment {
    /// Literal text.
    Text(String),
    /// A placeholder's name.
    Placeholder(String),
}

impl Template {
    /// Splits `text` into segments. Braces must be balanced, which [`crate::repair`] ensures.
    pub fn parse(text: &str) -> Self {
        let mut segments = Vec::new();
        for part in text.split('/').filter(|part| !part.is_empty()) {
            let mut rest = part;
            while let Some(open) = rest.find('{') {
                let Some(close) = rest[open..].find('}').map(|close| open + close) else { break };
                if open > 0 {
                    segments.push(Segment::Text(rest[..open].to_owned()));
                }
                segments.push(Segment::Placeholder(rest[open + 1..close].to_owned()));
                rest = &rest[close + 1..];
            }
            if !rest.is_empty() {
                segments.push(Segment::Text(rest.to_owned()));
            }
        }
        Self { text: text.to_owned(), segments }
    }

    /// Returns the names of the placeholders, in order.
    pub fn placeholders(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Placeholder(name) => Some(name.as_str()),
            Segment::Text(_) => None,
        })
    }

    /// Returns the template in lower case, with `{}` for each placeholder and without a trailing slash, so different
    /// spellings of a path are equal.
    pub fn normal_form(&self) -> String {
        let mut text = String::new();
        let mut inside = false;
        for c in self.text.trim_end_matches('/').chars() {
            match c {
                '{' => {
                    inside = true;
                    text.push_str("{}");
                }
                '}' => inside = false,
                c if !inside => text.extend(c.to_lowercase()),
                _ => {}
            }
        }
        text
    }
}

/// The location of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum ParameterLocation {
    Path,
    Query,
    Header,
    Cookie,
}

/// An operation parameter.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Parameter {
    /// The name as sent.
    pub name: String,
    /// The location.
    pub location: ParameterLocation,
    /// True if every call requires it.
    pub required: bool,
    /// The description in the document.
    pub description: String,
    /// Its type.
    pub ty: Type,
    /// Constraints on the value.
    pub limits: Limits,
    /// The separator between list items sent as a single value; without it, a list in the query is sent as one pair
    /// per item.
    pub separator: Option<char>,
    /// The schema of the object whose properties are sent as separate parameters, if this is one of them.
    pub member_of: Option<SchemaId>,
}

/// A request body.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OperationBody {
    /// How it is serialized.
    pub kind: BodyKind,
    /// The type. For a JSON Patch, the type of the patched record, if known.
    pub ty: Type,
    /// True if every call requires it.
    pub required: bool,
    /// The media type declared in the document, if it isn't the default for the kind.
    pub media_type: Option<String>,
    /// The encodings of URL-encoded form fields, if they differ from the default.
    pub field_styles: BTreeMap<String, FieldStyle>,
    /// The media types of the parts of a form with files, if the document declares them.
    pub part_types: BTreeMap<String, String>,
}

impl OperationBody {
    /// Creates a body without declarations about its fields.
    pub fn new(kind: BodyKind, ty: Type, required: bool, media_type: Option<String>) -> Self {
        Self { kind, ty, required, media_type, field_styles: BTreeMap::new(), part_types: BTreeMap::new() }
    }
}

/// How a request body is serialized.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyKind {
    /// A single JSON value.
    Json,
    /// A JSON Patch: an array of operations on a record.
    Patch,
    /// A form with files.
    Multipart,
    /// A URL-encoded form.
    UrlEncoded,
    /// Text or bytes, unchanged.
    Raw,
}

/// The response to a successful call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SuccessResponse {
    /// The 2xx statuses declared in the document.
    pub statuses: Vec<u16>,
    /// The content.
    pub content: Content,
    /// The media type of the content, if the document declares one.
    pub media_type: Option<String>,
}

/// The content of a response.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Nothing.
    None,
    /// A JSON value.
    Json(Type),
    /// Bytes.
    Binary,
}

/// A type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    /// `true` or `false`.
    Boolean,
    /// A 32-bit integer.
    Integer,
    /// A 64-bit integer.
    Long,
    /// A 64-bit unsigned integer.
    Unsigned,
    /// A double.
    Number,
    /// A string, with its `format` from the document, if any (`uuid`, `email`, `date`).
    Text(Option<String>),
    /// A date with a time.
    DateTime,
    /// Bytes; only in forms.
    Binary,
    /// A string with one of these values.
    Choice(Vec<String>),
    /// A named schema.
    Named(SchemaId),
    /// A list.
    List(Box<Type>),
    /// An object with arbitrary property names.
    Map(Box<Type>),
    /// Any JSON value.
    Any,
}

impl Type {
    /// Returns the name of the schema that this type, its items or its map values refer to.
    pub fn innermost(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::List(inner) | Self::Map(inner) => inner.innermost(),
            _ => None,
        }
    }
}

/// A named schema.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Schema {
    /// The description in the document.
    pub description: String,
    /// Its shape.
    pub shape: Shape,
    /// The type of additional properties, if the document explicitly allows them.
    pub additional: Option<Type>,
    /// True if the generator named it because it is inline in the document.
    pub inline: bool,
}

/// The shape of a named schema.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// An object with known fields.
    Object(Vec<Field>),
    /// Another name for a type (a list, an enum, a scalar).
    Alias(Type),
    /// One of several objects; the value of one property determines which.
    Union(Union),
}

/// One of several objects; the value of one property determines which.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Union {
    /// The property that determines the variant.
    pub member: String,
    /// The variants, in document order; never empty.
    pub variants: Vec<UnionVariant>,
}

/// A variant of a union.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnionVariant {
    /// The property values that identify the variant; never empty.
    pub values: Vec<String>,
    /// The object.
    pub schema: SchemaId,
}

impl Schema {
    /// Returns the fields of an object, or none for anything else.
    pub fn fields(&self) -> &[Field] {
        match &self.shape {
            Shape::Object(fields) => fields,
            Shape::Alias(_) | Shape::Union(_) => &[],
        }
    }
}

/// A field of an object.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Field {
    /// The name as sent.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// True if the document requires it.
    pub required: bool,
    /// True if `null` is allowed.
    pub nullable: bool,
    /// The description in the document.
    pub description: String,
    /// Constraints on the value.
    pub limits: Limits,
    /// True if the document marks it as `readOnly`.
    pub read_only: bool,
    /// True if the document marks it as `writeOnly`.
    pub write_only: bool,
    /// True if the value must be boxed because its type contains this one.
    pub boxed: bool,
}

/// Constraints on a value, named as in JSON Schema.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct Limits {
    pub min_length: Option<u64>,
    pub max_length: Option<u64>,
    pub minimum: Option<Number>,
    pub maximum: Option<Number>,
    /// True if the value must be greater than `minimum`.
    pub exclusive_minimum: bool,
    /// True if the value must be less than `maximum`.
    pub exclusive_maximum: bool,
    pub multiple_of: Option<Number>,
    pub pattern: Option<String>,
    pub max_items: Option<u64>,
    pub min_items: Option<u64>,
    pub unique_items: bool,
    /// The allowed values, if they aren't all strings (those are a [`Type::Choice`]).
    pub values: Vec<Value>,
    /// The default value on the server.
    pub default: Option<Value>,
    /// True if the field is required when a record is replaced but not when it is created.
    pub required_on_replace: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_split_into_literals_and_placeholders() {
        let template = Template::parse("/finance/agreements/types{id}/copy/");
        let text = |text: &str| Segment::Text(text.into());
        assert_eq!(
            template.segments,
            [
                text("finance"),
                text("agreements"),
                text("types"),
                Segment::Placeholder("id".into()),
                text("copy")
            ]
        );
        assert_eq!(template.normal_form(), "/finance/agreements/types{}/copy");
    }
}
