//! Words of queries and tools as stems: what says nothing is dropped, what users call things is turned into what the
//! API calls them, and what no tool says is read as the nearest word that one does.

use rust_stemmers::{Algorithm, Stemmer};

use super::Vocabulary;

/// What users say and what it is in the API's words, a line each: `po: purchase order`.
const SYNONYMS: &str = include_str!("../../data/synonyms.txt");
/// Words that tell no tool from another.
const EMPTY: [&str; 62] = [
    "a", "an", "and", "are", "as", "at", "be", "by", "can", "could", "did", "do", "does", "for", "from",
    "give", "has", "have", "how", "i", "in", "is", "it", "its", "many", "me", "my", "need", "of", "on", "or",
    "our", "please", "show", "some", "that", "the", "their", "them", "these", "they", "this", "those", "to",
    "up", "us", "want", "was", "we", "were", "what", "when", "where", "which", "who", "will", "with", "you",
    "your", "all", "any", "into",
];
/// A word this short is not taken for a misspelling.
const SHORT: usize = 4;
/// How alike the nearest word must be.
const ALIKE: f64 = 0.78;

/// Turns text into stems.
pub struct Words {
    stemmer: Stemmer,
    /// Stems of what users say, longest first, and stems of what is meant.
    synonyms: Vec<(Vec<String>, Vec<String>)>,
    vocabulary: Vocabulary,
}

impl Words {
    /// Reads the table of synonyms.
    pub fn new() -> Self {
        let stemmer = Stemmer::create(Algorithm::English);
        let mut words = Self { stemmer, synonyms: Vec::new(), vocabulary: Vocabulary::new() };
        let lines = SYNONYMS.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut synonyms: Vec<(Vec<String>, Vec<String>)> = Vec::new();
        for (said, meant) in lines.filter_map(|line| line.split_once(':')) {
            for said in said.split(',') {
                synonyms.push((words.plain(said), words.plain(meant)));
            }
        }
        synonyms.sort_by_key(|(said, _)| std::cmp::Reverse(said.len()));
        words.synonyms = synonyms;
        words
    }

    /// The stems of a text.
    pub fn stems(&self, text: &str) -> Vec<String> {
        self.plain(text)
    }

    fn plain(&self, text: &str) -> Vec<String> {
        text.to_lowercase()
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty() && !EMPTY.contains(word))
            .map(|word| self.stemmer.stem(word).into_owned())
            .collect()
    }

    /// Remembers a stem that a tool has.
    pub fn learn(&mut self, stem: &str) {
        *self.vocabulary.entry(stem.to_owned()).or_default() += 1;
    }

    /// The stems that a query asks for: its own, with what users call things turned into the API's words.
    pub fn of_query(&self, query: &str) -> Vec<String> {
        let said = self.plain(query);
        let mut stems = Vec::new();
        let mut rest = &said[..];
        while let Some((first, after)) = rest.split_first() {
            let known = self.synonyms.iter().find(|(said, _)| rest.starts_with(said) && !said.is_empty());
            match known {
                Some((said, meant)) => {
                    stems.extend(meant.iter().cloned());
                    rest = &rest[said.len()..];
                }
                None => {
                    stems.push(self.nearest(first));
                    rest = after;
                }
            }
        }
        stems.dedup();
        stems
    }

    /// The stem itself, if any tool has it; else the most alike that one has.
    fn nearest(&self, stem: &str) -> String {
        let is_number = stem.chars().all(|c| c.is_ascii_digit());
        if self.vocabulary.contains_key(stem) || stem.chars().count() < SHORT || is_number {
            return stem.to_owned();
        }
        let alike =
            self.vocabulary.iter().map(|(known, count)| (strsim::jaro_winkler(stem, known), *count, known));
        let best = alike
            .filter(|(alike, ..)| *alike >= ALIKE)
            .filter(|(.., known)| strsim::osa_distance(stem, known) <= 2)
            .max_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then_with(|| b.2.cmp(a.2)));
        best.map_or_else(|| stem.to_owned(), |(.., known)| known.clone())
    }
}

/// Whether a query asks for a low-privilege twin, a list of uses, or many records at once.
pub fn asks_for_twin(query: &str) -> bool {
    ["info", "usage", "used", "in use", "bulk", "several", "search"].iter().any(|word| query.contains(word))
}
