//! A parsed query: its intent, and the tokens that the ranking looks up.

use std::borrow::Cow;

use crate::analyzer::Analyzer;
use crate::file_paths::file_extension;
use crate::function_words::PREPOSITIONS;
use crate::index::{Bm25Index, QueryToken};
use crate::intent::{DetectedIntent, Intent, VerbTable};
use crate::names::find_names;
use crate::opposites::is_undoing;
use crate::phrasing::{ActivityShares, activity_shares, features};
use crate::query_parser::{ContextWords, QueryParser};
use crate::query_terms::{MentionedThing, QueryReader, QueryTerms};
use crate::record_ids::{RecordId, find_ids, is_qualifier, is_unit};
use crate::tokenizer::{bounded, tokenize};
use crate::word_vectors::{TextVector, WordVector};

/// The word that indicates an operation on many records.
const BULK: &str = "bulk";

/// The fewest words of a request before a clause that says when or why.
const MIN_REQUEST_WORDS: usize = 2;
/// What people write in a record, rather than a record of its own.
const DICTATED: [&str; 6] = ["note", "comment", "remark", "reply", "message", "memo"];
/// The last position of the record in a question about it alone: what does the agreement 612 cover.
const MAX_ID_POSITION: usize = 3;

/// A parsed query.
#[derive(Debug)]
pub(crate) struct ParsedQuery {
    /// The intent.
    pub(crate) intent: Intent,
    /// True if the intent is certain: a verb within a clause may be a noun, or part of a description.
    pub(crate) is_sure: bool,
    /// True if it asks for information, so nothing is to be changed.
    pub(crate) is_question: bool,
    /// The number of record IDs in it.
    pub(crate) id_count: usize,
    /// The probability of each activity, based on its phrasing.
    pub(crate) activities: ActivityShares,
    /// The features of its phrasing.
    pub(crate) phrasing: Vec<String>,
    /// [`Weights::uncertain_list`].
    uncertain_list: f32,
    /// The query's words with corrected spelling.
    pub(crate) words: Vec<String>,
    /// The query's stems, without duplicates.
    pub(crate) stems: Vec<String>,
    /// The stems of each thing that the query mentions, including synonyms.
    pub(crate) things: Vec<MentionedThing>,
    /// True if the first thing is the one requested and the others only qualify it: tickets on a board are tickets.
    pub(crate) has_head: bool,
    /// The actions that the query must not lead to, because they are the opposite of the request.
    pub(crate) excluded: Vec<String>,
    /// The stems of the actions that start a clause.
    commands: Vec<String>,
    /// The stem of an existing record, to which something is added or whose parts are listed.
    existing: Option<String>,
    /// Stems and phrases.
    pub(crate) tokens: Vec<QueryToken>,
    /// The words with their stems, vectors and weights.
    meaning: Vec<(String, WordVector, f32)>,
}

