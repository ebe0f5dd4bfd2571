//! Compares a query with example requests, each of which is labeled with the right tools.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hash};

use foldhash::HashMap;
use foldhash::fast::FixedState;
use toolcrate_runtime::Catalog;

use crate::analyzer::Analyzer;
use crate::labeled_queries::parse_queries;
use crate::tokenizer::{has_digit, lowercase, words_in};
use crate::word_lists::WordLists;
use crate::word_vectors::{DIMENSIONS, TextVector, WordVector, cosine};

/// The number of the most similar examples that vote.
const VOTERS: usize = 15;
/// The number of leading components of meanings that are left out.
const COMMON: usize = 2;
/// Meanings are compared only with examples that share more than this with the query. Most examples share little more than
/// an article.
const MIN_SHARE: f32 = 0.05;
/// The weight of meaning in a vote, relative to shared words.
const MEANING_WEIGHT: f32 = 0.5;

/// An index of example requests.
#[derive(Default)]
pub(crate) struct ExampleIndex {
    /// The hashes of the stems and of the pairs of adjacent stems, sorted.
    tokens: Vec<u64>,
    /// For each token, the position of its first posting, and at the end the number of postings.
    starts: Vec<u32>,
    /// The examples that contain each token.
    postings: Vec<u32>,
    /// The [`scale`] of each example.
    scales: Vec<f32>,
    meanings: Vec<Option<[i8; DIMENSIONS]>>,
    /// The positions of each example's tools in the catalog.
    tools: Vec<Vec<u32>>,
    /// The distinct record types of each example's tools.
    families: Vec<Vec<usize>>,
    /// The number of tools in the catalog.
    tool_count: usize,
    /// The number of record types in the catalog.
    family_count: usize,
}

/// How similar the examples for a tool or a record type are to a query.
#[derive(Clone, Copy, Default)]
pub(crate) struct ExampleMatch {
    /// The share of the words that the best example has in common with the query, from 0 to 1.
    pub(crate) words: f32,
    /// How close the meaning of the best example is to that of the query, from 0 to 1.
    pub(crate) meaning: f32,
    /// Its share of the most similar examples, weighted by similarity.
    pub(crate) votes: f32,
}

/// How similar the examples are to a query, by tool and by record type.
#[derive(Default)]
pub(crate) struct ExampleScores {
    by_tool: Vec<ExampleMatch>,
    by_family: Vec<ExampleMatch>,
    /// The best match of each kind among all examples.
    pub(crate) best: ExampleMatch,
}

/// A word in an example or query.
#[derive(Clone, Copy)]
struct Word {
    /// The hash of its stem; `None` for a number.
    stem: Option<u64>,
    /// Its meaning; `None` for a stop word or an unknown one.
    vector: Option<WordVector>,
}

impl Word {
    fn new(word: &str, analyzer: &Analyzer) -> Self {
        Self {
            stem: (!has_digit(word)).then(|| hash(analyzer.stem(word).as_str())),
            vector: WordVector::find(word).filter(|_| !analyzer.is_stop_word(word)),
        }
    }
}

/// The distinct words of the examples. There are few of them, and reading a word takes longer than looking it up.
#[derive(Default)]
struct WordTable {
    numbers: HashMap<String, u32>,
    all: Vec<Word>,
}

impl WordTable {
    /// Adds the words of a text, and returns their numbers.
    fn add_text(&mut self, text: &str, analyzer: &Analyzer) -> Vec<u32> {
        let mut numbers = Vec::new();
        words_in(&lowercase(text), |word| {
            let number = self.numbers.get(word).copied().unwrap_or_else(|| {
                let next = self.all.len() as u32;
                self.numbers.insert(word.to_owned(), next);
                self.all.push(Word::new(word, analyzer));
                next
            });
            numbers.push(number);
        });
        numbers
    }

    fn get(&self, number: u32) -> &Word {
        &self.all[number as usize]
    }
}

impl ExampleScores {
    /// Returns the match for a tool, given its position in the catalog.
    pub(crate) fn of_tool(&self, tool: usize) -> ExampleMatch {
        self.by_tool.get(tool).copied().unwrap_or_default()
    }

    /// Returns the match for a record type.
    pub(crate) fn of_family(&self, family: usize) -> ExampleMatch {
        self.by_family.get(family).copied().unwrap_or_default()
    }

    /// Returns true if one of the most similar examples is labeled with the tool at this position in the catalog.
    pub(crate) fn has_votes(&self, tool: usize) -> bool {
        self.of_tool(tool).votes > 0.0
    }
}

impl ExampleIndex {
    /// Indexes the examples in the word lists. Tools that the catalog doesn't contain are ignored.
    pub(crate) fn new(lists: &WordLists, catalog: &'static Catalog) -> Self {
        if lists.examples.is_empty() {
            return Self::default();
        }
        let positions =
            catalog.tools().zip(0..).map(|(tool, position)| (tool.short_name(), position)).collect();
        Self::with_positions(lists.examples, &positions, &Analyzer::new(lists))
    }

