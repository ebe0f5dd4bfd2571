//! Scores tools for a query.

use crate::analyzer::Analyzer;
use crate::document::{ToolDocument, ToolIndex};
use crate::intent::Intent;
use crate::query::ParsedQuery;
use crate::query_parser::QueryParser;
use crate::query_terms::MentionedThing;
use crate::rare_tools::Penalty;
use crate::tool_stems::StemRole;
use crate::vocabulary::IndexedToken;
use crate::weights::Weights;

/// Minimum scale for the score of a meaning, for a query that shares no word with any title.
const MIN_MEANING_SCALE: f32 = 8.0;

/// Minimum best score of a part, so the scores of a part without matches can be divided by it.
const MIN_BEST_SCORE: f32 = 1e-3;

/// The share of a query's things that a tool must cover for the query to name its action.
const MIN_ACTION_COVERAGE: f32 = 0.5;

/// The scores of one query, by index.
pub(crate) struct QueryScores<'a> {
    query: &'a ParsedQuery,
    /// What the stems of tools are in the query.
    pub(crate) roles: Vec<StemRole>,
    weights: &'a Weights,
    /// The scores of whole texts, which are all that counts if nothing else is known of the tools.
    texts: Option<Vec<f32>>,
    titles: Vec<f32>,
    descriptions: Vec<f32>,
    fields: Vec<f32>,
    collection_aliases: Vec<f32>,
    action_aliases: Vec<f32>,
    meanings: Vec<f32>,
    /// The value of a full match in meaning.
    meaning_scale: f32,
    concepts: Vec<ConceptMatches>,
    penalties: Vec<f32>,
    /// Which collections are called like the query's main thing.
    called_like_head: Vec<bool>,
    /// The collections with a tool for an action that the query requests.
    acted_on: Vec<&'static str>,
}

impl<'a> QueryScores<'a> {
    pub(crate) fn new(
        index: &ToolIndex,
        parser: &QueryParser,
        query: &'a ParsedQuery,
        weights: &'a Weights,
    ) -> Self {
        let stems: Vec<String> = query.words.iter().map(|word| parser.analyzer.stem(word)).collect();
        let penalty = |penalty: &Penalty| penalty.weight(query.intent, &stems, &parser.analyzer);
        let tokens = parser.analyzer.find_tokens(&query.tokens);
        let titles = index.titles.scores(&tokens, weights.other_sense);
        let descriptions = index.descriptions.scores(&tokens, weights.other_sense);
        let best = best(&titles).max(weights.own_description * best(&descriptions));
        let best = best.max(MIN_MEANING_SCALE);
        let meanings = if weights.meaning > 0.0 {
            index.meanings.similarities(&query.meaning(&index.titles, &parser.analyzer))
        } else {
            Vec::new()
        };
        let mut scores = Self {
            query,
            roles: index.stems.compare(query),
            weights,
            texts: index.texts.as_ref().map(|texts| texts.scores(&query.words, parser)),
            titles,
            descriptions,
            fields: index.fields.scores(&tokens, weights.other_sense),
            collection_aliases: index.collection_aliases.scores(&tokens, weights.other_sense),
            action_aliases: index.action_aliases.scores(&tokens, weights.other_sense),
            meanings,
            meaning_scale: weights.meaning * best,
            concepts: query
                .things
                .iter()
                .map(|thing| ConceptMatches::new(index, &parser.analyzer, thing))
                .collect(),
            penalties: index.penalties.iter().map(penalty).collect(),
            called_like_head: query.head().map_or_else(Vec::new, |head| {
                index.collection_aliases.main_matches(&parser.analyzer.find_stems(&head.stems))
            }),
            acted_on: Vec::new(),
        };
        let tools = index
            .tools
            .iter()
            .enumerate()
            .filter(|(_, tool)| scores.is_named(tool) && scores.roles[tool.action].is_command);
        let tools = tools.filter(|(number, tool)| scores.coverage(*number, tool) >= MIN_ACTION_COVERAGE);
        scores.acted_on = tools.filter_map(|(_, tool)| tool.resource).collect();
        scores
    }

    /// Returns a tool's score.
    pub(crate) fn score(&self, number: usize, tool: &ToolDocument) -> f32 {
        let Self { query, weights, .. } = self;
        if let Some(texts) = &self.texts {
            return texts[number];
        }
        let parts = self.parts(number, tool);
        let text = parts.title
            + description_weight(tool, weights) * parts.description
            + weights.field * parts.fields
            + self.meaning_scale * parts.meaning;
        // An action's aliases describe what to do, which is different from listing where something is used.
        let action = if query.intent == Intent::Usages { 0.0 } else { parts.action_alias };
        let context = self.head_factor(number, tool) * self.coverage_factor(number, tool);
        let context =
            if query.is_question && tool.writes() { context * weights.answering_write } else { context };
        context * (text + weights.collection_alias * parts.collection_alias) * self.tool_factor(tool)
            + weights.action_alias * action * context
    }

