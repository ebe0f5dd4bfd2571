//! English word vectors. Words with similar meanings have similar vectors, so a query doesn't have to use the API's own
//! words. See `data/vectors/README.md` for their source.

use std::sync::LazyLock;

/// The number of components of a vector.
pub(crate) const DIMENSIONS: usize = 64;
/// The leading components, which vary most between words but say little about a text's subject.
const COMMON_COMPONENTS: usize = 2;
/// The length of every vector, apart from rounding.
const LENGTH: f32 = 254.0;

/// The words with a vector, sorted.
static WORDS: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("../data/vectors/words.txt").lines().collect());
/// The vectors, in word order. Each component is a signed byte.
static VECTORS: &[u8] = include_bytes!("../data/vectors/vectors.bin");

/// A word's vector.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WordVector(&'static [u8]);

impl WordVector {
    /// Returns the vector of a lowercase word, or of the word of which it is a form.
    pub(crate) fn find(word: &str) -> Option<Self> {
        Self::find_exact(word).or_else(|| {
            let suffixes =
                [("ies", "y"), ("es", ""), ("s", ""), ("ing", ""), ("ing", "e"), ("ed", ""), ("d", "")];
            suffixes.iter().find_map(|(suffix, ending)| {
                let stem = word.strip_suffix(suffix).filter(|stem| stem.len() > 2)?;
                Self::find_exact(&format!("{stem}{ending}"))
            })
        })
    }

    /// Returns the vector of a lowercase word.
    pub(crate) fn find_exact(word: &str) -> Option<Self> {
        let position = WORDS.binary_search(&word).ok()?;
        let start = position * DIMENSIONS;
        VECTORS.get(start..start + DIMENSIONS).map(Self)
    }

    /// Returns the cosine of the angle between two vectors: 1 for words with the same meaning, about 0 for unrelated
    /// ones.
    pub(crate) fn similarity(self, other: Self) -> f32 {
        let pairs = self.0.iter().zip(other.0);
        let product: i32 = pairs.map(|(a, b)| i32::from(*a as i8) * i32::from(*b as i8)).sum();
        product as f32 / (LENGTH * LENGTH)
    }
}

/// The meaning of a text: the weighted sum of its words' vectors.
#[derive(Clone, Debug)]
pub(crate) struct TextVector([f32; DIMENSIONS]);

impl TextVector {
    /// The meaning of an empty text.
    pub(crate) const EMPTY: Self = Self([0.0; DIMENSIONS]);

    /// Adds a word.
    pub(crate) fn add(&mut self, word: WordVector, weight: f32) {
        for (sum, component) in self.0.iter_mut().zip(word.0) {
            *sum += weight * f32::from(*component as i8);
        }
    }

    /// Adds a text.
    pub(crate) fn add_text(&mut self, other: &Self, weight: f32) {
        for (sum, component) in self.0.iter_mut().zip(&other.0) {
            *sum += weight * component;
        }
    }

    /// Returns the same direction in small numbers, for fast comparison; `None` if no word has a vector.
    pub(crate) fn quantize(&self) -> Option<[i8; DIMENSIONS]> {
        let mut components = self.0;
        components[..COMMON_COMPONENTS].fill(0.0);
        let length = components.iter().map(|component| component * component).sum::<f32>().sqrt();
        (length > 0.0).then(|| {
            components.map(|component| (component / length * LENGTH).clamp(-127.0, 127.0).round() as i8)
        })
    }
}

/// Returns the cosine of the angle between two quantized vectors.
pub(crate) fn cosine(a: &[i8; DIMENSIONS], b: &[i8; DIMENSIONS]) -> f32 {
    let product: i32 = a.iter().zip(b).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum();
    product as f32 / (LENGTH * LENGTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn similarity(a: &str, b: &str) -> f32 {
        let vector = |word| WordVector::find(word).expect("a frequent word");
        vector(a).similarity(vector(b))
    }

    #[test]
    fn each_word_has_a_vector() {
        assert_eq!(VECTORS.len(), WORDS.len() * DIMENSIONS);
        assert!(WORDS.is_sorted());
    }

    #[test]
    fn similar_words_have_similar_vectors() {
        assert!(similarity("invoice", "invoice") > 0.95);
        for (word, similar, other) in [
            ("client", "customer", "calendar"),
            ("laptop", "computer", "invoice"),
            ("invoice", "bill", "calendar"),
        ] {
            assert!(similarity(word, similar) > similarity(word, other) + 0.1, "{word}");
        }
    }

    #[test]
    fn inflected_forms_share_a_vector() {
        assert!(WordVector::find("reimbursements").is_some());
        assert!(WordVector::find("qwertyuiop").is_none() && WordVector::find("").is_none());
    }

    #[test]
    fn text_vector_is_built_from_its_words() {
        let text = |words: &[&str]| {
            let mut text = TextVector::EMPTY;
            words.iter().filter_map(|word| WordVector::find(word)).for_each(|word| text.add(word, 1.0));
            text.quantize()
        };
        let (invoice, bill) = (text(&["customer", "invoice"]).unwrap(), text(&["client", "bill"]).unwrap());
        assert!(cosine(&invoice, &bill) > cosine(&invoice, &text(&["weather", "forecast"]).unwrap()));
        assert!(text(&["qwertyuiop"]).is_none());
    }
}
