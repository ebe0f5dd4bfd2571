//! Turns words into stems, and remembers stop words, synonyms and phrases.

use std::borrow::Cow;
use std::cell::RefCell;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use rust_stemmers::{Algorithm, Stemmer};

use crate::index::QueryToken;
use crate::tokenizer::{lowercase, tokenize, words_in};
use crate::vocabulary::{IndexedToken, SEPARATOR, StemUse, Vocabulary, WordStats};
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

/// The number of tokens of most titles: their stems, and the rotations of these.
pub(crate) const EXPECTED_TITLE_TOKENS: usize = 8;

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
    /// The words, stems and phrases of the indexed text.
    pub(crate) vocabulary: Vocabulary,
    /// The numbers of the longer words of the vocabulary by first letter, with a bit for each of their letters.
    pub(crate) by_first_letter: HashMap<char, Vec<(usize, u32)>>,
    /// The words in aliases, which come from an API's own lists.
    alias_words: HashSet<String>,
}

/// The meaning of a user's words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Synonym {
    /// The stems of each thing that they may mean.
    pub(crate) meanings: Vec<Vec<String>>,
    /// True if titles contain the words themselves, which makes the meaning only an alternative.
    pub(crate) is_weak: bool,
}

impl Synonym {
    /// Returns the stems of all meanings.
    pub(crate) fn stems(&self) -> impl DoubleEndedIterator<Item = &String> {
        self.meanings.iter().flatten()
    }
}

/// The words of a field name, and the tokens for them.
pub(crate) struct IndexedFieldName {
    /// The words, by number.
    pub(crate) words: Vec<usize>,
    /// The stems, and all of them as one token.
    pub(crate) tokens: Vec<IndexedToken>,
    /// True for the first name of a person.
    pub(crate) is_first_name: bool,
}

