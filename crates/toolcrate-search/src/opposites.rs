//! Recognizes actions that undo each other, such as approve and reject, or link and unlink.
//!
//! A query for an action must never lead to the opposite action, however many words the two have in common.

use std::collections::{BTreeMap, BTreeSet};

use crate::analyzer::Analyzer;
use crate::word_lists::entries;

/// Words that request the opposite of the action after them: undo the approval, don't approve.
const UNDOING: [&str; 12] = [
    "undo", "revert", "reverse", "revoke", "cancel", "withdraw", "retract", "rescind", "not", "never",
    "unwind", "without",
];

/// Returns true if a word requests the opposite of the action after it.
pub(crate) fn is_undoing(word: &str) -> bool {
    UNDOING.contains(&word)
}

/// The opposites of each action, in both directions.
pub(crate) struct Opposites {
    actions: BTreeMap<&'static str, BTreeSet<&'static str>>,
}

impl Opposites {
    /// Reads the list.
    pub(crate) fn new(list: &'static str) -> Self {
        let mut actions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (action, opposites) in entries(list) {
            for opposite in opposites.split(',').map(str::trim) {
                actions.entry(action).or_default().insert(opposite);
                actions.entry(opposite).or_default().insert(action);
            }
        }
        Self { actions }
    }

    /// Returns the actions that a query must not lead to. `verbs` are the actions whose verbs occur in it.
    pub(crate) fn excluded(&self, query: &[String], verbs: &[&str], analyzer: &Analyzer) -> Vec<String> {
        let stems: Vec<String> = query.iter().map(|word| analyzer.stem(word)).collect();
        let undone_from = query.iter().position(|word| is_undoing(word));
        // "Approved" and "the approval" identify a record; "approve" is a command.
        let is_command = |position: usize, action: &str, stem: &str| {
            let word = &query[position];
            word == action || stems[position] == stem && word.ends_with("ing")
        };
        let is_undone = |position: usize| undone_from.is_some_and(|undoing| undoing < position);
        let mut wanted = BTreeSet::new();
        let mut excluded = BTreeSet::new();
        for action in self.actions.keys().copied() {
            let stem = analyzer.stem(action);
            let is_named = |position: &usize| is_named(&query[*position], &stems[*position], action, &stem);
            for position in (0..query.len()).filter(is_named) {
                if is_undone(position) {
                    excluded.insert(action);
                } else if is_command(position, action, &stem) {
                    wanted.insert(action);
                }
            }
        }
        // An action's verb counts if the query doesn't name the action itself.
        if wanted.is_empty() {
            wanted.extend(
                verbs.iter().filter_map(|verb| self.actions.get_key_value(verb)).map(|(action, _)| *action),
            );
        }
        for action in &wanted {
            excluded.extend(self.actions[action].iter().filter(|opposite| !wanted.contains(*opposite)));
        }
        excluded.into_iter().map(str::to_owned).collect()
    }
}

/// Returns true if a word is a form of an action's name: approve, approved, approval.
fn is_named(word: &str, stem_of_word: &str, action: &str, stem: &str) -> bool {
    word == action || stem_of_word == stem || stem.len() > 4 && word.starts_with(stem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenizer::tokenize;
    use crate::word_lists::WordLists;

    fn excluded(query: &str) -> Vec<String> {
        let opposites = Opposites::new("approve: reject, reverse\nlink: unlink\n");
        opposites.excluded(&tokenize(query), &[], &Analyzer::new(&WordLists::ENGLISH))
    }

    #[test]
    fn opposite_of_the_requested_action_is_excluded() {
        assert_eq!(excluded("approve the time sheet"), ["reject", "reverse"]);
        assert_eq!(excluded("undo the approval of a time sheet"), ["approve"]);
        assert_eq!(excluded("do not approve it"), ["approve"]);
        assert_eq!(excluded("unlink the user"), ["link"]);
        assert_eq!(excluded("link the user"), ["unlink"]);
    }

    #[test]
    fn completed_action_excludes_nothing() {
        assert!(excluded("rejected time sheets").is_empty());
        assert_eq!(excluded("approve or reject it"), ["reverse"]);
        assert_eq!(excluded("approve the rejected sheet"), ["reject", "reverse"]);
    }
}
