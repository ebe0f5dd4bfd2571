//! Finds synonyms in the catalog for a word that the catalog doesn't use.

use crate::word_vectors::WordVector;

/// Minimum similarity of related words.
const MIN_SIMILARITY: f32 = 0.42;
/// Maximum number of related words for one word.
const MAX_RELATED: usize = 4;

/// A stem in the catalog that is related to a word.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RelatedStem {
    /// The stem.
    pub(crate) stem: String,
    /// How similar the words are: 0 for unrelated words, 1 for identical ones.
    pub(crate) similarity: f32,
}

/// A catalog's stems with their meanings.
#[derive(Default)]
pub(crate) struct RelatedWords {
    stems: Vec<(String, WordVector)>,
}

impl RelatedWords {
    /// Creates related words from stems and word vectors for these stems.
    pub(crate) fn new(stems: Vec<(String, WordVector)>) -> Self {
        Self { stems }
    }

    /// Returns the stems most similar to a word, best first.
    pub(crate) fn find(&self, word: &str) -> Vec<RelatedStem> {
        let Some(vector) = WordVector::find(word) else { return Vec::new() };
        let mut found: Vec<(f32, &String)> = self
            .stems
            .iter()
            .map(|(stem, other)| (vector.similarity(other), stem))
            .filter(|(similarity, _)| *similarity >= MIN_SIMILARITY)
            .collect();
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        found.truncate(MAX_RELATED);
        let related = |(similarity, stem): (f32, &String)| RelatedStem { stem: stem.clone(), similarity };
        found.into_iter().map(related).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_matches_similar_catalog_words() {
        let stems = ["customer", "invoice", "computer"];
        let vector = |stem: &str| (stem.to_owned(), WordVector::find(stem).expect("a frequent word"));
        let related = RelatedWords::new(stems.map(vector).to_vec());
        assert_eq!(related.find("client").first().map(|found| found.stem.as_str()), Some("customer"));
        assert_eq!(related.find("laptop").first().map(|found| found.stem.as_str()), Some("computer"));
        assert!(related.find("qwertyuiop").is_empty());
    }
}
