//! Finds similarly spelled names among thousands, while limiting the time that a single request can take.

/// The letters and the underscore, plus one for everything else.
const LETTERS: usize = 28;
/// The number of words in a bit set of all letter pairs.
const WORDS: usize = LETTERS * LETTERS / 64 + 1;
/// Maximum number of names to compare letter by letter.
const MAX_COMPARED: usize = 24;
/// Longer names have no similar ones.
const MAX_CHARACTERS: usize = 80;

/// The pairs of adjacent letters in names.
pub(super) struct SpellingIndex(Vec<LetterPairs>);

/// A set of pairs of adjacent letters.
struct LetterPairs {
    words: [u64; WORDS],
    count: u32,
}

impl LetterPairs {
    fn new(name: &str) -> Self {
        let mut words = [0_u64; WORDS];
        let letter = |byte: u8| match byte.to_ascii_lowercase() {
            byte @ b'a'..=b'z' => usize::from(byte - b'a'),
            b'_' | b'-' | b' ' | b'.' => 26,
            _ => 27,
        };
        for pair in name.as_bytes().windows(2) {
            let bit = letter(pair[0]) * LETTERS + letter(pair[1]);
            words[bit / 64] |= 1 << (bit % 64);
        }
        let count = words.iter().map(|word| word.count_ones()).sum();
        Self { words, count }
    }

    /// Returns how much two sets have in common, from 0 to 1.
    fn similarity(&self, other: &Self) -> f64 {
        let common: u32 = self.words.iter().zip(&other.words).map(|(a, b)| (a & b).count_ones()).sum();
        f64::from(2 * common) / f64::from((self.count + other.count).max(1))
    }
}

impl SpellingIndex {
    /// Indexes names.
    pub(super) fn new<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        Self(names.map(LetterPairs::new).collect())
    }

    /// Returns the positions of the names spelled like `name`, nearest first. `spellings` returns the forms of the name
    /// at a position.
    pub(super) fn nearest<'n>(
        &self,
        name: &str,
        count: usize,
        spellings: impl Fn(usize) -> [&'n str; 2],
    ) -> Vec<usize> {
        if name.chars().count() > MAX_CHARACTERS {
            return Vec::new();
        }
        let pairs = LetterPairs::new(name);
        let similarities = self.0.iter().map(|other| pairs.similarity(other)).enumerate();
        let mut alike: Vec<(usize, f64)> = similarities.filter(|(_, score)| *score > 0.3).collect();
        alike.sort_by(|a, b| b.1.total_cmp(&a.1));
        alike.truncate(MAX_COMPARED);
        let mut scored: Vec<(usize, f64)> = alike
            .into_iter()
            .map(|(position, _)| {
                let scores = spellings(position).map(|spelling| spelling_similarity(name, spelling));
                (position, scores[0].max(scores[1]))
            })
            .filter(|(_, score)| *score > 0.4)
            .collect();
        scored.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        scored.into_iter().take(count).map(|(position, _)| position).collect()
    }
}

fn spelling_similarity(name: &str, other: &str) -> f64 {
    let longest = name.chars().count().max(other.chars().count()).max(1);
    1.0 - strsim::osa_distance(name, other) as f64 / longest as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_names_are_first() {
        let names = ["count_orders", "create_an_order", "list_all_orders", "list_all_customers"];
        let index = SpellingIndex::new(names.into_iter());
        let nearest = |name: &str| {
            let found = index.nearest(name, 2, |position| [names[position]; 2]);
            found.into_iter().map(|position| names[position]).collect::<Vec<_>>()
        };
        assert_eq!(nearest("list_all_oders")[0], "list_all_orders");
        assert_eq!(nearest("list_orders")[0], "list_all_orders");
        assert_eq!(nearest("create_order")[0], "create_an_order");
        assert!(nearest("zzz").is_empty() && nearest("").is_empty());
        assert!(nearest(&"list_all_orders".repeat(200)).is_empty());
    }
}
