//! English word vectors. Words with similar meanings have similar vectors, so a query doesn't have to use the API's own
//! words. See `data/vectors/README.md` for their source.

use std::sync::LazyLock;

/// The number of components of a vector.
pub(crate) const DIMENSIONS: usize = 64;
/// The length of every vector, apart from rounding.
const LENGTH: f32 = 254.0;
/// The bytes of a vector in the file: each has two components.
const PACKED_BYTES: usize = DIMENSIONS / 2;
/// What a component of 0 is stored as.
const PACKED_ZERO: u8 = 8;
/// The bytes of a number in the file.
const STEP_BYTES: usize = 4;

/// The words with a vector, sorted.
static WORDS: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("../data/vectors/words.txt").lines().collect());
/// The length of a step of each component, the vectors in the order of the words, and how rare each word is.
static VECTORS: &[u8] = include_bytes!("../data/vectors/vectors.bin");
/// The length of a step of each component.
static STEPS: LazyLock<[f32; DIMENSIONS]> = LazyLock::new(|| {
    let mut steps = [0.0; DIMENSIONS];
    for (step, bytes) in steps.iter_mut().zip(VECTORS.chunks_exact(STEP_BYTES)) {
        *step = bytes.try_into().map(f32::from_le_bytes).unwrap_or_default() * LENGTH;
    }
    steps
});

/// A word's vector.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WordVector {
    components: [i8; DIMENSIONS],
    /// How rare the word is in English, from 0 to 1: rare words say more about a text.
    pub(crate) rarity: f32,
}

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
    fn find_exact(word: &str) -> Option<Self> {
        let position = WORDS.binary_search(&word).ok()?;
        let start = DIMENSIONS * STEP_BYTES + position * PACKED_BYTES;
        let packed = VECTORS.get(start..start + PACKED_BYTES)?;
        let rarity = VECTORS.get(DIMENSIONS * STEP_BYTES + WORDS.len() * PACKED_BYTES + position)?;
        let mut components = [0; DIMENSIONS];
        let numbers = packed.iter().flat_map(|pair| [pair & 0xf, pair >> 4]);
        for ((component, number), step) in components.iter_mut().zip(numbers).zip(STEPS.iter()) {
            *component = ((f32::from(number) - f32::from(PACKED_ZERO)) * step).clamp(-127.0, 127.0) as i8;
        }
        Some(Self { components, rarity: f32::from(*rarity) / 255.0 })
    }

    /// Returns true if a word in lower case has a vector.
    pub(crate) fn is_word(word: &str) -> bool {
        WORDS.binary_search(&word).is_ok()
    }

    /// Returns the cosine of the angle between two vectors: 1 for words with the same meaning, about 0 for unrelated
    /// ones.
    pub(crate) fn similarity(&self, other: &Self) -> f32 {
        cosine(&self.components, &other.components)
    }
}

/// The meaning of a text: the weighted sum of its words' vectors.
#[derive(Clone, Debug)]
pub(crate) struct TextVector([f32; DIMENSIONS]);

/// Adds up words with their weights.
impl FromIterator<(WordVector, f32)> for TextVector {
    fn from_iter<I: IntoIterator<Item = (WordVector, f32)>>(words: I) -> Self {
        let mut meaning = Self::EMPTY;
        words.into_iter().for_each(|(word, weight)| meaning.add(word, weight));
        meaning
    }
}

impl TextVector {
    /// The meaning of an empty text.
    pub(crate) const EMPTY: Self = Self([0.0; DIMENSIONS]);

    /// Adds a word.
    pub(crate) fn add(&mut self, word: WordVector, weight: f32) {
        for (sum, component) in self.0.iter_mut().zip(word.components) {
            *sum += weight * f32::from(component);
        }
    }

    /// Adds a text.
    pub(crate) fn add_text(&mut self, other: &Self, weight: f32) {
        for (sum, component) in self.0.iter_mut().zip(&other.0) {
            *sum += weight * component;
        }
    }

    /// Returns the same direction in small numbers, for fast comparison; `None` if no word has a vector. The `common`
    /// leading components vary most between words but say little about a text's subject, and are left out.
    pub(crate) fn quantize(&self, common: usize) -> Option<[i8; DIMENSIONS]> {
        let mut components = self.0;
        components[..common].fill(0.0);
        let length = components.iter().map(|component| component * component).sum::<f32>().sqrt();
        (length > 0.0).then(|| {
            let mut quantized = [0; DIMENSIONS];
            for (quantized, component) in quantized.iter_mut().zip(components) {
                *quantized = round((component / length * LENGTH).clamp(-127.0, 127.0));
            }
            quantized
        })
    }
}

/// Rounds a number between -127 and 127. Unlike [`f32::round`], this isn't a function call for each number.
fn round(number: f32) -> i8 {
    let whole = number as i32;
    let rest = number - whole as f32;
    (whole + i32::from(rest >= 0.5) - i32::from(rest <= -0.5)) as i8
}

/// Returns the cosine of the angle between two quantized vectors.
pub(crate) fn cosine(a: &[i8; DIMENSIONS], b: &[i8; DIMENSIONS]) -> f32 {
    // Products fit in 16 bits, and processors multiply more 16-bit numbers at a time.
    let product: i32 = a.iter().zip(b).map(|(a, b)| i32::from(i16::from(*a) * i16::from(*b))).sum();
    product as f32 / (LENGTH * LENGTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn similarity(a: &str, b: &str) -> f32 {
        let vector = |word| WordVector::find(word).expect("a frequent word");
        vector(a).similarity(&vector(b))
    }

    #[test]
    fn each_word_has_a_vector() {
        assert_eq!(VECTORS.len(), DIMENSIONS * STEP_BYTES + WORDS.len() * (PACKED_BYTES + 1));
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
    fn numbers_are_rounded_away_from_zero() {
        for number in [0.0, 0.49999997, 0.5, 1.5, 2.4, -0.5, -0.6, -126.7, 127.0] {
            assert_eq!(f32::from(round(number)), number.round(), "{number}");
        }
    }

    #[test]
    fn text_vector_is_built_from_its_words() {
        let text = |words: &[&str]| {
            let mut text = TextVector::EMPTY;
            words.iter().filter_map(|word| WordVector::find(word)).for_each(|word| text.add(word, 1.0));
            text.quantize(2)
        };
        let (invoice, bill) = (text(&["customer", "invoice"]).unwrap(), text(&["client", "bill"]).unwrap());
        assert!(cosine(&invoice, &bill) > cosine(&invoice, &text(&["weather", "forecast"]).unwrap()));
        assert!(text(&["qwertyuiop"]).is_none());
    }
}
