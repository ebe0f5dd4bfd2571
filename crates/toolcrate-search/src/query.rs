//! Parses a query: what it asks for, and the tokens that the ranking looks up.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::analyzer::{Analyzer, bounded, tokenize};
use crate::intent::{DetectedIntent, Intent, VerbTable};
use crate::names::find_names;
use crate::opposites::{Opposites, is_undoing};
use crate::weights::Weights;
use crate::word_lists::sections;

/// Words between two things, the second of which says whose, where or for what the first is.
const PREPOSITIONS: [&str; 12] =
    ["on", "of", "for", "to", "in", "from", "at", "with", "by", "under", "into", "per"];
/// The fewest digits of a number that is an ID wherever it is.
const MIN_ID_DIGITS: usize = 5;

/// The `context` list of [`WordLists`](crate::WordLists), by heading.
pub(crate) struct ContextWords {
    owners: Vec<&'static str>,
    numbered: Vec<String>,
    named: Vec<String>,
    vague: Vec<&'static str>,
    written: Vec<&'static str>,
}

impl ContextWords {
    /// Reads the list.
    pub(crate) fn new(list: &'static str) -> Self {
        let mut lists: HashMap<&str, Vec<&str>> = sections(list).into_iter().collect();
        let mut take = |heading: &str| lists.remove(heading).unwrap_or_default();
        let owned = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect();
        Self {
            owners: take("owners"),
            numbered: owned(take("numbered")),
            named: owned(take("named")),
            vague: take("vague"),
            written: take("written"),
        }
    }
}

/// The context in which a query is parsed.
pub(crate) struct QueryParser {
    /// The analyzer, with the vocabulary of the catalog.
    pub(crate) analyzer: Analyzer,
    /// The verbs that ask for activities.
    pub(crate) verbs: VerbTable,
    /// Words that change how a query is read.
    pub(crate) context: ContextWords,
    /// The weights of its tokens.
    pub(crate) weights: Weights,
    /// Actions that undo each other.
    pub(crate) opposites: Opposites,
}

/// A parsed query.
#[derive(Debug)]
pub(crate) struct ParsedQuery {
    /// The intent.
    pub(crate) intent: Intent,
    /// True if the intent is certain: a verb within a clause may be a noun, or part of a description.
    pub(crate) is_sure: bool,
    /// [`Weights::uncertain_list`].
    uncertain_list: f32,
    /// Its words with their spelling corrected.
    pub(crate) words: Vec<String>,
    /// Its stems, each once.
    pub(crate) stems: Vec<String>,
    /// The stems of each thing that it mentions, with those of synonyms.
    pub(crate) things: Vec<Vec<String>>,
    /// True if the first thing is the subject and the others only qualify it: tickets on a board are tickets.
    pub(crate) has_head: bool,
    /// The actions that it must not lead to: the opposite of what it wants.
    pub(crate) excluded: Vec<String>,
    /// Stems and phrases, each as often as it counts.
    pub(crate) tokens: Vec<String>,
}

