//! Corrects the spelling of query words, using the vocabulary of the indexed text.

use crate::analyzer::Analyzer;
use crate::tokenizer::{has_digit, tokenize_cased};
use crate::word_vectors::WordVector;

/// Shorter words aren't corrected, except for transposed letters.
const MIN_CORRECTED_CHARS: usize = 5;
/// Minimum Jaro-Winkler similarity of a correction.
const MIN_SIMILARITY: f64 = 0.78;
/// Maximum number of query words that are corrected. Each one is compared with the complete vocabulary.
const MAX_CORRECTIONS: usize = 12;
/// Minimum length of each part of a compound word.
const MIN_COMPOUND_PART: usize = 4;
/// Maximum length of a word that is corrected.
const MAX_CORRECTED_BYTES: usize = 32;

impl Analyzer {
    /// Returns the query's words with corrected spelling. A capitalized word is treated as a name and left unchanged,
    /// unless it is the first word.
    pub(crate) fn correct_query(&self, query: &str) -> Vec<String> {
        let is_name = |place: usize, word: &str| place > 0 && word.starts_with(char::is_uppercase);
        let words = tokenize_cased(query).into_iter().enumerate();
        let mut corrections = 0;
        words
            .map(|(place, word)| {
                let lower = word.to_lowercase();
                if is_name(place, &word)
                    || corrections == MAX_CORRECTIONS
                    || lower.len() > MAX_CORRECTED_BYTES
                {
                    return lower;
                }
                corrections += usize::from(!self.is_known(&lower));
                self.correct(&lower)
            })
            .flat_map(|word| match self.split_compound(&word) {
                Some((first, second)) => vec![first.to_owned(), second.to_owned()],
                None => vec![word],
            })
            .collect()
    }

    /// Returns the word itself if it or its stem is in the vocabulary, or else the most similar word in the vocabulary.
    pub(crate) fn correct(&self, word: &str) -> String {
        let is_known = self.is_known_word(word) || self.is_stop_word(word) || WordVector::is_word(word);
        // The plural of a code, such as p1s.
        if !is_known && let Some(one) = word.strip_suffix('s').filter(|one| self.is_known_word(one)) {
            return one.to_owned();
        }
        if is_known || has_digit(word) || self.has_stem(&self.stem(word)) {
            return word.to_owned();
        }
        if word.chars().count() < MIN_CORRECTED_CHARS {
            return self.swap_letters(word).unwrap_or_else(|| word.to_owned());
        }
        // The first letter is rarely mistyped, but many names differ from a word only in that letter.
        let alike = word.chars().next().and_then(|first| self.by_first_letter.get(&first));
        let letters = letter_set(word);
        let max_distance = if word.len() < 7 { 1 } else { 2 };
        let best = alike
            .into_iter()
            .flatten()
            // An edit replaces at most one letter by another. This is much cheaper than comparing the words.
            .filter(|(_, other)| (letters ^ other).count_ones() <= 2 * max_distance)
            .filter_map(|(known, _)| self.vocabulary.words.get_index(*known))
            .filter(|(known, _)| known.len().abs_diff(word.len()) <= 2)
            .map(|(known, about)| (strsim::jaro_winkler(word, known), about.count, known))
            .filter(|(similarity, ..)| *similarity >= MIN_SIMILARITY)
            .filter(|(.., known)| strsim::osa_distance(word, known) <= max_distance as usize)
            .max_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then_with(|| b.2.cmp(a.2)));
        best.map_or_else(|| word.to_owned(), |(.., known)| known.clone())
    }

    /// Prepares the correction of words, once all text is indexed.
    pub(crate) fn index_spelling(&mut self) {
        for (number, known) in self.vocabulary.words.keys().enumerate() {
            if known.len() >= MIN_CORRECTED_CHARS {
                let first = known.chars().next().unwrap_or_default();
                self.by_first_letter.entry(first).or_default().push((number, letter_set(known)));
            }
        }
    }

    /// Returns the two words of a title that an unknown word consists of: worktypes, work types.
    fn split_compound<'w>(&self, word: &'w str) -> Option<(&'w str, &'w str)> {
        if word.len() < 2 * MIN_COMPOUND_PART || !word.is_ascii() || self.is_known(word) {
            return None;
        }
        let is_titled = |part: &str| self.is_known_word(part) && self.is_titled(&self.stem(part));
        let splits = MIN_COMPOUND_PART..=word.len() - MIN_COMPOUND_PART;
        splits.map(|at| word.split_at(at)).find(|(first, second)| is_titled(first) && is_titled(second))
    }

    /// Returns the word in the vocabulary that differs by two transposed letters: mnay, many.
    fn swap_letters(&self, word: &str) -> Option<String> {
        let letters: Vec<char> = word.chars().collect();
        (1..letters.len().saturating_sub(1)).find_map(|place| {
            let mut turned = letters.clone();
            turned.swap(place, place + 1);
            let turned: String = turned.into_iter().collect();
            (turned != word && (self.is_known_word(&turned) || self.is_stop_word(&turned))).then_some(turned)
        })
    }
}

/// Returns the ASCII letters in a word, one bit each.
fn letter_set(word: &str) -> u32 {
    word.bytes().filter(u8::is_ascii_lowercase).fold(0, |letters, byte| letters | 1 << (byte - b'a'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenizer::tokenize;
    use crate::word_lists::WordLists;

    fn words() -> Analyzer {
        let mut words = Analyzer::new(&WordLists::ENGLISH);
        words.index_words(&tokenize("purchase order line items receive tickets priorities"));
        words.index_spelling();
        words
    }

    #[test]
    fn misspelled_words_are_corrected() {
        let words = words();
        for (written, read) in [
            ("purchse", "purchase"),
            ("recieve", "receive"),
            ("tikets", "tickets"),
            ("prioritys", "priorities"),
        ] {
            assert_eq!(words.stem(&words.correct(written)), words.stem(read), "{written}");
        }
    }

    #[test]
    fn known_words_short_words_and_codes_are_not_corrected() {
        let words = words();
        for word in ["order", "ordering", "po", "x1y2z3", "sla", "the", "zzzzzzzz"] {
            assert_eq!(words.correct(word), word);
        }
    }
}
