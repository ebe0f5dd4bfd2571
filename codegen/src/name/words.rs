//! Words: splitting identifiers, singular and plural.
//!
//! English rules cover most of an API's nouns; what they miss is in the profile, as data.

use heck::ToSnakeCase;

use crate::config::{Ledger, NameRules};

/// The grammar of one profile.
pub struct Words<'a> {
    rules: &'a NameRules,
    ledger: &'a Ledger,
}

impl<'a> Words<'a> {
    /// The grammar of `rules`.
    pub fn new(rules: &'a NameRules, ledger: &'a Ledger) -> Self {
        Self { rules, ledger }
    }

    /// The words of an identifier, lower case: `serviceTickets` and `service-tickets` give two.
    pub fn split(text: &str) -> Vec<String> {
        text.to_snake_case().split('_').filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    /// The words with the last one in the singular.
    pub fn one(&self, words: &[String]) -> Vec<String> {
        self.with_last(words, |word| self.singular(word))
    }

    /// The words with the last one in the plural.
    pub fn many(&self, words: &[String]) -> Vec<String> {
        self.with_last(words, |word| self.plural(word))
    }

    fn with_last(&self, words: &[String], form: impl Fn(&str) -> String) -> Vec<String> {
        let mut words = words.to_vec();
        if let Some(last) = words.last_mut() {
            *last = form(last);
        }
        words
    }

    fn is_uncountable(&self, word: &str) -> bool {
        let found = self.rules.uncountable.iter().any(|known| known == word);
        if found {
            self.ledger.mark(format!("names.uncountable.{word}"));
        }
        found
    }

    /// `statuses` gives `status`; a singular stays.
    pub fn singular(&self, word: &str) -> String {
        if self.is_uncountable(word) {
            return word.to_owned();
        }
        for (plural, singular) in &self.rules.irregular {
            if let Some(stem) = word.strip_suffix(plural.as_str()) {
                self.ledger.mark(format!("names.irregular.{plural}"));
                return format!("{stem}{singular}");
            }
        }
        let keeps = ["ss", "us", "is"].iter().any(|ending| word.ends_with(ending));
        if keeps || word.len() < 4 {
            return word.to_owned();
        }
        if let Some(stem) = word.strip_suffix("ies") {
            return format!("{stem}y");
        }
        for ending in ["sses", "shes", "ches", "xes"] {
            if word.ends_with(ending) {
                return word[..word.len() - 2].to_owned();
            }
        }
        word.strip_suffix('s').unwrap_or(word).to_owned()
    }

    /// `status` gives `statuses`; a plural stays.
    pub fn plural(&self, word: &str) -> String {
        if self.is_uncountable(word) || self.singular(word) != word {
            return word.to_owned();
        }
        for (plural, singular) in &self.rules.irregular {
            if let Some(stem) = word.strip_suffix(singular.as_str()) {
                self.ledger.mark(format!("names.irregular.{plural}"));
                return format!("{stem}{plural}");
            }
        }
        let before_last = word.chars().rev().nth(1).unwrap_or('a');
        if let (Some(stem), false) = (word.strip_suffix('y'), "aeiou".contains(before_last)) {
            return format!("{stem}ies");
        }
        let hisses = ["s", "x", "z", "ch", "sh"].iter().any(|ending| word.ends_with(ending));
        format!("{word}{}", if hisses { "es" } else { "s" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_change_number() {
        let mut rules = NameRules::default();
        rules.irregular.insert("statuses".into(), "status".into());
        rules.uncountable.push("info".into());
        let ledger = Ledger::new();
        let words = Words::new(&rules, &ledger);
        for (many, one) in [
            ("tickets", "ticket"),
            ("entries", "entry"),
            ("purchaseorderstatuses", "purchaseorderstatus"),
            ("warehouses", "warehouse"),
            ("addresses", "address"),
            ("batches", "batch"),
            ("taxes", "tax"),
            ("info", "info"),
        ] {
            assert_eq!(words.singular(many), one);
            assert_eq!(words.plural(one), many);
            assert_eq!(words.singular(one), one);
            assert_eq!(words.plural(many), many);
        }
        assert_eq!(Words::split("onHandSerialNumbers"), ["on", "hand", "serial", "numbers"]);
    }
}
