//! Words that show how a query is built, such as prepositions and auxiliary verbs.

/// Words between two things, the second of which qualifies the first by owner, place or purpose.
pub(crate) const PREPOSITIONS: [&str; 12] =
    ["on", "of", "for", "to", "in", "from", "at", "with", "by", "under", "into", "per"];

/// Words that follow a verb rather than a noun.
const DETERMINERS: [&str; 27] = [
    "a", "an", "the", "this", "that", "these", "those", "my", "our", "his", "her", "their", "its", "your",
    "new", "another", "some", "somebody", "someone", "one", "two", "it", "them", "him", "me", "us", "for",
];

/// Returns true if a word starts a relative clause.
pub(crate) fn opens_relative_clause(word: &str) -> bool {
    ["that", "which", "who", "whose", "where"].contains(&word)
}

/// Returns true if a word, or a number too small for an ID, shows that the word before it is a verb.
pub(crate) fn is_determiner(word: &str) -> bool {
    DETERMINERS.contains(&word) || word.len() < 3 && word.chars().all(|c| c.is_ascii_digit())
}

/// Returns true if a word may precede the verb of a request.
pub(crate) fn is_lead_in(word: &str) -> bool {
    const LEADS: &str = "i we you he she they somebody someone please can could would should will need needs want \
                         wants have has like to let lets help me us just now and then also so must how do does \
                         hi hello hey the way a";
    LEADS.split_whitespace().any(|lead| lead == word)
}

/// Returns true if a word forms a question at the start of a clause, and a statement elsewhere.
pub(crate) fn is_auxiliary(word: &str) -> bool {
    ["is", "are", "was", "were", "has", "have", "had", "does", "do", "did"].contains(&word)
}

/// Returns true if the verb after this word describes something that has already been done.
pub(crate) fn is_perfect(word: &str) -> bool {
    ["have", "has", "had", "been", "being", "was", "were"].contains(&word)
}

/// Returns true if a word shows that a sentence is a statement.
pub(crate) fn marks_statement(word: &str) -> bool {
    is_auxiliary(word)
        || ["wants", "needs", "now", "wrong", "instead", "longer", "anymore", "should"].contains(&word)
}
