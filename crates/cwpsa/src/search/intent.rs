//! What a query wants done, and what a tool does.

use connectwise_psa::runtime::{OperationVariant, Tool};

/// An activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Several records, or it is not said.
    List,
    /// One record.
    Get,
    /// How many.
    Count,
    /// A new one.
    Create,
    /// Another state of one.
    Update,
    /// All of one anew.
    Replace,
    /// One less.
    Delete,
    /// What refers to one.
    Usages,
    /// Nothing is asked for: it is told how things are, which most often wants a record changed.
    Told,
    /// Anything else.
    Other,
}

/// What asks for an activity; see the head of the file.
const VERBS: &str = include_str!("../../data/verbs.txt");
/// What follows a word that is a verb, not a thing.
const DETERMINERS: [&str; 27] = [
    "a", "an", "the", "this", "that", "these", "those", "my", "our", "his", "her", "their", "its", "your",
    "new", "another", "some", "somebody", "someone", "one", "two", "it", "them", "him", "me", "us", "for",
];

/// Whether a word begins a clause that says which things are meant.
fn opens_clause(word: &str) -> bool {
    ["that", "which", "who", "whose", "where"].contains(&word)
}

/// Whether a word, or a number too small for an id, says that a verb went before it.
fn determines(word: &str) -> bool {
    DETERMINERS.contains(&word) || word.len() < 3 && word.chars().all(|c| c.is_ascii_digit())
}

/// Whether a word may stand before a verb that asks for something.
fn leads(word: &str) -> bool {
    const LEADS: &str = "i we you he she they somebody someone please can could would should will need needs want \
                         wants have has like to let lets help me us just now and then also so must how do does \
                         hi hello hey the way a";
    LEADS.split_whitespace().any(|lead| lead == word)
}

/// Whether a word asks where a clause begins, and tells elsewhere.
fn is_auxiliary(word: &str) -> bool {
    ["is", "are", "was", "were", "has", "have", "had", "does", "do", "did"].contains(&word)
}

/// Whether a word says that what follows it has been done.
fn is_perfect(word: &str) -> bool {
    ["have", "has", "had", "been", "being", "was", "were"].contains(&word)
}

/// Whether a word says that a sentence tells how things are.
fn tells(word: &str) -> bool {
    is_auxiliary(word)
        || ["wants", "needs", "now", "wrong", "instead", "longer", "anymore", "should"].contains(&word)
}

/// How many words a clause has that says which things are meant, at most.
const CLAUSE: usize = 4;

/// The words that ask for activities.
pub struct Verbs {
    /// The longest first.
    verbs: Vec<Verb>,
}

struct Verb {
    /// The activity or, of an action, its name.
    name: &'static str,
    words: Vec<&'static str>,
    /// How many of the words come before any that are not its own.
    gap: usize,
    intent: Intent,
    is_thing_too: bool,
    needs_determiner: bool,
}

/// What a query wants done, and the words that said so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The activity.
    pub intent: Intent,
    /// The words of the query that say nothing else.
    pub spent: std::ops::Range<usize>,
    /// Whether a clause begins with what asks for it, but for words that say nothing.
    pub is_sure: bool,
}

impl Verbs {
    /// Reads the table of verbs.
    pub fn new() -> Self {
        let mut verbs: Vec<Verb> = super::words::lines(VERBS)
            .filter_map(|line| line.split_once(':'))
            .flat_map(|(name, verbs)| verbs.split(',').map(move |verb| Verb::new(verb, name)))
            .collect();
        verbs.sort_by_key(|verb| std::cmp::Reverse(verb.words.len()));
        Self { verbs }
    }

