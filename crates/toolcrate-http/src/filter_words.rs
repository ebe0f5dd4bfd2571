//! Lists the methods and tags in a catalog, from which a [`MethodFilter`] selects.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use toolcrate_runtime::{Catalog, dialect};

use crate::nearest::nearest;
use crate::truto_filter::{METHOD_CLASSES, MethodFilter};

/// Maximum number of characters of a word shown in an error.
const MAX_SHOWN_CHARACTERS: usize = 80;

/// A word in a [`MethodFilter`] that doesn't exist in the catalog. It is never ignored, because a list without tools
/// looks like an API without tools.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnknownFilterWord {
    /// No tool has this method.
    #[error("methods: unknown method \"{method}\" (expected {}){}", .known.join(", "), suggestion(.nearest))]
    Method {
        /// The method.
        method: String,
        /// All methods, and the words that select several methods.
        known: Vec<String>,
        /// Known methods with a similar spelling, nearest first.
        nearest: Vec<String>,
    },
    /// No tool has this tag, and no module has this name.
    #[error(
        "tags: unknown tag \"{tag}\" (expected one of the {tag_count} tags in the tool list, or a module: {}){}",
        .modules.join(", "),
        suggestion(.nearest)
    )]
    Tag {
        /// The tag.
        tag: String,
        /// All modules.
        modules: Vec<String>,
        /// The number of tags.
        tag_count: usize,
        /// Known tags and modules with a similar spelling, nearest first.
        nearest: Vec<String>,
    },
}

fn suggestion(nearest: &[String]) -> String {
    if nearest.is_empty() { String::new() } else { format!("; did you mean {}?", nearest.join(" or ")) }
}

/// The words that filters on a catalog can use. They are collected on first use.
pub struct FilterWords {
    catalog: &'static Catalog,
    methods: OnceLock<Vec<String>>,
    tags: OnceLock<CatalogTags>,
}

struct CatalogTags {
    modules: Vec<String>,
    tags: Vec<String>,
}

impl FilterWords {
    /// Creates the words of a catalog.
    pub const fn new(catalog: &'static Catalog) -> Self {
        Self { catalog, methods: OnceLock::new(), tags: OnceLock::new() }
    }

    /// Checks that all methods and tags in a filter exist in the catalog, ignoring case.
    ///
    /// # Errors
    /// Returns an error with the first unknown word and the known ones.
    pub fn check(&self, filter: &MethodFilter) -> Result<(), UnknownFilterWord> {
        self.check_methods(&filter.methods)?;
        self.check_tags(&filter.tags)
    }

    /// Returns the words that select several methods, followed by all methods, sorted.
    pub fn methods(&self) -> &[String] {
        self.methods.get_or_init(|| {
            let methods: BTreeSet<String> =
                self.catalog.tools().map(|tool| dialect::route(tool).method).collect();
            METHOD_CLASSES.iter().map(|class| (*class).to_owned()).chain(methods).collect()
        })
    }

    /// Returns all modules, sorted.
    pub fn modules(&self) -> &[String] {
        &self.catalog_tags().modules
    }

    /// Returns all tags, sorted.
    pub fn tags(&self) -> &[String] {
        &self.catalog_tags().tags
    }

    fn catalog_tags(&self) -> &CatalogTags {
        self.tags.get_or_init(|| {
            let mut modules: Vec<String> = self.catalog.modules().map(str::to_owned).collect();
            modules.sort_unstable();
            let tags: BTreeSet<String> = self.catalog.tools().flat_map(|tool| tool.tags()).collect();
            CatalogTags { modules, tags: tags.into_iter().collect() }
        })
    }

    fn check_methods(&self, methods: &[String]) -> Result<(), UnknownFilterWord> {
        let unknown = methods.iter().find(|method| {
            !is_one_of(method, METHOD_CLASSES.iter().copied()) && !is_one_of(method, texts(self.methods()))
        });
        unknown.map_or(Ok(()), |method| {
            Err(UnknownFilterWord::Method {
                method: shown(method),
                known: self.methods().to_vec(),
                nearest: nearest(method, texts(self.methods())),
            })
        })
    }

    fn check_tags(&self, tags: &[String]) -> Result<(), UnknownFilterWord> {
        let known = || texts(self.modules()).chain(texts(self.tags()));
        let unknown = tags.iter().find(|tag| !is_one_of(tag, known()));
        unknown.map_or(Ok(()), |tag| {
            Err(UnknownFilterWord::Tag {
                tag: shown(tag),
                modules: self.modules().to_vec(),
                tag_count: self.tags().len(),
                nearest: nearest(tag, known()),
            })
        })
    }
}

fn texts(words: &[String]) -> impl Iterator<Item = &str> {
    words.iter().map(String::as_str)
}

fn is_one_of<'w>(word: &str, mut known: impl Iterator<Item = &'w str>) -> bool {
    known.any(|other| other.eq_ignore_ascii_case(word))
}

fn shown(word: &str) -> String {
    word.chars().take(MAX_SHOWN_CHARACTERS).collect()
}