    /// Returns the scores of the parts of a tool's text.
    pub(crate) fn parts(&self, number: usize, tool: &ToolDocument) -> PartScores {
        PartScores {
            title: self.titles[number],
            description: self.descriptions[tool.description],
            fields: tool.fields.map_or(0.0, |number| self.fields[number]),
            meaning: self.meanings.get(number).copied().unwrap_or_default(),
            collection_alias: tool.collection.map_or(0.0, |number| self.collection_aliases[number]),
            action_alias: tool.action_aliases.map_or(0.0, |number| self.action_aliases[number]),
        }
    }

    /// Returns the best score of each part.
    pub(crate) fn best_parts(&self) -> PartScores {
        let best = |scores: &[f32]| best(scores).max(MIN_BEST_SCORE);
        PartScores {
            title: best(&self.titles),
            description: best(&self.descriptions),
            fields: best(&self.fields),
            meaning: best(&self.meanings),
            collection_alias: best(&self.collection_aliases),
            action_alias: best(&self.action_aliases),
        }
    }

    /// Returns the share of the things mentioned in the query that the tool covers, from 0 to 1.
    pub(crate) fn coverage(&self, number: usize, tool: &ToolDocument) -> f32 {
        if self.concepts.is_empty() {
            return 1.0;
        }
        let covered = self.concepts.iter().map(|concept| concept.coverage(number, tool, self.weights));
        covered.sum::<f32>() / self.concepts.len() as f32
    }

    fn coverage_factor(&self, number: usize, tool: &ToolDocument) -> f32 {
        1.0 - self.weights.coverage + self.weights.coverage * self.coverage(number, tool)
    }

    /// Returns true if the tool's title contains the query's main thing, or if there is none.
    fn has_head(&self, number: usize, tool: &ToolDocument) -> bool {
        self.concepts.first().is_none_or(|head| head.is_in_title(number, tool))
    }

    /// Returns the factor for how well the tool matches the query's main thing.
    fn head_factor(&self, number: usize, tool: &ToolDocument) -> f32 {
        let head = if self.query.has_head && !self.has_head(number, tool) {
            self.weights.missing_head
        } else if self.roles[tool.head].is_subject {
            self.weights.matching_head
        } else if tool.collection.is_some_and(|number| self.called_like_head.get(number) == Some(&true)) {
            self.weights.alias_head
        } else {
            1.0
        };
        if self.roles[tool.head].is_mentioned { head } else { head * self.weights.unmentioned_head }
    }

    /// Returns true if the query names the tool's action, which no other kind of tool has.
    fn is_named(&self, tool: &ToolDocument) -> bool {
        tool.intent == Intent::Other && self.roles[tool.action].is_action
    }

    /// Returns the part of the score that doesn't depend on the tool's words: its action, penalties and popularity.
    pub(crate) fn tool_factor(&self, tool: &ToolDocument) -> f32 {
        let activity = if self.is_named(tool) {
            let is_command = self.roles[tool.action].is_command;
            if is_command { self.weights.commanded_action } else { self.weights.named_action }
        } else if self.is_acted_on(tool) && tool.intent != Intent::Other {
            self.weights.plain_edit * self.query.affinity(tool.intent)
        } else if tool.intent == Intent::Other {
            self.weights.unnamed_action * self.query.affinity(tool.intent)
        } else {
            self.query.affinity(tool.intent)
        };
        let exists = self.roles[tool.head].is_existing
            && (matches!(tool.intent, Intent::Create | Intent::List | Intent::Count)
                || tool.intent == Intent::Delete && self.query.intent == Intent::Delete);
        let is_part = tool.owner.is_some_and(|owner| self.roles[owner].is_existing);
        let existing = if exists {
            self.weights.existing
        } else if is_part && tool.intent == self.query.intent {
            self.weights.part_of_existing
        } else {
            1.0
        };
        activity * existing * self.penalty(tool) * tool.weight
    }

    /// Returns true if the query requests an action that the tool's record type has.
    fn is_acted_on(&self, tool: &ToolDocument) -> bool {
        tool.resource.is_some_and(|resource| self.acted_on.contains(&resource))
    }

    /// Returns the product of the penalties that apply to the tool.
    pub(crate) fn penalty(&self, tool: &ToolDocument) -> f32 {
        tool.penalties.iter().filter_map(|number| self.penalties.get(*number)).product()
    }

