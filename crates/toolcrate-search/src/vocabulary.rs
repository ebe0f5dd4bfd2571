//! The words of indexed text, their stems, and the phrases of several stems. Stems and phrases are numbered, so
//! indexing a text compares numbers rather than text.

use std::hash::BuildHasher;

use foldhash::HashMap;
use foldhash::fast::{FixedState, RandomState};
use indexmap::IndexMap;

/// The separator between the stems of a phrase in text form. Words don't contain it.
pub(crate) const SEPARATOR: &str = "_";

/// A stem or phrase of a [`Vocabulary`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct IndexedToken(u32);

impl IndexedToken {
    /// The bit that distinguishes phrases from stems.
    const PHRASE: u32 = 1 << 31;

    /// Returns true if this is a phrase.
    pub(crate) fn is_phrase(self) -> bool {
        self.0 & Self::PHRASE != 0
    }

    /// Returns the position of the stem among the stems, or of the phrase among the phrases.
    pub(crate) fn number(self) -> usize {
        (self.0 & !Self::PHRASE) as usize
    }

    fn stem(number: usize) -> Self {
        Self(number as u32)
    }

    fn phrase(number: usize) -> Self {
        Self(number as u32 | Self::PHRASE)
    }
}

/// A word of the vocabulary.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WordStats {
    pub(crate) stem: IndexedToken,
    /// How often the word occurs in the indexed text.
    pub(crate) count: usize,
    pub(crate) is_stop_word: bool,
}

/// Where a stem occurs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StemUse {
    pub(crate) is_in_titles: bool,
    pub(crate) is_in_aliases: bool,
}

/// The words, stems and phrases of indexed text.
pub(crate) struct Vocabulary {
    /// The words, by number.
    pub(crate) words: IndexMap<String, WordStats, RandomState>,
    /// The stems, in the order of their numbers.
    stems: IndexMap<String, StemUse, RandomState>,
    /// The token of each phrase, by the hash of its stems. In practice, 64 bits are enough for no two phrases to share
    /// one.
    phrases: HashMap<u64, IndexedToken>,
    hasher: FixedState,
}

impl Default for Vocabulary {
    fn default() -> Self {
        Self::with_capacity(0, 0)
    }
}

impl Vocabulary {
    /// Creates an empty vocabulary with space for some words and phrases.
    pub(crate) fn with_capacity(words: usize, phrases: usize) -> Self {
        Self {
            words: IndexMap::with_capacity_and_hasher(words, RandomState::default()),
            stems: IndexMap::with_capacity_and_hasher(words, RandomState::default()),
            phrases: HashMap::with_capacity_and_hasher(phrases, RandomState::default()),
            hasher: FixedState::with_seed(0),
        }
    }

    /// Returns a stem's token.
    pub(crate) fn stem(&self, stem: &str) -> Option<IndexedToken> {
        self.stems.get_index_of(stem).map(IndexedToken::stem)
    }

    /// Returns a stem's token, and adds the stem if it is new.
    pub(crate) fn add_stem(&mut self, stem: &str) -> IndexedToken {
        self.stem(stem).unwrap_or_else(|| {
            IndexedToken::stem(self.stems.insert_full(stem.to_owned(), StemUse::default()).0)
        })
    }

    /// Returns the stems, in the order of their numbers.
    pub(crate) fn stems(&self) -> impl ExactSizeIterator<Item = (IndexedToken, &str, StemUse)> {
        self.stems
            .iter()
            .enumerate()
            .map(|(number, (stem, used))| (IndexedToken::stem(number), stem.as_str(), *used))
    }

    /// Returns the text of a stem; `None` for a phrase.
    pub(crate) fn stem_text(&self, token: IndexedToken) -> Option<&str> {
        let (stem, _) = self.stems.get_index(token.number()).filter(|_| !token.is_phrase())?;
        Some(stem)
    }

    /// Returns where a stem occurs.
    pub(crate) fn stem_use(&self, stem: &str) -> StemUse {
        self.stems.get(stem).copied().unwrap_or_default()
    }

    /// Returns a mutable reference to where a stem occurs.
    pub(crate) fn stem_use_mut(&mut self, stem: IndexedToken) -> &mut StemUse {
        &mut self.stems[stem.number()]
    }

    /// Returns the token for a phrase.
    pub(crate) fn phrase(&self, stems: &[IndexedToken]) -> Option<IndexedToken> {
        self.phrases.get(&self.hasher.hash_one(stems)).copied()
    }

    /// Returns the token for a phrase, and adds it if it is new.
    pub(crate) fn add_phrase(&mut self, stems: &[IndexedToken]) -> IndexedToken {
        let next = IndexedToken::phrase(self.phrases.len());
        *self.phrases.entry(self.hasher.hash_one(stems)).or_insert(next)
    }

    /// Returns the token for a stem, or for a phrase written as its stems with `_` between them.
    pub(crate) fn find(&self, text: &str) -> Option<IndexedToken> {
        if !text.contains(SEPARATOR) {
            return self.stem(text);
        }
        let stems: Option<Vec<IndexedToken>> = text.split(SEPARATOR).map(|stem| self.stem(stem)).collect();
        self.phrase(&stems?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_and_phrases_are_found_by_their_text() {
        let mut vocabulary = Vocabulary::with_capacity(0, 0);
        let [ticket, note] = ["ticket", "note"].map(|stem| vocabulary.add_stem(stem));
        assert_eq!(vocabulary.add_stem("note"), note);
        let phrase = vocabulary.add_phrase(&[ticket, note]);
        assert!(phrase.is_phrase() && !note.is_phrase());
        assert_eq!(vocabulary.find("ticket_note"), Some(phrase));
        assert_eq!(vocabulary.find("note"), Some(note));
        assert_eq!(vocabulary.stem_text(note), Some("note"));
        for unknown in ["board", "note_ticket", "board_note", "_"] {
            assert_eq!(vocabulary.find(unknown), None, "{unknown}");
        }
    }
}
