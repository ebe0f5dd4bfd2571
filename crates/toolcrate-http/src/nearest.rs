//! Suggests correct spellings for unknown words.

/// The maximum number of suggestions.
const MAX_SUGGESTIONS: usize = 3;
/// A longer word isn't compared with anything, so it costs no more than a short one.
const MAX_COMPARED_BYTES: usize = 64;
/// The similarity above which a word is suggested.
const MIN_SIMILARITY: f64 = 0.85;

/// Returns the known words with a spelling similar to `word`, nearest first.
pub(crate) fn nearest<'w>(word: &str, known: impl Iterator<Item = &'w str>) -> Vec<String> {
    if word.len() > MAX_COMPARED_BYTES {
        return Vec::new();
    }
    let word = word.to_lowercase();
    let score = |other: &str| strsim::jaro_winkler(&word, &other.to_lowercase());
    let mut scored: Vec<(f64, &str)> =
        known.map(|other| (score(other), other)).filter(|(score, _)| *score > MIN_SIMILARITY).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.dedup_by_key(|(_, other)| *other);
    scored.into_iter().take(MAX_SUGGESTIONS).map(|(_, other)| other.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelled_words_are_suggested() {
        let known = || ["read", "write", "TicketNotes", "Tickets"].into_iter();
        assert_eq!(nearest("reads", known()), ["read"]);
        assert_eq!(nearest("tickts", known())[0], "Tickets");
        assert!(nearest("nothing", known()).is_empty());
        assert!(nearest(&"read".repeat(100), known()).is_empty());
    }
}
