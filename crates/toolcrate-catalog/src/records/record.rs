//! The records beside those of tools.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::scalar::FilterScalar;

use crate::records::argument::{ArgumentLocation, Relation};
use crate::records::json::{Properties, RawJson};

/// A set of arguments that several tools share: one line of `shapes.jsonl`.
///
/// Create, update and replace of one record take the same members; lists take the same parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShapeRecord<'a> {
    /// The name.
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// The schema whose members these are, where it is not the name.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Cow<'a, str>>,
    /// Where all of its members go.
    #[serde(rename = "in")]
    pub location: ArgumentLocation,
    /// The tools that list the IDs which properties need.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation<'a>>,
    /// The JSON Schemas of the members.
    #[serde(borrow)]
    pub properties: Properties<'a>,
}

impl ShapeRecord<'_> {
    /// The name of the schema that the properties belong to, if they are properties of a body.
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
    /// The names of the schemas that it refers to.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub uses: Vec<Cow<'a, str>>,
}

/// The fields by which records of a schema can be filtered: one line of `filters.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FilterRecord<'a> {
    /// The name of the schema.
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// Members, and those of objects one level down, as `path/member`.
    #[serde(default)]
    pub fields: IndexMap<Cow<'a, str>, FilterKind<'a>>,
    /// Members of the items of lists.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub children: IndexMap<Cow<'a, str>, FilterKind<'a>>,
    /// True if records have fields that an account defines for itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub custom: bool,
}

/// The type of a field that can be filtered by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FilterKind<'a> {
    /// A value of a scalar type.
    Scalar(FilterScalar),
    /// One of these texts.
    Choice(#[serde(borrow)] Vec<Cow<'a, str>>),
}

/// A collection of records: one line of `collections.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionRecord<'a> {
    /// The identifier: the path template in lower case with unnamed placeholders.
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// The path template as the API's description spells it.
    #[serde(borrow)]
    pub path: Cow<'a, str>,
    /// The name of the schema of its records.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Cow<'a, str>>,
    /// For each placeholder of the path the collection whose item it names, where there is one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parents: Vec<Option<Cow<'a, str>>>,
    /// True if it holds one record only, such as settings.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub singleton: bool,
}

/// A former name of a tool: one line of `aliases.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AliasRecord<'a> {
    /// The former full name.
    pub name: &'a str,
    /// The former name without the API's prefix.
    #[serde(borrow)]
    pub short_name: Cow<'a, str>,
    /// The full name of the tool today.
    pub tool: &'a str,
}

/// A step in the life cycle of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LifecycleStep<'a> {
    /// The record that the life cycle is of.
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
    /// The short names of the tools that do it.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<Cow<'a, str>>,
}
