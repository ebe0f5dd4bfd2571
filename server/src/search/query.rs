//! A query, taken apart: what it wants done, and the tokens that the ranking looks for.

use super::intent::{Intent, Verbs, Wanted};
use super::words::{Words, split};

/// What a part that says whose, where or for what begins with: what comes before is what the query is about.
const PREPOSITIONS: [&str; 22] = [
    "on", "of", "for", "to", "in", "from", "at", "with", "by", "under", "into", "per", "that", "who",
    "which", "called", "named", "where", "when", "against", "about", "before",
];
/// How often a word counts in what the query is about, and behind that.
const ABOUT: usize = 3;
const BEHIND: usize = 2;
/// How often a saying counts for each of its words, and how many of these do.
const SAYING_ABOUT: usize = 2;
const SAYING_BEHIND: usize = 1;
const MOST: usize = 5;
/// How often what is meant counts beside what is said.
const MEANT: usize = 2;

/// A query.
#[derive(Debug)]
pub struct Query {
    /// What it wants done.
    pub intent: Intent,
    /// Its words, rightly spelt.
    pub words: Vec<String>,
    /// Its stems, each once.
    pub stems: Vec<String>,
    /// Stems and sayings, each as often as it counts.
    pub tokens: Vec<String>,
}

impl Query {
    /// Takes a query apart.
    pub fn new(text: &str, words: &Words, verbs: &Verbs) -> Self {
        let query: Vec<String> = split(text).iter().map(|word| words.nearest(word)).collect();
        let wanted = verbs.wanted(&query);
        let mut tokens = Vec::new();
        let mut stems = Vec::new();
        let behind = behind(&wanted, &query, words);
        let mut place = 0;
        while place < query.len() {
            let weight = if place < behind { ABOUT } else { BEHIND };
            let is_spent = wanted.spent.contains(&place);
            let meant = if is_spent { None } else { words.meant(&query[place..]) };
            let length = meant.map_or(1, |(_, length)| length);
            if let Some((meant, _)) = meant {
                for stem in meant {
                    tokens.extend(std::iter::repeat_n(stem.clone(), MEANT));
                    stems.push(stem.clone());
                }
            }
            for word in &query[place..place + length] {
                let is_number = word.chars().all(|c| c.is_ascii_digit());
                if !is_spent && !words.is_stop_word(word) && !is_number {
                    let stem = words.stem(word);
                    tokens.extend(std::iter::repeat_n(stem.clone(), weight));
                    stems.push(stem);
                }
            }
            place += length;
        }
        for action in verbs.actions(&query) {
            let stem = words.stem(action);
            tokens.push(stem.clone());
            stems.push(stem);
        }
        for (saying, places) in words.sayings_in(&query) {
            let weight = if *places.start() < behind { SAYING_ABOUT } else { SAYING_BEHIND };
            let length = places.end() - places.start() + 1;
            tokens.extend(std::iter::repeat_n(saying, weight * length.min(MOST)));
        }
        Self { intent: intent(&wanted, &query), words: query, stems, tokens }
    }
}

/// The place of the word where that begins which the query is not about itself.
fn behind(wanted: &Wanted, query: &[String], words: &Words) -> usize {
    let is_telling = |place: &usize| !wanted.spent.contains(place) && !words.is_stop_word(&query[*place]);
    // What is changed "of" a thing is mostly a member of the thing, not a thing of its own.
    let is_member = |word: &str| (word == "of" || word == "on") && matches!(wanted.intent, Intent::Update | Intent::Replace);
    let ends = |word: &str| PREPOSITIONS.contains(&word) && !is_member(word);
    let first = (0..query.len()).find(is_telling).unwrap_or(query.len());
    (first..query.len()).find(|place| ends(&query[*place])).unwrap_or(query.len())
}

/// What is wanted: one record, if a number says which and no more is asked.
fn intent(wanted: &Wanted, query: &[String]) -> Intent {
    let is_id = |word: &String| word.len() >= 3 && word.chars().all(|c| c.is_ascii_digit());
    let asks = ["what", "which", "who", "when", "where", "all", "how"];
    let is_plain = wanted.intent == Intent::List && !query.iter().any(|word| asks.contains(&word.as_str()));
    let has_part = query[wanted.spent.end..].iter().any(|word| PREPOSITIONS.contains(&word.as_str()));
    if is_plain && !has_part && query.last().is_some_and(is_id) { Intent::Get } else { wanted.intent }
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
        assert_eq!(query("net 30").intent, Intent::List);
    }

    #[test]
    fn what_a_query_is_about_counts_more_than_what_is_behind() {
        let query = query("phase of a rollout");
        let count = |stem: &str| query.tokens.iter().filter(|token| *token == stem).count();
        assert!(count("phase") > count("rollout"), "{query:?}");
    }

    #[test]
    fn verbs_stop_words_and_numbers_are_no_tokens() {
        assert_eq!(query("set up a new rollout 2024").tokens, ["rollout"; ABOUT]);
    }
}
