//! Turns the words in a query into the tokens to look up.

use crate::function_words::PREPOSITIONS;
use crate::index::{QueryToken, Sense};
use crate::intent::{DetectedIntent, Intent};
use crate::query_parser::QueryParser;
use crate::record_ids::{RecordId, is_number, is_qualifier};
use crate::word_vectors::WordVector;

/// The number of the first meaning of a word that is only guessed.
const FIRST_RELATED_SENSE: usize = 100;

/// The most things of a query that a tool may cover. Each one has a cost.
const MAX_THINGS: usize = 16;

/// A thing mentioned in a query.
#[derive(Clone, Debug, Default)]
pub(crate) struct MentionedThing {
    /// The stems of its words and of their synonyms.
    pub(crate) stems: Vec<String>,
    /// The stems of alternative meanings.
    pub(crate) related: Vec<String>,
}

/// The contributions of a query's words.
#[derive(Default)]
pub(crate) struct QueryTerms {
    pub(crate) tokens: Vec<QueryToken>,
    pub(crate) stems: Vec<String>,
    pub(crate) things: Vec<MentionedThing>,
    /// The words with their stems, vectors and weights.
    pub(crate) meaning: Vec<(String, WordVector, f32)>,
    pub(crate) has_head: bool,
    /// The position in `things` of the record with a number.
    pub(crate) head: usize,
    /// The positions in `things` of the first things without words between them, the last of which is the subject: a
    /// purchase order status.
    compound: std::ops::Range<usize>,
    /// The position in the query after the last thing.
    end: usize,
}

impl QueryTerms {
    /// Adds a token.
    pub(crate) fn push(&mut self, token: &str, weight: f32) {
        self.tokens.push(QueryToken { token: token.to_owned(), weight, sense: None });
    }

    /// Adds a token for one of the meanings of the word at a position.
    fn push_sense(&mut self, token: &str, weight: f32, word: usize, number: usize) {
        self.tokens.push(QueryToken { token: token.to_owned(), weight, sense: Some(Sense { word, number }) });
    }

    /// Moves the last of several things without words between them to the front: it is the subject, which the others
    /// qualify.
    fn set_compound_head(&mut self, parser: &QueryParser) {
        if parser.weights.has_compounds && self.compound.len() > 1 && !self.has_head {
            self.things[self.compound.clone()].rotate_right(1);
            self.has_head = true;
        }
    }

    /// Drops vague words such as "open" from the query's subjects, unless there are no others.
    fn drop_vague_things(&mut self, parser: &QueryParser) {
        let is_vague = |thing: &MentionedThing| {
            thing.stems.iter().all(|stem| parser.context.vague.contains(&stem.as_str()))
        };
        if self.things.iter().any(|thing| !is_vague(thing)) {
            let before = self.things.iter().take(self.head).filter(|thing| is_vague(thing)).count();
            self.things.retain(|thing| !is_vague(thing));
            self.head = (self.head - before).min(self.things.len().saturating_sub(1));
        }
    }

    /// Adds the records that a bare name refers to: the client, or what is open there.
    pub(crate) fn add_named_records(&mut self, has_name: bool, parser: &QueryParser) {
        let QueryParser { analyzer, context, weights, .. } = parser;
        let is_vague = |thing: &MentionedThing| {
            thing.stems.iter().all(|stem| context.vague.contains(&stem.as_str()) || !analyzer.has_stem(stem))
        };
        if has_name && !context.named.is_empty() && self.things.iter().all(is_vague) {
            for record in &context.named {
                self.push(record, weights.query_synonym);
            }
            self.things.push(MentionedThing { stems: context.named.clone(), related: Vec::new() });
        }
    }
}

/// Reads a query's words one after the other.
pub(crate) struct QueryReader<'a> {
    pub(crate) parser: &'a QueryParser,
    pub(crate) query: &'a [String],
    pub(crate) names: &'a [bool],
    pub(crate) wanted: &'a DetectedIntent,
    pub(crate) ids: &'a [RecordId],
    /// The position from which words are the content of a record.
    pub(crate) content: usize,
}

