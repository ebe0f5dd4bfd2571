//! Infers what an operation does from its summary and ID.

use std::collections::HashSet;

use super::verb_list::{KnownVerb, VerbList};
use crate::config::VerbEffect;
use crate::naming::identifiers;

/// Words before a summary's verb that carry no information: `Use this endpoint to delete …`.
const LEAD_INS: [&str; 21] = [
    "a",
    "allow",
    "allows",
    "an",
    "api",
    "call",
    "endpoint",
    "for",
    "is",
    "lets",
    "method",
    "operation",
    "that",
    "the",
    "this",
    "to",
    "use",
    "used",
    "users",
    "which",
    "you",
];
/// Words that qualify a verb.
const ADVERBS: [&str; 6] = ["async", "batch", "bulk", "mass", "multi", "quick"];
/// Words between a verb and its object.
const DETERMINERS: [&str; 19] = [
    "a", "all", "an", "another", "any", "each", "every", "existing", "its", "many", "multiple", "new", "one",
    "several", "some", "the", "these", "this", "your",
];
/// Determiners for more than one object.
const PLURAL_DETERMINERS: [&str; 4] = ["all", "many", "multiple", "several"];
/// Words in operation IDs that name neither a resource nor an action.
const NOISE: [&str; 7] = ["api", "controller", "endpoint", "handler", "resource", "rest", "service"];
/// Methods carry no information about an operation that already has them.
const METHODS: [&str; 3] = ["patch", "post", "put"];

/// The evidence in a text about an operation's effect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The known verbs in it.
    pub verbs: Vec<KnownVerb>,
    /// An unknown word in the position of a verb.
    pub unknown: Option<String>,
    /// True if the verb applies to more than one thing.
    pub is_plural: bool,
}

impl Evidence {
    /// Returns true if the text describes nothing but the creation of something.
    pub fn creates(&self) -> bool {
        !self.verbs.is_empty() && self.verbs.iter().all(|verb| verb.effect == VerbEffect::Create)
    }

    /// Returns the first verb that does more than create, or something else.
    pub fn main_verb(&self) -> Option<&KnownVerb> {
        self.verbs.iter().find(|verb| verb.effect != VerbEffect::Create)
    }

    /// Returns true if it contains `verb`.
    pub fn names(&self, verb: &KnownVerb) -> bool {
        self.verbs.iter().any(|own| own.word == verb.word)
    }
}

/// Reads a summary. `nouns` are the singular words of the operation's path.
pub fn of_summary(summary: &str, verbs: &VerbList, nouns: &HashSet<String>) -> Evidence {
    let summary = summary.to_lowercase();
    let words: Vec<(&str, bool)> = words(&summary);
    let says_nothing =
        |word: &str| LEAD_INS.contains(&word) || ADVERBS.contains(&word) || word.ends_with("ly");
    let start = words.iter().position(|(word, _)| !says_nothing(word)).unwrap_or(words.len());
    let mut rest = words[start..].iter().copied();
    let Some((first, _)) = rest.next() else { return Evidence::default() };
    if METHODS.contains(&first) {
        return Evidence::default();
    }
    let mut evidence = Evidence::default();
    let mut next = rest.next();
    if let Some(verb) = verbs.present(first).or_else(|| verbs.nominal(first)) {
        evidence.verbs.push(verb);
        // `Approve/reject devices`, `Create or update a user`.
        while let Some((word, is_joined)) = next {
            let Some(verb) = verbs.present(word).filter(|_| is_joined) else { break };
            evidence.verbs.push(verb);
            next = rest.next();
        }
        evidence.is_plural = next.is_some_and(|(word, _)| PLURAL_DETERMINERS.contains(&word));
        return evidence;
    }
    // `User creation`, `Endpoint for deleting users`, `A way to delete users`.
    let others = &words[start + 1..];
    let nominal = others.iter().take(4).enumerate().find_map(|(at, (word, _))| {
        let is_infinitive = words[start + at].0 == "to";
        verbs.nominal(word).or_else(|| verbs.present(word).filter(|_| is_infinitive))
    });
    if let Some(verb) = nominal {
        evidence.verbs.push(verb);
    } else if !nouns.contains(&stem(first))
        && next.is_some_and(|(word, _)| DETERMINERS.contains(&word) || nouns.contains(&stem(word)))
    {
        evidence.unknown = Some(stem(first));
    }
    evidence
}

