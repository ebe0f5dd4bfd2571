//! One line of the catalog, taken apart. Texts are borrowed from the line where JSON allows it, and the
//! parts that are only handed on (schemas of arguments) stay text.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

/// All that the catalog says about a tool.
#[derive(Debug, Deserialize)]
#[non_exhaustive]
pub struct ToolDetails<'a> {
    /// The full name.
    pub name: &'a str,
    /// The name without the API's prefix.
    pub short_name: &'a str,
    /// A few words for people.
    #[serde(borrow)]
    pub title: Cow<'a, str>,
    /// What it does, what it needs first, what comes back.
    #[serde(borrow)]
    pub description: Cow<'a, str>,
    /// `read`, `write` or `custom`.
    pub class: &'a str,
    /// The part of the API that it belongs to.
    pub module: &'a str,
    /// The API's own tags.
    #[serde(borrow, default)]
    pub tags: Vec<Cow<'a, str>>,
    /// Hints about what a call can do.
    pub annotations: Annotations,
    /// The operation as the API's description writes it.
    #[serde(borrow)]
    pub http: Http<'a>,
    #[serde(borrow)]
    pub(crate) input: Input<'a>,
    #[serde(borrow)]
    pub(crate) request: RequestPlan<'a>,
    #[serde(borrow)]
    pub(crate) response: ResponsePlan<'a>,
    /// Which tools give the ids that arguments need.
    #[serde(borrow, default)]
    pub relations: Vec<Relation<'a>>,
    #[serde(borrow, default)]
    pub(crate) bindings: Vec<Binding<'a>>,
    #[serde(borrow, default)]
    pub(crate) lifecycle: Option<&'a RawValue>,
}

impl ToolDetails<'_> {
    /// The name of the record that the arguments make up, if they do.
    pub(crate) fn record(&self) -> Option<&str> {
        // A variant of a shape is called `Order without id`.
        let shape = self.input.shape.as_deref().filter(|_| self.request.body != BodyPlan::None)?;
        Some(shape.split(" without ").next().unwrap_or(shape))
    }

    /// Whether the arguments are changes of a record, and not a whole one.
    pub(crate) fn is_partial(&self) -> bool {
        self.request.body == BodyPlan::Patch
    }
}

/// Hints about what a call can do, as the Model Context Protocol names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Annotations {
    /// It changes nothing.
    #[serde(default)]
    pub read_only_hint: bool,
    /// It may destroy something.
    #[serde(default)]
    pub destructive_hint: bool,
    /// Calling it twice does no more than calling it once.
    #[serde(default)]
    pub idempotent_hint: bool,
    /// It reaches outside of the machine.
    #[serde(default)]
    pub open_world_hint: bool,
}

/// An operation: verb and path template.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Http<'a> {
    /// The verb in capitals.
    pub method: &'a str,
    /// The path template, such as `/orders/{id}`.
    #[serde(borrow)]
    pub path: Cow<'a, str>,
}

/// Where the value of an argument comes from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Relation<'a> {
    /// The argument, or the path of a member within one.
    #[serde(borrow)]
    pub argument: Cow<'a, str>,
    /// The tool that gives the value.
    #[serde(borrow)]
    pub tool: Cow<'a, str>,
    /// The member of its records that is the value.
    #[serde(borrow, default)]
    pub field: Cow<'a, str>,
    /// Arguments of that tool which members beside this one give: `{"boardId": "board/id"}`.
    #[serde(borrow, default)]
    pub with: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
}

/// A line of the shapes: arguments that several tools share.
#[derive(Debug, Deserialize)]
pub(crate) struct ShapeLine<'a> {
    /// Where its members go.
    #[serde(rename = "in")]
    pub(crate) location: Location,
    #[serde(borrow, default)]
    pub(crate) relations: Vec<Relation<'a>>,
    #[serde(borrow)]
    pub(crate) properties: BTreeMap<Cow<'a, str>, &'a RawValue>,
}

/// The arguments of a tool: its own, then those of a shape.
#[derive(Debug, Deserialize)]
pub(crate) struct Input<'a> {
    #[serde(borrow)]
    pub(crate) properties: &'a RawValue,
    #[serde(borrow, default)]
    pub(crate) shape: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(crate) required: &'a RawValue,
}

/// How arguments become a request.
#[derive(Debug, Deserialize)]
pub(crate) struct RequestPlan<'a> {
    #[serde(borrow)]
    pub(crate) path: Cow<'a, str>,
    /// The verb, where a binding has another than the tool.
    #[serde(default)]
    pub(crate) method: Option<&'a str>,
    #[serde(borrow, default)]
    pub(crate) arguments: BTreeMap<Cow<'a, str>, Target<'a>>,
    #[serde(borrow, default)]
    pub(crate) required: Vec<Cow<'a, str>>,
    pub(crate) body: BodyPlan,
    #[serde(borrow, default)]
    pub(crate) content_type: Option<Cow<'a, str>>,
    /// The name of what a structured filter can ask for.
    #[serde(borrow, default)]
    pub(crate) filter: Option<Cow<'a, str>>,
}

/// Where an argument goes.
#[derive(Debug, Deserialize)]
pub(crate) struct Target<'a> {
    #[serde(rename = "in")]
    pub(crate) location: Location,
    /// The name there; the argument's own if there is none.
    #[serde(borrow, default)]
    pub(crate) name: Option<Cow<'a, str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Location {
    Path,
    Query,
    Header,
    Body,
    WholeBody,
    Patch,
    Filter,
    /// The names of members to empty.
    Clear,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BodyPlan {
    None,
    Object,
    Whole,
    Patch,
    Multipart,
}

/// What comes back.
#[derive(Debug, Deserialize)]
pub(crate) struct ResponsePlan<'a> {
    pub(crate) content: Content,
    /// The name of a schema, or a schema itself.
    #[serde(borrow, default)]
    pub(crate) schema: Option<&'a RawValue>,
    #[serde(default)]
    pub(crate) list: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Content {
    Json,
    Binary,
    None,
}

/// Another operation that a tool answers for, when an argument is given.
#[derive(Debug, Deserialize)]
pub(crate) struct Binding<'a> {
    #[serde(borrow)]
    pub(crate) when: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) request: RequestPlan<'a>,
    #[serde(borrow)]
    pub(crate) response: ResponsePlan<'a>,
}