    /// Every word of every verb.
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        self.verbs.iter().flat_map(|verb| verb.words.iter().copied())
    }

    /// What the words of a query, in lower case, ask for, with the places where its clauses begin: the verb that the
    /// query begins with, else the first that a clause begins with, else the earliest; a list if there is none.
    /// A verb may be followed by one of the `names` as by a determiner: schedule Priya.
    pub fn wanted(&self, query: &[String], clauses: &[usize], names: &[bool]) -> Wanted {
        let is_name = |place: usize| names.get(place).copied().unwrap_or(false);
        let found = |wanted: &dyn Fn(&Verb) -> bool, places: &[usize]| {
            places.iter().copied().find_map(|place| {
                // What follows "that" says which, not what is to be done.
                let from = place.saturating_sub(CLAUSE).max(1);
                let is_clause =
                    query.get(from..place).is_some_and(|before| before.iter().any(|word| opens_clause(word)));
                let opens = clauses.contains(&place);
                let asks = |verb: &Verb| opens || !verb.words.iter().all(|word| is_auxiliary(word));
                // What has been set up is there already: nobody asks for it.
                let is_done = place > 0 && is_perfect(&query[place - 1]);
                let begins = |verb: &&Verb| {
                    let is_named = opens && is_name(place + verb.words.len().min(verb.gap));
                    verb.intent != Intent::Other
                        && asks(verb)
                        && verb.begins(&query[place..], opens, is_named)
                };
                // The longest decides: "give me" asks for a list, whatever "give" alone does.
                let verb = self.verbs.iter().filter(|_| !is_clause && !is_done).find(begins)?;
                if !wanted(verb) {
                    return None;
                }
                let clause = clauses.iter().copied().filter(|begin| *begin <= place).max().unwrap_or(0);
                let is_sure =
                    verb.intent == Intent::Usages || query[clause..place].iter().all(|word| leads(word));
                let words = if verb.is_thing_too { 0 } else { verb.words.len().min(verb.gap) };
                Some(Wanted { intent: verb.intent, spent: place..place + words, is_sure })
            })
        };
        // Words between commas are listed, not asked for: start, end, amount.
        let ends = clauses.iter().skip(1).copied().chain([query.len()]);
        let single: Vec<usize> = clauses
            .iter()
            .copied()
            .zip(ends)
            .skip(1)
            .filter(|(begin, end)| begin + 1 == *end)
            .map(|(begin, _)| begin)
            .collect();
        let is_listed = |place: &usize| single.len() > 1 && single.contains(place);
        let all: Vec<usize> = (0..query.len()).filter(|place| !is_listed(place)).collect();
        let later: Vec<usize> = clauses.iter().copied().skip(1).filter(|place| !is_listed(place)).collect();
        let is_verb = |verb: &Verb| verb.intent != Intent::Other;
        let is_change = |verb: &Verb| is_verb(verb) && !matches!(verb.intent, Intent::List | Intent::Get);
        // What we have says which, it tells nothing: SLAs we have set up.
        let is_ours =
            |place: usize| place > 1 && ["we", "you", "they", "i"].contains(&query[place - 1].as_str());
        let is_told = (1..query.len()).any(|place| tells(&query[place]) && !is_ours(place));
        let intent = if is_told { Intent::Told } else { Intent::List };
        found(&|verb| verb.intent == Intent::Usages, &all)
            .or_else(|| found(&is_verb, &[0]))
            .or_else(|| found(&is_change, &later))
            .or_else(|| found(&is_verb, &all))
            .unwrap_or(Wanted { intent, spent: 0..0, is_sure: true })
    }

    /// The first words of the names of actions that a query asks for in other words.
    pub fn actions(&self, query: &[String]) -> Vec<&'static str> {
        let is_there =
            |verb: &&Verb| (0..query.len()).any(|place| verb.begins(&query[place..], place == 0, false));
        let actions = self.verbs.iter().filter(|verb| verb.intent == Intent::Other);
        let mut actions: Vec<&str> = actions.filter(is_there).map(|verb| verb.name).collect();
        actions.sort_unstable();
        actions.dedup();
        actions
    }
}

impl Verb {
    fn new(text: &'static str, name: &'static str) -> Self {
        let words: Vec<&str> = text.split([' ', '+', '?']).filter(|word| !word.is_empty()).collect();
        Self {
            name,
            gap: words.iter().position(|word| *word == "*").unwrap_or(usize::MAX),
            words: words.into_iter().filter(|word| *word != "*").collect(),
            intent: Intent::named(name).unwrap_or(Intent::Other),
            is_thing_too: text.contains('+'),
            needs_determiner: text.contains('?'),
        }
    }

