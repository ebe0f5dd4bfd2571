//! Reads what a catalog says about its tools, before any of it is indexed.

use std::borrow::Cow;
use std::ops::Range;

use toolcrate_runtime::Tool;

use crate::aliases::normalize_path;
use crate::intent::Intent;
use crate::rare_tools::Penalty;
use crate::tokenizer::{lowercase, words_in};

/// The text of a tool, as words separated by spaces.
pub(crate) struct ToolText {
    pub(crate) tool: Tool,
    pub(crate) intent: Intent,
    /// The normalized path.
    pub(crate) path: String,
    /// The title without its verb, in noun order.
    pub(crate) title: String,
    /// The part of the title that is its subject: the last word, ignoring qualifiers that identify the record.
    head: Range<usize>,
    description: Cow<'static, str>,
    /// The first sentence of the description without its verb and without what is in parentheses.
    pub(crate) sentence: String,
    /// What is in parentheses in the first sentence.
    explanation: Range<usize>,
    /// The indexes of the penalties that apply to the tool.
    pub(crate) penalties: Vec<usize>,
}

impl ToolText {
    /// Reads the text of a tool.
    pub(crate) fn read(tool: Tool, penalties: &[Penalty]) -> Self {
        let summary = tool.summary();
        let intent = Intent::from_tool(tool);
        let title = in_noun_order(without_verb(&summary.title, intent), intent);
        let (subject, qualifiers) = title.split_at(subject_end(&title));
        let mut title = String::with_capacity(title.len());
        push_words(subject, &mut title);
        let head = title.rfind(' ').map_or(0, |space| space + 1)..title.len();
        push_words(qualifiers, &mut title);
        let first = summary.description.split(". ").next().unwrap_or_default();
        let (plain, explanation) = match first.split_once(" (") {
            Some((plain, rest)) => (plain, rest.rfind(')').map(|end| (plain.len() + 2, end))),
            None => (first, None),
        };
        let mut sentence = String::with_capacity(plain.len());
        push_words(plain, &mut sentence);
        let verb = sentence.find(' ').map_or(sentence.len(), |space| space + 1);
        sentence.drain(..verb);
        let applies =
            |(number, penalty): (usize, &Penalty)| penalty.applies_to(tool.short_name()).then_some(number);
        Self {
            tool,
            intent,
            path: normalize_path(tool.path()),
            head,
            title,
            sentence,
            explanation: explanation.map_or(0..0, |(start, length)| start..start + length),
            description: summary.description,
            penalties: penalties.iter().enumerate().filter_map(applies).collect(),
        }
    }

    /// Returns the subject of the title.
    pub(crate) fn head(&self) -> &str {
        &self.title[self.head.clone()]
    }

    /// Returns the whole description, as written.
    pub(crate) fn description(&self) -> &str {
        &self.description
    }

    /// Returns what explains the first sentence in parentheses, as written.
    pub(crate) fn explanation(&self) -> &str {
        &self.description[self.explanation.clone()]
    }
}

/// Adds the words of a text in lower case, separated by spaces.
fn push_words(text: &str, words: &mut String) {
    words_in(&lowercase(text), |word| {
        words.push_str(if words.is_empty() { "" } else { " " });
        words.push_str(word);
    });
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
    match title.split_once(" to ").filter(|_| intent == Intent::Create) {
        Some((own, owner)) => Cow::Owned(format!("{owner} {own}")),
        None => Cow::Borrowed(title),
    }
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
    fn words_are_separated_by_spaces() {
        let mut words = String::new();
        push_words("The client's  PO-lines,", &mut words);
        push_words("30min", &mut words);
        assert_eq!(words, "the client po lines 30 min");
    }
}
