//! Determines the intent of a query and the action of a tool, such as finding or creating records.

use std::collections::{HashMap, HashSet};

use toolcrate_runtime::{OperationVariant, Tool};

use crate::function_words::{
    PREPOSITIONS, is_auxiliary, is_determiner, is_lead_in, is_perfect, marks_statement, opens_relative_clause,
};
use crate::word_lists::sections;

/// An action on records. The numbers of the variants are features that the ranking model was trained with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Intent {
    /// Find records. Also the intent of queries without a verb.
    List,
    /// Read one record.
    Get,
    /// Count records.
    Count,
    /// Create a record.
    Create,
    /// Change a record.
    Update,
    /// Replace a complete record.
    Replace,
    /// Delete a record.
    Delete,
    /// List the places where a record is used.
    Usages,
    /// The query states a fact instead of making a request. In most cases, a record should be changed.
    Statement,
    /// Anything else.
    Other,
}

/// Returns the end of each phrase that introduces a request: how do I, is there a way to, trying to.
fn asked_positions(query: &[String], clauses: &[usize]) -> Vec<usize> {
    const PHRASES: [&[&str]; 18] = [
        &["how", "do", "i"],
        &["how", "do", "we"],
        &["how", "do", "you"],
        &["how", "can", "i"],
        &["how", "can", "we"],
        &["how", "would", "i"],
        &["how", "to"],
        &["way", "to"],
        &["ways", "to"],
        &["need", "to"],
        &["needs", "to"],
        &["want", "to"],
        &["trying", "to"],
        &["looking", "to"],
        &["able", "to"],
        &["possible", "to"],
        &["like", "to"],
        &["have", "to"],
    ];
    let ends = |phrase: &&&[&str], position: usize| {
        position >= phrase.len() && query[position - phrase.len()..position].iter().eq(phrase.iter())
    };
    // Calls that I have to make are calls; nothing is to be made.
    let is_relative = |phrase: &[&str], position: usize| {
        let start = position - phrase.len();
        phrase.len() == 2
            && start >= 2
            && ["i", "we", "they"].contains(&query[start - 1].as_str())
            && query[start - 2].len() > 3
            && query[start - 2].ends_with('s')
            && !clauses.contains(&(start - 1))
    };
    let asks = |position: &usize| {
        PHRASES.iter().any(|phrase| ends(&phrase, *position) && !is_relative(phrase, *position))
    };
    (1..query.len()).filter(asks).collect()
}

/// Returns true if a word is in a clause that qualifies records: after a plural noun and "that" or a similar word.
fn is_in_relative_clause(query: &[String], position: usize) -> bool {
    let from = position.saturating_sub(MAX_RELATIVE_CLAUSE_WORDS).max(1);
    (from..position).any(|start| opens_relative_clause(&query[start]) && query[start - 1].ends_with('s'))
}

/// Maximum length of a relative clause.
const MAX_RELATIVE_CLAUSE_WORDS: usize = 4;

/// The verbs that express activities.
pub(crate) struct VerbTable {
    /// Longest first.
    verbs: Vec<Verb>,
    /// The positions of the verbs that may start with a word.
    by_first_word: HashMap<String, Vec<usize>>,
    /// Every word of every verb.
    all_words: HashSet<&'static str>,
}

struct Verb {
    /// The activity, or the first word in the names of an action's tools.
    name: &'static str,
    words: Vec<&'static str>,
    /// The number of words before the gap for other words.
    gap: usize,
    intent: Intent,
    is_thing_too: bool,
    needs_determiner: bool,
}

/// A query's intent, and the words that express it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DetectedIntent {
    /// The activity.
    pub intent: Intent,
    /// The words in the query that have no other meaning.
    pub spent: std::ops::Range<usize>,
    /// True if a clause starts with the verb, ignoring stop words.
    pub is_sure: bool,
}

impl VerbTable {
    /// Reads the language's list of verbs, and the list of an API's own actions.
    pub(crate) fn new(list: &'static str, of_api: &'static str) -> Self {
        let mut verbs: Vec<Verb> = sections(list)
            .into_iter()
            .chain(sections(of_api))
            .flat_map(|(name, verbs)| verbs.into_iter().map(move |verb| Verb::parse(verb, name)))
            .collect();
        verbs.sort_by_key(|verb| std::cmp::Reverse(verb.words.len()));
        let mut by_first_word: HashMap<String, Vec<usize>> = HashMap::new();
        for (position, verb) in verbs.iter().enumerate() {
            for form in verb.words.first().into_iter().flat_map(|word| forms(word)) {
                by_first_word.entry(form).or_default().push(position);
            }
        }
        let all_words = verbs.iter().flat_map(|verb| verb.words.iter().copied()).collect();
        Self { verbs, by_first_word, all_words }
    }