impl QueryReader<'_> {
    fn is_name(&self, position: usize) -> bool {
        self.names.get(position).copied().unwrap_or(false)
    }

    fn is_spent(&self, position: usize) -> bool {
        self.wanted.spent.contains(&position)
    }

    fn is_owner(&self, position: usize) -> bool {
        self.parser.context.owners.contains(&self.query[position].as_str())
    }

    /// Returns true if the query's only distinctive words identify whom something belongs to.
    fn has_only_owners(&self) -> bool {
        !(0..self.query.len()).any(|position| {
            let word = &self.query[position];
            !self.is_spent(position)
                && !self.parser.analyzer.is_stop_word(word)
                && !self.is_owner(position)
                && !is_number(word)
        })
    }

    /// Reads all words.
    pub(crate) fn terms(&self) -> QueryTerms {
        let (analyzer, weights) = (&self.parser.analyzer, &self.parser.weights);
        let has_only_owners = self.has_only_owners();
        let mut terms = QueryTerms::default();
        let mut position = 0;
        while position < self.query.len() {
            let word = &self.query[position];
            terms.has_head |= terms.things.len() == 1
                && (PREPOSITIONS.contains(&word.as_str()) || self.asks_which(position));
            if self.is_name(position) || position >= self.content {
                if !self.is_spent(position) && !analyzer.is_stop_word(word) {
                    terms.push(&analyzer.stem(word), weights.query_name);
                    self.add_meaning(&mut terms, word, weights.content_meaning);
                }
                position += 1;
                continue;
            }
            position += self.read_thing(position, has_only_owners, &mut terms);
        }
        // Changing the urgency of a ticket means changing the ticket.
        let changes = matches!(self.wanted.intent, Intent::Update | Intent::Statement);
        if self.ids.is_empty() && !changes {
            terms.set_compound_head(self.parser);
        }
        terms.drop_vague_things(self.parser);
        terms.things.truncate(MAX_THINGS);
        terms.head = terms.head.min(terms.things.len().saturating_sub(1));
        terms
    }

    /// Returns true if the query asks which of the things before a position it wants: which teams does the
    /// board have.
    fn asks_which(&self, position: usize) -> bool {
        position < 4 && ["which", "what"].contains(&self.query[0].as_str())
    }

    /// Reads the thing at a position, and returns its number of words.
    fn read_thing(&self, position: usize, has_only_owners: bool, terms: &mut QueryTerms) -> usize {
        let QueryParser { analyzer, context, weights, .. } = self.parser;
        let is_spent = self.is_spent(position);
        let synonym = if is_spent { None } else { analyzer.synonym(&self.query[position..]) };
        let length = synonym.map_or(1, |(_, length)| length);
        let is_numbered = self.ids.iter().any(|id| (position..position + length).contains(&id.of));
        let is_weak = !has_only_owners && !is_numbered && self.is_owner(position);
        let weakened = |weight: f32| if is_weak { (weight - 1.0).max(0.0) } else { weight };
        let mut thing = MentionedThing::default();
        if self.ids.iter().any(|id| id.of == position && id.is_lone) {
            for stem in &context.numbered {
                terms.push(stem, weights.query_synonym);
                thing.stems.push(stem.clone());
            }
        }
        let is_possible = synonym.is_some_and(|(synonym, _)| synonym.is_weak);
        let share = if is_possible { weights.related_to_known } else { 1.0 };
        for (number, meaning) in synonym.iter().flat_map(|(synonym, _)| &synonym.meanings).enumerate() {
            for stem in meaning {
                terms.push_sense(stem, weakened(weights.query_synonym) * share, position, number + 1);
                let stems = if is_possible { &mut thing.related } else { &mut thing.stems };
                stems.push(stem.to_string());
            }
        }
        for word in &self.query[position..position + length] {
            if is_spent {
                self.add_meaning(terms, word, weights.verb_meaning);
            }
            if is_spent || analyzer.is_stop_word(word) || is_number(word) {
                continue;
            }
            let stem = analyzer.stem(word);
            terms.push_sense(&stem, weakened(weights.query_word), position, 0);
            self.add_meaning(terms, word, 1.0);
            if synonym.is_none() && !is_weak {
                self.add_related(position, &stem, &mut thing, terms);
            }
            thing.stems.push(stem);
        }
        if !thing.stems.is_empty() {
            // A record with a number is what is requested, unless something before a preposition is.
            if is_numbered && !terms.has_head && !is_qualifier(self.query, position) {
                terms.head = terms.things.len();
            }
            terms.stems.extend(thing.stems.iter().cloned());
            let number = terms.things.len();
            let is_titled = thing.stems.iter().any(|stem| analyzer.is_searchable(stem));
            if is_titled && (number == 0 || terms.end == position && terms.compound.end == number) {
                terms.compound.end = number + 1;
            }
            terms.end = position + length;
            terms.things.push(thing);
        }
        length
    }

    /// Adds what a word abbreviates, or else the catalog's words with nearly the same meaning.
    fn add_related(&self, position: usize, stem: &str, thing: &mut MentionedThing, terms: &mut QueryTerms) {
        let word = self.query[position].as_str();
        let QueryParser { analyzer, weights, related, abbreviations, .. } = self.parser;
        let is_searchable = analyzer.is_searchable(stem);
        if !is_searchable && !WordVector::is_word(word) {
            for (number, meant) in (1..).zip(abbreviations.find(word)) {
                terms.push_sense(meant, weights.query_synonym, position, number);
                thing.stems.push(meant.to_owned());
            }
        }
        // Words in the API's own lists need no guess.
        if is_searchable && weights.related_to_unknown_only {
            return;
        }
        let share = if is_searchable { weights.related_to_known } else { 1.0 };
        let related = related.find(word).into_iter().filter(|related| related.stem != stem);
        for (number, related) in (FIRST_RELATED_SENSE..).zip(related) {
            let weight = weights.query_related * related.similarity * share;
            terms.push_sense(&related.stem, weight, position, number);
            let is_same = !is_searchable && related.similarity >= weights.related_thing;
            let stems = if is_same { &mut thing.stems } else { &mut thing.related };
            stems.push(related.stem);
        }
    }

    fn add_meaning(&self, terms: &mut QueryTerms, word: &str, weight: f32) {
        if weight > 0.0
            && !self.parser.analyzer.is_stop_word(word)
            && let Some(vector) = WordVector::find(word)
        {
            terms.meaning.push((self.parser.analyzer.stem(word), vector, weight));
        }
    }

    /// Returns the indexed phrases in the query, each with its number of words.
    pub(crate) fn phrases(&self) -> Vec<(String, usize)> {
        let QueryParser { analyzer, context, .. } = self.parser;
        // A phrase may contain a name or a number: put Priya on a project.
        let is_lone = |position: usize| self.ids.iter().any(|id| id.of == position && id.is_lone);
        let plain: Vec<String> = self
            .query
            .iter()
            .enumerate()
            .filter(|(position, word)| is_lone(*position) || !self.is_name(*position) && !is_number(word))
            .map(|(position, word)| match context.numbered.first().filter(|_| is_lone(position)) {
                Some(record) => record.clone(),
                None => word.clone(),
            })
            .collect();
        let mut phrases = analyzer.phrases_in(self.query);
        if plain != self.query {
            phrases.extend(analyzer.phrases_in(&plain));
            phrases.sort();
            phrases.dedup();
        }
        phrases
    }
}