impl Analyzer {
    /// Reads the word lists. The vocabulary contains only their synonyms until text is indexed.
    pub(crate) fn new(lists: &WordLists) -> Self {
        let mut analyzer = Self {
            stemmer: Stemmer::create(Algorithm::English),
            irregular_stems: entries(lists.stems).collect(),
            stop_words: lines(lists.stop_words).flat_map(str::split_whitespace).collect(),
            synonyms: HashMap::new(),
            vocabulary: Vocabulary::with_capacity(EXPECTED_WORDS, EXPECTED_PHRASES),
            by_first_letter: HashMap::new(),
            alias_words: HashSet::new(),
        };
        for (meaning, synonyms) in sections(lists.synonyms) {
            let stems = analyzer.index_words(&tokenize(meaning));
            let text =
                |stem: &IndexedToken| analyzer.vocabulary.stem_text(*stem).unwrap_or_default().to_owned();
            let meaning: Vec<String> = stems.iter().map(text).collect();
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
        self.is_known_word(word) || self.is_stop_word(word) || self.has_stem(&self.stem(word))
    }

    /// Returns true if a word in lower case is in the vocabulary in this form.
    pub(crate) fn is_known_word(&self, word: &str) -> bool {
        self.vocabulary.words.contains_key(word)
    }

    /// Returns true if a stem is in the vocabulary.
    pub(crate) fn has_stem(&self, stem: &str) -> bool {
        self.vocabulary.stem(stem).is_some()
    }

    /// Returns true if a word doesn't help to distinguish tools.
    pub(crate) fn is_stop_word(&self, word: &str) -> bool {
        self.stop_words.contains(word)
    }

    /// Adds words to the vocabulary, and returns their stems without stop words.
    pub(crate) fn index_words(&mut self, words: &[String]) -> Vec<IndexedToken> {
        let known = words.iter().map(|word| self.count_word(word));
        known.filter(|known| !known.is_stop_word).map(|known| known.stem).collect()
    }

    /// Adds the words in a text to the vocabulary, at most `limit`, and returns their stems without stop words.
    pub(crate) fn index_text(&mut self, text: &str, limit: usize) -> Vec<IndexedToken> {
        let mut stems = Vec::with_capacity(text.len() / EXPECTED_WORD_LENGTH);
        let mut count = 0;
        words_in(&lowercase(text), |word| {
            count += 1;
            if count <= limit {
                let known = self.count_word(word);
                stems.extend(Some(known.stem).filter(|_| !known.is_stop_word));
            }
        });
        stems
    }

    /// Counts an occurrence of a word, and adds it to the vocabulary if it is new.
    fn count_word(&mut self, word: &str) -> WordStats {
        let number = self.add_word(word);
        let known = &mut self.vocabulary.words[number];
        known.count += 1;
        *known
    }

    /// Returns the number of a word, and adds it to the vocabulary if it is new.
    fn add_word(&mut self, word: &str) -> usize {
        if let Some(number) = self.vocabulary.words.get_index_of(word) {
            return number;
        }
        let irregular = self.irregular_stems.get(word).map(|stem| Cow::Borrowed(*stem));
        let stem = self.vocabulary.add_stem(&irregular.unwrap_or_else(|| self.stemmer.stem(word)));
        let known = WordStats { stem, count: 0, is_stop_word: self.is_stop_word(word) };
        self.vocabulary.words.insert_full(word.to_owned(), known).0
    }

    /// Indexes a phrase. Adds the tokens for the whole phrase and, if it has several words, the tokens for its parts.
    pub(crate) fn index_phrase(
        &mut self,
        phrase: &str,
        wholes: &mut Vec<IndexedToken>,
        parts: &mut Vec<IndexedToken>,
    ) {
        let mut all: Vec<IndexedToken> = Vec::with_capacity(MAX_PHRASE_WORDS);
        let mut content: Vec<IndexedToken> = Vec::with_capacity(MAX_PHRASE_WORDS);
        words_in(&lowercase(phrase), |word| {
            let known = self.count_word(word);
            all.push(known.stem);
            content.extend(Some(known.stem).filter(|_| !known.is_stop_word));
        });
        for stem in &content {
            self.vocabulary.stem_use_mut(*stem).is_in_aliases = true;
        }
        if all.len() < 2 {
            self.alias_words.extend(tokenize(phrase));
            wholes.extend(content);
            return;
        }
        if content.len() > 1 {
            wholes.push(self.vocabulary.add_phrase(&content));
        }
        // "The address of a client" is also "the client's address".
        if let [first, second] = content.as_slice() {
            wholes.push(self.vocabulary.add_phrase(&[*second, *first]));
        }
        if all.len() != content.len() {
            wholes.push(self.vocabulary.add_phrase(&all));
        }
        // In a longer phrase, two adjacent words are also distinctive.
        if content.len() > 2 {
            parts.extend(content.windows(2).map(|pair| self.vocabulary.add_phrase(pair)));
        }
        parts.extend(content);
    }

    /// Returns the indexed phrases that occur in a query, each with its number of words.
    pub(crate) fn phrases_in(&self, words: &[String]) -> Vec<(String, usize)> {
        let all: Vec<String> = words.iter().map(|word| self.stem(word)).collect();
        let stems = words.iter().zip(&all);
        let content: Vec<String> =
            stems.filter(|(word, _)| !self.is_stop_word(word)).map(|(_, stem)| stem.clone()).collect();
        let mut found: Vec<(String, usize)> = Vec::new();
        for stems in [&content, &all] {
            let tokens: Vec<Option<IndexedToken>> =
                stems.iter().map(|stem| self.vocabulary.stem(stem)).collect();
            for length in (2..=MAX_PHRASE_WORDS).rev() {
                for (window, tokens) in stems.windows(length).zip(tokens.windows(length)) {
                    let Some(tokens) = tokens.iter().copied().collect::<Option<Vec<_>>>() else { continue };
                    if self.vocabulary.phrase(&tokens).is_none() {
                        continue;
                    }
                    let whole = window.join(SEPARATOR);
                    if !found.iter().any(|(known, _)| *known == whole) {
                        found.push((whole, length));
                    }
                }
            }
        }
        found
    }

    /// Indexes a title, which consists of words in lower case with spaces between them. Returns its stems, and each
    /// rotation of them as one token (`ticket note`, `note of a ticket`).
    pub(crate) fn index_title(&mut self, title: &str) -> Vec<IndexedToken> {
        let mut stems = Vec::with_capacity(EXPECTED_TITLE_TOKENS);
        let mut positive = Vec::new();
        for word in title.split(' ').filter(|word| !word.is_empty()) {
            let known = self.count_word(word);
            stems.extend(Some(known.stem).filter(|_| !known.is_stop_word));
            positive.extend(positive_form(word).map(|word| self.stem(word)));
        }
        stems.extend(positive.iter().map(|stem| self.vocabulary.add_stem(stem)));
        for stem in &stems {
            self.vocabulary.stem_use_mut(*stem).is_in_titles = true;
        }
        let count = stems.len();
        if (2..=MAX_ROTATED_WORDS).contains(&count) {
            let mut rotation = [stems[0]; MAX_ROTATED_WORDS];
            let rotation = &mut rotation[..count];
            rotation.copy_from_slice(&stems);
            for _ in 0..count {
                stems.push(self.vocabulary.add_phrase(rotation));
                rotation.rotate_left(1);
            }
        }
        stems
    }

    /// Adds the words of a field name to the vocabulary, without counting them.
    pub(crate) fn add_field_name(&mut self, words: &[String]) -> IndexedFieldName {
        let is_first_name = words == ["first", "name"];
        let words: Vec<usize> = words.iter().map(|word| self.add_word(word)).collect();
        let known = words.iter().map(|word| self.vocabulary.words[*word]);
        let mut tokens: Vec<IndexedToken> =
            known.filter(|known| !known.is_stop_word).map(|known| known.stem).collect();
        if (2..=MAX_PHRASE_WORDS).contains(&tokens.len()) {
            let whole = self.vocabulary.add_phrase(&tokens);
            tokens.push(whole);
        }
        IndexedFieldName { words, tokens, is_first_name }
    }

    /// Counts an occurrence of a field name.
    pub(crate) fn count_field_name(&mut self, field: &IndexedFieldName) {
        for word in &field.words {
            self.vocabulary.words[*word].count += 1;
        }
    }

    /// Returns the tokens that a query contains as text.
    pub(crate) fn find_tokens(&self, tokens: &[QueryToken]) -> Vec<QueryToken<Option<IndexedToken>>> {
        let find = |QueryToken { token, weight, sense }: &QueryToken| QueryToken {
            token: self.vocabulary.find(token),
            weight: *weight,
            sense: *sense,
        };
        tokens.iter().map(find).collect()
    }

    /// Returns the stems, or phrases, that are in the vocabulary.
    pub(crate) fn find_stems(&self, stems: &[String]) -> Vec<IndexedToken> {
        stems.iter().filter_map(|stem| self.vocabulary.find(stem)).collect()
    }

    /// Returns true if a stem occurs in titles.
    pub(crate) fn is_titled(&self, stem: &str) -> bool {
        self.vocabulary.stem_use(stem).is_in_titles
    }

    /// Returns true if a stem occurs in titles or aliases.
    pub(crate) fn is_searchable(&self, stem: &str) -> bool {
        let StemUse { is_in_titles, is_in_aliases } = self.vocabulary.stem_use(stem);
        is_in_titles || is_in_aliases
    }

    /// Returns true if a word isn't a stop word and its stem occurs in titles or aliases.
    pub(crate) fn names_thing(&self, word: &str) -> bool {
        !self.is_stop_word(word) && self.is_searchable(&self.stem(word))
    }

    /// Returns the words in titles, with their stems and frequencies.
    pub(crate) fn title_words(&self) -> Vec<(String, String, usize)> {
        let words = self.vocabulary.words.iter().filter_map(|(word, known)| {
            let stem = self.vocabulary.stem_text(known.stem).filter(|stem| self.is_titled(stem))?;
            Some((word.clone(), stem.to_owned(), known.count))
        });
        let mut words: Vec<_> = words.collect();
        words.sort_unstable();
        words
    }

    /// Returns a vector for each stem in the vocabulary: that of its most frequent word.
    pub(crate) fn stem_vectors(&self) -> HashMap<IndexedToken, WordVector> {
        let mut best: HashMap<IndexedToken, (usize, &str, WordVector)> = HashMap::new();
        for (word, known) in self.vocabulary.words.iter().filter(|(_, known)| !known.is_stop_word) {
            let Some(vector) = WordVector::find(word) else { continue };
            let entry = best.entry(known.stem).or_insert((known.count, word, vector));
            if (known.count, word.as_str()) > (entry.0, entry.1) {
                *entry = (known.count, word, vector);
            }
        }
        best.into_iter().map(|(stem, (_, _, vector))| (stem, vector)).collect()
    }

    /// Returns the searchable stems that have a vector, in alphabetical order.
    pub(crate) fn searchable_vectors(
        &self,
        vectors: &HashMap<IndexedToken, WordVector>,
    ) -> Vec<(String, WordVector)> {
        let stems = self.vocabulary.stems().filter(|(_, _, used)| used.is_in_titles || used.is_in_aliases);
        let mut searchable: Vec<_> =
            stems.filter_map(|(token, stem, _)| Some((stem.to_owned(), *vectors.get(&token)?))).collect();
        searchable.sort_by(|(a, _), (b, _)| a.cmp(b));
        searchable
    }

    /// Adds words from a general thesaurus that stand for words in the indexed titles. Words that occur in titles, and
    /// words in the API's own lists, are left unchanged.
    pub(crate) fn add_thesaurus(&mut self, list: &'static str) {
        for line in lines(list) {
            let is_mutual = !line.contains(':');
            let (from, to) = line.split_once(':').unwrap_or((line, line));
            let split = |part: &'static str| part.split(',').map(str::trim).map(tokenize).collect::<Vec<_>>();
            let (from, to) = (split(from), split(to));
            let titled: Vec<(Vec<String>, Vec<String>)> =
                to.into_iter().filter_map(|words| Some((self.title_stems_of(&words)?, words))).collect();
            for words in from {
                let is_alias = match words.as_slice() {
                    [word] => self.alias_words.contains(word),
                    several => self.is_phrase(several),
                };
                let others = titled.iter().filter(|(_, title)| !is_mutual || *title != words);
                let mut meanings: Vec<Vec<String>> = others.map(|(stems, _)| stems.clone()).collect();
                if is_alias || meanings.is_empty() || self.synonyms.contains_key(&words) {
                    continue;
                }
                meanings.sort_unstable();
                meanings.dedup();
                let is_weak = self.title_stems_of(&words).is_some();
                for word in &words {
                    self.count_word(word);
                }
                self.synonyms.insert(words, Synonym { meanings, is_weak });
            }
        }
    }

    /// Returns the stems of the words if titles contain all of them.
    fn title_stems_of(&self, words: &[String]) -> Option<Vec<String>> {
        let content = words.iter().filter(|word| !self.is_stop_word(word));
        let stems: Vec<String> = content.map(|word| self.stem(word)).collect();
        (!stems.is_empty() && stems.iter().all(|stem| self.is_titled(stem))).then_some(stems)
    }

    /// Returns true if words, including stop words, are an indexed phrase.
    fn is_phrase(&self, words: &[String]) -> bool {
        let stems = words.iter().map(|word| self.vocabulary.stem(&self.stem(word)));
        stems
            .collect::<Option<Vec<IndexedToken>>>()
            .is_some_and(|stems| self.vocabulary.phrase(&stems).is_some())
    }

    /// Returns the meaning of the longest synonym at the start of `words`, and the synonym's number of words.
    pub(crate) fn synonym(&self, words: &[String]) -> Option<(&Synonym, usize)> {
        (1..=words.len().min(3)).rev().find_map(|length| {
            let written = self.synonyms.get(&words[..length]);
            let meaning = written.or_else(|| self.synonyms.get(&singular(&words[..length])?))?;
            Some((meaning, length))
        })
    }

    /// Returns true if a word isn't a stop word, and its stem isn't among those of a title.
    pub(crate) fn is_new_in(&self, word: &str, title: &[IndexedToken]) -> bool {
        if let Some(known) = self.vocabulary.words.get(word) {
            return !known.is_stop_word && !title.contains(&known.stem);
        }
        let stem = self.vocabulary.stem(&self.stem(word));
        !self.is_stop_word(word) && !stem.is_some_and(|stem| title.contains(&stem))
    }

    /// Returns the stem of a word.
    pub(crate) fn stem(&self, word: &str) -> String {
        match self.known_stem(word).or_else(|| self.irregular_stems.get(word).copied()) {
            Some(stem) => stem.to_owned(),
            None => self.stem_new(word),
        }
    }

    /// Returns the stem of a word in the vocabulary.
    pub(crate) fn known_stem(&self, word: &str) -> Option<&str> {
        self.vocabulary.stem_text(self.vocabulary.words.get(word)?.stem)
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

#[cfg(test)]
mod tests {
    use super::*;

    const LISTS: WordLists =
        WordLists { synonyms: "[user defined field]\ncustom field\ncustom fields\n", ..WordLists::ENGLISH };

    fn words() -> Analyzer {
        let mut words = Analyzer::new(&LISTS);
        words.index_words(&tokenize("purchase order line items receive tickets priorities"));
        for phrase in ["who works at", "line of a purchase order"] {
            words.index_phrase(phrase, &mut Vec::new(), &mut Vec::new());
        }
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
