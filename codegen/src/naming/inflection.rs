//! Inflects an API's vocabulary: singular and plural forms, abbreviations, and compound words.
//!
//! English rules cover most nouns; exceptions are listed in the profile. If the spec writes a compound in camel case
//! anywhere, the compound is split the same way everywhere.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use super::identifiers;
use crate::config::{NameRules, UsageTracker};
use crate::ir::{ApiDefinition, Segment};

/// Words that end like a plural but are singular.
const SINGULAR_IN_S: &[&str] =
    &["alias", "atlas", "bias", "canvas", "gas", "lens", "news", "series", "species"];
/// Maximum number of words in a learned compound.
const MAX_COMPOUND_WORDS: usize = 4;

/// The grammar for one profile and one API.
pub struct Inflector<'a> {
    rules: &'a NameRules,
    usage: &'a UsageTracker,
    uncountable: HashSet<&'a str>,
    learned: HashMap<String, Vec<String>>,
    // Caches, because the same words occur thousands of times.
    singulars: RefCell<HashMap<String, String>>,
    spreads: RefCell<HashMap<String, Vec<String>>>,
    spelling_cache: RefCell<HashMap<String, String>>,
}

impl<'a> Inflector<'a> {
    /// Creates the grammar for `rules`, before anything has been learned.
    pub fn new(rules: &'a NameRules, usage: &'a UsageTracker) -> Self {
        Self {
            rules,
            usage,
            uncountable: rules.uncountable.iter().map(String::as_str).collect(),
            learned: HashMap::new(),
            singulars: RefCell::default(),
            spreads: RefCell::default(),
            spelling_cache: RefCell::default(),
        }
    }

    /// Learns compounds from the camel case of schemas, tags and paths: `PurchaseOrder` shows that
    /// `purchaseorder` is two words. A word that is a complete camel-case word anywhere isn't split.
    pub fn learn(mut self, api: &ApiDefinition) -> Self {
        let schemas = api.schemas.iter().filter(|(_, schema)| !schema.inline).map(|(name, _)| name.as_str());
        let tags = api.operations.values().flat_map(|operation| &operation.tags).map(String::as_str);
        let paths =
            api.operations.values().flat_map(|operation| &operation.path.segments).filter_map(|segment| {
                match segment {
                    Segment::Text(text) => Some(text.as_str()),
                    Segment::Placeholder(_) => None,
                }
            });
        let names: HashSet<&str> = schemas.chain(tags).chain(paths).collect();
        let mut sorted: Vec<&str> = names.into_iter().collect();
        sorted.sort_unstable();
        let mut whole: HashSet<String> = HashSet::new();
        for name in sorted {
            let words = identifiers::split(name);
            if words.len() > 1 {
                whole.extend(words.iter().map(|word| self.singular(word)));
            }
            for start in 0..words.len() {
                for end in start + 2..=words.len().min(start + MAX_COMPOUND_WORDS) {
                    let parts = self.one(&words[start..end]);
                    self.learned.entry(parts.concat()).or_insert(parts);
                }
            }
        }
        self.learned.retain(|compound, _| !whole.contains(compound));
        self
    }

    /// Returns the words with the last one in the singular.
    pub fn one(&self, words: &[String]) -> Vec<String> {
        with_last(words, |word| self.singular(word))
    }

    /// Returns the words with the last one in the plural.
    pub fn many(&self, words: &[String]) -> Vec<String> {
        with_last(words, |word| self.plural(word))
    }

    /// Returns the words with compounds split.
    pub fn spread(&self, words: &[String]) -> Vec<String> {
        let mut spread = Vec::with_capacity(words.len() + 1);
        let mut known = self.spreads.borrow_mut();
        for word in words {
            if !known.contains_key(word) {
                known.insert(word.clone(), self.parts(word));
            }
            spread.extend(known[word].iter().cloned());
        }
        spread
    }

    fn parts(&self, word: &String) -> Vec<String> {
        let singular = self.singular(word);
        let table = &self.rules.compounds;
        if let Some((entry, parts)) = table.get_key_value(word).or_else(|| table.get_key_value(&singular)) {
            self.usage.mark(format!("names.compounds.{entry}"));
            let parts: Vec<String> = parts.split(' ').map(str::to_owned).collect();
            return if entry == word { parts } else { self.many(&parts) };
        }
        match self.learned.get(&singular) {
            Some(parts) if singular == *word => parts.clone(),
            Some(parts) => self.many(parts),
            None => vec![word.clone()],
        }
    }

    /// Returns a word as people write it, according to the profile's table: `rma` becomes `RMA`, and `rmas`
    /// becomes `RMAs`.
    pub fn spelling(&self, word: &str) -> String {
        if let Some(known) = self.spelling_cache.borrow().get(word) {
            return known.clone();
        }
        let table = &self.rules.spellings;
        let singular = self.singular(word);
        let spelling = match table.get_key_value(word).or_else(|| table.get_key_value(&singular)) {
            Some((entry, spelling)) => {
                self.usage.mark(format!("names.spellings.{entry}"));
                if entry == word { spelling.clone() } else { format!("{spelling}s") }
            }
            None => word.to_owned(),
        };
        self.spelling_cache.borrow_mut().insert(word.to_owned(), spelling.clone());
        spelling
    }

