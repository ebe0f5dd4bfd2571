//! Describes how well a tool matches a query as numbers for the [decision trees](crate::decision_trees).
//!
//! The models were trained on these exact numbers. After a change, they must be trained again.

use crate::analyzer::Analyzer;
use crate::document::ToolIndex;
use crate::examples::ExampleScores;
use crate::phrasing::ACTIVITIES;
use crate::query::ParsedQuery;
use crate::ranking::{PartScores, QueryScores};
use crate::vocabulary::IndexedToken;
use crate::word_vectors::WordVector;

/// The names of the features, in the order in which [`FeatureReader::read`] returns them.
pub(crate) const NAMES: [&str; COUNT] = [
    "rank",
    "relative_score",
    "score",
    "title",
    "title_share",
    "description",
    "description_share",
    "fields_share",
    "meaning",
    "meaning_share",
    "collection_alias",
    "collection_alias_share",
    "action_alias",
    "action_alias_share",
    "coverage",
    "covered_things",
    "titled_things",
    "field_things",
    "things",
    "uncovered_things",
    "has_head",
    "head_is_subject",
    "affinity",
    "owner_is_existing",
    "owner_is_mentioned",
    "penalty",
    "weight",
    "missing_ids",
    "title_words",
    "unmentioned_words",
    "mentioned_share",
    "unmentioned_rarity",
    "parts",
    "tool_factor",
    "query_words",
    "writes",
    "query_meaning_in_title",
    "title_meaning_in_query",
    "worst_title_meaning",
    "example_of_tool",
    "example_of_family",
    "best_example",
    "example_meaning_of_tool",
    "example_meaning_of_family",
    "best_example_meaning",
    "votes_for_tool",
    "votes_for_family",
    "activity_share",
    "relative_activity_share",
    "query_intent",
    "tool_intent",
];
/// The number of features.
const COUNT: usize = 51;

/// The features of a tool.
pub(crate) type ToolFeatures = [f32; COUNT];

/// Reads the features of tools for a query.
pub(crate) struct FeatureReader<'a> {
    index: &'a ToolIndex,
    query: &'a ParsedQuery,
    scores: &'a QueryScores<'a>,
    examples: &'a ExampleScores,
    /// The stems that the query mentions.
    mentioned: Vec<IndexedToken>,
    /// The vectors of the query's words, and how rare the words are in titles.
    words: Vec<(WordVector, f32)>,
    /// The best score of each part.
    best: PartScores,
}

impl<'a> FeatureReader<'a> {
    pub(crate) fn new(
        index: &'a ToolIndex,
        analyzer: &Analyzer,
        query: &'a ParsedQuery,
        scores: &'a QueryScores<'a>,
        examples: &'a ExampleScores,
    ) -> Self {
        let words = query.meant_words();
        let rarity = |stem| index.titles.token_rarity(analyzer.vocabulary.stem(stem));
        let words = words.map(|(stem, vector)| (vector, rarity(stem))).collect();
        let related = query.things.iter().flat_map(|thing| &thing.related);
        let mentioned = query.stems.iter().chain(related);
        let mentioned = mentioned.filter_map(|stem| analyzer.vocabulary.stem(stem)).collect();
        Self { index, query, scores, examples, mentioned, words, best: scores.best_parts() }
    }

