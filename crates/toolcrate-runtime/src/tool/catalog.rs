//! The catalog of an API's tools. The index is parsed when a tool is first looked up, and a tool's record is parsed
//! when the tool is used. A tool is a reference into the index, so passing one around is cheap.

use std::fmt;
use std::sync::OnceLock;

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

/// Maximum number of characters of an unknown name repeated in an error.
const MAX_SHOWN_CHARACTERS: usize = 128;

/// All tools of an API.
pub struct Catalog {
    api: &'static Api,
    source: CatalogSource,
    content: OnceLock<CatalogContent>,
    /// Sorted by full name.
    tools: OnceLock<Vec<IndexedTool>>,
    /// Indices into `tools`, sorted by short name.
    by_short_name: OnceLock<Vec<u32>>,
    aliases: OnceLock<Vec<AliasRecord<'static>>>,
    /// Built for the first unknown name.
    spellings: OnceLock<SpellingIndex>,
}

/// Where a catalog's files are.
enum CatalogSource {
    Text(CatalogText),
    /// Compressed files.
    #[cfg(feature = "packed")]
    Packed(&'static [u8]),
}

/// A catalog's files and their records.
struct CatalogContent {
    text: CatalogText,
    shapes: RecordTable<ShapeRecord<'static>>,
    schemas: RecordTable<SchemaRecord<'static>>,
    filters: RecordTable<FilterRecord<'static>>,
    collections: RecordTable<CollectionRecord<'static>>,
}

impl CatalogContent {
    fn new(text: CatalogText) -> Self {
        Self {
            shapes: RecordTable::new(text.shapes.index, text.shapes.records),
            schemas: RecordTable::new(text.schemas.index, text.schemas.records),
            filters: RecordTable::new(text.filters.index, text.filters.records),
            collections: RecordTable::new(text.collections.index, text.collections.records),
            text,
        }
    }
}

impl Catalog {
    /// Creates a catalog from these files.
    pub const fn new(api: &'static Api, text: CatalogText) -> Self {
        Self::from_source(api, CatalogSource::Text(text))
    }

    /// Creates a catalog from files compressed with [`pack`](toolcrate_catalog::pack). They are decompressed when the
    /// catalog is first used.
    ///
    /// Using the catalog panics if `files` is anything else.
    #[cfg(feature = "packed")]
    pub const fn packed(api: &'static Api, files: &'static [u8]) -> Self {
        Self::from_source(api, CatalogSource::Packed(files))
    }

    const fn from_source(api: &'static Api, source: CatalogSource) -> Self {
        Self {
            api,
            source,
            content: OnceLock::new(),
            tools: OnceLock::new(),
            by_short_name: OnceLock::new(),
            aliases: OnceLock::new(),
            spellings: OnceLock::new(),
        }
    }

    fn content(&self) -> &CatalogContent {
        self.content.get_or_init(|| {
            CatalogContent::new(match &self.source {
                CatalogSource::Text(text) => *text,
                #[cfg(feature = "packed")]
                CatalogSource::Packed(files) => CatalogText::from_files(toolcrate_catalog::unpack(files)),
            })
        })
    }

    fn indexed(&self) -> &[IndexedTool] {
        self.tools.get_or_init(|| match self.content().text.tools() {
            Ok(tools) => tools,
            Err(error) => panic!("{error}"),
        })
    }

    /// Returns the API that the tools belong to.
    pub fn api(&self) -> &'static Api {
        self.api
    }

    /// Returns the number of tools.
    pub fn len(&self) -> usize {
        self.indexed().len()
    }

    /// Returns true if there are no tools.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the full names, sorted.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &'static str> {
        self.indexed().iter().map(|tool| tool.entry.name)
    }

    /// Returns the modules, in the generator's order.
    pub fn modules(&self) -> impl ExactSizeIterator<Item = &'static str> {
        self.content().text.modules.iter().map(|(module, _)| *module)
    }

    /// Returns all tools, sorted by full name.
    pub fn tools(&'static self) -> impl ExactSizeIterator<Item = Tool> {
        self.indexed().iter().map(move |tool| Tool::new(self, tool))
    }

    /// Returns the tool with this full or short name. A tool's name from the previous release also finds it;
    /// [`Tool::asked_as`] then returns that name.
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
            self.content().text.aliases.lines().map(parse).collect()
        })
    }

    /// Returns the tool with this full or short name, as spelled by agent hosts and models: see
    /// [`tool_name_spellings`].
    ///
    /// # Errors
    /// Returns `UnknownTool`, with the nearest names.
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

    /// Returns up to `count` full names spelled like `name`, nearest first.
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

    /// Returns the sets of arguments shared by several tools, by name.
    pub fn shapes(&self) -> &RecordTable<ShapeRecord<'static>> {
        &self.content().shapes
    }

    /// Returns the fields by which resources can be filtered, by schema name.
    pub fn filters(&self) -> &RecordTable<FilterRecord<'static>> {
        &self.content().filters
    }

    /// Returns the response schemas, by name.
    pub fn schemas(&self) -> &RecordTable<SchemaRecord<'static>> {
        &self.content().schemas
    }

    /// Returns the API's collections, by name.
    pub fn collections(&self) -> &RecordTable<CollectionRecord<'static>> {
        &self.content().collections
    }
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Catalog").field("api", &self.api.name).field("tools", &self.len()).finish()
    }
}

