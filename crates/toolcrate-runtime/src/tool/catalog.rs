//! All tools of an API. The index is parsed when a tool is first looked up, a record when it is used. A tool is a
//! reference into the index, so passing one around costs nothing.

use std::fmt;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value;
use toolcrate_catalog::{
    AliasRecord, Annotations, CatalogText, CollectionRecord, FilterRecord, IndexEntry, IndexedTool, Method,
    OperationKind, OperationTarget, OperationVariant, RecordTable, Relation, SchemaRecord, ShapeRecord,
    ToolClass, ToolReach, ToolRecord, ToolSummary,
};

use super::coercion::Reinterpretation;
use super::name_style::NameStyle;
use super::suggestions::SpellingIndex;
use super::tool_name::tool_name_spellings;
use crate::api::Api;
use crate::error::Error;
use crate::filter::FilterTable;
use crate::text::bounded;

/// More characters of an unknown name are not repeated in an error.
const MAX_SHOWN_CHARACTERS: usize = 128;

/// All tools of an API.
pub struct Catalog {
    api: &'static Api,
    text: CatalogText,
    /// Sorted by full name.
    tools: OnceLock<Vec<IndexedTool>>,
    /// Indices into `tools`, sorted by short name.
    by_short_name: OnceLock<Vec<u32>>,
    aliases: OnceLock<Vec<AliasRecord<'static>>>,
    /// Made for the first name that is unknown.
    spellings: OnceLock<SpellingIndex>,
    shapes: RecordTable<ShapeRecord<'static>>,
    schemas: RecordTable<SchemaRecord<'static>>,
    filters: RecordTable<FilterRecord<'static>>,
    collections: RecordTable<CollectionRecord<'static>>,
}

impl Catalog {
    /// The catalog in these files.
    pub const fn new(api: &'static Api, text: CatalogText) -> Self {
        Self {
            api,
            tools: OnceLock::new(),
            by_short_name: OnceLock::new(),
            aliases: OnceLock::new(),
            spellings: OnceLock::new(),
            shapes: RecordTable::new(text.shapes.index, text.shapes.records),
            schemas: RecordTable::new(text.schemas.index, text.schemas.records),
            filters: RecordTable::new(text.filters.index, text.filters.records),
            collections: RecordTable::new(text.collections.index, text.collections.records),
            text,
        }
    }

    fn indexed(&self) -> &[IndexedTool] {
        self.tools.get_or_init(|| match self.text.tools() {
            Ok(tools) => tools,
            Err(error) => panic!("{error}"),
        })
    }

    /// The API that the tools belong to.
    pub fn api(&self) -> &'static Api {
        self.api
    }

    /// The number of tools.
    pub fn len(&self) -> usize {
        self.indexed().len()
    }

    /// Returns true if there are no tools.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The full names, sorted.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &'static str> {
        self.indexed().iter().map(|tool| tool.entry.name)
    }

    /// The modules, in the order in which the generator wrote them.
    pub fn modules(&self) -> impl ExactSizeIterator<Item = &'static str> {
        self.text.modules.iter().map(|(module, _)| *module)
    }

    /// All tools, sorted by full name.
    pub fn tools(&'static self) -> impl ExactSizeIterator<Item = Tool> {
        self.indexed().iter().map(move |tool| Tool::new(self, tool))
    }

    /// The tool with this full or short name. A name that a tool had in the previous release finds it too;
    /// [`Tool::asked_as`] returns that name.
    pub fn get(&'static self, name: &str) -> Option<Tool> {
        self.by_current_name(name).or_else(|| {
            let alias = self.aliases().iter().find(|alias| alias.name == name || alias.short_name == name)?;
            let asked_as = if alias.name == name { alias.name } else { alias.short_name.as_ref() };
            Some(self.by_current_name(alias.tool)?.under(asked_as))
        })
    }

    fn by_current_name(&'static self, name: &str) -> Option<Tool> {
        let tools = self.indexed();
        let full = tools.binary_search_by_key(&name, |tool| tool.entry.name).ok();
        let index = full.or_else(|| {
            let short_name = |index: &u32| tools[*index as usize].entry.short_name;
            let sorted = self.by_short_name.get_or_init(|| {
                let mut indices: Vec<u32> = (0..).take(tools.len()).collect();
                indices.sort_by_key(short_name);
                indices
            });
            let found = sorted.binary_search_by_key(&name, short_name).ok()?;
            Some(sorted[found] as usize)
        })?;
        Some(Tool::new(self, &tools[index]))
    }

    fn aliases(&self) -> &[AliasRecord<'static>] {
        self.aliases.get_or_init(|| {
            let parse = |line: &'static str| match serde_json::from_str(line) {
                Ok(alias) => alias,
                Err(error) => panic!("the catalog alias {line:?} is malformed: {error}"),
            };
            self.text.aliases.lines().map(parse).collect()
        })
    }

    /// The tool with this full or short name, as hosts and models write it: see [`tool_name_spellings`].
    ///
    /// # Errors
    /// `UnknownTool`, with the nearest names.
    pub fn resolve(&'static self, name: &str) -> Result<Tool, Error> {
        self.get(name)
            .or_else(|| self.by_spelling(name))
            .ok_or_else(|| Error::unknown_tool(&bounded(name, MAX_SHOWN_CHARACTERS), &self.nearest(name, 3)))
    }

    fn by_spelling(&'static self, name: &str) -> Option<Tool> {
        let spellings = tool_name_spellings(name, self.api.name);
        let tool = spellings.iter().find_map(|spelling| self.get(spelling))?;
        Some(Tool { is_respelled: true, ..tool })
    }

    /// Up to `count` full names that are spelled like `name`, the nearest first.
    pub fn nearest(&self, name: &str, count: usize) -> Vec<&'static str> {
        let tools = self.indexed();
        let full = |position: usize| tools[position].entry.name;
        let short = |position: usize| tools[position].entry.short_name;
        let index = self.spellings.get_or_init(|| SpellingIndex::new((0..tools.len()).map(short)));
        index
            .nearest(name, count, |position| [short(position), full(position)])
            .into_iter()
            .map(full)
            .collect()
    }

    /// The sets of arguments that several tools share, by name.
    pub const fn shapes(&self) -> &RecordTable<ShapeRecord<'static>> {
        &self.shapes
    }

    /// Returns the fields by which resources can be filtered, by the name of their schema.
    pub const fn filters(&self) -> &RecordTable<FilterRecord<'static>> {
        &self.filters
    }

    /// The schemas of responses, by name.
    pub const fn schemas(&self) -> &RecordTable<SchemaRecord<'static>> {
        &self.schemas
    }

    /// The collections of the API, by name.
    pub const fn collections(&self) -> &RecordTable<CollectionRecord<'static>> {
        &self.collections
    }
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Catalog").field("api", &self.api.name).field("tools", &self.len()).finish()
    }
}

