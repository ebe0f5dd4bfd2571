//! Tools: operations that are called with JSON arguments and answer JSON. A tool is a reference into the
//! catalog's text, so handing one around costs nothing; what it says is parsed when asked for.

mod catalog;
mod check;
mod clear;
mod coercion;
mod compact;
mod decode;
mod details;
mod execute;
mod explain;
mod lines;
mod nulls;
mod outcome;
mod plan;
mod prepared;
mod prerequisites;
mod schema;
mod shorthand;
mod sides;

use std::fmt;

use serde_json::Value;

pub use catalog::Catalog;
pub(crate) use check::Checks;
pub use coercion::Reinterpretation;
pub use compact::{Omitted, TooBig, json_size};
pub(crate) use details::Location;
pub use details::{Annotations, Http, Relation, ToolDetails};
pub use execute::Arguments;
pub use explain::ArgumentSchema;
pub(crate) use explain::nearest;
pub use outcome::{ExecuteOptions, Outcome};
pub use prepared::PreparedCall;
pub use prerequisites::{Gives, Lookup, Prerequisites, Source};
pub(crate) use sides::Sides;

/// A tool of a catalog.
#[derive(Clone, Copy)]
pub struct Tool {
    catalog: &'static Catalog,
    name: &'static str,
    short_name: &'static str,
    module: &'static str,
    line: &'static str,
    asked_as: Option<&'static str>,
}

impl Tool {
    fn new(
        catalog: &'static Catalog,
        name: &'static str,
        short_name: &'static str,
        module: &'static str,
        line: &'static str,
    ) -> Self {
        Self { catalog, name, short_name, module, line, asked_as: None }
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
        Some(format!("{old} is called {} now; the old name works in this release only", self.name))
    }

    /// The full name.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// The name without the API's prefix.
    pub fn short_name(self) -> &'static str {
        self.short_name
    }

    /// The part of the API that it belongs to.
    pub fn module(self) -> &'static str {
        self.module
    }

    /// The catalog that it belongs to.
    pub fn catalog(self) -> &'static Catalog {
        self.catalog
    }

    /// The line of the catalog, which is one JSON object.
    pub fn line(self) -> &'static str {
        self.line
    }

    /// All that the catalog says about it, parsed from its line alone.
    ///
    /// # Panics
    /// If the line is not what the generator writes, which no caller can cause.
    pub fn details(self) -> ToolDetails<'static> {
        match serde_json::from_str(self.line) {
            Ok(details) => details,
            Err(error) => panic!("the catalog's line of {} is damaged: {error}", self.name),
        }
    }

    /// A few words for people. Parses the line, as all of the following do; see [`details`](Self::details).
    pub fn title(self) -> String {
        self.details().title.into_owned()
    }

    /// What it does, what it needs first, what comes back.
    pub fn description(self) -> String {
        self.details().description.into_owned()
    }

    /// `read`, `write` or `custom`.
    pub fn class(self) -> &'static str {
        self.details().class
    }

    /// The operation as the API's description writes it.
    pub fn http(self) -> Http<'static> {
        self.details().http
    }

    /// Hints about what a call can do.
    pub fn annotations(self) -> Annotations {
        self.details().annotations
    }

    /// The API's own tags.
    pub fn tags(self) -> Vec<String> {
        self.details().tags.into_iter().map(std::borrow::Cow::into_owned).collect()
    }

    /// Which tools give the ids that arguments need.
    pub fn relations(self) -> Vec<Relation<'static>> {
        let details = self.details();
        let shape = schema::shape(self.catalog, &details.input);
        details.relations.into_iter().chain(shape.into_iter().flat_map(|shape| shape.relations)).collect()
    }

    /// Where the tool stands in the lives of records: a list of `{name, step, note?, before?, after?}`, whose
    /// neighbours are `{step, tools}`. Empty where nothing is known.
    pub fn lifecycle(self) -> Value {
        self.details()
            .lifecycle
            .map_or_else(|| Value::Array(Vec::new()), |steps| schema::parse(self.name, steps.get()))
    }

    /// The paths that the tool's structured filter takes, such as `company/name`; the schema shows a few of them
    /// alone. Empty where the tool takes no such filter.
    ///
    /// # Panics
    /// If the catalog's line isn't JSON, which no caller can cause.
    pub fn filter_fields(self) -> Vec<String> {
        let details = self.details();
        let Some(name) = details.request.filter.as_deref() else { return Vec::new() };
        let table = schema::filter(self.catalog, name);
        table.map(|table| table.names().map(str::to_owned).collect()).unwrap_or_default()
    }

    /// The JSON Schema of the arguments, as text: one flat object that needs no other schema.
    pub fn input_schema(self) -> String {
        schema::input(self.catalog, &self.details().input)
    }

    /// The JSON Schema of the arguments.
    pub fn input_schema_value(self) -> Value {
        schema::parse(self.name, &self.input_schema())
    }

    /// The JSON Schema of what comes back, with the schemas that it needs under `$defs`.
    pub fn output_schema(self) -> Value {
        schema::output(self.catalog, &self.details().response)
    }
}

impl fmt::Debug for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tool").field(&self.name).finish()
    }
}

impl PartialEq for Tool {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.line, other.line)
    }
}

impl Eq for Tool {}
