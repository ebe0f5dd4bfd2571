//! The search engine: a catalog index and a query parser.

use std::collections::HashMap;

use toolcrate_runtime::{Catalog, Tool};

use crate::abbreviations::Abbreviations;
use crate::analyzer::Analyzer;
use crate::document::ToolIndex;
use crate::index_builder::IndexBuilder;
use crate::intent::VerbTable;
use crate::opposites::Opposites;
use crate::query::ParsedQuery;
use crate::query_parser::{ContextWords, QueryParser};
use crate::ranking::QueryScores;
use crate::requests::{split_clauses, split_requests};
use crate::tokenizer::bounded;
use crate::weights::Weights;
use crate::word_lists::WordLists;

/// Minimum number of the best tools that are compared with others in their collection.
const MAX_RANKED: usize = 512;

/// A tool that matches a query.
#[derive(Clone, Copy, Debug)]
pub struct SearchHit {
    /// The tool.
    pub tool: Tool,
    /// How well it matches. Scores of different queries aren't comparable.
    pub score: f32,
    /// The share of the things mentioned in the query that the tool covers, from 0 to 1. If it is low for the first
    /// hit, there may be no suitable tool.
    pub coverage: f32,
}

impl SearchHit {
    /// Orders better hits first. Ties are broken by name, so the same query always has the same result.
    fn order(&self, other: &Self) -> std::cmp::Ordering {
        other.score.total_cmp(&self.score).then_with(|| self.tool.name().cmp(other.tool.name()))
    }
}

/// The search index of a catalog.
pub struct SearchEngine {
    index: ToolIndex,
    parser: QueryParser,
    weights: Weights,
}

impl std::fmt::Debug for SearchEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SearchEngine").field("tools", &self.index.tools.len()).finish_non_exhaustive()
    }
}

impl SearchEngine {
    /// Indexes every tool in a catalog with the default weights.
    pub fn new(catalog: &'static Catalog, lists: &WordLists) -> Self {
        let is_listed = !lists.collection_aliases.is_empty();
        Self::with_weights(catalog, lists, if is_listed { Weights::default() } else { Weights::UNLISTED })
    }

    /// Indexes every tool in a catalog.
    pub fn with_weights(catalog: &'static Catalog, lists: &WordLists, weights: Weights) -> Self {
        let mut analyzer = Analyzer::new(lists);
        let verbs = VerbTable::new(lists.verbs, lists.api_verbs);
        for verb in verbs.words() {
            analyzer.index_words(&[verb.to_owned()]);
        }
        let (index, analyzer, related) = IndexBuilder::index(analyzer, catalog, lists, weights);
        let parser = QueryParser {
            abbreviations: Abbreviations::new(analyzer.title_words()),
            analyzer,
            related,
            verbs,
            context: ContextWords::new(lists.context, &index.main_record),
            weights,
            opposites: Opposites::new(lists.opposites),
        };
        Self { index, parser, weights }
    }

    /// Returns the tools that match a query, best first, among those for which `allowed` returns true. If a query makes
    /// several requests, the best tools for each request come first.
    pub fn find(&self, query: &str, limit: usize, allowed: impl Fn(Tool) -> bool) -> Vec<SearchHit> {
        let query = bounded(query);
        let whole = self.find_one(query, limit, &allowed);
        let (requests, lead) = match &self.index.texts {
            Some(_) => (split_clauses(query, &self.parser), self.weights.text_whole),
            None => (split_requests(query, &self.parser), 1),
        };
        if requests.len() < 2 {
            return whole;
        }
        let mut rankings = vec![whole.into_iter()];
        rankings.extend(requests.iter().map(|request| self.find_one(request, limit, &allowed).into_iter()));
        interleave(rankings, lead, limit)
    }

    /// Like [`find`](Self::find), for a query that makes one request.
    fn find_one(&self, query: &str, limit: usize, allowed: &dyn Fn(Tool) -> bool) -> Vec<SearchHit> {
        let query = ParsedQuery::new(query, &self.parser);
        let scores = QueryScores::new(&self.index, &self.parser, &query, &self.weights);
        let tools = self.index.tools.iter().enumerate();
        let mut hits: Vec<(usize, usize, SearchHit)> = tools
            .map(|(number, tool)| (number, tool, scores.score(number, tool)))
            .filter(|(_, tool, score)| {
                *score > 0.0 && !query.excludes(tool.tool.verb()) && allowed(tool.tool)
            })
            .map(|(number, tool, score)| {
                (number, tool.family, SearchHit { tool: tool.tool, score, coverage: 0.0 })
            })
            .collect();
        let ranked = MAX_RANKED.max(limit.saturating_mul(4));
        if hits.len() > ranked {
            hits.select_nth_unstable_by(ranked, |(_, _, a), (_, _, b)| a.order(b));
            hits.truncate(ranked);
        }
        hits.sort_by(|(_, _, a), (_, _, b)| a.order(b));
        let mut better: HashMap<usize, i32> = HashMap::new();
        for (_, family, hit) in &mut hits {
            let better = better.entry(*family).or_default();
            hit.score *= self.weights.sibling.powi(*better);
            *better += 1;
        }
        hits.sort_by(|(_, _, a), (_, _, b)| a.order(b));
        hits.truncate(limit);
        let covered = |(number, _, hit): (usize, usize, SearchHit)| SearchHit {
            coverage: scores.coverage(number, &self.index.tools[number]),
            ..hit
        };
        hits.into_iter().map(covered).collect()
    }
}

/// Takes the `lead` best hits of the first ranking and the best of each other, then the second best of each, and so on.
fn interleave(mut rankings: Vec<std::vec::IntoIter<SearchHit>>, lead: usize, limit: usize) -> Vec<SearchHit> {
    let mut merged: Vec<SearchHit> = Vec::new();
    let mut add = |ranking: &mut std::vec::IntoIter<SearchHit>, count: usize| {
        for _ in 0..count {
            let is_new = |hit: &SearchHit| !merged.iter().any(|known| known.tool.name() == hit.tool.name());
            let Some(mut hit) = ranking.find(is_new) else { return };
            // Scores of different queries are not comparable, but those of one result don't rise.
            hit.score = merged.last().map_or(hit.score, |last: &SearchHit| hit.score.min(last.score));
            merged.push(hit);
        }
    };
    add(&mut rankings[0], lead.saturating_sub(1));
    for _ in 0..limit {
        rankings.iter_mut().for_each(|ranking| add(ranking, 1));
    }
    merged.truncate(limit);
    merged
}
