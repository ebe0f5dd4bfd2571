//! The verbs that indicate what an operation does: common English verbs, plus the verbs in the profile.

use std::collections::HashMap;

use crate::config::{NameRules, VerbEffect};

/// One verb per line, with its effect.
const COMMON_VERBS: &str = include_str!("../../../data/verbs.txt");

/// Words that look like nouns derived from a verb but aren't.
const THINGS: [&str; 3] = ["listing", "setting", "signal"];

/// A verb in its base form, and the effect of operations that it describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownVerb {
    /// The base form: `delete`.
    pub word: String,
    /// The effect of the operation.
    pub effect: VerbEffect,
}

/// Verbs by their base form.
pub struct VerbList {
    effects: HashMap<String, VerbEffect>,
}

impl VerbList {
    /// Creates a list of the common verbs and those in `rules`, which take precedence.
    pub fn new(rules: &NameRules) -> Self {
        let common = COMMON_VERBS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
            let (word, effect) = line.split_once(' ')?;
            let effect = match effect {
                "create" => VerbEffect::Create,
                "read" => VerbEffect::Read,
                "safe" => VerbEffect::Safe,
                _ => VerbEffect::Destructive,
            };
            Some((word.to_owned(), effect))
        });
        let own = rules.verbs.iter().map(|(word, effect)| (word.to_lowercase(), *effect));
        Self { effects: common.chain(own).collect() }
    }

    /// Returns the verb whose base form is `word`.
    pub fn base(&self, word: &str) -> Option<KnownVerb> {
        let effect = *self.effects.get(word)?;
        Some(KnownVerb { word: word.to_owned(), effect })
    }

    /// Returns the verb whose base form or third person is `word`: `deletes`.
    pub fn present(&self, word: &str) -> Option<KnownVerb> {
        let ies = word.strip_suffix("ies").map(|stem| format!("{stem}y"));
        let forms = [Some(word), word.strip_suffix('s'), word.strip_suffix("es"), ies.as_deref()];
        forms.into_iter().flatten().find_map(|form| self.base(form))
    }

    /// Returns the verb for which `word` is a gerund or a noun: `deleting`, `deletion`, `cancellation`.
    pub fn nominal(&self, word: &str) -> Option<KnownVerb> {
        if THINGS.contains(&word) {
            return None;
        }
        let stem = ["ing", "ation", "ion", "al"].into_iter().find_map(|ending| word.strip_suffix(ending))?;
        let mut letters = stem.chars().rev();
        let is_doubled = letters.next().is_some_and(|last| letters.next() == Some(last));
        let single = stem.strip_suffix(|_: char| is_doubled).unwrap_or(stem);
        [format!("{stem}e"), stem.to_owned(), single.to_owned(), format!("{stem}ate")]
            .into_iter()
            .find_map(|form| self.base(&form))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inflected_verbs_are_recognized() {
        let list = VerbList::new(&NameRules::default());
        let word = |verb: Option<KnownVerb>| verb.map(|verb| verb.word);
        for (text, verb) in
            [("deletes", "delete"), ("copies", "copy"), ("merge", "merge"), ("dismisses", "dismiss")]
        {
            assert_eq!(word(list.present(text)).as_deref(), Some(verb), "{text}");
        }
        for (text, verb) in [
            ("deleting", "delete"),
            ("deletion", "delete"),
            ("creation", "create"),
            ("cancellation", "cancel"),
            ("removal", "remove"),
            ("running", "run"),
        ] {
            assert_eq!(word(list.nominal(text)).as_deref(), Some(verb), "{text}");
        }
        assert_eq!(list.present("frobnicate"), None);
        assert_eq!(list.nominal("thing"), None);
    }

    #[test]
    fn verbs_of_the_profile_take_precedence() {
        let rules = NameRules {
            verbs: [("archive".to_owned(), VerbEffect::Safe)].into_iter().collect(),
            ..NameRules::default()
        };
        assert_eq!(VerbList::new(&rules).base("archive").map(|verb| verb.effect), Some(VerbEffect::Safe));
        assert_eq!(
            VerbList::new(&rules).base("delete").map(|verb| verb.effect),
            Some(VerbEffect::Destructive)
        );
    }

    #[test]
    fn verb_list_is_sorted() {
        let words: Vec<&str> = COMMON_VERBS.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(words.is_sorted());
        assert!(words.iter().all(|line| {
            line.split_once(' ')
                .is_some_and(|(_, effect)| ["create", "read", "safe", "destructive"].contains(&effect))
        }));
    }
}
