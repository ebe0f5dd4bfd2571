//! The search engine: a catalog index, a query parser, and the models that rank the best tools.

use std::collections::HashMap;

use toolcrate_runtime::{Catalog, Tool};

use crate::abbreviations::Abbreviations;
use crate::analyzer::Analyzer;
use crate::decision_trees::DecisionTrees;
use crate::document::ToolIndex;
use crate::examples::{ExampleIndex, ExampleScores};
use crate::features::{self, FeatureReader, ToolFeatures};
use crate::index_builder::IndexBuilder;
use crate::intent::VerbTable;
use crate::opposites::Opposites;
use crate::parallel;
use crate::query::ParsedQuery;
use crate::query_parser::{ContextWords, QueryParser};
use crate::ranking::QueryScores;
use crate::requests::{split_clauses, split_requests};
use crate::tokenizer::bounded;
use crate::weights::Weights;
use crate::word_lists::WordLists;

/// The number of the best tools that are kept, apart from those with similar examples.
const MAX_RANKED: usize = 512;
/// The number of the best tools that the decision trees rank, apart from those with similar examples.
const MAX_CANDIDATES: usize = 40;

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

/// The search index of a catalog.
pub struct SearchEngine {
    index: ToolIndex,
    parser: QueryParser,
    weights: Weights,
    examples: ExampleIndex,
    trees: DecisionTrees,
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
        let index_catalog = || IndexBuilder::index(analyzer, catalog, lists, weights);
        let index_examples = || ExampleIndex::new(lists, catalog);
        let ((index, analyzer, related), mut examples) = parallel::join(index_catalog, index_examples);
        let parser = QueryParser {
            abbreviations: Abbreviations::new(analyzer.title_words()),
            analyzer,
            related,
            verbs,
            context: ContextWords::new(lists.context, &index.main_record),
            weights,
            opposites: Opposites::new(lists.opposites),
        };
        examples.set_families(&index.tools.iter().map(|tool| tool.family).collect::<Vec<_>>());
        Self {
            index,
            parser,
            weights,
            examples,
            trees: DecisionTrees::parse(lists.ranking, &features::NAMES),
        }
    }

    /// Returns at most `limit` tools that match a query, best first, among those for which `allowed` returns true. If a
    /// query makes several requests, the best tools for each request come first.
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
        let mut ranked = if self.index.texts.is_some() || self.trees.is_empty() {
            self.rank(&query, &scores, &ExampleScores::default(), allowed)
        } else {
            self.rerank(&query, &scores, allowed)
        };
        ranked.truncate(limit);
        let hit = |ranked: RankedTool| SearchHit {
            tool: self.index.tools[ranked.number].tool,
            score: ranked.score,
            coverage: scores.coverage(ranked.number, &self.index.tools[ranked.number]),
        };
        ranked.into_iter().map(hit).collect()
    }

    /// Ranks the tools by their scores. Tools with a similar example are included even without a score.
    fn rank(
        &self,
        query: &ParsedQuery,
        scores: &QueryScores<'_>,
        examples: &ExampleScores,
        allowed: &dyn Fn(Tool) -> bool,
    ) -> Vec<RankedTool> {
        let tools = self.index.tools.iter().enumerate();
        let mut ranked: Vec<RankedTool> = tools
            .map(|(number, tool)| RankedTool { number, score: scores.score(number, tool) })
            .filter(|ranked| {
                let tool = self.index.tools[ranked.number].tool;
                (ranked.score > 0.0 || examples.has_votes(ranked.number))
                    && !query.excludes(tool.verb())
                    && allowed(tool)
            })
            .collect();
        if ranked.len() > MAX_RANKED {
            ranked.select_nth_unstable_by(MAX_RANKED, |a, b| self.order(a, b));
            let others = ranked.split_off(MAX_RANKED);
            ranked.extend(others.into_iter().filter(|ranked| examples.has_votes(ranked.number)));
        }
        ranked.sort_by(|a, b| self.order(a, b));
        let mut better: HashMap<usize, i32> = HashMap::new();
        for ranked in &mut ranked {
            let better = better.entry(self.index.tools[ranked.number].family).or_default();
            ranked.score *= self.weights.sibling.powi(*better);
            *better += 1;
        }
        ranked.sort_by(|a, b| self.order(a, b));
        ranked
    }

    /// Ranks the tools by their scores, and then the best ones by the decision trees.
    fn rerank(
        &self,
        query: &ParsedQuery,
        scores: &QueryScores<'_>,
        allowed: &dyn Fn(Tool) -> bool,
    ) -> Vec<RankedTool> {
        let RankingCandidates { mut ranked, features, others } = self.candidates(query, scores, allowed);
        let Some(best) = ranked.first().map(|best| best.score) else { return others };
        for (ranked, score) in ranked.iter_mut().zip(self.trees.scores(&features)) {
            ranked.score = score;
        }
        ranked.sort_by(|a, b| self.order(a, b));
        let top = ranked.first().map_or(0.0, |first| first.score);
        for ranked in &mut ranked {
            ranked.score = best * (ranked.score - top).exp();
        }
        let last = ranked.last().map_or(best, |last| last.score);
        ranked.extend(others.into_iter().map(|other| RankedTool { score: other.score.min(last), ..other }));
        ranked
    }

    /// Ranks the tools by their scores. Returns the best ones and those with similar examples along with their features,
    /// and the other tools.
    fn candidates(
        &self,
        query: &ParsedQuery,
        scores: &QueryScores<'_>,
        allowed: &dyn Fn(Tool) -> bool,
    ) -> RankingCandidates {
        let examples = self.examples.scores(&query.words, &self.parser.analyzer);
        let reader = FeatureReader::new(&self.index, &self.parser.analyzer, query, scores, &examples);
        let ranked = self.rank(query, scores, &examples, allowed);
        let best = ranked.first().map_or(1.0, |best| best.score);
        let mut candidates = RankingCandidates::default();
        for (rank, ranked) in ranked.into_iter().enumerate() {
            if rank < MAX_CANDIDATES || examples.has_votes(ranked.number) {
                candidates.ranked.push(ranked);
                candidates.features.push(reader.read(rank, ranked.score / best, ranked.number));
            } else {
                candidates.others.push(ranked);
            }
        }
        candidates
    }

    /// Orders better tools first. Ties are broken by name, so the same query always has the same result.
    fn order(&self, a: &RankedTool, b: &RankedTool) -> std::cmp::Ordering {
        let name = |ranked: &RankedTool| self.index.tools[ranked.number].tool.name();
        b.score.total_cmp(&a.score).then_with(|| name(a).cmp(name(b)))
    }

    /// Returns the names of the features in [`training_data`](Self::training_data).
    #[doc(hidden)]
    pub fn feature_names() -> &'static [&'static str] {
        &features::NAMES
    }

    /// Returns the training data for a query: the features of its phrasing, and the best tools with their features.
    #[doc(hidden)]
    pub fn training_data(&self, text: &str) -> (Vec<String>, Vec<(Tool, Vec<f32>)>) {
        let query = ParsedQuery::new(bounded(text), &self.parser);
        let scores = QueryScores::new(&self.index, &self.parser, &query, &self.weights);
        let candidates = self.candidates(&query, &scores, &|_| true);
        let tools = candidates.ranked.iter().map(|ranked| self.index.tools[ranked.number].tool);
        let features = candidates.features.iter().map(|features| features.to_vec());
        let tools = tools.zip(features).collect();
        (query.phrasing, tools)
    }
}

/// The tools for a query, divided into those that the decision trees rank and the others.
#[derive(Default)]
struct RankingCandidates {
    ranked: Vec<RankedTool>,
    /// The features of each tool in `ranked`.
    features: Vec<ToolFeatures>,
    /// The tools that keep their rank.
    others: Vec<RankedTool>,
}

/// A tool with its score.
#[derive(Clone, Copy)]
struct RankedTool {
    /// The position in the catalog.
    number: usize,
    score: f32,
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
