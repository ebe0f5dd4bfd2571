//! The stems by which a query selects tools: their actions, and the last words in their titles.
//!
//! Thousands of tools share a few hundred of them, so a query is compared with each stem rather than with each tool.

use foldhash::HashMap;

use crate::query::ParsedQuery;

/// The distinct stems.
#[derive(Default)]
pub(crate) struct ToolStems {
    numbers: HashMap<String, usize>,
    stems: Vec<String>,
}

impl ToolStems {
    /// Returns the number of a stem, and adds it if it is new.
    pub(crate) fn add(&mut self, stem: &str) -> usize {
        if let Some(number) = self.numbers.get(stem) {
            return *number;
        }
        let number = self.stems.len();
        self.numbers.insert(stem.to_owned(), number);
        self.stems.push(stem.to_owned());
        number
    }

    /// Compares a query with each stem.
    pub(crate) fn compare(&self, query: &ParsedQuery) -> Vec<StemRole> {
        self.stems.iter().map(|stem| StemRole::new(stem, query)).collect()
    }
}

/// What a stem is in a query.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StemRole {
    /// The only thing, or the one that the others qualify.
    pub(crate) is_subject: bool,
    /// One of the words or their meanings.
    pub(crate) is_mentioned: bool,
    /// The existing record to which something is added, or whose parts are requested.
    pub(crate) is_existing: bool,
    /// The name of an action.
    pub(crate) is_action: bool,
    /// The name of an action that starts a clause.
    pub(crate) is_command: bool,
}

impl StemRole {
    fn new(stem: &str, query: &ParsedQuery) -> Self {
        Self {
            is_subject: query.is_about(stem),
            is_mentioned: query.mentions(stem),
            is_existing: query.has_existing(stem),
            is_action: query.names_action(stem),
            is_command: query.commands(stem),
        }
    }
}
