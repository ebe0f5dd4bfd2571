//! All tools of an API, kept as the text that the generator wrote. Nothing of it is parsed to list names or
//! to find a tool: names stand at the start of each line, and lines are sorted by them.

use std::fmt;
use std::sync::OnceLock;

use super::lines::{Lines, cut};
use crate::{Api, Error, Tool};

/// All tools of an API.
pub struct Catalog {
    api: &'static Api,
    modules: &'static [(&'static str, &'static str)],
    shapes: Lines,
    schemas: Lines,
    filters: Lines,
    aliases: &'static str,
    /// Sorted by full name.
    tools: OnceLock<Vec<Entry>>,
    /// Numbers of `tools`, sorted by short name.
    by_short_name: OnceLock<Vec<u32>>,
}

/// A name that a tool had in the release before, and the full name it has now.
struct Alias {
    name: &'static str,
    short_name: &'static str,
    tool: &'static str,
}

#[derive(Clone, Copy)]
struct Entry {
    name: &'static str,
    short_name: &'static str,
    module: &'static str,
    line: &'static str,
}

impl Catalog {
    /// A catalog over text: for each module its name and one JSON line a tool, then one JSON line a shape
    /// of arguments and one a schema. Lines begin with a name and are sorted by it.
    pub const fn new(
        api: &'static Api,
        modules: &'static [(&'static str, &'static str)],
        shapes: &'static str,
        schemas: &'static str,
    ) -> Self {
        Self {
            api,
            modules,
            shapes: Lines(shapes),
            schemas: Lines(schemas),
            filters: Lines(""),
            aliases: "",
            tools: OnceLock::new(),
            by_short_name: OnceLock::new(),
        }
    }

    /// The same with a line for each resource that says what it can be filtered by.
    #[must_use]
    pub const fn with_filters(mut self, filters: &'static str) -> Self {
        self.filters = Lines(filters);
        self
    }

    /// The same with a line for each tool that had another name in the release before.
    #[must_use]
    pub const fn with_aliases(mut self, aliases: &'static str) -> Self {
        self.aliases = aliases;
        self
    }

    fn entries(&self) -> &[Entry] {
        self.tools.get_or_init(|| {
            let mut tools: Vec<Entry> = Vec::new();
            for (module, text) in self.modules {
                tools.extend(Lines(text).iter().filter_map(|line| Entry::parse(module, line)));
            }
            tools.sort_by_key(|entry| entry.name);
            tools
        })
    }

    /// The API that the tools belong to.
    pub fn api(&self) -> &'static Api {
        self.api
    }

    /// How many tools there are.
    pub fn len(&self) -> usize {
        self.entries().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The full names, sorted.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &'static str> {
        self.entries().iter().map(|entry| entry.name)
    }

    /// The modules, in the order in which the generator wrote them.
    pub fn modules(&self) -> impl ExactSizeIterator<Item = &'static str> {
        self.modules.iter().map(|(module, _)| *module)
    }

    /// All tools, sorted by full name.
    pub fn tools(&'static self) -> impl ExactSizeIterator<Item = Tool> {
        self.entries().iter().map(|entry| self.tool(entry))
    }

    /// The tool with this full or short name. A name that a tool had in the release before finds it too;
    /// [`Tool::asked_as`] says so.
    pub fn get(&'static self, name: &str) -> Option<Tool> {
        self.named(name).or_else(|| {
            let mut aliases = self.aliases.lines().filter_map(Alias::parse);
            let alias = aliases.find(|alias| alias.name == name || alias.short_name == name)?;
            let asked_as = if alias.name == name { alias.name } else { alias.short_name };
            Some(self.named(alias.tool)?.under(asked_as))
        })
    }

    fn named(&'static self, name: &str) -> Option<Tool> {
        // A process that uses one tool does not look at the names of the others.
        if self.tools.get().is_none() {
            let lines = self.modules.iter().find_map(|(module, text)| Some((module, Lines(text).get(name)?)));
            if let Some((module, line)) = lines {
                return Some(self.tool(&Entry::parse(module, line)?));
            }
        }
        let tools = self.entries();
        let full = tools.binary_search_by_key(&name, |entry| entry.name).ok();
        let number = full.or_else(|| {
            let short = |number: &u32| tools[*number as usize].short_name;
            let sorted = self.by_short_name.get_or_init(|| {
                let mut numbers: Vec<u32> = (0..).take(tools.len()).collect();
                numbers.sort_by_key(short);
                numbers
            });
            let place = sorted.binary_search_by_key(&name, short).ok()?;
            Some(sorted[place] as usize)
        })?;
        Some(self.tool(&tools[number]))
    }

    /// The tool with this full or short name.
    ///
    /// # Errors
    /// `UnknownTool`, with the nearest names.
    pub fn find(&'static self, name: &str) -> Result<Tool, Error> {
        self.get(name).ok_or_else(|| Error::unknown_tool(name, &self.nearest(name, 3)))
    }

    /// Up to `count` full names that are spelt like `name`, the nearest first.
    pub fn nearest(&self, name: &str, count: usize) -> Vec<&'static str> {
        let entries = self.entries().iter();
        let mut scored: Vec<(f64, &'static str)> = entries
            .map(|entry| {
                let full = strsim::normalized_damerau_levenshtein(name, entry.name);
                let short = strsim::normalized_damerau_levenshtein(name, entry.short_name);
                (full.max(short), entry.name)
            })
            .filter(|(score, _)| *score > 0.4)
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        scored.into_iter().take(count).map(|(_, name)| name).collect()
    }

    fn tool(&'static self, entry: &Entry) -> Tool {
        Tool::new(self, entry.name, entry.short_name, entry.module, entry.line)
    }

    /// The line of a shape of arguments: a JSON object with `name`, `in`, `relations` and `properties`.
    pub fn shape(&self, name: &str) -> Option<&'static str> {
        self.shapes.get(name)
    }

    /// The line of what a resource can be filtered by: a JSON object with `name`, `fields` (path to kind),
    /// `children` and `custom`.
    pub fn filter(&self, name: &str) -> Option<&'static str> {
        self.filters.get(name)
    }

    /// The line of a schema: a JSON object with `name`, `schema` and `uses`, the names it refers to.
    pub fn schema(&self, name: &str) -> Option<&'static str> {
        self.schemas.get(name)
    }
}

impl Entry {
    fn parse(module: &'static str, line: &'static str) -> Option<Self> {
        let (name, rest) = cut(line, "{\"name\":\"")?;
        let (short_name, _) = cut(rest, ",\"short_name\":\"")?;
        Some(Self { name, short_name, module, line })
    }
}

impl Alias {
    fn parse(line: &'static str) -> Option<Self> {
        let (name, rest) = cut(line, "{\"name\":\"")?;
        let (short_name, rest) = cut(rest, ",\"short_name\":\"")?;
        let (tool, _) = cut(rest, ",\"tool\":\"")?;
        Some(Self { name, short_name, tool })
    }
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Catalog").field("api", &self.api.name).field("tools", &self.len()).finish()
    }
}
