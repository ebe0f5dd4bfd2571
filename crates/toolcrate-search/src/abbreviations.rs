//! Expands abbreviations to words in the catalog: opp, dept, qty.

/// Minimum and maximum length of an abbreviation.
const MIN_CHARS: usize = 3;
const MAX_CHARS: usize = 6;
/// Maximum number of words that an abbreviation stands for.
const MAX_MEANINGS: usize = 2;

/// The words that abbreviations may stand for.
#[derive(Default)]
pub(crate) struct Abbreviations {
    /// Each word with its stem and frequency.
    words: Vec<(String, String, usize)>,
}

impl Abbreviations {
    /// Creates abbreviations from words with their stems and frequencies.
    pub(crate) fn new(words: Vec<(String, String, usize)>) -> Self {
        Self { words }
    }

    /// Returns the stems of the most frequent words that a word may abbreviate: words that start with it or, failing
    /// that, words that it contracts.
    pub(crate) fn find(&self, word: &str) -> Vec<&str> {
        if !(MIN_CHARS..=MAX_CHARS).contains(&word.len())
            || !word.bytes().all(|byte| byte.is_ascii_lowercase())
        {
            return Vec::new();
        }
        let starting = self.most_frequent(|other| other.len() > word.len() + 2 && other.starts_with(word));
        if starting.is_empty() { self.most_frequent(|other| is_contraction(word, other)) } else { starting }
    }

    fn most_frequent(&self, fits: impl Fn(&str) -> bool) -> Vec<&str> {
        let mut found: Vec<(usize, &str)> = Vec::new();
        for (_, stem, count) in self.words.iter().filter(|(word, _, _)| fits(word)) {
            match found.iter_mut().find(|(_, known)| *known == stem) {
                Some((total, _)) => *total += count,
                None => found.push((*count, stem)),
            }
        }
        found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        found.into_iter().take(MAX_MEANINGS).map(|(_, stem)| stem).collect()
    }
}

/// Returns true if a word consists of another word's first letter and, in order, some of its later letters, of which
/// at most one is a vowel.
fn is_contraction(word: &str, other: &str) -> bool {
    let is_vowel = |c: char| "aeiou".contains(c);
    if other.len() < word.len() + 2 || word[1..].chars().filter(|c| is_vowel(*c)).count() > 1 {
        return false;
    }
    let mut letters = other.chars();
    let starts = word.chars().next() == letters.next();
    starts
        && word.chars().skip(1).all(|c| letters.any(|letter| letter == c))
        && letters.count() <= other.len() / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_are_expanded() {
        let words = ["opportunity", "department", "quantity", "invoice", "account", "order"];
        let words = Abbreviations::new(words.map(|word| (word.to_owned(), word.to_owned(), 1)).to_vec());
        assert_eq!(words.find("opp"), ["opportunity"]);
        assert_eq!(words.find("inv"), ["invoice"]);
        assert_eq!(words.find("dept"), ["department"]);
        assert_eq!(words.find("qty"), ["quantity"]);
        assert_eq!(words.find("acct"), ["account"]);
        assert!(words.find("xyz").is_empty() && words.find("or").is_empty());
    }
}
