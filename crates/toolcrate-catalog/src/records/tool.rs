//! The record that describes a single tool.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::method::Method;
use crate::records::argument::{ArgumentLocation, ArgumentTarget, Relation};
use crate::records::json::{Properties, RawJson};
use crate::records::kind::{OperationKind, OperationTarget, OperationVariant, ToolClass, ToolReach};
use crate::records::record::{LifecycleStep, ShapeRecord};
use crate::records::rule::{AnyOfRule, WarningRule};
use crate::scalar::FieldStyle;

/// The complete catalog record of a tool: one line of `tools/<module>.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolRecord<'a> {
    /// The full name.
    pub name: &'a str,
    /// The name without the API's prefix.
    pub short_name: &'a str,
    /// The title shown to people.
    #[serde(borrow)]
    pub title: Cow<'a, str>,
    /// The description: what the tool does, its prerequisites, and what it returns.
    #[serde(borrow)]
    pub description: Cow<'a, str>,
    /// The class by which callers select tools.
    pub class: ToolClass,
    /// The part of the API that the tool belongs to.
    pub module: &'a str,
    /// The kind of the operation.
    pub kind: OperationKind,
    /// The first word of the tool's name, if it isn't the default verb of the [`kind`](Self::kind).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verb: Option<&'a str>,
    /// The operation's target: a single record or a collection.
    #[serde(default = "collection", skip_serializing_if = "OperationTarget::is_collection")]
    pub target: OperationTarget,
    /// The operation's variant, unless it is the plain operation of its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<OperationVariant>,
    /// The collection that the operation works on: the path template in lower case with unnamed
    /// placeholders, such as `/service/tickets/{}/notes`.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub collection: Option<Cow<'a, str>>,
    /// The parent collection, one of whose items the collection belongs to.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Cow<'a, str>>,
    /// The API's own tags.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Cow<'a, str>>,
    /// Hints about the effect of a call.
    #[serde(default)]
    pub annotations: Annotations,
    /// The records that a call can reach.
    #[serde(default, skip_serializing_if = "ToolReach::is_module")]
    pub reach: ToolReach,
    /// Method and path.
    #[serde(borrow)]
    pub http: HttpOperation<'a>,
    /// The arguments.
    #[serde(borrow, default)]
    pub input: ToolInput<'a>,
    /// Argument locations in the request.
    #[serde(borrow, default, skip_serializing_if = "RequestRecord::is_empty")]
    pub request: RequestRecord<'a>,
    /// The response.
    #[serde(borrow, default)]
    pub response: ResponseRecord<'a>,
    /// The tools that list the IDs needed by arguments.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation<'a>>,
    /// Additional operations that the tool can perform.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub bindings: Vec<BindingRecord<'a>>,
    /// The lifecycle steps that the tool performs.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub lifecycle: Vec<LifecycleStep<'a>>,
    /// Warnings about combinations of arguments.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningRule<'a>>,
    /// Example arguments, each an object.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<RawJson<'a>>,
}

const fn collection() -> OperationTarget {
    OperationTarget::Collection
}

impl<'a> ToolRecord<'a> {
    /// The first word of the tool's name: `list`, `merge`.
    pub fn verb(&self) -> &str {
        self.verb.unwrap_or(self.kind.verb())
    }

    /// The tool's own operation, or that of the binding with this index.
    ///
    /// # Panics
    /// Panics if there is no such binding.
    pub fn operation(&self, binding: Option<usize>) -> OperationRef<'_, 'a> {
        match binding.map(|number| &self.bindings[number]) {
            None => OperationRef {
                http: &self.http,
                request: &self.request,
                response: &self.response,
                required: self.request.required.as_ref().unwrap_or(&self.input.required),
            },
            Some(binding) => OperationRef {
                http: &binding.http,
                request: &binding.request,
                response: &binding.response,
                required: binding.request.required.as_deref().unwrap_or_default(),
            },
        }
    }

    /// The names of the arguments required by the tool's own operation.
    pub fn required(&self) -> &[Cow<'a, str>] {
        self.request.required.as_ref().unwrap_or(&self.input.required)
    }