    /// Counts the things mentioned in the query that match the tool.
    pub(crate) fn things(&self, number: usize, tool: &ToolDocument) -> MatchedThings {
        let count = |matches: &dyn Fn(&ConceptMatches) -> bool| {
            self.concepts.iter().filter(|thing| matches(thing)).count() as f32
        };
        MatchedThings {
            all: self.concepts.len() as f32,
            covered: count(&|thing| thing.stems.are_in(number, tool)),
            titled: count(&|thing| thing.is_in_title(number, tool)),
            fields: count(&|thing| thing.is_field(tool)),
            has_head: self.has_head(number, tool),
        }
    }
}

/// The scores of the parts of a tool's text.
pub(crate) struct PartScores {
    pub(crate) title: f32,
    pub(crate) description: f32,
    pub(crate) fields: f32,
    pub(crate) meaning: f32,
    pub(crate) collection_alias: f32,
    pub(crate) action_alias: f32,
}

/// How many of the things mentioned in a query match a tool.
pub(crate) struct MatchedThings {
    pub(crate) all: f32,
    /// Those that occur in its title or in aliases.
    pub(crate) covered: f32,
    /// Those that occur in its title.
    pub(crate) titled: f32,
    /// Those for which its records have a field.
    pub(crate) fields: f32,
    /// True if its title contains the main thing.
    pub(crate) has_head: bool,
}

/// Returns the best of some scores, at least 0.
fn best(scores: &[f32]) -> f32 {
    scores.iter().copied().fold(0.0, f32::max)
}

/// Returns the weight of a tool's description: that of a title, unless it only repeats and explains the title.
fn description_weight(tool: &ToolDocument, weights: &Weights) -> f32 {
    if tool.is_described { weights.own_description } else { weights.description }
}

/// Where a thing mentioned in a query occurs.
struct ConceptMatches {
    stems: StemMatches,
    related: Option<StemMatches>,
    descriptions: Vec<bool>,
    fields: Vec<bool>,
    /// True if it occurs only in aliases, not in titles.
    is_untitled: bool,
}

impl ConceptMatches {
    fn new(index: &ToolIndex, analyzer: &Analyzer, thing: &MentionedThing) -> Self {
        let tokens = analyzer.find_stems(&thing.stems);
        let stems = StemMatches::new(index, &tokens);
        let related = || StemMatches::new(index, &analyzer.find_stems(&thing.related));
        Self {
            is_untitled: !stems.titles.contains(&true),
            stems,
            related: (!thing.related.is_empty()).then(related),
            descriptions: index.descriptions.matches(&tokens),
            fields: index.fields.matches(&tokens),
        }
    }

    /// Returns true if a tool's title contains it, or if its aliases do and no title does.
    fn is_in_title(&self, number: usize, tool: &ToolDocument) -> bool {
        self.stems.titles.get(number).is_some_and(|is_in| *is_in)
            || (self.is_untitled && self.stems.are_in(number, tool))
    }

    /// Returns true if the tool's records have a field with that name.
    fn is_field(&self, tool: &ToolDocument) -> bool {
        tool.fields.is_some_and(|number| self.fields[number])
    }

    /// Returns how well the tool covers it: fully if its title or an alias contains it, and less if they contain an
    /// alternative meaning, if its description contains it, or if its records have a field with that name.
    fn coverage(&self, number: usize, tool: &ToolDocument, weights: &Weights) -> f32 {
        if self.stems.are_in(number, tool) {
            return 1.0;
        }
        let is_related = self.related.as_ref().is_some_and(|related| related.are_in(number, tool));
        let related = if is_related { weights.related_coverage } else { 0.0 };
        let field = if self.is_field(tool) { weights.field_coverage } else { 0.0 };
        let is_described = tool.is_described && self.descriptions[tool.description];
        let described = if is_described { weights.description_coverage } else { 0.0 };
        related.max(field).max(described)
    }
}

/// Where some stems occur.
struct StemMatches {
    titles: Vec<bool>,
    collection_aliases: Vec<bool>,
    action_aliases: Vec<bool>,
}

impl StemMatches {
    fn new(index: &ToolIndex, stems: &[IndexedToken]) -> Self {
        Self {
            titles: index.titles.matches(stems),
            collection_aliases: index.collection_aliases.matches(stems),
            action_aliases: index.action_aliases.matches(stems),
        }
    }

    /// Returns true if a tool's title or an alias contains one of them.
    fn are_in(&self, number: usize, tool: &ToolDocument) -> bool {
        let is_in = |matches: &[bool], number: usize| matches.get(number).is_some_and(|is_in| *is_in);
        is_in(&self.titles, number)
            || tool.collection.is_some_and(|number| is_in(&self.collection_aliases, number))
            || tool.action_aliases.is_some_and(|number| is_in(&self.action_aliases, number))
    }
}