impl ParsedQuery {
    /// Parses a query.
    pub(crate) fn new(text: &str, parser: &QueryParser) -> Self {
        let QueryParser { analyzer: words, verbs, context, weights, opposites, .. } = parser;
        let text = without_content(bounded(text));
        let query = words.correct_query(&text);
        let names = find_names(&text, words);
        let starts = clauses(&text);
        let phrasing = features(&query, &names, words, verbs);
        let mut wanted = verbs.detect(&query, &starts, &names);
        if !wanted.is_sure && is_in_title(&query, &wanted, words) {
            wanted = DetectedIntent { intent: Intent::List, spent: 0..0, is_sure: false };
        }
        if wanted.spent.is_empty() && wanted.intent == Intent::List {
            wanted.intent = unlisted_verb(&query, verbs, words).unwrap_or(Intent::List);
        }
        // Internal note on ticket 5: done.
        if wanted.intent == Intent::List && wanted.spent.is_empty() && is_dictated(&text, &query, context) {
            wanted.intent = Intent::Create;
        }
        let ids = find_ids(&query, &wanted, words);
        if wanted.intent == Intent::Get && ids.is_empty() && names_several(&query[wanted.spent.end..], words)
        {
            wanted.intent = Intent::List;
        }
        let reader = QueryReader {
            parser,
            content: content_start(&text, &query, &wanted, context),
            query: &query,
            names: &names,
            wanted: &wanted,
            ids: &ids,
        };
        let mut terms = reader.terms();
        terms.add_named_records(names.contains(&true), parser);
        // Changing the priority of a ticket means changing the ticket.
        let changes = matches!(wanted.intent, Intent::Update | Intent::Statement);
        let mut has_head = terms.has_head && (!changes || !ids.iter().any(|id| is_qualifier(&query, id.of)));
        if !has_head && terms.head < terms.things.len() && ids.iter().any(|id| !is_qualifier(&query, id.of)) {
            has_head = true;
            terms.things.swap(0, terms.head);
        }
        let mut actions = verbs.actions(&query);
        let commands = verbs.commands(&query, &starts);
        // In a request to delete or count, other actions only qualify the record: the copied one.
        if wanted.is_sure && matches!(wanted.intent, Intent::Delete | Intent::Count) {
            actions.retain(|action| commands.contains(action));
        }
        for action in &actions {
            let stem = words.stem(action);
            terms.push(&stem, 1.0);
            terms.stems.push(stem);
        }
        for (phrase, length) in reader.phrases() {
            terms.push(&phrase, length.min(weights.query_alias_max) as f32);
        }
        // An action's name may also be a verb for another activity: resetting is updating, but there are tools named
        // reset.
        terms.stems.extend(query[wanted.spent.clone()].iter().map(|word| words.stem(word)));
        let is_change =
            matches!(wanted.intent, Intent::Create | Intent::Update | Intent::Replace | Intent::Delete);
        let is_bulk = is_change && names_many(&query, &wanted);
        if is_bulk {
            terms.push(BULK, weights.query_word);
        }
        let excluded = opposites.excluded(&query, &verbs.actions(&query), words);
        let (mut intent, is_sure) = (refine_intent(&wanted, &query, &ids, words), wanted.is_sure);
        // Undoing an action is an action of its own, and deletes nothing.
        let undoes = query[wanted.spent.clone()].iter().any(|word| is_undoing(word));
        if undoes && intent == Intent::Delete && !excluded.is_empty() {
            intent = Intent::Other;
        }
        let QueryTerms { tokens, stems, things, meaning, .. } = terms;
        let commands = commands.iter().filter(|command| actions.contains(command));
        let commands = commands.map(|command| words.stem(command)).collect();
        let existing = existing_record(&query, &wanted, &ids, words);
        let mut query = query;
        query.extend(is_bulk.then(|| BULK.to_owned()));
        Self {
            intent,
            is_sure,
            id_count: ids.len(),
            activities: activity_shares(&phrasing),
            phrasing,
            is_question: intent == Intent::List && is_sure && is_question(&query),
            uncertain_list: weights.uncertain_list,
            words: query,
            stems,
            things,
            has_head,
            excluded,
            commands,
            existing,
            tokens,
            meaning,
        }
    }

    /// Returns the meaning of the query, with more weight on words that are rare in titles.
    pub(crate) fn meaning(&self, titles: &Bm25Index, analyzer: &Analyzer) -> TextVector {
        let rarity = |stem| titles.token_rarity(analyzer.vocabulary.stem(stem));
        self.meaning.iter().map(|(stem, vector, weight)| (*vector, weight * rarity(stem))).collect()
    }

    /// Returns the stems of the words with a meaning, and their vectors.
    pub(crate) fn meant_words(&self) -> impl Iterator<Item = (&str, WordVector)> {
        self.meaning.iter().map(|(stem, vector, _)| (stem.as_str(), *vector))
    }

    /// Returns the factor for tools with this intent.
    pub(crate) fn affinity(&self, tool: Intent) -> f32 {
        let affinity = self.intent.affinity(tool);
        if self.is_sure { affinity } else { affinity.max(self.uncertain_list * Intent::List.affinity(tool)) }
    }

    /// Returns the subject: the only thing, or the one that the others qualify.
    pub(crate) fn head(&self) -> Option<&MentionedThing> {
        self.things.first().filter(|_| self.has_head || self.things.len() == 1)
    }

    /// Returns true if a stem is the subject rather than a qualifier: there is only one thing, or the stem is the head.
    pub(crate) fn is_about(&self, stem: &str) -> bool {
        self.head().is_some_and(|head| head.stems.iter().any(|of_head| of_head == stem))
    }

    /// Returns true if a stem is one of the query's words or of their meanings.
    pub(crate) fn mentions(&self, stem: &str) -> bool {
        self.stems.iter().any(|of_query| of_query == stem)
            || self.things.iter().any(|thing| thing.related.iter().any(|related| related == stem))
    }

    /// Returns true if the query requests the action, rather than mentioning it.
    pub(crate) fn commands(&self, action: &str) -> bool {
        self.commands.iter().any(|command| command == action)
    }

    /// Returns true if a stem is the existing record.
    pub(crate) fn has_existing(&self, stem: &str) -> bool {
        self.existing.as_deref() == Some(stem)
    }