    /// Returns a word's singular: `statuses` becomes `status`; a singular is unchanged.
    pub fn singular(&self, word: &str) -> String {
        if let Some(known) = self.singulars.borrow().get(word) {
            return known.clone();
        }
        let singular = self.make_singular(word);
        self.singulars.borrow_mut().insert(word.to_owned(), singular.clone());
        singular
    }

    fn make_singular(&self, word: &str) -> String {
        if self.is_uncountable(word) {
            return word.to_owned();
        }
        for (plural, singular) in &self.rules.irregular {
            if let Some(stem) = word.strip_suffix(plural.as_str()) {
                self.usage.mark(format!("names.irregular.{plural}"));
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

    fn is_uncountable(&self, word: &str) -> bool {
        let found = self.uncountable.contains(word);
        if found {
            self.usage.mark(format!("names.uncountable.{word}"));
        }
        found || SINGULAR_IN_S.contains(&word)
    }

    /// Returns a word's plural: `status` becomes `statuses`; a plural is unchanged.
    pub fn plural(&self, word: &str) -> String {
        let names = word.ends_with(|c: char| c.is_ascii_digit());
        if names || self.is_uncountable(word) || self.singular(word) != word {
            return word.to_owned();
        }
        for (plural, singular) in &self.rules.irregular {
            if let Some(stem) = word.strip_suffix(singular.as_str()) {
                self.usage.mark(format!("names.irregular.{plural}"));
                return format!("{stem}{plural}");
            }
        }
        with_s(word)
    }

    /// Returns a word's abbreviation from the profile's table, and the table entry; an entry in the singular
    /// also covers the plural.
    pub fn abbreviation(&self, word: &str) -> Option<(String, &'a str)> {
        let table = &self.rules.abbreviations;
        if let Some((long, short)) = table.get_key_value(word) {
            return Some((short.clone(), long));
        }
        let (long, short) = table.get_key_value(&self.singular(word))?;
        Some((self.plural(short), long))
    }
}

/// Appends the `s` of a plural noun or of a verb: `entry` becomes `entries`, `batch` becomes `batches`.
pub fn with_s(word: &str) -> String {
    let before_last = word.chars().rev().nth(1).unwrap_or('a');
    if let (Some(stem), false) = (word.strip_suffix('y'), "aeiou".contains(before_last)) {
        return format!("{stem}ies");
    }
    let hisses = ["s", "x", "z", "ch", "sh"].iter().any(|ending| word.ends_with(ending));
    format!("{word}{}", if hisses { "es" } else { "s" })
}

fn with_last(words: &[String], form: impl Fn(&str) -> String) -> Vec<String> {
    let mut words = words.to_vec();
    if let Some(last) = words.last_mut() {
        *last = form(last);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{Schema, Shape};

    #[test]
    fn words_are_pluralized_and_singularized() {
        let mut rules = NameRules::default();
        rules.irregular.insert("statuses".into(), "status".into());
        rules.irregular.insert("criteria".into(), "criterion".into());
        rules.irregular.insert("skus".into(), "sku".into());
        rules.uncountable.push("info".into());
        let usage = UsageTracker::new();
        let words = Inflector::new(&rules, &usage);
        for (many, one) in [
            ("tickets", "ticket"),
            ("entries", "entry"),
            ("purchaseorderstatuses", "purchaseorderstatus"),
            ("warehouses", "warehouse"),
            ("addresses", "address"),
            ("batches", "batch"),
            ("taxes", "tax"),
            ("criteria", "criterion"),
            ("series", "series"),
            ("slas", "sla"),
            ("skus", "sku"),
            ("info", "info"),
        ] {
            assert_eq!(words.singular(many), one);
            assert_eq!(words.plural(one), many);
            assert_eq!(words.singular(one), one);
            assert_eq!(words.plural(many), many);
        }
    }

    #[test]
    fn compounds_are_learned_from_camel_case() {
        let mut api = ApiDefinition::default();
        for name in ["PurchaseOrder", "PurchaseOrderLineItem", "WorkFlow", "WorkflowAction"] {
            let shape = Shape::Object(Vec::new());
            api.schemas.insert(
                name.into(),
                Schema { description: String::new(), shape, additional: None, inline: false },
            );
        }
        let mut rules = NameRules::default();
        rules.compounds.insert("timeentry".into(), "time entry".into());
        let usage = UsageTracker::new();
        let words = Inflector::new(&rules, &usage).learn(&api);
        let spread = |word: &str| words.spread(&[word.to_owned()]).join(" ");
        assert_eq!(spread("purchaseorders"), "purchase orders");
        assert_eq!(spread("lineitem"), "line item");
        assert_eq!(spread("timeentries"), "time entries");
        assert_eq!(spread("workflow"), "workflow", "also written as one word");
    }
}
