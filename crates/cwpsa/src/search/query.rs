//! A query, taken apart: what it wants done, and the tokens that the ranking looks for.

use std::borrow::Cow;

use super::intent::{Intent, Verbs, Wanted};
use super::names;
use super::words::{Words, split};

/// What stands between two things, the second of which says whose, where or for what the first is.
const PREPOSITIONS: [&str; 12] =
    ["on", "of", "for", "to", "in", "from", "at", "with", "by", "under", "into", "per"];
/// Whom a thing is of or for, which says less of it than any other word.
const WEAK: [&str; 14] = [
    "client",
    "clients",
    "customer",
    "customers",
    "company",
    "companies",
    "account",
    "user",
    "users",
    "tech",
    "techs",
    "technician",
    "engineer",
    "colleague",
];
/// How much a list is favoured where it is not sure that something else is asked for.
const UNSURE: f32 = 0.85;
/// How often a word of the query counts, and one that is meant by it.
const SAID: usize = 3;
const MEANT: usize = 2;
/// How often a word of a name, or of what is to be written, counts.
const NAME: usize = 1;
/// What a long number is of, if nothing is said: people speak of these by their numbers.
const NUMBERED: &str = "ticket";
/// What is spoken of where only a name is said, and stems that do not say more.
const NAMELESS: [&str; 2] = ["company", "ticket"];
const VAGUE: [&str; 6] = ["open", "today", "all", "new", "wait", "overdu"];
/// How many words of a saying count.
const MOST: usize = 5;

/// Records in which people write, and verbs of doing so.
const WRITTEN: [&str; 18] = [
    "note", "notes", "comment", "comments", "remark", "reply", "message", "memo", "update", "ticket",
    "tickets", "case", "incident", "call", "task", "article", "articles", "write",
];

/// A query.
#[derive(Debug)]
pub struct Query {
    /// What it wants done.
    pub intent: Intent,
    /// Whether it is sure that it wants that: a verb within may be a thing, or say which things are meant.
    pub is_sure: bool,
    /// Its words, rightly spelt.
    pub words: Vec<String>,
    /// Its stems, each once.
    pub stems: Vec<String>,
    /// The stems of each thing that it speaks of: what is said, and what is meant by it.
    pub things: Vec<Vec<String>>,
    /// Whether the first of them is what is wanted, and the others only say which: tickets on a board are tickets.
    pub has_head: bool,
    /// Stems and sayings, each as often as it counts.
    pub tokens: Vec<String>,
}

