//! Words of queries and tools as stems. What says nothing is dropped, what users call things brings the API's words
//! with it, and what no text knows is read as the nearest word that one does.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use rust_stemmers::{Algorithm, Stemmer};

/// What users say and what it is in the API's words, a line each: `po: purchase order`.
const SYNONYMS: &str = include_str!("../../data/synonyms.txt");
/// Words that tell no tool from another.
const STOP_WORDS: &str = include_str!("../../data/stop_words.txt");
/// Words whose stem would be that of another thing (a customer is nothing custom, active no activity) or none at all.
const STEMS: [(&str, &str); 22] = [
    ("approver", "approver"),
    ("approvers", "approver"),
    ("accounting", "accounting"),
    ("active", "active"),
    ("customer", "customer"),
    ("customers", "customer"),
    ("managed", "managed"),
    ("management", "management"),
    ("marketing", "marketing"),
    ("organisation", "company"),
    ("organization", "company"),
    ("organizations", "company"),
    ("rating", "rating"),
    ("ratings", "rating"),
    ("setting", "setting"),
    ("several", "several"),
    ("settings", "setting"),
    ("cis", "ci"),
    ("kpis", "kpi"),
    ("rmas", "rma"),
    ("skus", "sku"),
    ("slas", "sla"),
];
/// A word this short is not taken for a misspelling.
const SHORT: usize = 5;
/// How alike the nearest word must be.
const ALIKE: f64 = 0.78;
/// The most words of a saying that are looked for as one.
const LONGEST: usize = 6;
/// The most words of a title that people turn around.
const TURNED: usize = 4;

/// About how many words and sayings there are; to make room for them one by one takes longer.
const KNOWN: usize = 4096;
const SAYINGS: usize = 32_768;

/// The lines of a data file that are no comments.
pub fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The words of a text in lower case.
pub fn split(text: &str) -> Vec<String> {
    // Most texts of the data have no capital.
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        return cut(text);
    }
    cut(&text.to_lowercase())
}

/// The words of a text as they are written, without what makes them possessive; `what's` is two, and so is `can't`.
pub fn cut(text: &str) -> Vec<String> {
    let straight = if text.contains('\u{2019}') {
        Cow::Owned(text.replace('\u{2019}', "'"))
    } else {
        Cow::Borrowed(text)
    };
    let mut words = Vec::new();
    for word in straight.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()) {
        if let Some((first, second)) = drawn_out(word) {
            words.extend([first.to_owned(), second.to_owned()]);
        } else if word.contains('\'') {
            let whole = word.strip_suffix("'s").unwrap_or(word).replace('\'', "");
            words.extend(Some(whole).filter(|whole| !whole.is_empty()));
        } else {
            words.extend(apart(word).map(str::to_owned));
        }
    }
    words
}

/// The two words that one is of which is drawn together, with its apostrophe or without: `what's`, `dont`.
fn drawn_out(word: &str) -> Option<(&str, &'static str)> {
    const ASKING: [&str; 5] = ["who", "what", "where", "when", "how"];
    const TELLING: [&str; 3] = ["there", "that", "it"];
    const DENYING: [&str; 10] = ["do", "does", "did", "is", "are", "was", "has", "have", "should", "could"];
    let is_one_of = |all: &[&str], word: &str| all.iter().any(|one| word.eq_ignore_ascii_case(one));
    if let Some(bare) = word.strip_suffix('s') {
        let asking = bare.strip_suffix('\'').unwrap_or(bare);
        let is_there = is_one_of(&ASKING, asking) || asking != bare && is_one_of(&TELLING, asking);
        return is_there.then_some((asking, "is"));
    }
    let bare = word.strip_suffix("n't").or_else(|| word.strip_suffix("nt"))?;
    if bare.eq_ignore_ascii_case("ca") {
        return Some(("can", "not"));
    }
    is_one_of(&DENYING, bare).then_some((bare, "not"))
}

/// A word; its number and its unit apart, if it is a time: 30min.
fn apart(word: &str) -> impl Iterator<Item = &str> {
    const TIMES: [&str; 9] = ["h", "hr", "hrs", "hour", "hours", "min", "mins", "minutes", "m"];
    let unit = word.trim_start_matches(|c: char| c.is_ascii_digit());
    let at = if unit.len() < word.len() && TIMES.contains(&unit) { word.len() - unit.len() } else { 0 };
    [&word[..at], &word[at..]].into_iter().filter(|part| !part.is_empty())
}

/// Turns text into stems.
pub struct Words {
    stemmer: Stemmer,
    stop_words: HashSet<&'static str>,
    /// Words of what users say, and stems of what is meant.
    synonyms: HashMap<Vec<String>, Vec<String>>,
    /// Every word of the texts.
    known: HashMap<String, Known>,
    /// The stems of the texts.
    stems: HashSet<String>,
    /// Sayings of several stems, as one.
    sayings: HashSet<String>,
}

/// What is known of a word.
struct Known {
    stem: String,
    /// How often it occurs.
    count: usize,
    is_stop_word: bool,
}

