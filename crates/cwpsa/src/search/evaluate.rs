//! How well the search does: labelled queries, written from users' points of view, half of which are kept out of
//! tuning. Which half a query is in follows from its text alone, so that adding one moves no other.

use connectwise_psa::CATALOG;

use super::Search;

/// A line each: the query, the area, the short names of the tools that are right, parted by commas.
const QUERIES: &str = include_str!("../../data/queries.tsv");

/// A query and the tools that answer it.
#[derive(Clone, Debug)]
pub struct Labelled {
    /// The user's words.
    pub query: &'static str,
    /// The part of the API.
    pub area: &'static str,
    /// Short names.
    pub tools: Vec<&'static str>,
}

impl Labelled {
    /// Whether the query is kept out of tuning.
    pub fn is_kept_out(&self) -> bool {
        (self.hash() >> 32) & 1 == 1
    }

    /// Whether the query, of a set of which two thirds are tuned on, is of the third that is only measured.
    pub fn is_validation(&self) -> bool {
        (self.hash() >> 32).is_multiple_of(3)
    }

    /// FNV-1a of the text: the same on every machine and in every release.
    fn hash(&self) -> u64 {
        self.query.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }
}

/// All labelled queries.
pub fn queries() -> impl Iterator<Item = Labelled> {
    labelled(QUERIES)
}

/// The labelled queries of a text like that of `queries.tsv`.
pub fn labelled(text: &'static str) -> impl Iterator<Item = Labelled> {
    text.lines().skip(1).filter_map(|line| {
        let mut columns = line.split('\t');
        let (query, area) = (columns.next()?, columns.next()?);
        Some(Labelled { query, area, tools: columns.next()?.split(',').map(str::trim).collect() })
    })
}

/// The share of queries whose right tool is among the first.
#[derive(Clone, Debug, Default)]
pub struct Recall {
    /// How many queries.
    pub queries: usize,
    /// How many have a right tool in the first place.
    pub at_1: usize,
    /// How many have one among the first five.
    pub at_5: usize,
    /// How many have one among the first ten.
    pub at_10: usize,
    /// The queries that have none among the first five, with what was found instead.
    pub missed: Vec<String>,
}

/// Runs queries.
pub fn recall(search: &Search, queries: impl Iterator<Item = Labelled>) -> Recall {
    let mut recall = Recall::default();
    for labelled in queries {
        let hits = search.find(labelled.query, 10, |_| true);
        let place = hits.iter().position(|hit| labelled.tools.contains(&hit.tool.short_name()));
        recall.queries += 1;
        recall.at_1 += usize::from(place == Some(0));
        recall.at_5 += usize::from(place.is_some_and(|place| place < 5));
        recall.at_10 += usize::from(place.is_some());
        if place.is_none_or(|place| place >= 5) {
            let found: Vec<&str> = hits.iter().take(5).map(|hit| hit.tool.short_name()).collect();
            recall.missed.push(format!(
                "{} [{}] found {}",
                labelled.query,
                labelled.tools.join(", "),
                found.join(", ")
            ));
        }
    }
    recall
}

/// Labels that name no tool.
pub fn wrong_labels() -> Vec<String> {
    let unknown = |name: &&str| CATALOG.get(name).is_none_or(|tool| tool.short_name() != *name);
    queries()
        .flat_map(|labelled| {
            labelled.tools.into_iter().filter(unknown).map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}