impl Query {
    /// Takes a query apart.
    pub fn new(text: &str, words: &Words, verbs: &Verbs) -> Self {
        let text = without_content(text);
        let query = words.read(&text);
        let names = names::of(&text, words);
        let is_name = |place: usize| names.get(place).copied().unwrap_or(false);
        let wanted = verbs.wanted(&query, &clauses(&text), &names);
        let content = content(&text, &query, &wanted);
        let ids = ids(&query, &wanted, words);
        let mut tokens = Vec::new();
        let mut stems = Vec::new();
        let mut things = Vec::new();
        let telling = |word: &&String| {
            !words.is_stop_word(word)
                && !WEAK.contains(&word.as_str())
                && word.chars().any(|c| !c.is_ascii_digit())
        };
        let is_only =
            !query.iter().enumerate().any(|(place, word)| !wanted.spent.contains(&place) && telling(&word));
        let mut has_head = false;
        let mut head = 0;
        let mut place = 0;
        while place < query.len() {
            has_head |= things.len() == 1 && PREPOSITIONS.contains(&query[place].as_str());
            let is_spent = wanted.spent.contains(&place);
            if is_name(place) || place >= content {
                if !is_spent && !words.is_stop_word(&query[place]) {
                    tokens.extend(std::iter::repeat_n(words.stem(&query[place]), NAME));
                }
                place += 1;
                continue;
            }
            let mut meant = if is_spent { None } else { words.meant(&query[place..]) };
            let length = meant.map_or(1, |(_, length)| length);
            let is_numbered = ids.iter().any(|id| (place..place + length).contains(&id.of));
            let first = stems.len();
            let is_weak = !is_only && !is_numbered && WEAK.contains(&query[place].as_str());
            let lone = [NUMBERED.to_owned()];
            if ids.iter().any(|id| id.of == place && id.is_lone) {
                meant = Some((&lone, 1));
            }
            if let Some((meant, _)) = meant {
                for stem in meant {
                    let count = if is_weak { MEANT - 1 } else { MEANT };
                    tokens.extend(std::iter::repeat_n(stem.clone(), count));
                    stems.push(stem.clone());
                }
            }
            for word in &query[place..place + length] {
                if !is_spent && !words.is_stop_word(word) && !is_number(word) {
                    let stem = words.stem(word);
                    let count = if is_weak { SAID - 1 } else { SAID };
                    tokens.extend(std::iter::repeat_n(stem.clone(), count));
                    stems.push(stem);
                }
            }
            if stems.len() > first {
                // What has a number is the record that is spoken of, unless what goes before a preposition is.
                if is_numbered && !has_head && !is_part(&query, place) {
                    head = things.len();
                }
                things.push(stems[first..].to_vec());
            }
            place += length;
        }
        // Of a name alone, the client or what is open there is meant.
        let is_vague = |stems: &Vec<String>| {
            stems.iter().all(|stem| VAGUE.contains(&stem.as_str()) || !words.has_stem(stem))
        };
        if names.contains(&true) && things.iter().all(is_vague) {
            for record in NAMELESS {
                tokens.extend(std::iter::repeat_n(record.to_owned(), MEANT));
            }
            things.push(NAMELESS.map(str::to_owned).to_vec());
        }
        // The priority of a ticket is changed by changing the ticket.
        let changes = matches!(wanted.intent, Intent::Update | Intent::Told);
        has_head &= !changes || !ids.iter().any(|id| is_part(&query, id.of));
        if !has_head && head < things.len() && ids.iter().any(|id| !is_part(&query, id.of)) {
            has_head = true;
            things.swap(0, head);
        }
        for action in verbs.actions(&query) {
            let stem = words.stem(action);
            tokens.push(stem.clone());
            stems.push(stem);
        }
        // A name or a number within a saying does not break it: put Priya on a project.
        let is_lone = |place: usize| ids.iter().any(|id| id.of == place && id.is_lone);
        let plain: Vec<String> = query
            .iter()
            .enumerate()
            .filter(|(place, word)| is_lone(*place) || !is_name(*place) && !is_number(word))
            .map(|(place, word)| if is_lone(place) { NUMBERED.to_owned() } else { word.clone() })
            .collect();
        let mut sayings = words.sayings_in(&query);
        if plain != query {
            sayings.extend(words.sayings_in(&plain));
            sayings.sort();
            sayings.dedup();
        }
        for (saying, length) in sayings {
            tokens.extend(std::iter::repeat_n(saying, length.min(MOST)));
        }
        // An action's name may be a verb of others too: what is reset is updated, but there are tools that reset.
        stems.extend(query[wanted.spent.clone()].iter().map(|word| words.stem(word)));
        let (intent, is_sure) = (intent(&wanted, &query, &ids), wanted.is_sure);
        Self { intent, is_sure, words: query, stems, things, has_head, tokens }
    }

    /// How much it favours tools that do something.
    pub fn favours(&self, tool: Intent) -> f32 {
        let favour = self.intent.favours(tool);
        if self.is_sure { favour } else { favour.max(UNSURE * Intent::List.favours(tool)) }
    }

    /// Whether a stem is what it wants, not what says which: it has one thing alone, or a first that the others follow.
    pub fn is_about(&self, stem: &str) -> bool {
        (self.has_head || self.things.len() == 1)
            && self.things.first().is_some_and(|head| head.iter().any(|of_head| of_head == stem))
    }

    /// Whether it has the stem of the name of an action.
    pub fn names(&self, action: &str) -> bool {
        self.stems.iter().any(|stem| stem == action)
    }
}

/// The places of the words that clauses begin with, the first of which is that of the first word.
fn clauses(text: &str) -> Vec<usize> {
    let parts = text.split([',', ';', ':', '.', '?', '!', '(', ')', '\u{2013}', '\u{2014}']);
    let lengths = parts.flat_map(|part| part.split(" - ")).map(|part| split(part).len());
    let begin = lengths.scan(0, |next, length| {
        let begin = *next;
        *next += length;
        Some(begin)
    });
    let mut begin: Vec<usize> = begin.collect();
    begin.dedup();
    begin
}

/// What is wanted: one record, if a number says which and no more is asked.
fn intent(wanted: &Wanted, query: &[String], ids: &[Id]) -> Intent {
    let asks = ["what", "which", "who", "when", "where", "all", "how"];
    let Some(id) = ids.first() else { return wanted.intent };
    let is_plain = !query.iter().any(|word| asks.contains(&word.as_str()));
    let begin = wanted.spent.end.min(id.of);
    let has_part = query[begin..id.of].iter().any(|word| PREPOSITIONS.contains(&word.as_str()));
    match wanted.intent {
        Intent::List if is_plain && !has_part => Intent::Get,
        // What is told of one record is to be put down in it.
        Intent::Told if !has_part => Intent::Update,
        intent => intent,
    }
}

/// A number that says which record is meant.
struct Id {
    /// The place of the last word of what it is the number of, or its own.
    of: usize,
    /// Whether nothing says what it is the number of.
    is_lone: bool,
}

fn is_number(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_digit())
}