    /// Whether the words of a query begin with it, at the start of a clause or not, and whether a name follows.
    fn begins(&self, query: &[String], is_start: bool, is_named: bool) -> bool {
        let (before, behind) = self.words.split_at(self.gap.min(self.words.len()));
        let is_at = |words: &[&str], place: usize| {
            query.len() >= place + words.len()
                && words
                    .iter()
                    .zip(&query[place..])
                    .all(|(verb, word)| word == verb || is_start && is_form(word, verb))
        };
        let after = query.get(before.len()).map(String::as_str);
        is_at(before, 0)
            && (behind.is_empty() || (before.len() + 1..query.len()).any(|place| is_at(behind, place)))
            && (!self.needs_determiner
                || is_named
                || after.is_some_and(|word| determines(word) && (is_start || word != "for")))
    }
}

/// Whether a word is a verb or what is being done (`adding`).
fn is_form(word: &str, verb: &str) -> bool {
    word == verb
        || word.strip_suffix("ing").is_some_and(|stem| stem == verb.strip_suffix('e').unwrap_or(verb))
}

impl Intent {
    /// The activity of a name.
    pub fn named(name: &str) -> Option<Self> {
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

    /// What a tool does.
    pub fn of_tool(tool: Tool) -> Self {
        if tool.variant() == Some(OperationVariant::Usages) {
            return Self::Usages;
        }
        Self::named(tool.verb()).unwrap_or(Self::Other)
    }

    /// How much a query of this intent favours a tool of that one. The words of an action are its own: one that a
    /// query names is not weighed by this.
    pub fn favours(self, tool: Self) -> f32 {
        match (self, tool) {
            (a, b) if a == b => 1.0,
            (Self::Usages, _) | (_, Self::Usages) => 0.3,
            (Self::Told, Self::Update) => 1.0,
            (Self::Told, Self::List) => 1.0,
            (Self::Told, Self::Create) => 0.85,
            (Self::Told, Self::Delete | Self::Other) => 0.75,
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

    fn wanted(query: &str) -> Wanted {
        let words: Vec<String> = query.split(' ').map(str::to_owned).collect();
        Verbs::new().wanted(&words, &[0], &[])
    }

    #[test]
    fn the_earliest_verb_decides() {
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
    fn a_word_that_is_a_thing_too_is_a_verb_before_a_determiner_alone() {
        assert_eq!(wanted("order a laptop").intent, Intent::Create);
        assert_eq!(wanted("order status").intent, Intent::List);
    }

    #[test]
    fn the_words_of_a_verb_are_spent_unless_they_say_what_is_meant() {
        assert_eq!(wanted("please set up a board").spent, 1..3);
        assert!(wanted("upload a file").spent.is_empty());
    }

    #[test]
    fn a_verb_may_have_other_words_within() {
        assert_eq!(wanted("take a part out of the price book").intent, Intent::Delete);
        assert_eq!(wanted("take a part out of the price book").spent, 0..1);
    }

    #[test]
    fn a_later_clause_may_ask_for_what_the_first_only_tells() {
        let words = super::super::words::split("the printer is jammed, close the ticket");
        assert_eq!(Verbs::new().wanted(&words, &[0, 4], &[]).intent, Intent::Update);
        assert_eq!(wanted("the printer is jammed").intent, Intent::Told);
        assert_eq!(wanted("is the printer jammed").intent, Intent::List);
    }

    #[test]
    fn a_verb_that_no_clause_begins_with_is_not_sure() {
        assert!(wanted("i need to close a ticket").is_sure);
        assert!(!wanted("tickets we close a day").is_sure);
    }

    #[test]
    fn actions_are_known_in_other_words() {
        let actions = |query: &str| Verbs::new().actions(&super::super::words::split(query));
        assert_eq!(actions("combine two tickets"), ["merge"]);
        assert_eq!(actions("turn a deal into a project"), ["convert"]);
        assert!(actions("tickets").is_empty());
    }

    #[test]
    fn every_action_in_the_table_is_one_of_a_tool() {
        let verbs = Verbs::new();
        let tools: Vec<&str> = connectwise_psa::CATALOG.tools().map(Tool::verb).collect();
        for verb in verbs.verbs.iter().filter(|verb| verb.intent == Intent::Other) {
            assert!(tools.contains(&verb.name), "{}", verb.name);
        }
    }
}
