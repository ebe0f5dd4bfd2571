//! Turns words into stems, and remembers stop words, synonyms and phrases.

use std::cell::RefCell;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use rust_stemmers::{Algorithm, Stemmer};

use crate::token_pool::{IndexedToken, TokenPool};
use crate::tokenizer::{lowercase, tokenize, words_in};
use crate::word_lists::{WordLists, entries, lines, sections};
use crate::word_vectors::WordVector;

/// Maximum length of a phrase that is looked up in a query.
const MAX_PHRASE_WORDS: usize = 6;
/// Maximum length of a title that is indexed with its words rotated.
const MAX_ROTATED_WORDS: usize = 4;

/// Approximate number of bytes of a word with the space behind it.
const EXPECTED_WORD_LENGTH: usize = 6;
/// Approximate number of words and phrases in a large catalog. Growing the tables step by step would take longer.
const EXPECTED_WORDS: usize = 4096;
const EXPECTED_PHRASES: usize = 32_768;

/// Maximum number of stems that are kept for words outside the vocabulary.
const MAX_RECENT_STEMS: usize = 256;

thread_local! {
    /// The stems of words outside the vocabulary. They are the same for every analyzer.
    static RECENT_STEMS: RefCell<HashMap<String, String>> = RefCell::default();
}

/// Turns text into stems, and remembers the vocabulary of the indexed text.
pub(crate) struct Analyzer {
    stemmer: Stemmer,
    /// Stems for words that the stemmer would confuse with others.
    irregular_stems: HashMap<&'static str, &'static str>,
    stop_words: HashSet<&'static str>,
    /// Maps users' words to their meaning.
    synonyms: HashMap<Vec<String>, Synonym>,
    /// The vocabulary: every word in the indexed text.
    pub(crate) known: HashMap<String, WordStats>,
    /// The longer words of the vocabulary by first letter, with a bit for each of their letters.
    pub(crate) by_first_letter: HashMap<char, Vec<(String, u32)>>,
    /// The stems of the vocabulary.
    pub(crate) stems: TokenPool,
    /// The stems in titles.
    title_stems: HashSet<IndexedToken>,
    /// The words in aliases, which come from an API's own lists.
    alias_words: HashSet<String>,
    /// The stems in aliases.
    alias_stems: HashSet<IndexedToken>,
    /// Indexed phrases: several stems joined into one token.
    phrases: TokenPool,
}

/// The meaning of a user's words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Synonym {
    /// The stems of each thing that they may mean.
    pub(crate) meanings: Vec<Vec<IndexedToken>>,
    /// True if titles contain the words themselves, which makes the meaning only an alternative.
    pub(crate) is_weak: bool,
}

impl Synonym {
    /// Returns the stems of all meanings.
    pub(crate) fn stems(&self) -> impl DoubleEndedIterator<Item = &IndexedToken> {
        self.meanings.iter().flatten()
    }
}

/// A vocabulary entry.
pub(crate) struct WordStats {
    stem: IndexedToken,
    /// How often the word occurs in the indexed text.
    pub(crate) count: usize,
    is_stop_word: bool,
}

impl Analyzer {
    /// Reads the word lists. The vocabulary contains only their synonyms until text is indexed.
    pub(crate) fn new(lists: &WordLists) -> Self {
        let mut analyzer = Self {
            stemmer: Stemmer::create(Algorithm::English),
            irregular_stems: entries(lists.stems).collect(),
            stop_words: lines(lists.stop_words).flat_map(str::split_whitespace).collect(),
            synonyms: HashMap::new(),
            known: HashMap::with_capacity(EXPECTED_WORDS),
            by_first_letter: HashMap::new(),
            stems: TokenPool::with_capacity(EXPECTED_WORDS),
            title_stems: HashSet::new(),
            alias_words: HashSet::new(),
            alias_stems: HashSet::new(),
            phrases: TokenPool::with_capacity(EXPECTED_PHRASES),
        };
        for (meaning, synonyms) in sections(lists.synonyms) {
            let meaning = analyzer.index_words(&tokenize(meaning));
            for synonym in synonyms.into_iter().map(tokenize) {
                analyzer.index_words(&synonym);
                analyzer
                    .synonyms
                    .insert(synonym, Synonym { meanings: vec![meaning.clone()], is_weak: false });
            }
        }
        analyzer
    }

    /// Returns true if a lowercase word is a stop word, or if it or its stem is in the vocabulary.
    pub(crate) fn is_known(&self, word: &str) -> bool {
        self.known.contains_key(word) || self.is_stop_word(word) || self.stems.contains(&self.stem(word))
    }

