//! Stores the tokens of many texts in one allocation.

use crate::vocabulary::IndexedToken;

/// The tokens of texts, one text after the other.
#[derive(Default)]
pub(crate) struct TokenTexts {
    tokens: Vec<IndexedToken>,
    /// The end position of each text.
    ends: Vec<usize>,
}

impl TokenTexts {
    /// Creates an empty list with space for `texts` texts of `tokens` tokens each.
    pub(crate) fn with_capacity(texts: usize, tokens: usize) -> Self {
        Self { tokens: Vec::with_capacity(texts * tokens), ends: Vec::with_capacity(texts) }
    }

    /// Adds a text.
    pub(crate) fn push(&mut self, text: impl IntoIterator<Item = IndexedToken>) {
        self.tokens.extend(text);
        self.ends.push(self.tokens.len());
    }

    /// Returns the number of texts.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns the tokens of a text.
    pub(crate) fn get(&self, number: usize) -> &[IndexedToken] {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.tokens[start..self.ends[number]]
    }

    /// Returns the texts in order.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &[IndexedToken]> + Clone {
        (0..self.len()).map(|number| self.get(number))
    }
}

impl<T: IntoIterator<Item = IndexedToken>> FromIterator<T> for TokenTexts {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Self {
        let mut all = Self::default();
        texts.into_iter().for_each(|text| all.push(text));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::Vocabulary;

    #[test]
    fn each_text_has_its_own_tokens() {
        let mut vocabulary = Vocabulary::default();
        let [a, b] = ["a", "b"].map(|stem| vocabulary.add_stem(stem));
        let texts: TokenTexts = [vec![a, b], vec![], vec![b]].into_iter().collect();
        assert_eq!((texts.get(0), texts.get(2)), (&[a, b][..], &[b][..]));
        assert_eq!(texts.iter().map(<[IndexedToken]>::len).collect::<Vec<_>>(), [2, 0, 1]);
    }
}