    /// Returns true if an action is the opposite of the requested one.
    pub(crate) fn excludes(&self, action: &str) -> bool {
        self.excluded.iter().any(|excluded| excluded == action)
    }

    /// Returns true if the query contains the stem of an action's name.
    pub(crate) fn names_action(&self, action: &str) -> bool {
        self.stems.iter().any(|stem| stem == action)
    }
}

/// Returns the positions of the words that start a clause.
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

/// Refines the intent, given the IDs in the query: a single record, if an ID identifies one and nothing else is
/// requested.
fn refine_intent(wanted: &DetectedIntent, query: &[String], ids: &[RecordId], words: &Analyzer) -> Intent {
    let asks = ["what", "which", "who", "when", "where", "all", "how"];
    let Some(id) = ids.first() else { return wanted.intent };
    // What does agreement 612 cover?
    let is_about_it = id.of <= MAX_ID_POSITION
        && ["what", "when", "where", "how"].contains(&query[0].as_str())
        && ["does", "is", "did", "has", "was", "do"].contains(&query[1].as_str());
    let is_plain = is_about_it || !query.iter().any(|word| asks.contains(&word.as_str()));
    let begin = wanted.spent.end.min(id.of);
    let has_part = query[begin..id.of].iter().any(|word| PREPOSITIONS.contains(&word.as_str()))
        || has_thing_before(&query[begin..=id.of], words);
    match wanted.intent {
        Intent::List if is_plain && !has_part => Intent::Get,
        // A statement about a record should be recorded in it.
        Intent::Statement if !has_part => Intent::Update,
        intent => intent,
    }
}

/// Returns the stem of the record to which something should be added, or whose parts the query requests: the one with a
/// number after a preposition or, when something is created, the last one after "to" or "on".
fn existing_record(
    query: &[String],
    wanted: &DetectedIntent,
    ids: &[RecordId],
    words: &Analyzer,
) -> Option<String> {
    let is_removed_from = |id: &&RecordId| {
        let before = id.of.checked_sub(1).map(|before| query[before].as_str());
        wanted.intent != Intent::Delete || before.is_some_and(|word| ["from", "off", "on"].contains(&word))
    };
    if !matches!(wanted.intent, Intent::Create | Intent::List | Intent::Count | Intent::Delete) {
        return None;
    }
    let mut numbered = ids.iter().filter(|id| !id.is_lone);
    if let Some(id) = numbered.clone().filter(is_removed_from).find(|id| is_qualifier(query, id.of)) {
        return Some(record_stem(query, id.of, words));
    }
    // Give agreement 640 a credit.
    let is_recipient = |id: &&RecordId| {
        let behind = query.get(id.of + 2..).unwrap_or_default();
        (wanted.spent.end..wanted.spent.end + 2).contains(&id.of)
            && behind.iter().any(|word| words.names_thing(word))
    };
    if wanted.intent == Intent::Create
        && let Some(id) = numbered.find(is_recipient)
    {
        return Some(record_stem(query, id.of, words));
    }
    let is_target = |word: &String| ["to", "on", "onto", "into"].contains(&word.as_str());
    let from = query.iter().rposition(is_target).filter(|_| wanted.intent == Intent::Create)?;
    let mut thing =
        (from + 1..query.len()).take(5).filter(|position| words.is_titled(&words.stem(&query[*position])));
    thing.next_back().filter(|_| from > wanted.spent.end).map(|position| record_stem(query, position, words))
}

/// Returns true if a query asks for information rather than for a call or endpoint.
fn is_question(query: &[String]) -> bool {
    const API_WORDS: [&str; 9] =
        ["call", "endpoint", "endpoints", "tool", "method", "operation", "api", "route", "function"];
    const QUESTION_WORDS: [&str; 7] = ["which", "what", "who", "whose", "where", "when", "why"];
    query.first().is_some_and(|word| QUESTION_WORDS.contains(&word.as_str()))
        && !query.iter().any(|word| API_WORDS.contains(&word.as_str()))
}

/// Returns true if an uncertain verb is part of a title: accrual details.
fn is_in_title(query: &[String], wanted: &DetectedIntent, words: &Analyzer) -> bool {
    let (start, end) = (wanted.spent.start, wanted.spent.end);
    let pairs = [start.checked_sub(1).map(|before| before..end), Some(start..end + 1)];
    pairs.into_iter().flatten().filter_map(|pair| query.get(pair)).any(|pair| {
        pair.len() == 2
            && pair.iter().all(|word| !words.is_stop_word(word) && words.is_titled(&words.stem(word)))
            && !words.phrases_in(pair).is_empty()
    })
}