    /// Returns the verbs that may start with a word, longest first.
    fn starting_with(&self, word: Option<&String>) -> impl Iterator<Item = &Verb> {
        let positions = word.and_then(|word| self.by_first_word.get(word)).map(Vec::as_slice);
        positions.unwrap_or_default().iter().map(|position| &self.verbs[*position])
    }

    /// Returns true if a word is part of a verb.
    pub(crate) fn has_word(&self, word: &str) -> bool {
        self.all_words.contains(word)
    }

    /// Returns every word of every verb.
    pub(crate) fn words(&self) -> impl Iterator<Item = &'static str> {
        self.verbs.iter().flat_map(|verb| verb.words.iter().copied())
    }

    /// Detects the intent of a query from its lowercase words: the verb that starts the query, or else the first verb
    /// that starts a clause, or else the earliest verb; without a verb, a list. `clauses` are the positions where
    /// clauses start. After a verb, a name counts as a determiner ("schedule Priya").
    pub(crate) fn detect(&self, query: &[String], clauses: &[usize], names: &[bool]) -> DetectedIntent {
        let is_name = |position: usize| names.get(position).copied().unwrap_or(false);
        let asked = asked_positions(query, clauses);
        let found = |wanted: &dyn Fn(&Verb) -> bool, positions: &[usize]| {
            positions.iter().copied().find_map(|position| {
                // A relative clause identifies records rather than an action.
                let from = position.saturating_sub(MAX_RELATIVE_CLAUSE_WORDS).max(1);
                let is_clause = query
                    .get(from..position)
                    .is_some_and(|before| before.iter().any(|word| opens_relative_clause(word)));
                let opens = clauses.contains(&position) || asked.contains(&position);
                let asks = |verb: &Verb| opens || !verb.is_auxiliary();
                // Something that has been set up already exists, so it isn't being requested.
                let is_done = position > 0 && is_perfect(&query[position - 1]);
                // The serial number of a device counts nothing.
                let is_part_of_noun = position > 0
                    && !opens
                    && !is_determiner(&query[position - 1])
                    && !is_lead_in(&query[position - 1])
                    && query.get(position + 1).is_some_and(|word| word == "of");
                // For new users: something else is requested for them.
                let is_behind_preposition =
                    position > 0 && !opens && PREPOSITIONS.contains(&query[position - 1].as_str());
                // The user count.
                let is_counted = position > 0
                    && !opens
                    && query[position] == "count"
                    && !is_determiner(&query[position - 1])
                    && !is_lead_in(&query[position - 1]);
                let begins = |verb: &&Verb| {
                    if verb.intent == Intent::Count && (is_part_of_noun || is_counted)
                        || is_behind_preposition && ["new", "another"].contains(&query[position].as_str())
                    {
                        return false;
                    }
                    let is_named = opens && is_name(position + verb.leading_words());
                    verb.intent != Intent::Other
                        && asks(verb)
                        && verb.begins(&query[position..], opens, is_named)
                };
                // The longest verb wins: "give me" requests a list, though "give" alone may not.
                if is_clause || is_done {
                    return None;
                }
                let verb = self.starting_with(query.get(position)).find(begins)?;
                if !wanted(verb) {
                    return None;
                }
                let clause = clauses.iter().copied().filter(|begin| *begin <= position).max().unwrap_or(0);
                let is_sure = verb.intent == Intent::Usages
                    || asked.contains(&position)
                    || query[clause..position].iter().all(|word| is_lead_in(word));
                let words = if verb.is_thing_too { 0 } else { verb.leading_words() };
                Some(DetectedIntent { intent: verb.intent, spent: position..position + words, is_sure })
            })
        };
        // Single words between commas are an enumeration, not requests: start, end, amount.
        let ends = clauses.iter().skip(1).copied().chain([query.len()]);
        let single: Vec<usize> = clauses
            .iter()
            .copied()
            .zip(ends)
            .skip(1)
            .filter(|(begin, end)| begin + 1 == *end)
            .map(|(begin, _)| begin)
            .collect();
        let is_listed = |position: &usize| single.len() > 1 && single.contains(position);
        let all: Vec<usize> = (0..query.len()).filter(|position| !is_listed(position)).collect();
        let later: Vec<usize> =
            clauses.iter().copied().skip(1).filter(|position| !is_listed(position)).collect();
        let is_verb = |verb: &Verb| verb.intent != Intent::Other;
        let is_change = |verb: &Verb| is_verb(verb) && !matches!(verb.intent, Intent::List | Intent::Get);
        // "SLAs we have set up" identifies SLAs; it isn't a statement.
        let is_ours = |position: usize| {
            position > 1 && ["we", "you", "they", "i"].contains(&query[position - 1].as_str())
        };
        // "Right now" is when, and an auxiliary at the start of a clause forms a question.
        let is_mark = |position: usize| match query[position].as_str() {
            "now" => query[position - 1] != "right" && position + 1 < query.len(),
            word => marks_statement(word) && !(is_auxiliary(word) && clauses.contains(&position)),
        };
        let is_statement = (1..query.len()).any(|position| {
            is_mark(position) && !is_ours(position) && !is_in_relative_clause(query, position)
        });
        let intent = if is_statement { Intent::Statement } else { Intent::List };
        found(&|verb| verb.intent == Intent::Usages, &all)
            .or_else(|| found(&is_verb, &asked))
            .or_else(|| found(&is_verb, &[0]))
            .or_else(|| found(&is_change, &later))
            .or_else(|| found(&is_verb, &all))
            .unwrap_or(DetectedIntent { intent, spent: 0..0, is_sure: true })
    }

    /// Returns the position after the verb that starts a clause, ignoring words such as "please".
    pub(crate) fn end_of_request(&self, clause: &[String]) -> Option<usize> {
        let start = clause.iter().position(|word| !is_lead_in(word))?;
        let begins = |verb: &&Verb| verb.begins(&clause[start..], true, false) && !verb.is_auxiliary();
        Some(start + self.starting_with(clause.get(start)).find(begins)?.leading_words())
    }

    /// Returns the first words in the names of actions whose verbs occur in a query.
    pub(crate) fn actions(&self, query: &[String]) -> Vec<&'static str> {
        self.actions_at(query, 0..query.len())
    }

    /// Like [`actions`](Self::actions), but only for verbs that start a clause, ignoring stop words: what the query
    /// requests.
    pub(crate) fn commands(&self, query: &[String], clauses: &[usize]) -> Vec<&'static str> {
        let asked = asked_positions(query, clauses);
        let starts = |position: &usize| {
            let clause = clauses.iter().copied().filter(|begin| begin <= position).max().unwrap_or(0);
            asked.contains(position) || query[clause..*position].iter().all(|word| is_lead_in(word))
        };
        self.actions_at(query, (0..query.len()).filter(starts))
    }

    fn actions_at(&self, query: &[String], positions: impl Iterator<Item = usize>) -> Vec<&'static str> {
        let actions = positions.flat_map(|position| {
            let verbs = self.starting_with(query.get(position)).filter(|verb| verb.intent == Intent::Other);
            verbs.filter(move |verb| verb.begins(&query[position..], position == 0, false))
        });
        let mut actions: Vec<&str> = actions.map(|verb| verb.name).collect();
        actions.sort_unstable();
        actions.dedup();
        actions
    }
}