    /// Indexes a list of examples. `positions` are the tools' positions in the catalog.
    fn with_positions(list: &str, positions: &HashMap<&str, u32>, analyzer: &Analyzer) -> Self {
        let mut index = Self::default();
        let mut words = WordTable::default();
        let mut texts: Vec<Vec<u32>> = Vec::new();
        let mut found: Vec<(u64, u32)> = Vec::new();
        for example in parse_queries(list) {
            let tools: Vec<u32> =
                example.tools.iter().filter_map(|tool| positions.get(tool).copied()).collect();
            if tools.is_empty() {
                continue;
            }
            let text = words.add_text(example.query, analyzer);
            let number = index.tools.len() as u32;
            found.extend(tokens(text.iter().map(|word| words.get(*word))).map(|token| (token, number)));
            index.tools.push(tools);
            texts.push(text);
        }
        index.add_postings(found);
        let meanings: Vec<Option<(WordVector, f32)>> =
            words.all.iter().map(|word| index.meant(word)).collect();
        let meant = |text: &Vec<u32>| text.iter().filter_map(|word| meanings[*word as usize]).collect();
        index.meanings = texts.iter().map(meant).map(|text: TextVector| text.quantize(COMMON)).collect();
        index
    }

    /// Adds tokens with the examples that contain them.
    fn add_postings(&mut self, mut found: Vec<(u64, u32)>) {
        found.sort_unstable();
        let mut lengths = vec![0.0; self.tools.len()];
        for same in found.chunk_by(|(a, _), (b, _)| a == b) {
            self.tokens.push(same[0].0);
            self.starts.push(self.postings.len() as u32);
            let rarity = self.rarity(same.len());
            for (_, example) in same {
                lengths[*example as usize] += rarity * rarity;
                self.postings.push(*example);
            }
        }
        self.starts.push(self.postings.len() as u32);
        self.scales = lengths.into_iter().map(scale).collect();
    }

    /// Returns the examples that contain a token.
    fn postings(&self, token: u64) -> &[u32] {
        self.tokens.binary_search(&token).map_or(&[], |position| {
            &self.postings[self.starts[position] as usize..self.starts[position + 1] as usize]
        })
    }

    /// Returns how rare a token is: the inverse document frequency.
    fn rarity(&self, frequency: usize) -> f32 {
        ((1.0 + self.tools.len() as f32) / (1.0 + frequency as f32)).ln() + 1.0
    }

    /// Returns the vector of a word and its weight: rare words have more weight.
    fn meant(&self, word: &Word) -> Option<(WordVector, f32)> {
        let (stem, vector) = word.stem.zip(word.vector)?;
        Some((vector, self.rarity(self.postings(stem).len())))
    }

    /// Sets the record types of the catalog's tools, which must be known before queries are compared.
    pub(crate) fn set_families(&mut self, families: &[usize]) {
        let distinct = |tools: &Vec<u32>| {
            let families: BTreeSet<usize> = tools.iter().map(|tool| families[*tool as usize]).collect();
            families.into_iter().collect()
        };
        self.families = self.tools.iter().map(distinct).collect();
        self.tool_count = families.len();
        self.family_count = families.iter().max().map_or(0, |most| most + 1);
    }

    /// Compares a query with the examples.
    pub(crate) fn scores(&self, query: &[String], analyzer: &Analyzer) -> ExampleScores {
        if self.tools.is_empty() {
            return ExampleScores::default();
        }
        let words: Vec<Word> = query.iter().map(|word| Word::new(word, analyzer)).collect();
        let mut matches = vec![ExampleMatch::default(); self.tools.len()];
        self.add_words(&words, &mut matches);
        let meaning: TextVector = words.iter().filter_map(|word| self.meant(word)).collect();
        if let Some(meaning) = meaning.quantize(COMMON) {
            let near = matches.iter_mut().zip(&self.meanings).filter(|(found, _)| found.words > MIN_SHARE);
            for (found, other) in near {
                found.meaning = other.as_ref().map_or(0.0, |other| cosine(&meaning, other).max(0.0));
            }
        }
        vote(&mut matches);
        let mut scores = ExampleScores {
            by_tool: vec![ExampleMatch::default(); self.tool_count],
            by_family: vec![ExampleMatch::default(); self.family_count],
            best: ExampleMatch::default(),
        };
        for ((found, tools), families) in matches.into_iter().zip(&self.tools).zip(&self.families) {
            scores.best.add(found);
            tools.iter().for_each(|tool| scores.by_tool[*tool as usize].add(found));
            families.iter().for_each(|family| scores.by_family[*family].add(found));
        }
        scores
    }

