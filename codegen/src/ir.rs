//! The intermediate representation of an API, which is independent of OpenAPI and Rust.
//!
//! [`crate::lower`] creates it, and every later stage reads it. Everything is in canonical order (operations by path
//! and method, schemas and fields by name), so equivalent documents produce identical values.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Number, Value};
pub use toolcrate_catalog::{FieldStyle, Method, ParameterLocation, ParameterStyle};

use crate::id::{OperationId, OperationTable, SchemaId};
pub use crate::template::{Segment, Template};

/// A complete API.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ApiDefinition {
    /// The document's `info.title`.
    pub title: String,
    /// The document's `info.version`, e.g. `2025.1`.
    pub version: String,
    /// The first server's URL, if the document specifies one.
    pub server: Option<String>,
    /// The security schemes of operations that declare none of their own.
    pub security: Security,
    /// All operations, by path and method.
    pub operations: OperationTable<Operation>,
    /// All named schemas, by their name in the document.
    pub schemas: BTreeMap<SchemaId, Schema>,
    /// Groups of properties of which a value of a schema has at least one, by schema.
    pub choices: BTreeMap<SchemaId, Vec<Vec<String>>>,
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
    /// The security schemes, where they are not those of the API. An empty list means that nothing is sent.
    pub security: Option<Security>,
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
            response: SuccessResponse::new(vec![200], Content::None, None),
            error: None,
            security: None,
        }
    }

    /// Returns the parameters sent at `location`.
    pub fn parameters_in(&self, location: ParameterLocation) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(move |parameter| parameter.location == location)
    }
}

/// Alternatives, each a list of security schemes that are sent together.
pub type Security = Vec<Vec<String>>;

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
    /// The style, if it matters for the type; without it, a list in the query is one pair for each item.
    pub style: Option<ParameterStyle>,
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
    /// The content; any JSON value if the contents of several statuses differ in type.
    pub content: Content,
    /// The media type of the content, if the document declares one.
    pub media_type: Option<String>,
    /// The content of each status, if they differ; else empty.
    pub by_status: Vec<StatusContent>,
}

impl SuccessResponse {
    /// A response whose content doesn't depend on its status.
    pub fn new(statuses: Vec<u16>, content: Content, media_type: Option<String>) -> Self {
        Self { statuses, content, media_type, by_status: Vec::new() }
    }

    /// Returns the types of the JSON values that the typed form of the response has, each once.
    pub fn types(&self) -> Vec<&Type> {
        let by_status = self.by_status.iter().map(|answer| &answer.content);
        let only = self.by_status.is_empty().then_some(&self.content);
        let mut types: Vec<&Type> = Vec::new();
        for content in by_status.chain(only) {
            if let Content::Json(ty) = content
                && !types.contains(&ty)
            {
                types.push(ty);
            }
        }
        types
    }
}

/// The content of a response with one of several statuses.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StatusContent {
    /// The status; `None` stands for any 2xx that is not listed.
    pub status: Option<u16>,
    /// The content.
    pub content: Content,
}

/// Returns the name of a 2xx status in HTTP, in the casing of Rust types.
pub fn success_name(status: u16) -> Option<&'static str> {
    Some(match status {
        200 => "Ok",
        201 => "Created",
        202 => "Accepted",
        203 => "NonAuthoritativeInformation",
        204 => "NoContent",
        205 => "ResetContent",
        206 => "PartialContent",
        207 => "MultiStatus",
        208 => "AlreadyReported",
        226 => "ImUsed",
        _ => return None,
    })
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

/// The `format` of strings that are dates.
pub const DATE_FORMAT: &str = "date";

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
    /// One of several values that can be told apart.
    Union(Union),
}

/// One of several values that can be told apart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Union {
    /// The property that names the variant, if the document has a discriminator. All variants are objects then.
    pub discriminator: Option<String>,
    /// The variants, in document order; never empty.
    pub variants: Vec<UnionVariant>,
}

/// A variant of a union.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnionVariant {
    /// Its type.
    pub ty: Type,
    /// What tells it from the other variants.
    pub signature: VariantSignature,
}

impl Union {
    /// Returns the schemas that the variants are made of.
    pub fn schemas(&self) -> impl Iterator<Item = &str> {
        self.variants.iter().filter_map(|variant| variant.ty.innermost())
    }

    /// Returns true if every variant is an object.
    pub fn is_object(&self) -> bool {
        self.variants.iter().all(|variant| variant.signature.kind == JsonKind::Object)
    }
}

/// What tells a variant of a union from the others. All of it must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VariantSignature {
    /// The kind of the JSON value.
    pub kind: JsonKind,
    /// A property and its values.
    pub values: Option<(String, Vec<String>)>,
    /// Properties that the object has.
    pub present: Vec<String>,
    /// Properties that the object doesn't have, because they tell the other variants.
    pub absent: Vec<String>,
}

impl VariantSignature {
    /// The signature of the only variant of its kind.
    pub fn new(kind: JsonKind) -> Self {
        Self { kind, values: None, present: Vec::new(), absent: Vec::new() }
    }
}

/// The kinds of JSON values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum JsonKind {
    Boolean,
    Number,
    Text,
    List,
    Object,
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

impl Field {
    /// Creates an optional field without a description or constraints.
    pub fn new(name: impl Into<String>, ty: Type) -> Self {
        Self {
            name: name.into(),
            ty,
            required: false,
            nullable: false,
            description: String::new(),
            limits: Limits::default(),
            read_only: false,
            write_only: false,
            boxed: false,
        }
    }
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