    /// Returns the features of the tool with this number. Its scores place it at position `rank`, with `relative_score`
    /// times the best score.
    pub(crate) fn read(&self, rank: usize, relative_score: f32, number: usize) -> ToolFeatures {
        let Self { index, query, scores, best, .. } = self;
        let tool = &index.tools[number];
        let parts = scores.parts(number, tool);
        let things = scores.things(number, tool);
        let head = scores.roles[tool.head];
        let owner = tool.owner.map(|owner| scores.roles[owner]);
        let owner_flag = |flag: Option<bool>| flag.map_or(-1.0, f32::from);
        let tokens = index.title_tokens.get(number).iter().filter(|token| !token.is_phrase());
        let stems: Vec<IndexedToken> = tokens.copied().collect();
        let title = self.title_match(&stems);
        let depth = tool.tool.path().matches('{').count() as f32;
        let activity = ACTIVITIES.iter().position(|activity| *activity == tool.intent.as_activity());
        let share = activity.map_or(0.0, |activity| query.activities[activity]);
        let best_share = query.activities.iter().copied().fold(1e-6, f32::max);
        let (of_tool, of_family) = (self.examples.of_tool(number), self.examples.of_family(tool.family));
        [
            rank as f32,
            relative_score.max(1e-6).ln(),
            scores.score(number, tool),
            parts.title,
            parts.title / best.title,
            parts.description,
            parts.description / best.description,
            parts.fields / best.fields,
            parts.meaning,
            parts.meaning / best.meaning,
            parts.collection_alias,
            parts.collection_alias / best.collection_alias,
            parts.action_alias,
            parts.action_alias / best.action_alias,
            scores.coverage(number, tool),
            things.covered,
            things.titled,
            things.fields,
            things.all,
            things.all - things.covered,
            f32::from(things.has_head),
            f32::from(head.is_subject),
            query.affinity(tool.intent),
            owner_flag(owner.map(|owner| owner.is_existing)),
            owner_flag(owner.map(|owner| owner.is_mentioned)),
            scores.penalty(tool),
            tool.weight,
            depth - query.id_count as f32,
            stems.len() as f32,
            title.unmentioned,
            title.mentioned_share,
            title.unmentioned_rarity,
            f32::from(tool.parts),
            scores.tool_factor(tool),
            query.words.len() as f32,
            f32::from(tool.writes()),
            title.query_meaning,
            title.own_meaning,
            title.worst_meaning,
            of_tool.words,
            of_family.words,
            self.examples.best.words,
            of_tool.meaning,
            of_family.meaning,
            self.examples.best.meaning,
            of_tool.votes,
            of_family.votes,
            share,
            share / best_share,
            query.intent as u8 as f32,
            tool.intent as u8 as f32,
        ]
    }

    /// Compares the stems of a title with the query.
    fn title_match(&self, title: &[IndexedToken]) -> TitleMatch {
        let mut found = TitleMatch { worst_meaning: 1.0, ..TitleMatch::default() };
        let (mut all, mut own) = (0.0, 0.0);
        let mut vectors: Vec<WordVector> = Vec::with_capacity(title.len());
        for stem in title {
            let rarity = self.index.titles.token_rarity(Some(*stem));
            all += rarity;
            let is_mentioned = self.mentioned.contains(stem);
            let vector = self.index.vectors.get(stem);
            vectors.extend(vector.copied());
            let similar = if is_mentioned {
                1.0
            } else {
                found.unmentioned += 1.0;
                found.unmentioned_rarity += rarity;
                let similar = vector.map(|vector| {
                    self.words.iter().map(|(word, _)| word.similarity(vector)).fold(0.0, f32::max)
                });
                similar.unwrap_or_default()
            };
            own += rarity * similar;
            found.worst_meaning = found.worst_meaning.min(similar);
        }
        found.mentioned_share = 1.0 - found.unmentioned_rarity / f32::max(all, 1e-3);
        found.own_meaning = own / f32::max(all, 1e-3);
        let (mut sum, mut total) = (0.0, 1e-3);
        for (word, rarity) in &self.words {
            total += rarity;
            sum += rarity * vectors.iter().map(|vector| word.similarity(vector)).fold(0.0, f32::max);
        }
        found.query_meaning = sum / total;
        found
    }
}

/// How a title matches a query.
#[derive(Default)]
struct TitleMatch {
    /// The number of words that the query doesn't mention.
    unmentioned: f32,
    /// The share of the title that the query mentions, weighted by rarity.
    mentioned_share: f32,
    /// The sum of the rarity of the words that the query doesn't mention.
    unmentioned_rarity: f32,
    /// How close the query's words are in meaning to the title's.
    query_meaning: f32,
    /// How close the title's words are in meaning to the query's.
    own_meaning: f32,
    /// How close the title's least close word is in meaning to the query's.
    worst_meaning: f32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::word_lists::WordLists;

    #[test]
    fn each_feature_of_the_trees_is_known() {
        let trained = WordLists::ENGLISH.ranking.lines().next().unwrap_or_default();
        assert_eq!(trained.split(' ').collect::<Vec<_>>(), NAMES);
    }
}
