//! Names in a query: of clients, of people, of places. They say whose a record is, not which record is wanted, though
//! many have words that records have too (Summit Accounting, Harbor Board). What is written with a capital within a
//! query is taken for one, unless it is a word or a saying that tools have.

use super::words::{Words, cut};

/// Which of the words of a query, as [`cut`] gives them, are of names.
pub fn of(text: &str, words: &Words) -> Vec<bool> {
    let written = cut(text);
    let is_capital = |word: &String| {
        let mut letters = word.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase)
    };
    let capitals: Vec<bool> = written.iter().map(is_capital).collect();
    let mut names = vec![false; written.len()];
    // Where every word has a capital, it says nothing.
    if capitals.iter().all(|is_capital| *is_capital) && written.len() > 3 {
        return names;
    }
    let mut begin = 0;
    while begin < written.len() {
        let length = capitals[begin..].iter().take_while(|is_capital| **is_capital).count();
        // The first word of a query has a capital anyway.
        let skip = usize::from(begin == 0 && length > 0 && words.is_known(&written[0].to_lowercase()));
        let run: Vec<String> = written[begin + skip.min(length)..begin + length]
            .iter()
            .map(|word| word.to_lowercase())
            .collect();
        let is_name = match run.as_slice() {
            [] => false,
            [one] => !words.is_known(one),
            several => words.sayings_in(several).is_empty(),
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

    #[test]
    fn what_has_a_capital_within_is_a_name_unless_tools_have_it() {
        let mut words = Words::new();
        words.learn_title("find purchase order board note harbor");
        let names = |text: &str| -> Vec<String> {
            let all = cut(text).into_iter().zip(of(text, &words));
            all.filter(|(_, is_name)| *is_name).map(|(word, _)| word).collect()
        };
        assert_eq!(names("notes of Harbor Board"), ["Harbor", "Board"]);
        assert_eq!(names("give Priya the Board"), ["Priya"]);
        assert_eq!(names("Find Brightwater Logistics"), ["Brightwater", "Logistics"]);
        assert!(names("PO lines of a Board").is_empty());
    }
}