    /// Returns true if a word in lower case is in the vocabulary in this form.
    pub(crate) fn is_known_word(&self, word: &str) -> bool {
        self.known.contains_key(word)
    }

    /// Returns true if a stem is in the vocabulary.
    pub(crate) fn has_stem(&self, stem: &str) -> bool {
        self.stems.contains(stem)
    }

    /// Returns true if a word doesn't help to distinguish tools.
    pub(crate) fn is_stop_word(&self, word: &str) -> bool {
        self.stop_words.contains(word)
    }

    /// Adds words to the vocabulary, and returns their stems without stop words.
    pub(crate) fn index_words(&mut self, words: &[String]) -> Vec<IndexedToken> {
        let stems = words.iter().map(|word| self.record(word));
        stems.filter(|(_, is_stop_word)| !is_stop_word).map(|(stem, _)| stem).collect()
    }

    /// Adds the words in a text to the vocabulary, at most `limit`, and returns their stems without stop words.
    pub(crate) fn index_text(&mut self, text: &str, limit: usize) -> Vec<IndexedToken> {
        let mut stems = Vec::with_capacity(text.len() / EXPECTED_WORD_LENGTH);
        let mut count = 0;
        let lower = lowercase(text);
        words_in(&lower, |word| {
            count += 1;
            if count <= limit {
                let (stem, is_stop_word) = self.record(word);
                stems.extend(Some(stem).filter(|_| !is_stop_word));
            }
        });
        stems
    }

    /// Adds a word to the vocabulary. Returns its stem, and true if it is a stop word.
    fn record(&mut self, word: &str) -> (IndexedToken, bool) {
        if let Some(known) = self.known.get_mut(word) {
            known.count += 1;
            return (IndexedToken::clone(&known.stem), known.is_stop_word);
        }
        let stem = self.stem(word);
        let is_stop_word = self.is_stop_word(word);
        let stem = self.stems.add(&stem);
        self.known
            .insert(word.to_owned(), WordStats { stem: IndexedToken::clone(&stem), count: 1, is_stop_word });
        (stem, is_stop_word)
    }

    /// Indexes a phrase. Returns the tokens for the whole phrase and, if it has several words, the tokens for its
    /// parts.
    pub(crate) fn index_phrase(&mut self, phrase: &str) -> (Vec<IndexedToken>, Vec<IndexedToken>) {
        let words = tokenize(phrase);
        let known: Vec<(IndexedToken, bool)> = words.iter().map(|word| self.record(word)).collect();
        if let [word] = words.as_slice() {
            self.alias_words.insert(word.clone());
        }
        let all: Vec<&str> = known.iter().map(|(stem, _)| &**stem).collect();
        let content = || known.iter().filter(|(_, is_stop_word)| !is_stop_word).map(|(stem, _)| stem);
        let mut parts: Vec<IndexedToken> = content().cloned().collect();
        let content: Vec<&str> = content().map(|stem| &**stem).collect();
        for stem in &parts {
            if !self.alias_stems.contains(stem) {
                self.alias_stems.insert(IndexedToken::clone(stem));
            }
        }
        if all.len() < 2 {
            return (parts, Vec::new());
        }
        let wholes = phrase_tokens(&all, &content);
        // In a longer phrase, two adjacent words are also distinctive.
        if content.len() > 2 {
            parts.extend(content.windows(2).map(|pair| self.phrases.add(&pair.join("_"))));
        }
        (wholes.iter().map(|whole| self.phrases.add(whole)).collect(), parts)
    }

    fn stems_with_and_without_stop_words(&self, words: &[String]) -> (Vec<String>, Vec<String>) {
        let all: Vec<String> = words.iter().map(|word| self.stem(word)).collect();
        let stems = words.iter().zip(&all);
        let content = stems.filter(|(word, _)| !self.is_stop_word(word)).map(|(_, stem)| stem.clone());
        let content = content.collect();
        (all, content)
    }

    /// Returns the indexed phrases that occur in a query, each with its number of words.
    pub(crate) fn phrases_in(&self, words: &[String]) -> Vec<(String, usize)> {
        let (all, content) = self.stems_with_and_without_stop_words(words);
        let mut found: Vec<(String, usize)> = Vec::new();
        for stems in [&content, &all] {
            for window in (2..=MAX_PHRASE_WORDS).rev().flat_map(|length| stems.windows(length)) {
                let whole = window.join("_");
                if self.phrases.contains(&whole) && !found.iter().any(|(known, _)| *known == whole) {
                    found.push((whole, window.len()));
                }
            }
        }
        found
    }