/// The numbers in a query that say which record is meant: those behind a thing, and long ones anywhere.
fn ids(query: &[String], wanted: &Wanted, words: &Words) -> Vec<Id> {
    let names = |word: &str| ["number", "no", "nr", "id", "num"].contains(&word);
    let is_thing =
        |word: &str| !is_number(word) && !words.is_stop_word(word) && !PREPOSITIONS.contains(&word);
    // What was closed or reopened is no thing: the number behind it is a ticket's.
    let is_done = |word: &str, number: &str| number.len() >= 5 && word.len() > 5 && word.ends_with("ed");
    let numbers = query.iter().enumerate().filter(|(_, word)| is_number(word));
    numbers
        .filter_map(|(place, number)| {
            let before = (0..place).rev().find(|place| !names(&query[*place]));
            let of = before.filter(|before| {
                let word = &query[*before];
                !wanted.spent.contains(before) && is_thing(word) && !is_done(word, number)
            });
            match of {
                Some(of) if !query.get(place + 1).is_some_and(|word| is_unit(word)) => {
                    Some(Id { of, is_lone: false })
                }
                None if number.len() >= 5 => Some(Id { of: place, is_lone: true }),
                _ => None,
            }
        })
        .collect()
}

/// Whether a word behind a number says that it counts.
fn is_unit(word: &str) -> bool {
    const UNITS: &str = "min mins minute minutes h hr hrs hour hours day days week weeks month months year years pm am \
        percent user users seat seats licence licences license licenses pcs pieces units of x \
        usd eur gbp dollars euros pounds";
    UNITS.split_whitespace().any(|unit| unit == word)
}

/// Whether what is at a place only says which: it stands behind a preposition.
fn is_part(query: &[String], place: usize) -> bool {
    let from = place.saturating_sub(3);
    query[from..place].iter().any(|word| PREPOSITIONS.contains(&word.as_str()))
}

/// The place from which on words are what is to be written in a record, or what is written there: behind `about`, or
/// behind `that` and a colon where a new one is wanted.
fn content(text: &str, query: &[String], wanted: &Wanted) -> usize {
    let is_written = |word: &String| WRITTEN.contains(&word.as_str());
    let first = wanted.spent.start.max(query.iter().position(is_written).unwrap_or(query.len()));
    let is_new = wanted.intent == Intent::Create;
    let behind = |word: &str| {
        ["about", "regarding", "mentioning", "containing"].contains(&word)
            || is_new && ["that", "saying", "says", "because", "telling", "explaining"].contains(&word)
    };
    let words = (first + 1..query.len()).find(|place| behind(&query[*place]));
    let parts = text.split([':', '\u{2013}', '\u{2014}']).flat_map(|part| part.split(" - "));
    let ends = parts.scan(0, |end, part| {
        *end += split(part).len();
        Some(*end)
    });
    let marks = ends.filter(|end| is_new && *end > first).min();
    words.into_iter().chain(marks).min().unwrap_or(query.len())
}

/// A query without what is content, not words about it: what is quoted, and addresses of mail and of pages.
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

    fn query(text: &str) -> Query {
        Query::new(text, &Words::new(), &Verbs::new())
    }

    #[test]
    fn a_number_behind_a_thing_asks_for_one_record() {
        assert_eq!(query("ticket 48213").intent, Intent::Get);
        assert_eq!(query("look up ticket 48213").intent, Intent::Get);
        assert_eq!(query("notes on ticket 48213").intent, Intent::List);
        assert_eq!(query("delete ticket 48213").intent, Intent::Delete);
        // What counts is no number of a record.
        assert_eq!(query("tickets older than 30 days").intent, Intent::List);
        assert_eq!(query("timer 30 minutes").intent, Intent::List);
    }

    #[test]
    fn what_stands_before_a_preposition_is_what_is_wanted() {
        for (text, has_head) in
            [("list tickets on a board", true), ("tickets on a board", true), ("open tickets", false)]
        {
            assert_eq!(query(text).has_head, has_head, "{text}");
        }
        assert!(query("list tickets on a board").things[0].contains(&"ticket".to_owned()));
    }

    #[test]
    fn what_is_said_counts_more_than_what_is_meant_by_it() {
        let query = query("a webhook");
        let count = |stem: &str| query.tokens.iter().filter(|token| *token == stem).count();
        assert_eq!((count("webhook"), count("callback")), (SAID, MEANT), "{query:?}");
    }

    #[test]
    fn a_misspelt_word_is_read_aright_but_a_name_is_not() {
        assert_eq!(query("all webhoks").words, ["all", "webhooks"]);
        assert_eq!(query("all Webhoks").words, ["all", "webhoks"]);
    }

    #[test]
    fn clauses_begin_behind_marks() {
        assert_eq!(clauses("the bill was wrong, void it"), [0, 4]);
        assert_eq!(clauses("tickets"), [0]);
    }

    #[test]
    fn verbs_stop_words_and_numbers_are_no_tokens() {
        assert_eq!(query("set up a new rollout 2024").tokens, ["rollout"; SAID]);
    }
}
