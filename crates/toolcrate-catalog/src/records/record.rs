//! The catalog's records other than tool records, such as shapes, which are sets of arguments that several tools share.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::scalar::FilterScalar;

use crate::records::argument::{ArgumentLocation, Relation};
use crate::records::json::{Properties, RawJson};

/// A set of arguments shared by several tools: one line of `shapes.jsonl`.
///
/// Creating, updating and replacing a record take the same fields; lists take the same parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShapeRecord<'a> {
    /// The name.
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// The schema that has these properties, if it differs from the name.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Cow<'a, str>>,
    /// The location of all properties in the request.
    #[serde(rename = "in")]
    pub location: ArgumentLocation,
    /// The tools that list the IDs needed by properties.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation<'a>>,
    /// The JSON Schemas of the properties.
    #[serde(borrow)]
    pub properties: Properties<'a>,
}

impl ShapeRecord<'_> {
    /// The name of the schema that the properties belong to, if they are body properties.
    pub fn schema(&self) -> Option<&str> {
        (self.location == ArgumentLocation::Body).then(|| self.schema.as_deref().unwrap_or(&self.name))
    }
}

/// The schema of a response: one line of `schemas.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SchemaRecord<'a> {
    /// The name.
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// The JSON Schema; it refers to others as `#/$defs/<name>`.
    #[serde(borrow)]
    pub schema: RawJson<'a>,
    /// The names of the schemas to which it refers.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub uses: Vec<Cow<'a, str>>,
}

/// The fields by which a schema's records can be filtered: one line of `filters.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FilterRecord<'a> {
    /// The name of the schema.
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// Fields, including those of objects one level down, as `path/field`.
    #[serde(default)]
    pub fields: IndexMap<Cow<'a, str>, FilterKind<'a>>,
    /// Fields of list items.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub children: IndexMap<Cow<'a, str>, FilterKind<'a>>,
    /// True if the records have custom fields.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub custom: bool,
}

/// The type of a filterable field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FilterKind<'a> {
    /// A value of a scalar type.
    Scalar(FilterScalar),
    /// One of these strings.
    Choice(#[serde(borrow)] Vec<Cow<'a, str>>),
}

/// A collection of records: one line of `collections.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionRecord<'a> {
    /// The identifier: the path template in lower case with unnamed placeholders.
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// The path template as spelled in the API description.
    #[serde(borrow)]
    pub path: Cow<'a, str>,
    /// The name of its records' schema.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Cow<'a, str>>,
    /// For each path placeholder, the collection whose item it identifies, if there is one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parents: Vec<Option<Cow<'a, str>>>,
    /// True if it contains only a single record, such as settings.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub singleton: bool,
}

/// A former tool name: one line of `aliases.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AliasRecord<'a> {
    /// The former full name.
    pub name: &'a str,
    /// The former name without the API's prefix.
    #[serde(borrow)]
    pub short_name: Cow<'a, str>,
    /// The tool's current full name.
    pub tool: &'a str,
}

/// A step in a record's lifecycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LifecycleStep<'a> {
    /// The record that has the lifecycle.
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// The step in a few words, such as `receive its lines`.
    #[serde(borrow)]
    pub step: Cow<'a, str>,
    /// A note about the step.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Cow<'a, str>>,
    /// The step before.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub before: Option<LifecycleNeighbor<'a>>,
    /// The step after.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub after: Option<LifecycleNeighbor<'a>>,
}

/// The step before or after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LifecycleNeighbor<'a> {
    /// The step in a few words, such as `receive its lines`.
    #[serde(borrow)]
    pub step: Cow<'a, str>,
    /// The short names of the tools that perform it.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<Cow<'a, str>>,
}
