//! Measures the search on labeled queries, which are written from users' points of view.
//!
//! A file of labeled queries has a heading and then one query per line, with four tab-separated columns: the query, the
//! part of the API, the short names of the right tools (comma-separated), and the set to which the query belongs.

use std::fmt;

use toolcrate_runtime::{Catalog, Tool};

pub use crate::baseline::{FieldPoints, PlainBm25};
use crate::engine::SearchEngine;
pub use crate::labeled_queries::{LabeledQuery, parse_queries};

/// How many queries have a right tool among the first results.
#[derive(Clone, Debug, Default)]
pub struct Recall {
    /// The number of queries.
    pub queries: usize,
    /// The number of queries with a right tool in first place.
    pub at_1: usize,
    /// The number of queries with a right tool among the first five.
    pub at_5: usize,
    /// The number of queries with a right tool among the first ten.
    pub at_10: usize,
    /// The queries without a right tool among the first five, with the tools found instead.
    pub missed: Vec<String>,
}

/// Writes the number of queries and each count as a percentage.
impl fmt::Display for Recall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (at_1, at_5, at_10) = (self.share(self.at_1), self.share(self.at_5), self.share(self.at_10));
        write!(f, "{} queries, recall@1 {at_1:.3}, @5 {at_5:.3}, @10 {at_10:.3}", self.queries)
    }
}

impl Recall {
    /// Runs queries.
    pub fn measure<'a>(engine: &SearchEngine, queries: impl Iterator<Item = LabeledQuery<'a>>) -> Self {
        Self::measure_with(
            |query| engine.find(query, 10, |_| true).into_iter().map(|hit| hit.tool).collect(),
            queries,
        )
    }

    /// Runs queries with another search function that returns ten tools.
    pub fn measure_with<'a>(
        find: impl Fn(&str) -> Vec<Tool>,
        queries: impl Iterator<Item = LabeledQuery<'a>>,
    ) -> Self {
        let mut recall = Self::default();
        for labeled in queries {
            let hits = find(labeled.query);
            let rank = hits.iter().position(|hit| labeled.tools.contains(&hit.short_name()));
            recall.queries += 1;
            recall.at_1 += usize::from(rank == Some(0));
            recall.at_5 += usize::from(rank.is_some_and(|rank| rank < 5));
            recall.at_10 += usize::from(rank.is_some_and(|rank| rank < 10));
            if rank.is_none_or(|rank| rank >= 5) {
                let found: Vec<&str> = hits.iter().take(5).map(|hit| hit.short_name()).collect();
                let expected = labeled.tools.join(", ");
                recall.missed.push(format!("{} [{expected}] found {}", labeled.query, found.join(", ")));
            }
        }
        recall
    }

    /// Returns the share of queries with a right tool among the first five.
    pub fn share_at_5(&self) -> f64 {
        self.share(self.at_5)
    }

    fn share(&self, count: usize) -> f64 {
        count as f64 / self.queries.max(1) as f64
    }
}

/// Returns the labels that aren't the short name of a tool.
pub fn unknown_labels<'a>(
    catalog: &'static Catalog,
    queries: impl Iterator<Item = LabeledQuery<'a>>,
) -> Vec<&'a str> {
    let is_unknown = |name: &&str| catalog.get(name).is_none_or(|tool| tool.short_name() != *name);
    queries.flat_map(|labeled| labeled.tools).filter(is_unknown).collect()
}