/// Reads an operation ID: `deleteUsers`, `Users_DeleteMany`, `users.delete`.
pub fn of_operation_id(id: &str, verbs: &VerbList, nouns: &HashSet<String>, last: &[String]) -> Evidence {
    let words = identifiers::split(id);
    let is_noun = |word: &String| nouns.contains(&stem(word)) || NOISE.contains(&word.as_str());
    let named: Vec<&String> = words.iter().skip_while(|word| is_noun(word)).collect();
    let mut evidence = Evidence::default();
    let Some(first) = named.first().filter(|word| !METHODS.contains(&word.as_str())) else { return evidence };
    if let Some(verb) = verbs.base(first) {
        evidence.verbs.push(verb);
        // `createOrUpdateUser`.
        if named.get(1).is_some_and(|word| *word == "or" || *word == "and") {
            evidence.verbs.extend(named.get(2).and_then(|word| verbs.base(word)));
        }
    } else if (named.len() > 1 || last.first() == Some(*first))
        && first.len() > 2
        && first.chars().all(|c| c.is_ascii_lowercase())
    {
        evidence.unknown = Some((*first).clone());
    }
    evidence
}

/// Returns the words of a text, each with a flag that is true if a slash, a comma or a conjunction joins it to the
/// previous one.
fn words(text: &str) -> Vec<(&str, bool)> {
    let mut found = Vec::new();
    let mut is_joined = false;
    for part in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let word = part.trim_end_matches(|c: char| !c.is_alphanumeric());
        let separator = &part[word.len()..];
        if ["and", "or"].contains(&word) {
            is_joined = true;
        } else if !word.is_empty() {
            found.push((word, is_joined));
            is_joined = false;
        }
        is_joined |= ["/", ",", "&"].contains(&separator);
    }
    found
}

/// Returns a word without a plural or third-person ending.
pub fn stem(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    for ending in ["sses", "shes", "ches", "xes"] {
        if word.ends_with(ending) {
            return word[..word.len() - 2].to_owned();
        }
    }
    let keeps = ["ss", "us", "is"].iter().any(|ending| word.ends_with(ending)) || word.len() < 4;
    if keeps { word.to_owned() } else { word.strip_suffix('s').unwrap_or(word).to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::NameRules;

    fn read(summary: &str, id: &str, nouns: &str) -> (String, String) {
        let list = VerbList::new(&NameRules::default());
        let nouns: HashSet<String> = nouns.split(' ').map(str::to_owned).collect();
        let text = |evidence: Evidence| match evidence.unknown {
            Some(word) => format!("{word}?"),
            None => evidence.verbs.into_iter().map(|verb| verb.word).collect::<Vec<_>>().join(" "),
        };
        (text(of_summary(summary, &list, &nouns)), text(of_operation_id(id, &list, &nouns, &[])))
    }

    #[test]
    fn verb_is_extracted_from_summaries() {
        for (summary, verbs) in [
            ("Delete knowledge base articles", "delete"),
            ("Approve/Reject devices", "approve reject"),
            ("Creates or updates a user", "create update"),
            ("Use this endpoint to delete users", "delete"),
            ("User creation", "create"),
            ("Allows fetching multiple records", "fetch"),
            ("Manually change the impact", "change"),
            ("Frobnicates the widgets", "frobnicate?"),
            ("Frobnicate widgets", "frobnicate?"),
            ("Widgets", ""),
            ("Widget frobnication", ""),
            ("Post Widget", ""),
            ("", ""),
        ] {
            assert_eq!(read(summary, "", "widget user").0, verbs, "{summary}");
        }
    }

    #[test]
    fn verb_is_extracted_from_operation_ids() {
        for (id, verbs) in [
            ("deleteWidgets", "delete"),
            ("Widgets_FrobnicateWidget", "frobnicate?"),
            ("widgets.purge", "purge"),
            ("createOrUpdateWidget", "create update"),
            ("WidgetController_post", ""),
            ("postWidget", ""),
            ("widget", ""),
        ] {
            assert_eq!(read("", id, "widget").1, verbs, "{id}");
        }
    }
}