impl Verb {
    fn parse(text: &'static str, name: &'static str) -> Self {
        let words: Vec<&str> = text.split([' ', '+', '?']).filter(|word| !word.is_empty()).collect();
        Self {
            name,
            gap: words.iter().position(|word| *word == "*").unwrap_or(usize::MAX),
            words: words.into_iter().filter(|word| *word != "*").collect(),
            intent: Intent::from_name(name).unwrap_or(Intent::Other),
            is_thing_too: text.contains('+'),
            needs_determiner: text.contains('?'),
        }
    }

    /// Returns the number of words before the gap, or of all words if there is no gap.
    fn leading_words(&self) -> usize {
        self.words.len().min(self.gap)
    }

    /// Returns true if all words are auxiliary verbs.
    fn is_auxiliary(&self) -> bool {
        self.words.iter().all(|word| is_auxiliary(word))
    }

    /// Returns true if the words start with this verb.
    fn begins(&self, query: &[String], is_start: bool, is_named: bool) -> bool {
        let (before, behind) = self.words.split_at(self.leading_words());
        let is_at = |words: &[&str], position: usize| {
            query.len() >= position + words.len()
                && words
                    .iter()
                    .zip(&query[position..])
                    .all(|(verb, word)| is_same(word, verb) || is_start && is_form(word, verb))
        };
        let after = query.get(before.len()).map(String::as_str);
        is_at(before, 0)
            && (behind.is_empty() || (before.len() + 1..query.len()).any(|position| is_at(behind, position)))
            && (!self.needs_determiner
                || is_named
                || after.is_some_and(|word| is_determiner(word) && (is_start || word != "for")))
    }
}

/// Returns true if a word is that of a verb, which is written with "a" for both articles.
fn is_same(word: &str, verb: &str) -> bool {
    word == verb || verb == "a" && word == "an"
}

/// Returns the words that may be written for a verb's first word.
fn forms(verb: &str) -> Vec<String> {
    let article = (verb == "a").then(|| "an".to_owned());
    let stem = verb.strip_suffix('e').unwrap_or(verb);
    [verb.to_owned(), format!("{stem}ing")].into_iter().chain(article).collect()
}

/// Returns true if a word is the verb or its -ing form.
fn is_form(word: &str, verb: &str) -> bool {
    word == verb
        || word.strip_suffix("ing").is_some_and(|stem| stem == verb.strip_suffix('e').unwrap_or(verb))
}