    /// The arguments that fill the path placeholders of the tool's own operation, in the order of the path.
    pub fn path_arguments(&self) -> impl Iterator<Item = (&str, &ArgumentTarget<'a>)> {
        self.http.placeholders().filter_map(|placeholder| {
            self.request.arguments.iter().map(|(name, target)| (name.as_ref(), target)).find(
                |(name, target)| {
                    target.location == ArgumentLocation::Path && target.name_or(name) == placeholder
                },
            )
        })
    }

    /// The argument's location in the request, and its name there. `shape` is the record of [`ToolInput::shape`].
    /// An argument that belongs only to a binding has no location here.
    pub fn location<'n>(
        &'n self,
        shape: Option<&ShapeRecord<'_>>,
        name: &'n str,
    ) -> Option<(ArgumentLocation, &'n str)> {
        if let Some(target) = self.request.arguments.get(name) {
            return Some((target.location, target.name_or(name)));
        }
        let shape = shape.filter(|shape| shape.properties.contains(name))?;
        Some((shape.location, name))
    }
}

/// One of a tool's operations.
#[derive(Clone, Copy, Debug)]
pub struct OperationRef<'r, 'a> {
    /// Method and path.
    pub http: &'r HttpOperation<'a>,
    /// Argument locations in the request.
    pub request: &'r RequestRecord<'a>,
    /// The response.
    pub response: &'r ResponseRecord<'a>,
    /// The names of the required arguments.
    pub required: &'r [Cow<'a, str>],
}

/// Hints about a call's effect, as defined by the Model Context Protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Annotations {
    /// The call changes nothing.
    #[serde(skip_serializing_if = "is_false")]
    pub read_only_hint: bool,
    /// The call may destroy data.
    #[serde(skip_serializing_if = "is_false")]
    pub destructive_hint: bool,
    /// Calling the tool twice has the same effect as calling it once.
    #[serde(skip_serializing_if = "is_false")]
    pub idempotent_hint: bool,
    /// The call reaches systems outside the machine.
    #[serde(skip_serializing_if = "is_true")]
    pub open_world_hint: bool,
}

impl Default for Annotations {
    fn default() -> Self {
        Self { read_only_hint: false, destructive_hint: false, idempotent_hint: false, open_world_hint: true }
    }
}

/// A method and a path template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpOperation<'a> {
    /// The method.
    pub method: Method,
    /// The path template as spelled in the API description, such as `/orders/{id}`.
    #[serde(borrow)]
    pub path: Cow<'a, str>,
    /// The path template used for requests, if it differs.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub request_path: Option<Cow<'a, str>>,
}

impl<'a> HttpOperation<'a> {
    /// The path template used for requests.
    pub fn request_path(&self) -> &Cow<'a, str> {
        self.request_path.as_ref().unwrap_or(&self.path)
    }

    /// The names of the path's placeholders, in order.
    pub fn placeholders(&self) -> impl Iterator<Item = &str> {
        let rest = self.request_path().split('{').skip(1);
        rest.filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
    }
}

/// A tool's arguments: its own and those of a shape.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ToolInput<'a> {
    /// The JSON Schemas of its own arguments.
    #[serde(borrow, skip_serializing_if = "Properties::is_empty")]
    pub properties: Properties<'a>,
    /// The name of the [`ShapeRecord`] with the other arguments.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub shape: Option<Cow<'a, str>>,
    /// The names of the arguments that every call requires.
    #[serde(borrow, skip_serializing_if = "Vec::is_empty")]
    pub required: Vec<Cow<'a, str>>,
    /// Groups of arguments, of which every call requires at least one.
    #[serde(borrow, skip_serializing_if = "Vec::is_empty")]
    pub any_of: Vec<AnyOfRule<'a>>,
}

