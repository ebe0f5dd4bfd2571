//! Splits text into words.

use std::borrow::Cow;

/// Maximum number of query words that are read. Nobody needs more to describe a request, and each one has a cost.
const MAX_QUERY_WORDS: usize = 64;
/// Maximum number of query bytes that are read.
const MAX_QUERY_BYTES: usize = 1024;

/// Which bytes of ASCII text belong to words.
const IS_WORD_BYTE: [bool; 256] = {
    let mut bytes = [false; 256];
    let mut byte = 0_u8;
    while byte.is_ascii() {
        bytes[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'\'';
        byte += 1;
    }
    bytes
};

/// Returns the part of a query that is read.
pub(crate) fn bounded(query: &str) -> &str {
    let mut words = 0;
    let mut is_in_word = false;
    for (at, c) in query.char_indices() {
        if at >= MAX_QUERY_BYTES {
            return &query[..at];
        }
        if c.is_alphanumeric() && !is_in_word {
            words += 1;
            if words > MAX_QUERY_WORDS {
                return &query[..at];
            }
        }
        is_in_word = c.is_alphanumeric();
    }
    query
}

/// Returns true if a word contains a digit.
pub(crate) fn has_digit(word: &str) -> bool {
    word.contains(|c: char| c.is_ascii_digit())
}

/// Splits text into lowercase words.
pub(crate) fn tokenize(text: &str) -> Vec<String> {
    tokenize_cased(&lowercase(text))
}

/// Returns a text in lower case.
pub(crate) fn lowercase(text: &str) -> Cow<'_, str> {
    // Most indexed text is ASCII and has no capital letters.
    if !text.is_ascii() {
        Cow::Owned(text.to_lowercase())
    } else if text.bytes().fold(false, |any, byte| any | byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

/// Splits text into words, preserving case. Possessive endings are dropped and contractions (`what's`, `can't`) are
/// expanded.
pub(crate) fn tokenize_cased(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    words_in(text, |word| words.push(word.to_owned()));
    words
}

/// Calls a function with each word that [`tokenize_cased`] returns.
pub(crate) fn words_in(text: &str, mut found: impl FnMut(&str)) {
    if text.is_ascii() {
        let mut start = 0;
        for part in text.as_bytes().split(|byte| !IS_WORD_BYTE[usize::from(*byte)]) {
            if !part.is_empty() {
                add_word(&text[start..start + part.len()], &mut found);
            }
            start += part.len() + 1;
        }
        return;
    }
    let straight = text.replace('\u{2019}', "'");
    for word in straight.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()) {
        add_word(word, &mut found);
    }
}

/// Calls a function with each word in a part of a text that has neither spaces nor punctuation.
fn add_word(word: &str, mut found: impl FnMut(&str)) {
    if let Some((first, second)) = expand_contraction(word) {
        found(first);
        found(second);
    } else if word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        found(word);
    } else if word.contains('\'') {
        let whole = word.strip_suffix("'s").unwrap_or(word).replace('\'', "");
        Some(whole).filter(|whole| !whole.is_empty()).iter().for_each(|whole| found(whole));
    } else if !word.is_ascii() && word.contains(is_ideograph) {
        split_ideographs(word).iter().for_each(|word| found(word));
    } else {
        split_unit(word).for_each(found);
    }
}

/// Returns true if a character belongs to a script without spaces between words.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// The pairs of adjacent ideographs of a text, which are about its words, and the words in other scripts.
fn split_ideographs(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last: Option<char> = None;
    for c in text.chars() {
        match (last.filter(|last| is_ideograph(*last)), is_ideograph(c)) {
            (Some(last), true) => words.push([last, c].iter().collect()),
            (None, true) => {}
            (None, false) if last.is_some() => words.last_mut().into_iter().for_each(|word| word.push(c)),
            (_, false) => words.push(c.to_string()),
        }
        last = Some(c);
    }
    if text.chars().count() == 1 { vec![text.to_owned()] } else { words }
}

/// Returns the two words of a contraction, written with or without its apostrophe: `what's`, `dont`.
fn expand_contraction(word: &str) -> Option<(&str, &'static str)> {
    const QUESTION_WORDS: [&str; 5] = ["who", "what", "where", "when", "how"];
    const DEMONSTRATIVES: [&str; 3] = ["there", "that", "it"];
    const NEGATED_VERBS: [&str; 10] =
        ["do", "does", "did", "is", "are", "was", "has", "have", "should", "could"];
    let is_one_of = |all: &[&str], word: &str| all.iter().any(|one| word.eq_ignore_ascii_case(one));
    // Most words end in neither letter, and this is much cheaper to check than the suffixes.
    let last = word.bytes().last().filter(|last| matches!(last, b's' | b't'))?;
    if last == b's' {
        let bare = &word[..word.len() - 1];
        let question = bare.strip_suffix('\'').unwrap_or(bare);
        let is_there =
            is_one_of(&QUESTION_WORDS, question) || question != bare && is_one_of(&DEMONSTRATIVES, question);
        return is_there.then_some((question, "is"));
    }
    let bare = word.strip_suffix("n't").or_else(|| word.strip_suffix("nt"))?;
    if bare.eq_ignore_ascii_case("ca") {
        return Some(("can", "not"));
    }
    is_one_of(&NEGATED_VERBS, bare).then_some((bare, "not"))
}

/// Separates a number from the unit of time after it (`30min`); any other word is left unchanged.
fn split_unit(word: &str) -> impl Iterator<Item = &str> {
    const TIMES: [&str; 9] = ["h", "hr", "hrs", "hour", "hours", "min", "mins", "minutes", "m"];
    let unit = word.trim_start_matches(|c: char| c.is_ascii_digit());
    let at = if unit.len() < word.len() && TIMES.contains(&unit) { word.len() - unit.len() } else { 0 };
    [&word[..at], &word[at..]].into_iter().filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_split_into_words_without_possessives() {
        assert_eq!(tokenize("The client's PO-lines, can't"), ["the", "client", "po", "lines", "can", "not"]);
    }

    #[test]
    fn ideographs_are_read_in_pairs() {
        assert_eq!(tokenize("获取BBC新闻 票"), ["获取", "bbc", "新闻", "票"]);
    }
}
