//! Finds the words of a catalog that mean nearly the same as a word that the catalog doesn't use.

use crate::word_vectors::WordVector;

/// The least similarity of related words.
const MIN_SIMILARITY: f32 = 0.42;
/// The most words that one word stands for.
const MAX_RELATED: usize = 4;

/// A stem of the catalog that is related to a word.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RelatedStem {
    /// The stem.
    pub(crate) stem: String,
    /// How similar the words are: 0 for unrelated words, 1 for the same.
    pub(crate) similarity: f32,
}

/// The stems of a catalog with their meaning.
#[derive(Default)]
pub(crate) struct RelatedWords {
    stems: Vec<(String, WordVector)>,
}

impl RelatedWords {
    /// Takes stems and the vectors of words with these stems.
    pub(crate) fn new(stems: Vec<(String, WordVector)>) -> Self {
        Self { stems }
    }

    /// The stems that are most similar to a word, best first.
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
    fn a_word_stands_for_the_similar_words_of_the_catalog() {
        let stems = ["customer", "invoice", "computer"];
        let vector = |stem: &str| (stem.to_owned(), WordVector::find(stem).expect("a frequent word"));
        let related = RelatedWords::new(stems.map(vector).to_vec());
        assert_eq!(related.find("client").first().map(|found| found.stem.as_str()), Some("customer"));
        assert_eq!(related.find("laptop").first().map(|found| found.stem.as_str()), Some("computer"));
        assert!(related.find("qwertyuiop").is_empty());
    }
}
