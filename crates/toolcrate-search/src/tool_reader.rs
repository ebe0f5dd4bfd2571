//! Reads the text about the tools in a catalog before it is indexed.

use std::borrow::Cow;
use std::ops::Range;

use foldhash::HashSet;
use toolcrate_runtime::Tool;

use crate::aliases::{AliasIndex, AliasList, collection_path, normalize_path};
use crate::intent::Intent;
use crate::rare_tools::Penalty;
use crate::tokenizer::{lowercase, words_in};
use crate::weights::Weights;
use crate::word_lists::{WordLists, lines};

/// The text about a tool in a catalog. Unless noted otherwise, it consists of words in lower case, separated by spaces.
pub(crate) struct ToolText {
    pub(crate) tool: Tool,
    pub(crate) intent: Intent,
    /// The title without its verb, in noun order.
    pub(crate) title: String,
    /// The part of the title that is its subject: the last word, ignoring qualifiers that identify the record.
    head: Range<usize>,
    /// The description, as written.
    description: Cow<'static, str>,
    /// The words in the first sentence of the description that aren't in the title, except its verb and the text in
    /// parentheses.
    pub(crate) new_words: String,
    /// The text in parentheses in the first sentence of the description.
    explanation: Range<usize>,
    /// The index of its collection's aliases.
    pub(crate) collection: Option<usize>,
    /// The index of its operation's aliases.
    pub(crate) action_aliases: Option<usize>,
    /// The path of the records that it works on.
    pub(crate) records: String,
    /// The tool's popularity, regardless of the query.
    pub(crate) weight: f32,
    /// The indexes of the penalties that apply to the tool.
    pub(crate) penalties: Vec<usize>,
}

impl ToolText {
    /// Returns the subject of the title.
    pub(crate) fn head(&self) -> &str {
        &self.title[self.head.clone()]
    }

    /// Returns the whole description, as written.
    pub(crate) fn description(&self) -> &str {
        &self.description
    }

    /// Returns the explanation in parentheses in the first sentence, as written.
    pub(crate) fn explanation(&self) -> &str {
        &self.description[self.explanation.clone()]
    }
}

/// Reads the text of tools. This doesn't require the vocabulary, so it can run while the word lists are indexed.
pub(crate) struct ToolReader {
    weights: Weights,
    aliases: AliasIndex,
    pub(crate) popular: HashSet<&'static str>,
    pub(crate) penalties: Vec<Penalty>,
}

impl ToolReader {
    /// Creates a reader for tools that may have these aliases.
    pub(crate) fn new(
        lists: &WordLists,
        collections: &AliasList,
        actions: &AliasList,
        weights: Weights,
    ) -> Self {
        Self {
            weights,
            aliases: AliasIndex::new(collections, actions),
            popular: lines(lists.popular).collect(),
            penalties: Penalty::parse_list(lists.penalties),
        }
    }

    /// Reads the text of a tool.
    pub(crate) fn read(&self, tool: Tool) -> ToolText {
        let summary = tool.summary();
        let intent = Intent::from_tool(tool);
        let written = in_noun_order(without_verb(&summary.title, intent), intent);
        let (title, head) = read_title(&written);
        let (sentence, explanation) = split_explanation(first_sentence(&summary.description));
        // If a description starts with the title as written, which is true of half of them, only its verb may be new.
        let is_title = matches!(written, Cow::Borrowed(_)) && sentence.trim_end_matches('.') == summary.title;
        let sentence = if is_title { sentence.split(' ').next().unwrap_or_default() } else { sentence };
        let mut path = normalize_path(tool.path());
        let collection = self.aliases.collection(&path);
        let action_aliases = self.aliases.action(tool.method(), &path);
        let depth = path.bytes().filter(|byte| *byte == b'{').count();
        path.truncate(collection_path(&path).len());
        ToolText {
            tool,
            intent,
            new_words: words_outside(sentence, &title),
            title,
            head,
            explanation,
            description: summary.description,
            collection,
            action_aliases,
            weight: self.weight(depth, &path),
            records: path,
            penalties: Penalty::find_applicable(&self.penalties, tool.short_name()),
        }
    }

    /// Returns the popularity of a tool for the records at a path. `depth` is the number of parameters in its path.
    fn weight(&self, depth: usize, records: &str) -> f32 {
        let popular = if self.popular.contains(records) { self.weights.popular } else { 1.0 };
        popular * self.weights.nesting.powi(i32::try_from(depth).unwrap_or(0))
    }
}

/// Returns the words of a title, and the position of its subject.
fn read_title(title: &str) -> (String, Range<usize>) {
    let (subject, qualifiers) = title.split_at(subject_end(title));
    let mut words = String::with_capacity(title.len());
    push_words(subject, &mut words);
    let head = words.rfind(' ').map_or(0, |space| space + 1)..words.len();
    push_words(qualifiers, &mut words);
    (words, head)
}

