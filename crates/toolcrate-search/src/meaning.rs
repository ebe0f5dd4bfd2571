//! Compares the meaning of a query with the meaning of each tool's text.

use foldhash::HashMap;

use crate::index::Bm25Index;
use crate::vocabulary::IndexedToken;
use crate::word_vectors::{DIMENSIONS, TextVector, WordVector, cosine};

/// The meanings of texts.
pub(crate) struct MeaningIndex {
    texts: Vec<Option<[i8; DIMENSIONS]>>,
    /// The number of leading components that are left out.
    common: usize,
}

impl MeaningIndex {
    /// Indexes texts.
    pub(crate) fn new(common: usize, texts: impl Iterator<Item = TextVector>) -> Self {
        Self { texts: texts.map(|text| text.quantize(common)).collect(), common }
    }

    /// Adds the texts of another index.
    pub(crate) fn append(&mut self, mut other: Self) {
        self.texts.append(&mut other.texts);
    }

    /// Returns how similar each text is to a query, from 0 to 1.
    pub(crate) fn similarities(&self, query: &TextVector) -> Vec<f32> {
        let Some(query) = query.quantize(self.common) else { return vec![0.0; self.texts.len()] };
        let similarity = |text: &Option<[i8; DIMENSIONS]>| {
            text.as_ref().map_or(0.0, |text| cosine(&query, text).clamp(0.0, 1.0))
        };
        self.texts.iter().map(similarity).collect()
    }
}

/// Returns the meaning of a text, with more weight on words that are rare in an index. `vectors` are those of the stems.
pub(crate) fn text_vector(
    text: &[IndexedToken],
    index: &Bm25Index,
    vectors: &HashMap<IndexedToken, WordVector>,
) -> TextVector {
    text.iter().filter_map(|token| Some((*vectors.get(token)?, index.token_rarity(Some(*token))))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_with_the_same_meaning_is_most_similar() {
        let text = |words: &[&str]| {
            let mut text = TextVector::EMPTY;
            words.iter().filter_map(|word| WordVector::find(word)).for_each(|word| text.add(word, 1.0));
            text
        };
        let texts = [text(&["weather", "forecast"]), text(&["customer", "invoice"]), text(&[])];
        let similarities = MeaningIndex::new(2, texts.into_iter()).similarities(&text(&["client", "bill"]));
        assert!(similarities[1] > similarities[0] && similarities[2] == 0.0, "{similarities:?}");
    }
}