impl Words {
    /// Reads the tables.
    pub fn new() -> Self {
        let mut words = Self {
            stemmer: Stemmer::create(Algorithm::English),
            stop_words: lines(STOP_WORDS).flat_map(str::split_whitespace).collect(),
            synonyms: HashMap::new(),
            known: HashMap::with_capacity(KNOWN),
            stems: HashSet::with_capacity(KNOWN),
            sayings: HashSet::with_capacity(SAYINGS),
        };
        for (said, meant) in lines(SYNONYMS).filter_map(|line| line.split_once(':')) {
            let meant = words.learn(&split(meant));
            for said in said.split(',').map(split) {
                words.learn(&said);
                words.synonyms.insert(said, meant.clone());
            }
        }
        words
    }

    /// Whether a word in lower case, or its stem, is one of the texts or tells nothing.
    pub fn is_known(&self, word: &str) -> bool {
        self.known.contains_key(word) || self.is_stop_word(word) || self.stems.contains(&self.stem(word))
    }

    /// Whether any text has a stem.
    pub fn has_stem(&self, stem: &str) -> bool {
        self.stems.contains(stem)
    }

    /// Whether a word tells no tool from another.
    pub fn is_stop_word(&self, word: &str) -> bool {
        self.stop_words.contains(word)
    }

    /// The stems of words that tools have, which are known from now on. Stop words are left out.
    pub fn learn(&mut self, words: &[String]) -> Vec<String> {
        self.meet(words);
        let known = words.iter().filter_map(|word| self.known.get(word));
        known.filter(|known| !known.is_stop_word).map(|known| known.stem.clone()).collect()
    }

    /// Knows words from now on.
    fn meet(&mut self, words: &[String]) {
        for word in words {
            if let Some(known) = self.known.get_mut(word) {
                known.count += 1;
                continue;
            }
            let stem = self.stem(word);
            let is_stop_word = self.is_stop_word(word);
            self.stems.insert(stem.clone());
            self.known.insert(word.clone(), Known { stem, count: 1, is_stop_word });
        }
    }

    /// The tokens of a saying: itself as one, and the stems of its words if it has several.
    pub fn learn_saying(&mut self, saying: &str) -> (Vec<String>, Vec<String>) {
        let words = split(saying);
        self.meet(&words);
        let known = || words.iter().filter_map(|word| self.known.get(word));
        let all: Vec<&str> = known().map(|known| known.stem.as_str()).collect();
        let telling: Vec<&str> =
            known().filter(|known| !known.is_stop_word).map(|known| known.stem.as_str()).collect();
        let mut parts: Vec<String> = telling.iter().map(|stem| (*stem).to_owned()).collect();
        if all.len() < 2 {
            return (parts, Vec::new());
        }
        let wholes = wholes(&all, &telling);
        // Of a longer one two words that follow each other say something too.
        if telling.len() > 2 {
            parts.extend(telling.windows(2).map(|pair| pair.join("_")));
        }
        for saying in wholes.iter().chain(parts.iter().filter(|part| part.contains('_'))) {
            if !self.sayings.contains(saying) {
                self.sayings.insert(saying.clone());
            }
        }
        (wholes, parts)
    }

    fn with_and_without_stop_words(&self, words: &[String]) -> (Vec<String>, Vec<String>) {
        let all: Vec<String> = words.iter().map(|word| self.stem(word)).collect();
        let stems = words.iter().zip(&all);
        let telling = stems.filter(|(word, _)| !self.is_stop_word(word)).map(|(_, stem)| stem.clone());
        let telling = telling.collect();
        (all, telling)
    }

    /// The sayings of several words that occur in a query, each with the number of its words.
    pub fn sayings_in(&self, words: &[String]) -> Vec<(String, usize)> {
        let (all, telling) = self.with_and_without_stop_words(words);
        let mut found: Vec<(String, usize)> = Vec::new();
        for stems in [&telling, &all] {
            for window in (2..=LONGEST).rev().flat_map(|length| stems.windows(length)) {
                let whole = window.join("_");
                if self.sayings.contains(&whole) && !found.iter().any(|(known, _)| *known == whole) {
                    found.push((whole, window.len()));
                }
            }
        }
        found
    }

    /// The tokens of a title: its stems, and the whole of them however it is turned (`ticket note`, `note of a ticket`).
    pub fn learn_title(&mut self, title: &str) -> Vec<String> {
        let mut stems = self.learn(&split(title));
        let count = stems.len();
        if (2..=TURNED).contains(&count) {
            for first in 0..count {
                let turned: Vec<&str> =
                    stems[first..count].iter().chain(&stems[..first]).map(String::as_str).collect();
                let whole = turned.join("_");
                self.sayings.insert(whole.clone());
                stems.push(whole);
            }
        }
        stems
    }

    /// What is meant by what is said at the beginning of `words`, and how many of them say it.
    pub fn meant(&self, words: &[String]) -> Option<(&[String], usize)> {
        (1..=words.len().min(3))
            .rev()
            .find_map(|length| Some((self.synonyms.get(&words[..length])?.as_slice(), length)))
    }