    /// Indexes a title. Returns its stems, and each rotation of them as one token (`ticket note`, `note of a ticket`).
    pub(crate) fn index_title(&mut self, title: &str) -> Vec<IndexedToken> {
        let words = tokenize(title);
        let mut stems = self.index_words(&words);
        let positive = words.iter().filter_map(|word| positive_form(word)).map(|word| self.stem(word));
        let positive: Vec<String> = positive.collect();
        stems.extend(positive.iter().map(|stem| self.stems.add(stem)));
        for stem in &stems {
            if !self.title_stems.contains(stem) {
                self.title_stems.insert(IndexedToken::clone(stem));
            }
        }
        let count = stems.len();
        if (2..=MAX_ROTATED_WORDS).contains(&count) {
            let mut whole = String::new();
            for first in 0..count {
                whole.clear();
                for stem in stems[first..count].iter().chain(&stems[..first]) {
                    whole.push_str(if whole.is_empty() { "" } else { "_" });
                    whole.push_str(stem);
                }
                stems.push(self.phrases.add(&whole));
            }
        }
        stems
    }

    /// Indexes a field name. Returns its stems, and all of them as one token.
    pub(crate) fn index_field(&mut self, words: &[String]) -> Vec<IndexedToken> {
        let mut stems = self.index_words(words);
        if (2..=MAX_PHRASE_WORDS).contains(&stems.len()) {
            let whole = stems.join("_");
            stems.push(self.phrases.add(&whole));
        }
        stems
    }

    /// Returns true if a stem occurs in titles.
    pub(crate) fn is_titled(&self, stem: &str) -> bool {
        self.title_stems.contains(stem)
    }

    /// Returns true if a stem occurs in titles or aliases.
    pub(crate) fn is_searchable(&self, stem: &str) -> bool {
        self.title_stems.contains(stem) || self.alias_stems.contains(stem)
    }

    /// Returns true if a word isn't a stop word and its stem occurs in titles or aliases.
    pub(crate) fn names_thing(&self, word: &str) -> bool {
        !self.is_stop_word(word) && self.is_searchable(&self.stem(word))
    }

    /// Returns the words in titles, with their stems and frequencies.
    pub(crate) fn title_words(&self) -> Vec<(String, IndexedToken, usize)> {
        let titled = self.known.iter().filter(|(_, known)| self.title_stems.contains(&known.stem));
        let mut words: Vec<_> =
            titled.map(|(word, known)| (word.clone(), known.stem.clone(), known.count)).collect();
        words.sort_unstable();
        words
    }

    /// Returns a vector for each stem in the vocabulary: that of its most frequent word.
    pub(crate) fn stem_vectors(&self) -> HashMap<IndexedToken, WordVector> {
        let mut best: HashMap<&IndexedToken, (usize, &str, WordVector)> = HashMap::new();
        for (word, known) in self.known.iter().filter(|(_, known)| !known.is_stop_word) {
            let Some(vector) = WordVector::find(word) else { continue };
            let entry = best.entry(&known.stem).or_insert((known.count, word, vector));
            if (known.count, word.as_str()) > (entry.0, entry.1) {
                *entry = (known.count, word, vector);
            }
        }
        best.into_iter().map(|(stem, (_, _, vector))| (IndexedToken::clone(stem), vector)).collect()
    }

    /// Adds words from a general thesaurus that stand for words in the indexed titles. Words that occur in titles, and
    /// words in the API's own lists, are left unchanged.
    pub(crate) fn add_thesaurus(&mut self, list: &'static str) {
        for line in lines(list) {
            let is_mutual = !line.contains(':');
            let (from, to) = line.split_once(':').unwrap_or((line, line));
            let split = |part: &'static str| part.split(',').map(str::trim).map(tokenize).collect::<Vec<_>>();
            let (from, to) = (split(from), split(to));
            let titled: Vec<(Vec<IndexedToken>, Vec<String>)> =
                to.into_iter().filter_map(|words| Some((self.title_stems_of(&words)?, words))).collect();
            for words in from {
                let is_alias = match words.as_slice() {
                    [word] => self.alias_words.contains(word),
                    several => {
                        self.phrases.contains(&self.stems_with_and_without_stop_words(several).0.join("_"))
                    }
                };
                let others = titled.iter().filter(|(_, title)| !is_mutual || *title != words);
                let mut meanings: Vec<Vec<IndexedToken>> = others.map(|(stems, _)| stems.clone()).collect();
                if is_alias || meanings.is_empty() || self.synonyms.contains_key(&words) {
                    continue;
                }
                meanings.sort_unstable();
                meanings.dedup();
                let is_weak = self.title_stems_of(&words).is_some();
                words.iter().for_each(|word| drop(self.record(word)));
                self.synonyms.insert(words, Synonym { meanings, is_weak });
            }
        }
    }

