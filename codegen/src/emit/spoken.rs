//! Converts names to readable words: `poNumber` becomes `PO number`.

use super::context::Context;
use crate::naming::identifiers;

/// Minimum number of letters in a word for a trailing number to be a separate word: `line 1`, but `QB99`.
const MIN_LETTERS: usize = 3;

impl Context<'_> {
    /// Returns a name in words, spelled as in the profile: `glAccountIds` becomes `GL account IDs`, and `streetLine1`
    /// becomes `street line 1`.
    pub(super) fn spoken(&self, name: &str) -> String {
        let words = identifiers::split(name);
        let words: Vec<&str> = words.iter().flat_map(|word| self.without_number(word)).collect();
        let mut spelled: Vec<String> = Vec::new();
        let mut rest = &words[..];
        while let [first, others @ ..] = rest {
            let pair = others.first().and_then(|second| self.spelling(&format!("{first} {second}")));
            rest = if pair.is_some() { &others[1..] } else { others };
            let single = || self.spelling(first).unwrap_or_else(|| (*first).to_owned());
            spelled.push(pair.unwrap_or_else(single));
        }
        spelled.join(" ")
    }

    /// Returns the spelling of an abbreviation or a name, in the singular or the plural.
    fn spelling(&self, word: &str) -> Option<String> {
        let known = |word: &str| {
            if word == "id" {
                return Some("ID".to_owned());
            }
            let spelling = self.profile.names.spellings.get(word)?;
            self.ledger.mark(format!("names.spellings.{word}"));
            Some(spelling.clone())
        };
        known(word).or_else(|| Some(format!("{}s", known(word.strip_suffix('s')?)?)))
    }

    /// Splits the number off a word that ends with one.
    fn without_number<'w>(&self, word: &'w str) -> impl Iterator<Item = &'w str> + use<'w> {
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let is_one = letters.len() < MIN_LETTERS || self.profile.names.spellings.contains_key(word);
        let (letters, number) = if is_one { (word, "") } else { word.split_at(letters.len()) };
        [letters, number].into_iter().filter(|part| !part.is_empty())
    }
}