/// A tool of a catalog: what the index says about it, and a way to its record.
#[derive(Clone, Copy)]
pub struct Tool {
    catalog: &'static Catalog,
    indexed: &'static IndexedTool,
    asked_as: Option<&'static str>,
    is_respelled: bool,
}

impl Tool {
    fn new(catalog: &'static Catalog, indexed: &'static IndexedTool) -> Self {
        Self { catalog, indexed, asked_as: None, is_respelled: false }
    }

    /// The same tool, asked for by a name that it had before.
    fn under(self, asked_as: &'static str) -> Self {
        Self { asked_as: Some(asked_as), ..self }
    }

    /// The name that the tool had in the previous release, if it was looked up by that name. It works for one release.
    pub fn asked_as(self) -> Option<&'static str> {
        self.asked_as
    }

    /// The warning for a caller who used the name of the previous release.
    pub(crate) fn warning(self) -> Option<String> {
        let old = self.asked_as?;
        Some(format!("{old} was renamed to {}; the old name works only in this release", self.name()))
    }

    /// The report for a tool that was called by another spelling of its name.
    pub(super) fn name_reinterpretation(self) -> Option<Reinterpretation> {
        let message = || format!("interpreted the tool name as {}", self.short_name());
        self.is_respelled.then(|| Reinterpretation::new("", message()))
    }

    /// Returns its entry in the index. This is free, as are all methods that don't mention the record.
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

    /// Returns the kind of the operation.
    pub fn kind(self) -> OperationKind {
        self.index().kind
    }

    /// The first word of the name: `list`, `merge`.
    pub fn verb(self) -> &'static str {
        self.index().verb()
    }

    /// Returns the target of the operation.
    pub fn target(self) -> OperationTarget {
        self.index().target
    }

    /// Returns the variant of the operation, if it isn't the plain one of its kind.
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
            Err(error) => panic!("the catalog record for {} is malformed: {error}", self.name()),
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

    /// Returns the description: what the tool does, what it needs first and what it returns. Tools have their full names.
    pub fn description(self) -> String {
        self.description_in(NameStyle::Prefixed)
    }

    /// Hints about the effect of a call.
    pub fn annotations(self) -> Annotations {
        self.details().annotations
    }

    /// Returns the records that a call can reach.
    pub fn reach(self) -> ToolReach {
        self.details().reach
    }

    /// The API's own tags.
    pub fn tags(self) -> Vec<String> {
        self.details().tags.into_iter().map(std::borrow::Cow::into_owned).collect()
    }

    /// Returns the tools that list the IDs which arguments need.
    pub fn relations(self) -> Vec<Relation<'static>> {
        let record = self.details();
        let shared = self.shape(&record).map(|shape| shape.relations.clone()).unwrap_or_default();
        record.relations.into_iter().chain(shared).collect()
    }

    /// Where the tool stands in the lives of records: a list of `{name, step, note?, before?, after?}`, whose
    /// neighbors are `{step, tools}`. Empty where nothing is known.
    pub fn lifecycle(self) -> Value {
        let mut steps = serde_json::to_value(self.details().lifecycle).unwrap_or_default();
        self.catalog.render_texts(&mut steps, NameStyle::Prefixed);
        steps
    }

    /// The paths that the tool's structured filter takes, such as `company/name`; the schema shows a few of them
    /// alone. Empty where the tool takes no such filter.
    pub fn filter_fields(self) -> Vec<String> {
        let record = self.details();
        let filter = record.request.filter.as_deref().and_then(|name| self.catalog.filters().get(name));
        let table = filter.map(FilterTable::new);
        table.map(|table| table.names().map(str::to_owned).collect()).unwrap_or_default()
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
