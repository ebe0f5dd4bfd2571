//! Parses queries, using the word lists as context.

use std::collections::HashMap;

use crate::abbreviations::Abbreviations;
use crate::analyzer::Analyzer;
use crate::intent::VerbTable;
use crate::opposites::Opposites;
use crate::related::RelatedWords;
use crate::weights::Weights;
use crate::word_lists::sections;

/// The `context` list of [`WordLists`](crate::WordLists), by heading.
pub(crate) struct ContextWords {
    pub(crate) owners: Vec<&'static str>,
    pub(crate) numbered: Vec<String>,
    pub(crate) named: Vec<String>,
    pub(crate) vague: Vec<&'static str>,
    pub(crate) written: Vec<&'static str>,
}

impl ContextWords {
    /// Reads the list. If it doesn't say which record a bare number refers to, `main_record` is used.
    pub(crate) fn new(list: &'static str, main_record: &[String]) -> Self {
        let mut lists: HashMap<&str, Vec<&str>> = sections(list).into_iter().collect();
        let mut take = |heading: &str| lists.remove(heading).unwrap_or_default();
        let owned = |words: Vec<&str>| -> Vec<String> { words.into_iter().map(str::to_owned).collect() };
        let numbered = owned(take("numbered"));
        Self {
            owners: take("owners"),
            numbered: if numbered.is_empty() { main_record.to_vec() } else { numbered },
            named: owned(take("named")),
            vague: take("vague"),
            written: take("written"),
        }
    }
}

/// The context in which a query is parsed.
pub(crate) struct QueryParser {
    /// The analyzer, with the catalog's vocabulary.
    pub(crate) analyzer: Analyzer,
    /// The catalog's words by meaning.
    pub(crate) related: RelatedWords,
    /// The catalog's words by abbreviation.
    pub(crate) abbreviations: Abbreviations,
    /// The verbs that express activities.
    pub(crate) verbs: VerbTable,
    /// Words that change how a query is interpreted.
    pub(crate) context: ContextWords,
    /// The weights of tokens.
    pub(crate) weights: Weights,
    /// Actions that undo each other.
    pub(crate) opposites: Opposites,
}