impl ParsedQuery {
    /// Parses a query.
    pub(crate) fn new(text: &str, parser: &QueryParser) -> Self {
        let QueryParser { analyzer: words, verbs, context, weights, opposites } = parser;
        let text = without_content(bounded(text));
        let query = words.correct_query(&text);
        let names = find_names(&text, words);
        let is_name = |position: usize| names.get(position).copied().unwrap_or(false);
        let wanted = verbs.detect(&query, &clauses(&text), &names);
        let content = content_start(&text, &query, &wanted, context);
        let ids = find_ids(&query, &wanted, words);
        let mut tokens = Vec::new();
        let mut stems = Vec::new();
        let mut things = Vec::new();
        let is_distinctive = |word: &&String| {
            !words.is_stop_word(word)
                && !context.owners.contains(&word.as_str())
                && word.chars().any(|c| !c.is_ascii_digit())
        };
        let is_only = !query
            .iter()
            .enumerate()
            .any(|(position, word)| !wanted.spent.contains(&position) && is_distinctive(&word));
        let mut has_head = false;
        let mut head = 0;
        let mut position = 0;
        while position < query.len() {
            has_head |= things.len() == 1 && PREPOSITIONS.contains(&query[position].as_str());
            let is_spent = wanted.spent.contains(&position);
            if is_name(position) || position >= content {
                if !is_spent && !words.is_stop_word(&query[position]) {
                    tokens.extend(std::iter::repeat_n(words.stem(&query[position]), weights.query_name));
                }
                position += 1;
                continue;
            }
            let mut meant = if is_spent { None } else { words.synonym(&query[position..]) };
            let length = meant.map_or(1, |(_, length)| length);
            let is_numbered = ids.iter().any(|id| (position..position + length).contains(&id.of));
            let first = stems.len();
            let is_weak = !is_only && !is_numbered && context.owners.contains(&query[position].as_str());
            if ids.iter().any(|id| id.of == position && id.is_lone) && !context.numbered.is_empty() {
                meant = Some((&context.numbered, 1));
            }
            if let Some((meant, _)) = meant {
                for stem in meant {
                    let count =
                        if is_weak { weights.query_synonym.saturating_sub(1) } else { weights.query_synonym };
                    tokens.extend(std::iter::repeat_n(stem.clone(), count));
                    stems.push(stem.clone());
                }
            }
            for word in &query[position..position + length] {
                if !is_spent && !words.is_stop_word(word) && !is_number(word) {
                    let stem = words.stem(word);
                    let count =
                        if is_weak { weights.query_word.saturating_sub(1) } else { weights.query_word };
                    tokens.extend(std::iter::repeat_n(stem.clone(), count));
                    stems.push(stem);
                }
            }
            if stems.len() > first {
                // A record with a number is what is wanted, unless something before a preposition is.
                if is_numbered && !has_head && !is_qualifier(&query, position) {
                    head = things.len();
                }
                things.push(stems[first..].to_vec());
            }
            position += length;
        }
        // A name alone means the client, or what is open there.
        let is_vague = |stems: &Vec<String>| {
            stems.iter().all(|stem| context.vague.contains(&stem.as_str()) || !words.has_stem(stem))
        };
        if names.contains(&true) && !context.named.is_empty() && things.iter().all(is_vague) {
            for record in &context.named {
                tokens.extend(std::iter::repeat_n(record.clone(), weights.query_synonym));
            }
            things.push(context.named.clone());
        }
        // Changing the priority of a ticket means changing the ticket.
        let changes = matches!(wanted.intent, Intent::Update | Intent::Statement);
        has_head &= !changes || !ids.iter().any(|id| is_qualifier(&query, id.of));
        if !has_head && head < things.len() && ids.iter().any(|id| !is_qualifier(&query, id.of)) {
            has_head = true;
            things.swap(0, head);
        }
        for action in verbs.actions(&query) {
            let stem = words.stem(action);
            tokens.push(stem.clone());
            stems.push(stem);
        }
        // A phrase may have a name or a number within: put Priya on a project.
        let is_lone = |position: usize| ids.iter().any(|id| id.of == position && id.is_lone);
        let plain: Vec<String> = query
            .iter()
            .enumerate()
            .filter(|(position, word)| is_lone(*position) || !is_name(*position) && !is_number(word))
            .map(|(position, word)| match context.numbered.first().filter(|_| is_lone(position)) {
                Some(record) => record.clone(),
                None => word.clone(),
            })
            .collect();
        let mut phrases = words.phrases_in(&query);
        if plain != query {
            phrases.extend(words.phrases_in(&plain));
            phrases.sort();
            phrases.dedup();
        }
        for (phrase, length) in phrases {
            tokens.extend(std::iter::repeat_n(phrase, length.min(weights.query_alias_max)));
        }
        // The name of an action may be a verb of another activity: resetting is updating, but there are tools that reset.
        stems.extend(query[wanted.spent.clone()].iter().map(|word| words.stem(word)));
        let excluded = opposites.excluded(&query, &verbs.actions(&query), words);
        let (mut intent, is_sure) = (refine_intent(&wanted, &query, &ids), wanted.is_sure);
        // Undoing an action is an action, and deletes nothing.
        let undoes = query[wanted.spent.clone()].iter().any(|word| is_undoing(word));
        if undoes && intent == Intent::Delete && !excluded.is_empty() {
            intent = Intent::Other;
        }
        Self {
            intent,
            is_sure,
            uncertain_list: weights.uncertain_list,
            words: query,
            stems,
            things,
            has_head,
            excluded,
            tokens,
        }
    }