/// The activity of a query that starts with a verb that no list has, but that a title has a noun for: delegate approvals
/// creates a delegation. A verb with "un" changes what the one without has made.
fn unlisted_verb(query: &[String], verbs: &VerbTable, words: &Analyzer) -> Option<Intent> {
    let (verb, rest) = query.split_first().filter(|(verb, rest)| {
        verb.len() > 4 && !rest.is_empty() && !words.is_stop_word(verb) && !words.is_known_word(verb)
    })?;
    if verb.strip_prefix("un").is_some_and(|done| verbs.words().any(|known| known == done)) {
        return Some(Intent::Update);
    }
    let is_object = rest.iter().any(|word| words.names_thing(word));
    (is_object && words.is_titled(&words.stem(verb)) && !verb.ends_with('s')).then_some(Intent::Create)
}

/// Returns true if a query only names something that is written, and then its content after a colon.
fn is_dictated(text: &str, query: &[String], context: &ContextWords) -> bool {
    let Some((before, content)) = text.split_once(':') else { return false };
    let words = tokenize(before).len().min(query.len());
    let is_noted =
        |word: &String| DICTATED.contains(&word.as_str()) && context.written.contains(&word.as_str());
    words < query.len() && content.starts_with(' ') && query[..words].iter().take(3).any(is_noted)
}

/// Returns true if the first thing in some words is plural: get the files of a ticket.
fn names_several(behind: &[String], words: &Analyzer) -> bool {
    let is_thing = |word: &&String| words.names_thing(word);
    let things = behind.iter().skip_while(|word| !is_thing(word)).take_while(is_thing);
    things.last().is_some_and(|word| {
        word.len() > 3 && word.ends_with('s') && !["ss", "us", "is"].iter().any(|end| word.ends_with(end))
    })
}

/// Returns the stem of the word at a position, or of the last word in its synonym's meaning.
fn record_stem(query: &[String], position: usize, words: &Analyzer) -> String {
    let meant = words.synonym(&query[position..]).filter(|(synonym, _)| !synonym.is_weak);
    let meant = meant.and_then(|(synonym, _)| synonym.stems().next_back().map(|stem| stem.to_string()));
    meant.unwrap_or_else(|| words.stem(&query[position]))
}

/// Returns true if another thing precedes the last word and doesn't form one name with it: in "notes ticket 5" it does,
/// in "purchase order 5" it doesn't.
fn has_thing_before(query: &[String], words: &Analyzer) -> bool {
    let is_pair = |start: usize| !words.phrases_in(&query[start..start + 2]).is_empty();
    let mut start = query.len().saturating_sub(1);
    while start > 0 && is_pair(start - 1) {
        start -= 1;
    }
    query[..start].iter().any(|word| word.ends_with('s') && words.is_titled(&words.stem(word)))
}

/// Returns true if a change involves many records: a range, or a number greater than a few before the name of the
/// records.
fn names_many(query: &[String], wanted: &DetectedIntent) -> bool {
    let number = |word: &String| word.parse::<u32>().ok();
    let is_range = query.windows(3).any(|words| {
        let between = ["through", "thru", "to", "until"].contains(&words[1].as_str());
        let bounds = number(&words[0]).zip(number(&words[2]));
        between && bounds.is_some_and(|(first, last)| first >= 100 && last > first && last - first < 10_000)
    });
    let behind = wanted.spent.end..query.len();
    let is_count = query[behind].windows(2).take(3).any(|words| {
        let is_many = number(&words[0]).is_some_and(|number| (10..10_000).contains(&number));
        is_many && words[1].len() > 3 && words[1].ends_with('s') && !is_unit(&words[1])
    });
    is_range || is_count
}

/// Returns the position from which words are the content of a record rather than a description of it: after `about`, or
/// after `that` or a colon when a record is created.
fn content_start(text: &str, query: &[String], wanted: &DetectedIntent, context: &ContextWords) -> usize {
    let is_written = |word: &String| context.written.contains(&word.as_str());
    let first = wanted.spent.start.max(query.iter().position(is_written).unwrap_or(query.len()));
    let is_new = wanted.intent == Intent::Create;
    let behind = |word: &str| {
        ["about", "regarding", "mentioning", "containing"].contains(&word)
            || is_new && ["that", "saying", "says", "because", "telling", "explaining"].contains(&word)
    };
    let words = (first + 1..query.len()).find(|position| behind(&query[*position]));
    let circumstances =
        (MIN_REQUEST_WORDS..query.len()).find(|position| opens_circumstances(&query[*position..]));
    let words = words.into_iter().chain(circumstances).min();
    let parts = text.split([':', '\u{2013}', '\u{2014}']).flat_map(|part| part.split(" - "));
    let ends = parts.scan(0, |end, part| {
        *end += tokenize(part).len();
        Some(*end)
    });
    let marks = ends.filter(|end| is_new && *end > first).min();
    words.into_iter().chain(marks).min().unwrap_or(query.len())
}

