//! All tools of an API. The index is parsed when a tool is first looked up, a record when it is used.

use std::fmt;
use std::sync::OnceLock;

use toolcrate_catalog::{
    AliasRecord, CatalogText, CollectionRecord, FilterRecord, IndexedTool, RecordTable, SchemaRecord,
    ShapeRecord,
};

use crate::{Api, Error, Tool};

/// All tools of an API.
pub struct Catalog {
    api: &'static Api,
    text: CatalogText,
    /// Sorted by full name.
    tools: OnceLock<Vec<IndexedTool>>,
    /// Indices into `tools`, sorted by short name.
    by_short_name: OnceLock<Vec<u32>>,
    aliases: OnceLock<Vec<AliasRecord<'static>>>,
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

    /// Whether there are no tools.
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
                Err(error) => panic!("the catalog's alias {line:?} is malformed: {error}"),
            };
            self.text.aliases.lines().map(parse).collect()
        })
    }

    /// The tool with this full or short name.
    ///
    /// # Errors
    /// `UnknownTool`, with the nearest names.
    pub fn resolve(&'static self, name: &str) -> Result<Tool, Error> {
        self.get(name).ok_or_else(|| Error::unknown_tool(name, &self.nearest(name, 3)))
    }

    /// Up to `count` full names that are spelled like `name`, the nearest first.
    pub fn nearest(&self, name: &str, count: usize) -> Vec<&'static str> {
        let tools = self.indexed().iter();
        let mut scored: Vec<(f64, &'static str)> = tools
            .map(|tool| {
                let full = strsim::normalized_damerau_levenshtein(name, tool.entry.name);
                let short = strsim::normalized_damerau_levenshtein(name, tool.entry.short_name);
                (full.max(short), tool.entry.name)
            })
            .filter(|(score, _)| *score > 0.4)
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        scored.into_iter().take(count).map(|(_, name)| name).collect()
    }

    /// The sets of arguments that several tools share, by name.
    pub const fn shapes(&self) -> &RecordTable<ShapeRecord<'static>> {
        &self.shapes
    }

    /// What resources can be filtered by, by the name of their schema.
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