    /// The factor for tools with an intent.
    pub(crate) fn affinity(&self, tool: Intent) -> f32 {
        let affinity = self.intent.affinity(tool);
        if self.is_sure { affinity } else { affinity.max(self.uncertain_list * Intent::List.affinity(tool)) }
    }

    /// Returns true if a stem is the subject rather than a qualifier: there is only one thing, or it is the head.
    pub(crate) fn is_about(&self, stem: &str) -> bool {
        (self.has_head || self.things.len() == 1)
            && self.things.first().is_some_and(|head| head.iter().any(|of_head| of_head == stem))
    }

    /// Returns true if an action is the opposite of the requested one.
    pub(crate) fn excludes(&self, action: &str) -> bool {
        self.excluded.iter().any(|excluded| excluded == action)
    }

    /// Returns true if it contains the stem of the name of an action.
    pub(crate) fn names_action(&self, action: &str) -> bool {
        self.stems.iter().any(|stem| stem == action)
    }
}

/// The positions of the words that clauses start with.
fn clauses(text: &str) -> Vec<usize> {
    let parts = text.split([',', ';', ':', '.', '?', '!', '(', ')', '\u{2013}', '\u{2014}']);
    let lengths = parts.flat_map(|part| part.split(" - ")).map(|part| tokenize(part).len());
    let begin = lengths.scan(0, |next, length| {
        let begin = *next;
        *next += length;
        Some(begin)
    });
    let mut begin: Vec<usize> = begin.collect();
    begin.dedup();
    begin
}

/// The intent, given the IDs of the query: one record, if an ID says which and nothing else is asked.
fn refine_intent(wanted: &DetectedIntent, query: &[String], ids: &[RecordId]) -> Intent {
    let asks = ["what", "which", "who", "when", "where", "all", "how"];
    let Some(id) = ids.first() else { return wanted.intent };
    let is_plain = !query.iter().any(|word| asks.contains(&word.as_str()));
    let begin = wanted.spent.end.min(id.of);
    let has_part = query[begin..id.of].iter().any(|word| PREPOSITIONS.contains(&word.as_str()));
    match wanted.intent {
        Intent::List if is_plain && !has_part => Intent::Get,
        // A statement about one record is to be noted in it.
        Intent::Statement if !has_part => Intent::Update,
        intent => intent,
    }
}

/// A number that says which record is meant.
struct RecordId {
    /// The position of the word that names the record, or of the number itself.
    of: usize,
    /// True if no word names the record.
    is_lone: bool,
}

fn is_number(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_digit())
}

/// The numbers in a query that say which record is meant: those behind a noun, and long ones anywhere.
fn find_ids(query: &[String], wanted: &DetectedIntent, words: &Analyzer) -> Vec<RecordId> {
    let names = |word: &str| ["number", "no", "nr", "id", "num"].contains(&word);
    let is_thing =
        |word: &str| !is_number(word) && !words.is_stop_word(word) && !PREPOSITIONS.contains(&word);
    // Behind "closed" or "reopened" a number has no noun.
    let is_done =
        |word: &str, number: &str| number.len() >= MIN_ID_DIGITS && word.len() > 5 && word.ends_with("ed");
    let numbers = query.iter().enumerate().filter(|(_, word)| is_number(word));
    numbers
        .filter_map(|(position, number)| {
            let before = (0..position).rev().find(|position| !names(&query[*position]));
            let of = before.filter(|before| {
                let word = &query[*before];
                !wanted.spent.contains(before) && is_thing(word) && !is_done(word, number)
            });
            match of {
                Some(of) if !query.get(position + 1).is_some_and(|word| is_unit(word)) => {
                    Some(RecordId { of, is_lone: false })
                }
                None if number.len() >= MIN_ID_DIGITS => Some(RecordId { of: position, is_lone: true }),
                _ => None,
            }
        })
        .collect()
}

/// Returns true if a word behind a number is a unit, so that the number is a quantity.
fn is_unit(word: &str) -> bool {
    const UNITS: &str = "min mins minute minutes h hr hrs hour hours day days week weeks month months year years pm am \
        percent user users seat seats licence licences license licenses pcs pieces units of x \
        usd eur gbp dollars euros pounds";
    UNITS.split_whitespace().any(|unit| unit == word)
}

/// Returns true if the word at a position follows a preposition and is therefore a qualifier.
fn is_qualifier(query: &[String], position: usize) -> bool {
    let from = position.saturating_sub(3);
    query[from..position].iter().any(|word| PREPOSITIONS.contains(&word.as_str()))
}