impl Intent {
    /// Returns the activity with this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name.trim() {
            "list" => Self::List,
            "get" => Self::Get,
            "count" => Self::Count,
            "create" => Self::Create,
            "update" => Self::Update,
            "replace" => Self::Replace,
            "delete" => Self::Delete,
            "usages" => Self::Usages,
            _ => return None,
        })
    }

    /// Returns the action of a tool.
    pub(crate) fn from_tool(tool: Tool) -> Self {
        if tool.variant() == Some(OperationVariant::Usages) {
            return Self::Usages;
        }
        Self::from_name(tool.verb()).unwrap_or(Self::Other)
    }

    /// Returns the corresponding one of the [`ACTIVITIES`](crate::phrasing::ACTIVITIES) that phrasing shows.
    pub(crate) fn as_activity(self) -> Self {
        if matches!(self, Self::Usages | Self::Statement) { Self::Other } else { self }
    }

    /// Returns the factor for tools with another intent when the query has this one. Doesn't apply to actions that the
    /// query names.
    pub(crate) fn affinity(self, tool: Self) -> f32 {
        match (self, tool) {
            (a, b) if a == b => 1.0,
            (Self::Usages, _) | (_, Self::Usages) => 0.3,
            (Self::Statement, Self::Update) => 1.0,
            (Self::Statement, Self::List) => 1.0,
            (Self::Statement, Self::Create) => 0.85,
            (Self::Statement, Self::Delete | Self::Other) => 0.75,
            (Self::List, Self::Get) => 0.6,
            (Self::List, Self::Create) => 0.5,
            (Self::Get, Self::List) => 0.85,
            (Self::Get, Self::Update) => 0.7,
            (Self::Update, Self::Replace) | (Self::Replace, Self::Update) => 0.5,
            (Self::Count, Self::List | Self::Get) => 0.65,
            (Self::Update, Self::Create | Self::Delete) => 0.6,
            (_, Self::Other) => 0.7,
            (Self::List | Self::Get, Self::Count) => 0.45,
            (Self::Create, Self::Update) => 0.7,
            (_, Self::List) => 0.6,
            _ => 0.3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenizer::tokenize;
    use crate::word_lists::WordLists;

    fn wanted(query: &str) -> DetectedIntent {
        let words: Vec<String> = query.split(' ').map(str::to_owned).collect();
        VerbTable::new(WordLists::ENGLISH.verbs, "").detect(&words, &[0], &[])
    }

    #[test]
    fn earliest_verb_decides() {
        for (query, intent) in [
            ("how many tickets are open", Intent::Count),
            ("add a note to the ticket and close it", Intent::Create),
            ("stock of a laptop", Intent::List),
            ("get rid of a contact", Intent::Delete),
            ("setup fees", Intent::List),
            ("adding a note", Intent::Create),
            ("renaming a board", Intent::Update),
            ("is this status used anywhere", Intent::Usages),
        ] {
            assert_eq!(wanted(query).intent, intent, "{query}");
        }
    }

    #[test]
    fn ambiguous_word_is_a_verb_only_before_a_determiner() {
        assert_eq!(wanted("order a laptop").intent, Intent::Create);
        assert_eq!(wanted("order status").intent, Intent::List);
    }

    #[test]
    fn verb_words_are_consumed_unless_they_also_name_a_record() {
        assert_eq!(wanted("please set up a board").spent, 1..3);
        assert!(wanted("upload a file").spent.is_empty());
    }

    #[test]
    fn phrasal_verb_may_be_split() {
        assert_eq!(wanted("take a part out of the price book").intent, Intent::Delete);
        assert_eq!(wanted("take a part out of the price book").spent, 0..1);
    }

    #[test]
    fn request_may_follow_a_statement() {
        let words = tokenize("the printer is jammed, close the ticket");
        assert_eq!(
            VerbTable::new(WordLists::ENGLISH.verbs, "").detect(&words, &[0, 4], &[]).intent,
            Intent::Update
        );
        assert_eq!(wanted("the printer is jammed").intent, Intent::Statement);
        assert_eq!(wanted("is the printer jammed").intent, Intent::List);
    }

    #[test]
    fn verb_in_a_subordinate_clause_is_uncertain() {
        assert!(wanted("i need to close a ticket").is_sure);
        assert!(!wanted("tickets we close a day").is_sure);
    }

    #[test]
    fn actions_are_detected_by_their_verbs() {
        let actions = |query: &str| VerbTable::new(WordLists::ENGLISH.verbs, "").actions(&tokenize(query));
        assert_eq!(actions("combine two tickets"), ["merge"]);
        assert_eq!(actions("turn a deal into a project"), ["convert"]);
        assert!(actions("tickets").is_empty());
    }
}
