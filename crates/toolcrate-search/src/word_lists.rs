//! The engine's word lists, and the functions that parse them.

/// An API's search vocabulary, examples, and ranking model, as text.
///
/// Except for the examples and the ranking model, the lists have one of two formats. Lines that start with `#` and empty
/// lines are ignored in both. A *sectioned* list has headings in brackets, each followed by its entries, one per line; the
/// other lists have one entry per line.
///
/// ```text
/// [/service/tickets]
/// case
/// incident
/// ```
#[derive(Clone, Copy, Debug)]
pub struct WordLists {
    /// Words that don't help to distinguish tools, separated by whitespace.
    pub stop_words: &'static str,
    /// `word: stem`, for words whose stem the stemmer would confuse with another word's.
    pub stems: &'static str,
    /// Sectioned: an activity (`list`, `get`, `count`, `create`, `update`, `replace`, `delete`, `usages`) or the first
    /// word in the names of tools with any other activity, followed by the verbs that express it. A `+` after a word
    /// means that it is also a noun, a `?` that it is a verb only before a determiner, and the word `*` matches any
    /// words.
    pub verbs: &'static str,
    /// Verbs for actions that only this API has.
    pub api_verbs: &'static str,
    /// Sectioned: the API's words for something, followed by users' words for it.
    pub synonyms: &'static str,
    /// Words in general English with nearly the same meaning, separated by commas: each stands for any of the others
    /// that occur in titles. Words before a colon stand for the words after it, but not the reverse. `synonyms` take
    /// precedence.
    pub thesaurus: &'static str,
    /// `action: opposite, opposite`: first words in the names of tools that undo each other. If a query requests one,
    /// tools for the other aren't found.
    pub opposites: &'static str,
    /// Sectioned: a collection's path with `{}` for each parameter, followed by what people call its records.
    pub collection_aliases: &'static str,
    /// Sectioned: an operation's method and path with `{}` for each parameter, followed by how people ask for it.
    pub action_aliases: &'static str,
    /// Example requests in the format of [labeled queries](crate::evaluate): if a query resembles an example, the right
    /// tools for that example rank higher.
    pub examples: &'static str,
    /// The decision trees that rerank the best tools, in the format that `data/ranking/train.py` writes. If it is empty,
    /// tools are ranked only by their scores.
    pub ranking: &'static str,
    /// `part: weight: word, word: activity`: the weight of tools whose short name contains `part`, unless the query
    /// contains one of the words. If an activity is given, the weight applies only to queries for it.
    pub penalties: &'static str,
    /// The paths of the most frequently requested collections.
    pub popular: &'static str,
    /// Sectioned. `owners`: words for whom something belongs to or is done for, which are less significant than others.
    /// `numbered`: the record that a bare long number refers to. `named`: the records that a bare name refers to, if
    /// the query has no stems other than those in `vague`. `written`: records in which people write, and verbs for
    /// writing.
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
        examples: "",
        ranking: include_str!("../data/ranking/trees.txt"),
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

/// Returns the lines that are neither empty nor comments.
pub(crate) fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Returns the entries of a list of `key: value` lines.
pub(crate) fn entries(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    lines(text).filter_map(|line| line.split_once(':')).map(|(key, value)| (key.trim(), value.trim()))
}

/// Returns the headings of a sectioned list, each with its entries.
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