/// The position from which words are the content of a record rather than a description of it: behind `about`, or
/// behind `that` or a colon where a record is to be created.
fn content_start(text: &str, query: &[String], wanted: &DetectedIntent, context: &ContextWords) -> usize {
    let is_written = |word: &String| context.written.contains(&word.as_str());
    let first = wanted.spent.start.max(query.iter().position(is_written).unwrap_or(query.len()));
    let is_new = wanted.intent == Intent::Create;
    let behind = |word: &str| {
        ["about", "regarding", "mentioning", "containing"].contains(&word)
            || is_new && ["that", "saying", "says", "because", "telling", "explaining"].contains(&word)
    };
    let words = (first + 1..query.len()).find(|position| behind(&query[*position]));
    let parts = text.split([':', '\u{2013}', '\u{2014}']).flat_map(|part| part.split(" - "));
    let ends = parts.scan(0, |end, part| {
        *end += tokenize(part).len();
        Some(*end)
    });
    let marks = ends.filter(|end| is_new && *end > first).min();
    words.into_iter().chain(marks).min().unwrap_or(query.len())
}

/// A query without quoted text, e-mail addresses and URLs.
fn without_content(text: &str) -> Cow<'_, str> {
    if !text.contains(['"', '\u{201c}', '@', '/']) {
        return Cow::Borrowed(text);
    }
    let outside: Vec<&str> = text.split(['"', '\u{201c}', '\u{201d}']).step_by(2).collect();
    let is_address = |word: &&str| word.contains('@') || word.contains("://");
    let rest: Vec<&str> =
        outside.iter().flat_map(|part| part.split_whitespace()).filter(|word| !is_address(word)).collect();
    if rest.len() < 2 { Cow::Borrowed(text) } else { Cow::Owned(rest.join(" ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::word_lists::WordLists;

    const LISTS: WordLists = WordLists { synonyms: "[callback]\nwebhook\nwebhooks\n", ..WordLists::ENGLISH };

    fn query(text: &str) -> ParsedQuery {
        let parser = QueryParser {
            analyzer: Analyzer::new(&LISTS),
            verbs: VerbTable::new(LISTS.verbs, ""),
            context: ContextWords::new(LISTS.context),
            weights: Weights::default(),
            opposites: Opposites::new(LISTS.opposites),
        };
        ParsedQuery::new(text, &parser)
    }

    #[test]
    fn a_number_behind_a_noun_asks_for_one_record() {
        assert_eq!(query("ticket 48213").intent, Intent::Get);
        assert_eq!(query("look up ticket 48213").intent, Intent::Get);
        assert_eq!(query("notes on ticket 48213").intent, Intent::List);
        assert_eq!(query("delete ticket 48213").intent, Intent::Delete);
        // A quantity is no ID.
        assert_eq!(query("tickets older than 30 days").intent, Intent::List);
        assert_eq!(query("timer 30 minutes").intent, Intent::List);
    }

    #[test]
    fn the_thing_before_a_preposition_is_the_head() {
        for (text, has_head) in
            [("list tickets on a board", true), ("tickets on a board", true), ("open tickets", false)]
        {
            assert_eq!(query(text).has_head, has_head, "{text}");
        }
        assert!(query("list tickets on a board").things[0].contains(&"ticket".to_owned()));
    }

    #[test]
    fn a_word_counts_more_than_its_synonym() {
        let query = query("a webhook");
        let count = |stem: &str| query.tokens.iter().filter(|token| *token == stem).count();
        assert_eq!((count("webhook"), count("callback")), (3, 2), "{query:?}");
    }

    #[test]
    fn a_misspelled_word_is_corrected_but_a_name_is_not() {
        assert_eq!(query("all webhoks").words, ["all", "webhooks"]);
        assert_eq!(query("all Webhoks").words, ["all", "webhoks"]);
    }

    #[test]
    fn clauses_start_behind_punctuation() {
        assert_eq!(clauses("the bill was wrong, void it"), [0, 4]);
        assert_eq!(clauses("tickets"), [0]);
    }

    #[test]
    fn verbs_stop_words_and_numbers_are_no_tokens() {
        assert_eq!(query("set up a new rollout 2024").tokens, ["rollout"; 3]);
    }
}
