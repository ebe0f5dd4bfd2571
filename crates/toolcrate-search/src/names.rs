//! Recognizes names in a query, such as those of clients, people and places.
//!
//! A name identifies a record but not its kind, even though many names contain words that also describe records (Summit
//! Accounting, Harbor Board). Capitalized words within a query are treated as a name, unless they are a word or phrase
//! in the vocabulary.

use crate::analyzer::Analyzer;
use crate::tokenizer::tokenize_cased;

/// Returns, for each word from [`tokenize_cased`], whether it belongs to a name.
pub(crate) fn find_names(text: &str, words: &Analyzer) -> Vec<bool> {
    let written = tokenize_cased(text);
    let is_capital = |word: &String| {
        let mut letters = word.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase)
    };
    let capitals: Vec<bool> = written.iter().map(is_capital).collect();
    let mut names = vec![false; written.len()];
    // In title case, capital letters mean nothing.
    if capitals.iter().all(|is_capital| *is_capital) && written.len() > 3 {
        return names;
    }
    let mut begin = 0;
    while begin < written.len() {
        let length = capitals[begin..].iter().take_while(|is_capital| **is_capital).count();
        // A query's first word may be capitalized as the start of a sentence.
        let skip = usize::from(begin == 0 && length > 0 && words.is_known(&written[0].to_lowercase()));
        let run: Vec<String> = written[begin + skip.min(length)..begin + length]
            .iter()
            .map(|word| word.to_lowercase())
            .collect();
        let is_name = match run.as_slice() {
            [] => false,
            [one] => !words.is_known(one),
            several => words.phrases_in(several).is_empty(),
        };
        if is_name {
            names[begin + skip..begin + length].fill(true);
        }
        begin += length.max(1);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::word_lists::WordLists;

    #[test]
    fn capitalized_words_are_names_unless_in_the_vocabulary() {
        let mut words = Analyzer::new(&WordLists::ENGLISH);
        words.index_title("find purchase order board note harbor");
        let names = |text: &str| -> Vec<String> {
            let all = tokenize_cased(text).into_iter().zip(find_names(text, &words));
            all.filter(|(_, is_name)| *is_name).map(|(word, _)| word).collect()
        };
        assert_eq!(names("notes of Harbor Board"), ["Harbor", "Board"]);
        assert_eq!(names("give Priya the Board"), ["Priya"]);
        assert_eq!(names("Find Brightwater Logistics"), ["Brightwater", "Logistics"]);
        assert!(names("PO lines of a Board").is_empty());
    }
}