    /// Returns the stems of the words if titles contain all of them.
    fn title_stems_of(&self, words: &[String]) -> Option<Vec<IndexedToken>> {
        let content = words.iter().filter(|word| !self.is_stop_word(word));
        let stems: Vec<IndexedToken> = content.map(|word| self.stem(word).into()).collect();
        (!stems.is_empty() && stems.iter().all(|stem| self.title_stems.contains(stem))).then_some(stems)
    }

    /// Returns the meaning of the longest synonym at the start of `words`, and the synonym's number of words.
    pub(crate) fn synonym(&self, words: &[String]) -> Option<(&Synonym, usize)> {
        (1..=words.len().min(3)).rev().find_map(|length| {
            let written = self.synonyms.get(&words[..length]);
            let meaning = written.or_else(|| self.synonyms.get(&singular(&words[..length])?))?;
            Some((meaning, length))
        })
    }

    /// Returns true if some stems contain that of a word.
    pub(crate) fn is_stem_in(&self, word: &str, stems: &[IndexedToken]) -> bool {
        match self.known.get(word) {
            Some(known) => stems.contains(&known.stem),
            None => stems.contains(&IndexedToken::from(self.stem(word))),
        }
    }

    /// Returns the stem of a word.
    pub(crate) fn stem(&self, word: &str) -> String {
        if let Some(known) = self.known.get(word) {
            known.stem.to_string()
        } else if let Some(stem) = self.irregular_stems.get(word) {
            (*stem).to_owned()
        } else {
            self.stem_new(word)
        }
    }

    /// Returns the stem of a word that isn't in the vocabulary. Parsing a query needs it often.
    fn stem_new(&self, word: &str) -> String {
        RECENT_STEMS.with_borrow_mut(|recent| {
            if let Some(stem) = recent.get(word) {
                return stem.clone();
            }
            if recent.len() == MAX_RECENT_STEMS {
                recent.clear();
            }
            let stem = self.stemmer.stem(word).into_owned();
            recent.insert(word.to_owned(), stem.clone());
            stem
        })
    }
}

/// Returns the opposite of a word such as "unposted": those are also called "not yet posted".
fn positive_form(word: &str) -> Option<&str> {
    word.strip_prefix("un")
        .filter(|rest| rest.len() > 3 && rest.ends_with("ed") && WordVector::find(rest).is_some())
}

/// Returns the words with the last one in the singular; `None` if it has no plural ending.
fn singular(words: &[String]) -> Option<Vec<String>> {
    let (last, rest) = words.split_last()?;
    let one = match last.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => last.strip_suffix('s').filter(|one| one.len() > 2)?.to_owned(),
    };
    Some(rest.iter().cloned().chain([one]).collect())
}

/// Returns the tokens for a whole phrase: its stems with stop words, and also without them if two or more are left.
fn phrase_tokens(all: &[&str], content: &[&str]) -> Vec<String> {
    let mut wholes = Vec::new();
    if content.len() > 1 {
        wholes.push(content.join("_"));
    }
    // "The address of a client" is also "the client's address".
    if let [first, second] = content {
        wholes.push(format!("{second}_{first}"));
    }
    if all.len() > 1 && all.len() != content.len() {
        wholes.push(all.join("_"));
    }
    wholes
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTS: WordLists =
        WordLists { synonyms: "[user defined field]\ncustom field\ncustom fields\n", ..WordLists::ENGLISH };

    fn words() -> Analyzer {
        let mut words = Analyzer::new(&LISTS);
        words.index_words(&tokenize("purchase order line items receive tickets priorities"));
        words.index_phrase("who works at");
        words.index_phrase("line of a purchase order");
        words
    }

    #[test]
    fn longest_synonym_wins() {
        let words = words();
        assert_eq!(words.synonym(&tokenize("custom field x")).map(|(_, length)| length), Some(2));
        assert_eq!(words.synonym(&tokenize("nothing")), None);
    }

    #[test]
    fn phrases_are_found_with_and_without_stop_words() {
        let words = words();
        let found = |query: &str| {
            words.phrases_in(&tokenize(query)).into_iter().map(|(whole, _)| whole).collect::<Vec<_>>()
        };
        assert_eq!(found("who works at this client"), ["who_work_at"]);
        // Adjacent pairs in a longer phrase are found too.
        assert_eq!(
            found("the line of our purchase orders"),
            ["line_purchas_order", "line_purchas", "purchas_order"]
        );
        assert!(found("orders").is_empty());
    }
}