/// Returns the first sentence of a text.
fn first_sentence(text: &str) -> &str {
    // Periods are rare, so this is faster than searching for both characters.
    let mut ends = text.match_indices('.').map(|(at, _)| at);
    ends.find(|at| text[at + 1..].starts_with(' ')).map_or(text, |end| &text[..end])
}

/// Returns the part of a sentence before its parentheses, and the position of the text in the parentheses.
fn split_explanation(sentence: &str) -> (&str, Range<usize>) {
    let mut starts = sentence.match_indices('(').map(|(at, _)| at);
    match starts.find(|at| sentence[..*at].bytes().last() == Some(b' ')) {
        Some(start) => {
            let end = sentence[start..].rfind(')').map_or(start + 1, |length| start + length);
            (&sentence[..start - 1], start + 1..end)
        }
        None => (sentence, 0..0),
    }
}

/// Returns the words of a sentence that aren't in a title, separated by spaces. The first word, which is the verb, is
/// left out.
fn words_outside(sentence: &str, title: &str) -> String {
    let title: Vec<&str> = title.split(' ').collect();
    let mut new = String::new();
    let mut is_verb = true;
    words_in(&lowercase(sentence), |word| {
        if !is_verb && !title.contains(&word) {
            push_word(word, &mut new);
        }
        is_verb = false;
    });
    new
}

/// Adds the words of a text in lower case.
fn push_words(text: &str, words: &mut String) {
    words_in(&lowercase(text), |word| push_word(word, words));
}

/// Adds a word to others, separated by a space.
fn push_word(word: &str, words: &mut String) {
    if !words.is_empty() {
        words.push(' ');
    }
    words.push_str(word);
}

/// Returns the end of a title's subject: the start of a qualifier that identifies the record.
fn subject_end(title: &str) -> usize {
    let mut spaces = title.match_indices(' ').map(|(at, _)| at).peekable();
    while let (Some(before), Some(after)) = (spaces.next(), spaces.peek()) {
        if ["by", "to", "of"].contains(&&title[before + 1..*after]) {
            return before;
        }
    }
    title.len()
}

/// Returns the words of a title in noun order: `a note to a ticket` becomes `ticket note`.
fn in_noun_order(title: &str, intent: Intent) -> Cow<'_, str> {
    let parts = if intent == Intent::Create { title.split_once(" to ") } else { None };
    parts.map_or(Cow::Borrowed(title), |(own, owner)| Cow::Owned(format!("{owner} {own}")))
}

/// Returns a title without its verb.
fn without_verb(title: &str, intent: Intent) -> &str {
    match intent {
        Intent::Other | Intent::Usages => title,
        _ => title.split_once(' ').map_or(title, |(_, rest)| rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subject_precedes_the_qualifiers() {
        for (title, subject) in [
            ("a ticket note", "a ticket note"),
            ("a report by name of its owner", "a report"),
            ("notes of", "notes of"),
            ("of notes", "of notes"),
            ("", ""),
        ] {
            assert_eq!(&title[..subject_end(title)], subject, "{title}");
        }
    }

    #[test]
    fn parent_precedes_the_part_that_is_created() {
        assert_eq!(in_noun_order("a note to a ticket", Intent::Create), "a ticket a note");
        assert_eq!(in_noun_order("a note to a ticket", Intent::List), "a note to a ticket");
        assert_eq!(without_verb("List all notes", Intent::List), "all notes");
        assert_eq!(without_verb("Merge tickets", Intent::Other), "Merge tickets");
    }

    #[test]
    fn title_consists_of_words_of_which_one_is_the_subject() {
        let (title, head) = read_title("the client's PO-lines by ID");
        assert_eq!((title.as_str(), &title[head]), ("the client po lines by id", "lines"));
        assert_eq!(read_title("Lists"), ("lists".to_owned(), 0..5));
        assert_eq!(read_title(""), (String::new(), 0..0));
    }

    #[test]
    fn first_sentence_may_have_an_explanation() {
        let text = "List 1.5 items (of a part (of (it)). See (this).";
        assert_eq!(first_sentence(text), "List 1.5 items (of a part (of (it))");
        let (plain, explanation) = split_explanation(first_sentence(text));
        assert_eq!((plain, &text[explanation]), ("List 1.5 items", "of a part (of (it)"));
        assert_eq!(split_explanation("List a(b) items"), ("List a(b) items", 0..0));
        assert_eq!(split_explanation("List (items"), ("List", 6..6));
    }

    #[test]
    fn words_of_the_title_and_the_verb_are_not_new() {
        assert_eq!(words_outside("Get the lines of a client", "client lines"), "the of a");
        assert_eq!(words_outside("Get", "client"), "");
    }
}
