//! Finds numbers in a query that are record IDs.

use crate::analyzer::Analyzer;
use crate::function_words::PREPOSITIONS;
use crate::intent::DetectedIntent;

/// Minimum number of digits for a number that is always an ID.
const MIN_ID_DIGITS: usize = 5;

/// A number that identifies a record.
pub(crate) struct RecordId {
    /// The position of the word that names the record, or of the number itself.
    pub(crate) of: usize,
    /// True if no word names the record.
    pub(crate) is_lone: bool,
}

/// Returns true if a word consists of digits.
pub(crate) fn is_number(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_digit())
}

/// Returns the numbers in a query that are record IDs: numbers after a noun, and long numbers anywhere.
pub(crate) fn find_ids(query: &[String], wanted: &DetectedIntent, words: &Analyzer) -> Vec<RecordId> {
    let names = |word: &str| ["number", "no", "nr", "id", "num"].contains(&word);
    let is_thing =
        |word: &str| !is_number(word) && !words.is_stop_word(word) && !PREPOSITIONS.contains(&word);
    // After "closed" or "reopened", a number has no noun.
    let is_done =
        |word: &str, number: &str| number.len() >= MIN_ID_DIGITS && word.len() > 5 && word.ends_with("ed");
    let names_record = |position: usize| {
        words.is_searchable(&words.stem(&query[position])) || words.synonym(&query[position..]).is_some()
    };
    let numbers = query.iter().enumerate().filter(|(_, word)| is_number(word));
    numbers
        .filter_map(|(position, number)| {
            let before = (0..position).rev().find(|position| !names(&query[*position]));
            let of = before.filter(|before| {
                let word = &query[*before];
                !wanted.spent.contains(before)
                    && is_thing(word)
                    && !is_done(word, number)
                    // A short number after any other word is part of a name: net 30.
                    && (number.len() > 2 || names_record(*before))
            });
            match of {
                Some(of) if !query.get(position + 1).is_some_and(|word| is_quantity(number, word)) => {
                    Some(RecordId { of, is_lone: false })
                }
                None if number.len() >= MIN_ID_DIGITS => Some(RecordId { of: position, is_lone: true }),
                _ => None,
            }
        })
        .collect()
}

/// Whether a number and the word behind it are a quantity; five digits before "of" are an ID.
fn is_quantity(number: &str, word: &str) -> bool {
    is_unit(word) && !(word == "of" && number.len() >= MIN_ID_DIGITS)
}

/// Returns true if a word after a number is a unit, which makes the number a quantity.
pub(crate) fn is_unit(word: &str) -> bool {
    const UNITS: &str = "min mins minute minutes h hr hrs hour hours day days week weeks month months year years pm am \
        percent user users seat seats licence licences license licenses pcs pieces units of x \
        usd eur gbp dollars euros pounds";
    UNITS.split_whitespace().any(|unit| unit == word)
}

/// Returns true if the word at a position follows a preposition, and therefore only qualifies the records.
pub(crate) fn is_qualifier(query: &[String], position: usize) -> bool {
    let from = position.saturating_sub(3);
    query[from..position].iter().any(|word| PREPOSITIONS.contains(&word.as_str()))
}
