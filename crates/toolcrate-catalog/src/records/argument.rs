//! Where each argument goes in a request, and which tools supply its values.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::parameter::{ParameterLocation, ParameterStyle};

/// The location of an argument in the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArgumentTarget<'a> {
    /// The part of the request.
    #[serde(rename = "in")]
    pub location: ArgumentLocation,
    /// The name in the request, if it differs from the argument's name.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Cow<'a, str>>,
    /// The type of a path value.
    #[serde(rename = "type", default, skip_serializing_if = "PathType::is_integer")]
    pub path_type: PathType,
    /// The style, if it matters for the type. Without it, a list in the query is one pair for each item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<ParameterStyle>,
}

impl ArgumentTarget<'_> {
    /// The name in the request for the argument called `argument`.
    pub fn name_or<'n>(&'n self, argument: &'n str) -> &'n str {
        self.name.as_deref().unwrap_or(argument)
    }
}

/// A part of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArgumentLocation {
    /// A path placeholder.
    Path,
    /// A query parameter.
    Query,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
    /// A property of the body.
    Body,
    /// The whole body.
    WholeBody,
    /// Additional body properties that the schema doesn't list, as one object.
    Members,
    /// JSON Patch operations, sent unchanged.
    Patch,
    /// A structured filter, compiled to query parameters.
    Filter,
    /// The names of fields that an update clears.
    Clear,
}

impl ArgumentLocation {
    /// The corresponding parameter location, if the argument is sent as a parameter.
    pub const fn parameter(self) -> Option<ParameterLocation> {
        match self {
            Self::Path => Some(ParameterLocation::Path),
            Self::Query => Some(ParameterLocation::Query),
            Self::Header => Some(ParameterLocation::Header),
            Self::Cookie => Some(ParameterLocation::Cookie),
            Self::Body | Self::WholeBody | Self::Members | Self::Patch | Self::Filter | Self::Clear => None,
        }
    }
}

/// The type of a value in a path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PathType {
    /// A whole number.
    #[default]
    Integer,
    /// Any text.
    Text,
}

impl PathType {
    fn is_integer(&self) -> bool {
        *self == Self::Integer
    }
}

/// The source of an argument's value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation<'a> {
    /// The argument, or the path of a property within it.
    #[serde(borrow)]
    pub argument: Cow<'a, str>,
    /// The tool that returns the value.
    #[serde(borrow)]
    pub tool: Cow<'a, str>,
    /// The field of its records that contains the value.
    #[serde(borrow, default)]
    pub field: Cow<'a, str>,
    /// Arguments of that tool whose values come from this tool's other arguments: `{"boardId": "board/id"}`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub with: IndexMap<Cow<'a, str>, Cow<'a, str>>,
}