    /// The stem of a word.
    pub fn stem(&self, word: &str) -> String {
        if let Some(known) = self.known.get(word) {
            known.stem.clone()
        } else if let Some((_, stem)) = STEMS.iter().find(|(other, _)| *other == word) {
            (*stem).to_owned()
        } else {
            self.stemmer.stem(word).into_owned()
        }
    }

    /// The words of a query, rightly spelt. One that begins with a capital is a name, unless it is the first.
    pub fn read(&self, query: &str) -> Vec<String> {
        let is_name = |place: usize, word: &str| place > 0 && word.starts_with(char::is_uppercase);
        let words = cut(query).into_iter().enumerate();
        words
            .map(|(place, word)| {
                let lower = word.to_lowercase();
                if is_name(place, &word) { lower } else { self.nearest(&lower) }
            })
            .collect()
    }

    /// The word itself, if any text has it or its stem; else the most alike that one has.
    pub fn nearest(&self, word: &str) -> String {
        let is_known = self.known.contains_key(word) || self.stop_words.contains(word);
        // The plural of a code: p1s.
        if !is_known && let Some(one) = word.strip_suffix('s').filter(|one| self.known.contains_key(*one)) {
            return one.to_owned();
        }
        let has_digit = word.chars().any(|c| c.is_ascii_digit());
        if is_known || has_digit || self.stems.contains(&self.stem(word)) {
            return word.to_owned();
        }
        if word.chars().count() < SHORT {
            return self.turned(word).unwrap_or_else(|| word.to_owned());
        }
        let best = self
            .known
            .iter()
            .filter(|(known, _)| known.len().abs_diff(word.len()) <= 2 && known.len() >= SHORT)
            // Hardly anybody mistypes the first letter, but many names differ from a word in it.
            .filter(|(known, _)| known.chars().next() == word.chars().next())
            .map(|(known, about)| (strsim::jaro_winkler(word, known), about.count, known))
            .filter(|(alike, ..)| *alike >= ALIKE)
            .filter(|(.., known)| strsim::osa_distance(word, known) <= if word.len() < 7 { 1 } else { 2 })
            .max_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then_with(|| b.2.cmp(a.2)));
        best.map_or_else(|| word.to_owned(), |(.., known)| known.clone())
    }
}

impl Words {
    /// The word that a short one becomes when two of its letters change places: mnay.
    fn turned(&self, word: &str) -> Option<String> {
        let letters: Vec<char> = word.chars().collect();
        (1..letters.len().saturating_sub(1)).find_map(|place| {
            let mut turned = letters.clone();
            turned.swap(place, place + 1);
            let turned: String = turned.into_iter().collect();
            (turned != word && (self.known.contains_key(&turned) || self.is_stop_word(&turned)))
                .then_some(turned)
        })
    }
}

/// What stands for a saying as one, from its stems: with its stop words, and without them if two words are left.
fn wholes(all: &[&str], telling: &[&str]) -> Vec<String> {
    let mut wholes = Vec::new();
    if telling.len() > 1 {
        wholes.push(telling.join("_"));
    }
    // The address of a client is the client's address.
    if let [first, second] = telling {
        wholes.push(format!("{second}_{first}"));
    }
    if all.len() > 1 && all.len() != telling.len() {
        wholes.push(all.join("_"));
    }
    wholes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        let mut words = Words::new();
        words.learn(&split("purchase order line items receive tickets priorities"));
        words.learn_saying("who works at");
        words.learn_saying("line of a purchase order");
        words
    }

    #[test]
    fn text_is_split_into_words_without_possessives() {
        assert_eq!(split("The client's PO-lines, can't"), ["the", "client", "po", "lines", "can", "not"]);
    }

    #[test]
    fn misspelt_words_are_read_as_the_nearest() {
        let words = words();
        for (written, read) in [
            ("purchse", "purchase"),
            ("recieve", "receive"),
            ("tikets", "tickets"),
            ("prioritys", "priorities"),
        ] {
            assert_eq!(words.stem(&words.nearest(written)), words.stem(read), "{written}");
        }
    }

    #[test]
    fn what_is_known_short_or_a_number_stays_as_it_is() {
        let words = words();
        for word in ["order", "ordering", "po", "x1y2z3", "sla", "the", "zzzzzzzz"] {
            assert_eq!(words.nearest(word), word);
        }
    }

    #[test]
    fn the_longest_saying_is_meant() {
        let words = words();
        assert_eq!(words.meant(&split("custom field x")).map(|(_, length)| length), Some(2));
        assert_eq!(words.meant(&split("nothing")), None);
    }

    #[test]
    fn sayings_are_found_with_and_without_stop_words() {
        let words = words();
        let found = |query: &str| {
            words.sayings_in(&split(query)).into_iter().map(|(whole, _)| whole).collect::<Vec<_>>()
        };
        assert_eq!(found("who works at this client"), ["who_work_at"]);
        // Of a longer one its pairs too, which count less.
        assert_eq!(
            found("the line of our purchase orders"),
            ["line_purchas_order", "line_purchas", "purchas_order"]
        );
        assert!(found("orders").is_empty());
    }
}