/// Returns true if words start a clause that only explains when or why something is requested.
fn opens_circumstances(words: &[String]) -> bool {
    let next = words.get(1).map(String::as_str).unwrap_or_default();
    let is_subject = ["i", "we", "they", "he", "she", "it", "you", "that"].contains(&next);
    match words[0].as_str() {
        "while" | "because" | "whenever" => true,
        "when" | "so" | "since" | "if" | "once" => is_subject,
        _ => false,
    }
}

/// Returns a query without quoted text, email addresses, URLs and file paths.
fn without_content(text: &str) -> Cow<'_, str> {
    if !text.contains(['"', '\u{201c}', '@', '/']) {
        return Cow::Borrowed(text);
    }
    let outside: Vec<&str> = text.split(['"', '\u{201c}', '\u{201d}']).step_by(2).collect();
    let is_address =
        |word: &&str| word.contains('@') || word.contains("://") || file_extension(word).is_some();
    let rest: Vec<&str> =
        outside.iter().flat_map(|part| part.split_whitespace()).filter(|word| !is_address(word)).collect();
    if rest.len() < 2 { Cow::Borrowed(text) } else { Cow::Owned(rest.join(" ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abbreviations::Abbreviations;
    use crate::intent::VerbTable;
    use crate::opposites::Opposites;
    use crate::related::RelatedWords;
    use crate::weights::Weights;
    use crate::word_lists::WordLists;

    const LISTS: WordLists = WordLists { synonyms: "[callback]\nwebhook\nwebhooks\n", ..WordLists::ENGLISH };

    fn query(text: &str) -> ParsedQuery {
        let mut analyzer = Analyzer::new(&LISTS);
        analyzer.index_spelling();
        let parser = QueryParser {
            analyzer,
            related: RelatedWords::default(),
            abbreviations: Abbreviations::default(),
            verbs: VerbTable::new(LISTS.verbs, ""),
            context: ContextWords::new(LISTS.context, &[]),
            weights: Weights::default(),
            opposites: Opposites::new(LISTS.opposites),
        };
        ParsedQuery::new(text, &parser)
    }

    #[test]
    fn number_after_a_noun_requests_one_record() {
        assert_eq!(query("ticket 48213").intent, Intent::Get);
        assert_eq!(query("look up ticket 48213").intent, Intent::Get);
        assert_eq!(query("notes on ticket 48213").intent, Intent::List);
        assert_eq!(query("delete ticket 48213").intent, Intent::Delete);
        // A quantity isn't an ID.
        assert_eq!(query("tickets older than 30 days").intent, Intent::List);
        assert_eq!(query("timer 30 minutes").intent, Intent::List);
    }

    #[test]
    fn noun_before_a_preposition_is_the_head() {
        for (text, has_head) in
            [("list tickets on a board", true), ("tickets on a board", true), ("open tickets", false)]
        {
            assert_eq!(query(text).has_head, has_head, "{text}");
        }
        assert!(query("list tickets on a board").things[0].stems.contains(&"ticket".to_owned()));
    }

    #[test]
    fn word_weighs_more_than_its_synonym() {
        let query = query("a webhook");
        let weight =
            |stem: &str| query.tokens.iter().find(|token| token.token == stem).map(|token| token.weight);
        assert!(weight("webhook") > weight("callback"), "{query:?}");
        assert!(weight("callback").is_some(), "{query:?}");
    }

    #[test]
    fn misspelled_word_is_corrected_but_a_name_is_not() {
        assert_eq!(query("all webhoks").words, ["all", "webhooks"]);
        assert_eq!(query("all Webhoks").words, ["all", "webhoks"]);
    }

    #[test]
    fn clauses_start_after_punctuation() {
        assert_eq!(clauses("the bill was wrong, void it"), [0, 4]);
        assert_eq!(clauses("tickets"), [0]);
    }

    #[test]
    fn verbs_stop_words_and_numbers_are_not_tokens() {
        let tokens = query("set up a new rollout 2024").tokens;
        assert_eq!(tokens.iter().map(|token| token.token.as_str()).collect::<Vec<_>>(), ["rollout"]);
    }
}