    /// Sets the share of the words that each example has in common with a query.
    fn add_words(&self, words: &[Word], matches: &mut [ExampleMatch]) {
        let mut length = 0.0;
        for token in tokens(words.iter()) {
            let examples = self.postings(token);
            let weight = self.rarity(examples.len()).powi(2);
            length += weight;
            for example in examples {
                matches[*example as usize].words += weight;
            }
        }
        let scale = scale(length);
        for (found, of_example) in matches.iter_mut().zip(&self.scales) {
            found.words *= scale * of_example;
        }
    }
}

impl ExampleMatch {
    fn add(&mut self, other: Self) {
        self.words = self.words.max(other.words);
        self.meaning = self.meaning.max(other.meaning);
        self.votes += other.votes;
    }
}

/// Returns the reciprocal of a text's length, given the sum of its tokens' squared rarity, which is at least 1 for each
/// token. A text without tokens is similar to none.
fn scale(sum: f32) -> f32 {
    1.0 / sum.sqrt().max(1.0)
}

/// Sets the votes of the most similar examples.
fn vote(matches: &mut [ExampleMatch]) {
    let similarities: Vec<f32> =
        matches.iter().map(|found| found.words + MEANING_WEIGHT * found.meaning).collect();
    let mut nearest: Vec<u32> = (0..).take(matches.len()).collect();
    let voters = VOTERS.min(nearest.len());
    let similarity = |example: &u32| similarities[*example as usize];
    nearest.select_nth_unstable_by(voters - 1, |a, b| similarity(b).total_cmp(&similarity(a)).then(a.cmp(b)));
    nearest.truncate(voters);
    let all: f32 = nearest.iter().map(|example| similarity(example).powi(2)).sum();
    for example in nearest {
        matches[example as usize].votes = similarity(&example).powi(2) / all.max(f32::MIN_POSITIVE);
    }
}

/// Returns the distinct tokens of a text: its stems, and its pairs of adjacent stems.
fn tokens<'w>(words: impl Iterator<Item = &'w Word>) -> impl Iterator<Item = u64> {
    let mut tokens: Vec<u64> = words.filter_map(|word| word.stem).collect();
    let stems = tokens.len();
    tokens.extend((1..stems).map(|second| hash(&(tokens[second - 1], tokens[second]))).collect::<Vec<_>>());
    tokens.sort_unstable();
    tokens.dedup();
    tokens.into_iter()
}

/// Returns the same hash in every process.
fn hash<T: Hash + ?Sized>(value: &T) -> u64 {
    FixedState::default().hash_one(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenizer::tokenize;

    const EXAMPLES: &str = "query\tarea\ttools\tset\n\
        who owes us money\ta\tlist_invoices\ts\n\
        put a note on ticket 5\ta\tcreate_note,update_ticket\ts\n\
        add a remark to ticket 77\ta\tcreate_note\ts\n\
        5521\ta\tget_order\ts\n";

    fn scores(query: &str) -> ExampleScores {
        let analyzer = Analyzer::new(&WordLists::ENGLISH);
        let tools = ["list_invoices", "create_note", "update_ticket", "get_order"];
        let positions = tools.into_iter().zip(0..).collect();
        let mut index = ExampleIndex::with_positions(EXAMPLES, &positions, &analyzer);
        index.set_families(&[0, 1, 1, 2]);
        index.scores(&tokenize(query), &analyzer)
    }

    #[test]
    fn tools_of_similar_examples_match() {
        let scores = scores("put a note on ticket 9");
        assert!(scores.of_tool(1).words > 0.99 && scores.of_tool(2).words > 0.99);
        assert!(scores.of_tool(0).words < 0.1, "{}", scores.of_tool(0).words);
        assert!(scores.of_tool(1).votes > scores.of_tool(2).votes);
        assert_eq!(scores.of_family(1).words, scores.best.words);
    }

    #[test]
    fn tool_of_an_example_counts_once_for_its_record_type() {
        let all = scores("put a note on ticket 9");
        let votes: f32 = (0..3).map(|family| all.of_family(family).votes).sum();
        assert!((votes - 1.0).abs() < 1e-4, "{votes}");
    }

    #[test]
    fn meaning_is_compared_too() {
        let scores = scores("who owes us cash");
        assert!(scores.of_tool(0).meaning > scores.of_tool(1).meaning);
        assert_eq!(ExampleIndex::default().scores(&[], &Analyzer::new(&WordLists::ENGLISH)).best.words, 0.0);
    }

    #[test]
    fn text_without_words_is_similar_to_no_example() {
        let all = scores("48213");
        assert!((0..3).all(|tool| !all.has_votes(tool)));
        let all = scores("put a note on ticket 9");
        assert!(all.of_tool(3).words == 0.0 && !all.has_votes(3), "{}", all.of_tool(3).words);
    }
}