/// Maps arguments to a request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestRecord<'a> {
    /// Argument locations, by name; a shape's properties go to [`ShapeRecord::location`].
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub arguments: IndexMap<Cow<'a, str>, ArgumentTarget<'a>>,
    /// The format of the body.
    #[serde(skip_serializing_if = "BodyFormat::is_none")]
    pub body: BodyFormat,
    /// The names of the required arguments, if they differ from [`ToolInput::required`].
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub required: Option<Vec<Cow<'a, str>>>,
    /// The body's media type, if it isn't the usual one.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<Cow<'a, str>>,
    /// The name of the [`FilterRecord`](crate::FilterRecord) against which a structured filter is checked.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Cow<'a, str>>,
    /// Present if the body is optional: the arguments that are required once any body property is set.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub body_required: Option<Vec<Cow<'a, str>>>,
    /// The encodings of URL-encoded form fields, if they differ from the default.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub field_styles: IndexMap<Cow<'a, str>, FieldStyle>,
    /// The media types of the parts of a form with files, if the API description specifies them.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub part_types: IndexMap<Cow<'a, str>, Cow<'a, str>>,
    /// The security schemes, if they differ from the API's: alternatives, each with the schemes that are sent together.
    /// An empty list means that no credentials are sent.
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub security: Option<Vec<Vec<Cow<'a, str>>>>,
}

impl RequestRecord<'_> {
    /// The argument that lists the fields to clear.
    pub fn clear_argument(&self) -> Option<&str> {
        let mut arguments = self.arguments.iter();
        arguments
            .find(|(_, target)| target.location == ArgumentLocation::Clear)
            .map(|(name, _)| name.as_ref())
    }

    /// An argument's name in the body.
    pub fn body_name<'n>(&'n self, argument: &'n str) -> &'n str {
        self.arguments.get(argument).map_or(argument, |target| target.name_or(argument))
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The format of a request body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyFormat {
    /// There is no body.
    #[default]
    None,
    /// A JSON object with the arguments located in the body.
    Object,
    /// The JSON value of one argument.
    Whole,
    /// A JSON Patch.
    Patch,
    /// A form with files.
    Multipart,
    /// A URL-encoded form with the arguments located in the body.
    UrlEncoded,
    /// The text of one argument, unchanged.
    Raw,
}

impl BodyFormat {
    fn is_none(&self) -> bool {
        *self == Self::None
    }
}

/// The response.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResponseRecord<'a> {
    /// The format of the body.
    pub content: ResponseContent,
    /// The schema of the body, or of each item if it is a [`list`](Self::list).
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    pub schema: Option<SchemaRef<'a>>,
    /// True if the body is a list.
    #[serde(skip_serializing_if = "is_false")]
    pub list: bool,
}

impl ResponseRecord<'_> {
    /// The schema's name, if it has one.
    pub fn schema_name(&self) -> Option<&str> {
        match &self.schema {
            Some(SchemaRef::Named(name)) => Some(name),
            _ => None,
        }
    }
}

/// The format of a response body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseContent {
    /// A JSON value.
    Json,
    /// Bytes.
    Binary,
    /// There is no body.
    #[default]
    None,
}

/// A response schema.
#[derive(Clone, Debug, PartialEq)]
pub enum SchemaRef<'a> {
    /// The name of a [`SchemaRecord`](crate::SchemaRecord).
    Named(Cow<'a, str>),
    /// A JSON Schema.
    Inline(RawJson<'a>),
}

impl Serialize for SchemaRef<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Named(name) => serializer.serialize_str(name),
            Self::Inline(schema) => schema.serialize(serializer),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for SchemaRef<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(transparent)]
        struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

        let raw = <&'a serde_json::value::RawValue>::deserialize(deserializer)?;
        if raw.get().starts_with('"') {
            let name: Name<'a> = serde_json::from_str(raw.get()).map_err(D::Error::custom)?;
            return Ok(Self::Named(name.0));
        }
        RawJson::deserialize(raw).map(Self::Inline).map_err(D::Error::custom)
    }
}

/// Another operation, which the tool performs if a certain argument is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BindingRecord<'a> {
    /// The argument that selects the operation.
    #[serde(borrow)]
    pub when: Cow<'a, str>,
    /// Method and path.
    #[serde(borrow)]
    pub http: HttpOperation<'a>,
    /// Argument locations; `required` is always present.
    #[serde(borrow)]
    pub request: RequestRecord<'a>,
    /// The response.
    #[serde(borrow)]
    pub response: ResponseRecord<'a>,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_true(flag: &bool) -> bool {
    *flag
}
