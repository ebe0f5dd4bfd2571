//! The word lists that the engine is given, and how they are read.

/// Search vocabulary of an API, as texts in two formats.
///
/// Lines that start with `#` and empty lines are ignored in both. A *sectioned* list has a heading in brackets and the
/// entries of that heading below it, one a line; the other lists have an entry a line.
///
/// ```text
/// [/service/tickets]
/// case
/// incident
/// ```
#[derive(Clone, Copy, Debug)]
pub struct WordLists {
    /// Words that distinguish no tool from another, separated by white space.
    pub stop_words: &'static str,
    /// `word: stem`, for words whose stem the stemmer would confuse with that of another word.
    pub stems: &'static str,
    /// Sectioned: an activity (`list`, `get`, `count`, `create`, `update`, `replace`, `delete`, `usages`) or the first
    /// word of the names of tools with another one, and the verbs that ask for it. A `+` after a word means that it also
    /// names a thing, a `?` that it is a verb only before a determiner, and a `*` word stands for any words.
    pub verbs: &'static str,
    /// The same for actions that only this API has.
    pub api_verbs: &'static str,
    /// Sectioned: the API's words for something, and the words that users have for it.
    pub synonyms: &'static str,
    /// Words of general English that mean nearly the same, separated by commas: each stands for the others that occur in
    /// titles. Behind a colon are the words that those before it stand for, and not the reverse. `synonyms` come first.
    pub thesaurus: &'static str,
    /// `action: opposite, opposite`: first words of the names of tools that undo each other. Where a query wants one,
    /// tools of the other are not found.
    pub opposites: &'static str,
    /// Sectioned: the path of a collection with `{}` for each parameter, and what people call its records.
    pub collection_aliases: &'static str,
    /// Sectioned: method and path of an operation with `{}` for each parameter, and how people ask for it.
    pub action_aliases: &'static str,
    /// `part: weight: word, word: activity`: how much tools weigh whose short name contains `part`, unless the query
    /// contains one of the words; for queries of that activity alone, if one is given.
    pub penalties: &'static str,
    /// The paths of the collections that people ask for most.
    pub popular: &'static str,
    /// Sectioned. `owners`: words for whom something belongs to or is done for, which say less than others.
    /// `numbered`: the record meant by a long number alone. `named`: the records meant by a name alone, where the query
    /// has no stems but those of `vague`. `written`: records in which people write, and verbs of doing so.
    pub context: &'static str,
}

impl WordLists {
    /// The lists that are the same for every API in English; the others are empty.
    pub const ENGLISH: Self = Self {
        stop_words: include_str!("../data/stop_words.txt"),
        stems: include_str!("../data/stems.txt"),
        verbs: include_str!("../data/verbs.txt"),
        api_verbs: "",
        synonyms: "",
        thesaurus: include_str!("../data/thesaurus.txt"),
        opposites: include_str!("../data/opposites.txt"),
        collection_aliases: "",
        action_aliases: "",
        penalties: include_str!("../data/penalties.txt"),
        popular: "",
        context: include_str!("../data/context.txt"),
    };
}

impl Default for WordLists {
    fn default() -> Self {
        Self::ENGLISH
    }
}

/// The lines that are neither empty nor comments.
pub(crate) fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The entries of a list of `key: value` lines.
pub(crate) fn entries(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    lines(text).filter_map(|line| line.split_once(':')).map(|(key, value)| (key.trim(), value.trim()))
}

/// The headings of a sectioned list, each with its entries.
pub(crate) fn sections(text: &'static str) -> Vec<(&'static str, Vec<&'static str>)> {
    let mut sections: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in lines(text) {
        if let Some(heading) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            sections.push((heading, Vec::new()));
        } else if let Some((_, entries)) = sections.last_mut() {
            entries.push(line);
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_keep_the_order_of_their_entries() {
        let text = "# comment\n[/a]\none\n two words \n\n[/b/{}]\n# comment\nthree\n";
        assert_eq!(sections(text), [("/a", vec!["one", "two words"]), ("/b/{}", vec!["three"])]);
    }
}
