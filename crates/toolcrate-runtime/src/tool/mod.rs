//! Tools: operations that are called with JSON arguments and answer JSON. A tool is a reference into the
//! catalog's index, so passing one around costs nothing; its record is parsed when it is used.

mod catalog;
mod check;
mod clear;
mod compact;
mod decode;
mod execute;
mod explain;
mod nulls;
mod outcome;
mod plan;
mod prerequisites;
mod schema;
mod shorthand;
mod sides;

use std::fmt;

use serde::Deserialize;
use serde_json::Value;
use toolcrate_catalog::{
    Annotations, IndexEntry, IndexedTool, Method, OperationKind, OperationTarget, OperationVariant, Relation,
    ShapeRecord, ToolClass, ToolRecord, ToolSummary,
};

use crate::filter::FilterTable;
pub use catalog::Catalog;
pub(crate) use check::Checks;
pub use compact::{Omitted, TooBig, json_size};
pub use execute::Arguments;
pub use explain::ArgumentSchema;
pub(crate) use explain::nearest;
pub use outcome::{ExecuteOptions, Outcome};
pub use prerequisites::{Gives, Lookup, Prerequisites, Source};
pub(crate) use sides::{Sides, record_name};

/// A tool of a catalog: what the index says about it, and a way to its record.
#[derive(Clone, Copy)]
pub struct Tool {
    catalog: &'static Catalog,
    indexed: &'static IndexedTool,
    asked_as: Option<&'static str>,
}

impl Tool {
    fn new(catalog: &'static Catalog, indexed: &'static IndexedTool) -> Self {
        Self { catalog, indexed, asked_as: None }
    }

    /// The same tool, asked for by a name that it had before.
    fn under(self, asked_as: &'static str) -> Self {
        Self { asked_as: Some(asked_as), ..self }
    }

    /// The name of the release before, where the tool was asked for by that. It works for one release.
    pub fn asked_as(self) -> Option<&'static str> {
        self.asked_as
    }

    /// What to tell who asked for the tool by a name of the release before.
    pub(crate) fn notice(self) -> Option<String> {
        let old = self.asked_as?;
        Some(format!("{old} is called {} now; the old name works in this release only", self.name()))
    }

    /// What the index says about it. Costs nothing, as do all methods that don't mention the record.
    pub fn index(self) -> &'static IndexEntry<'static> {
        &self.indexed.entry
    }

    /// The full name.
    pub fn name(self) -> &'static str {
        self.index().name
    }

    /// The name without the API's prefix.
    pub fn short_name(self) -> &'static str {
        self.index().short_name
    }

    /// The part of the API that it belongs to.
    pub fn module(self) -> &'static str {
        self.index().module
    }

    /// The class by which callers choose tools.
    pub fn class(self) -> ToolClass {
        self.index().class
    }

    /// What the operation does.
    pub fn kind(self) -> OperationKind {
        self.index().kind
    }

    /// The first word of the name: `list`, `merge`.
    pub fn verb(self) -> &'static str {
        self.index().verb()
    }

    /// What the operation is applied to.
    pub fn target(self) -> OperationTarget {
        self.index().target
    }

    /// What sets the operation apart from the plain one of its kind.
    pub fn variant(self) -> Option<OperationVariant> {
        self.index().variant
    }

    /// The collection that the operation works on, such as `/service/tickets/{}/notes`.
    pub fn collection(self) -> Option<&'static str> {
        self.index().collection
    }

    /// The HTTP method.
    pub fn method(self) -> Method {
        self.index().method
    }

    /// The path template as the API's description spells it.
    pub fn path(self) -> &'static str {
        self.index().path
    }

    /// The path template that requests are made from.
    pub fn request_path(self) -> &'static str {
        self.index().request_path()
    }

    /// The catalog that it belongs to.
    pub fn catalog(self) -> &'static Catalog {
        self.catalog
    }

    /// The text of the record, one JSON object.
    pub fn line(self) -> &'static str {
        self.indexed.record
    }

    /// The record: all that the catalog says about the tool. It is parsed by each call.
    ///
    /// # Panics
    /// If the record is not what the generator writes, which no caller can cause.
    pub fn details(self) -> ToolRecord<'static> {
        self.parse()
    }

    /// Title and description alone, which takes half the time.
    ///
    /// # Panics
    /// As [`details`](Self::details).
    pub fn summary(self) -> ToolSummary<'static> {
        self.parse()
    }

    fn parse<T: Deserialize<'static>>(self) -> T {
        match serde_json::from_str(self.line()) {
            Ok(record) => record,
            Err(error) => panic!("the catalog's record of {} is malformed: {error}", self.name()),
        }
    }

    /// The record of the arguments that it shares with other tools.
    pub fn shape(self, record: &ToolRecord<'_>) -> Option<&'static ShapeRecord<'static>> {
        self.catalog.shapes().get(record.input.shape.as_deref()?)
    }

    /// The title shown to people. Parses the record, as all of the following do; see [`details`](Self::details).
    pub fn title(self) -> String {
        self.details().title.into_owned()
    }

    /// What it does, what it needs first and what it returns.
    pub fn description(self) -> String {
        self.details().description.into_owned()
    }

    /// Hints about the effect of a call.
    pub fn annotations(self) -> Annotations {
        self.details().annotations
    }

    /// The API's own tags.
    pub fn tags(self) -> Vec<String> {
        self.details().tags.into_iter().map(std::borrow::Cow::into_owned).collect()
    }

    /// Which tools list the ids that arguments need.
    pub fn relations(self) -> Vec<Relation<'static>> {
        let record = self.details();
        let shared = self.shape(&record).map(|shape| shape.relations.clone()).unwrap_or_default();
        record.relations.into_iter().chain(shared).collect()
    }

    /// Where the tool stands in the lives of records: a list of `{name, step, note?, before?, after?}`, whose
    /// neighbours are `{step, tools}`. Empty where nothing is known.
    pub fn lifecycle(self) -> Value {
        serde_json::to_value(self.details().lifecycle).unwrap_or_default()
    }

    /// The paths that the tool's structured filter takes, such as `company/name`; the schema shows a few of them
    /// alone. Empty where the tool takes no such filter.
    pub fn filter_fields(self) -> Vec<String> {
        let record = self.details();
        let filter = record.request.filter.as_deref().and_then(|name| self.catalog.filters().get(name));
        let table = filter.map(FilterTable::new);
        table.map(|table| table.names().map(str::to_owned).collect()).unwrap_or_default()
    }

    /// The JSON Schema of the arguments, as text: one flat object that needs no other schema.
    pub fn input_schema(self) -> String {
        schema::input(self.catalog, &self.details().input)
    }

    /// The JSON Schema of the arguments.
    pub fn input_schema_value(self) -> Value {
        schema::parse(self.name(), &self.input_schema())
    }

    /// The JSON Schema of what comes back, with the schemas that it needs under `$defs`.
    pub fn output_schema(self) -> Value {
        schema::output(self.catalog, &self.details().response)
    }
}

impl fmt::Debug for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tool").field(&self.name()).finish()
    }
}

impl PartialEq for Tool {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.indexed, other.indexed)
    }
}

impl Eq for Tool {}