/// A catalog tool: its index entry, and access to its record.
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

    /// Returns the same tool, looked up by a former name.
    fn under(self, asked_as: &'static str) -> Self {
        Self { asked_as: Some(asked_as), ..self }
    }

    /// Returns the tool's name from the previous release, if it was looked up by that name. Such names work for one
    /// release.
    pub fn asked_as(self) -> Option<&'static str> {
        self.asked_as
    }

    /// Returns the warning for a caller who used the name from the previous release.
    pub(crate) fn warning(self) -> Option<String> {
        let old = self.asked_as?;
        Some(format!("{old} was renamed to {}; the old name works only in this release", self.name()))
    }

    /// Returns the report for a tool that was called by another spelling of its name.
    pub(super) fn name_reinterpretation(self) -> Option<Reinterpretation> {
        let message = || format!("interpreted the tool name as {}", self.short_name());
        self.is_respelled.then(|| Reinterpretation::new("", message()))
    }

    /// Returns the tool's index entry. This is free, as are all methods that don't mention the record.
    pub fn index(self) -> &'static IndexEntry<'static> {
        &self.indexed.entry
    }

    /// Returns the full name.
    pub fn name(self) -> &'static str {
        self.index().name
    }

    /// Returns the name without the API's prefix.
    pub fn short_name(self) -> &'static str {
        self.index().short_name
    }

    /// Returns the part of the API that the tool belongs to.
    pub fn module(self) -> &'static str {
        self.index().module
    }

    /// Returns the class by which callers select tools.
    pub fn class(self) -> ToolClass {
        self.index().class
    }

    /// Returns the kind of the operation.
    pub fn kind(self) -> OperationKind {
        self.index().kind
    }

    /// Returns the first word of the name: `list`, `merge`.
    pub fn verb(self) -> &'static str {
        self.index().verb()
    }

    /// Returns the target of the operation.
    pub fn target(self) -> OperationTarget {
        self.index().target
    }

    /// Returns the operation's variant, unless it is the plain operation of its kind.
    pub fn variant(self) -> Option<OperationVariant> {
        self.index().variant
    }

    /// Returns the collection that the operation works on, such as `/service/tickets/{}/notes`.
    pub fn collection(self) -> Option<&'static str> {
        self.index().collection
    }

    /// Returns the HTTP method.
    pub fn method(self) -> Method {
        self.index().method
    }

    /// Returns the path template as spelled in the API description.
    pub fn path(self) -> &'static str {
        self.index().path
    }

    /// Returns the path template used for requests.
    pub fn request_path(self) -> &'static str {
        self.index().request_path()
    }

    /// Returns the catalog that the tool belongs to.
    pub fn catalog(self) -> &'static Catalog {
        self.catalog
    }

    /// Returns the text of the record, a single JSON object.
    pub fn line(self) -> &'static str {
        self.indexed.record
    }

    /// Returns the complete record. It is parsed on each call.
    ///
    /// # Panics
    /// Panics if the record isn't valid generator output, which no caller can cause.
    pub fn details(self) -> ToolRecord<'static> {
        self.expect_parsed(serde_json::from_str(self.line()))
    }

    /// Returns only the title and description, without parsing the rest of the record.
    ///
    /// # Panics
    /// Panics like [`details`](Self::details).
    pub fn summary(self) -> ToolSummary<'static> {
        self.expect_parsed(ToolSummary::from_line(self.line()))
    }

    fn expect_parsed<T>(self, parsed: Result<T, serde_json::Error>) -> T {
        match parsed {
            Ok(record) => record,
            Err(error) => panic!("the catalog record for {} is malformed: {error}", self.name()),
        }
    }

    /// Returns the record of the arguments that the tool shares with others.
    pub fn shape(self, record: &ToolRecord<'_>) -> Option<&'static ShapeRecord<'static>> {
        self.catalog.shapes().get(record.input.shape.as_deref()?)
    }

    /// Returns the title shown to people. Parses the record, as do all of the following methods; see
    /// [`details`](Self::details).
    pub fn title(self) -> String {
        self.details().title.into_owned()
    }

    /// Returns the description: what the tool does, its prerequisites, and what it returns. It refers to tools by their
    /// full names.
    pub fn description(self) -> String {
        self.description_in(NameStyle::Prefixed)
    }

    /// Returns hints about the effect of a call.
    pub fn annotations(self) -> Annotations {
        self.details().annotations
    }

    /// Returns the records that a call can reach.
    pub fn reach(self) -> ToolReach {
        self.details().reach
    }

    /// Returns the API's own tags.
    pub fn tags(self) -> Vec<String> {
        self.details().tags.into_iter().map(std::borrow::Cow::into_owned).collect()
    }

    /// Returns the tools that list the IDs needed by arguments.
    pub fn relations(self) -> Vec<Relation<'static>> {
        let record = self.details();
        let shared = self.shape(&record).map(|shape| shape.relations.clone()).unwrap_or_default();
        record.relations.into_iter().chain(shared).collect()
    }

    /// Returns the tool's place in record lifecycles: a list of `{name, step, note?, before?, after?}`, whose neighbors
    /// are `{step, tools}`. Empty if nothing is known.
    pub fn lifecycle(self) -> Value {
        let mut steps = serde_json::to_value(self.details().lifecycle).unwrap_or_default();
        self.catalog.render_texts(&mut steps, NameStyle::Prefixed);
        steps
    }

    /// Returns the paths that the tool's structured filter accepts, such as `company/name`; the schema shows only a few
    /// of them. Empty if the tool has no such filter.
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
