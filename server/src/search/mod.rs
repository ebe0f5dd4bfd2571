//! Finds the right tool from a user's words.
//!
//! Titles, names and descriptions of all tools are ranked by BM25 over word stems. What users call things (`PO`,
//! `device`, `client`) is turned into the API's words by a table, a verb in the query favours tools that do that,
//! and a word that no tool has is read as the nearest one.

pub mod evaluate;
mod intent;
mod words;

use std::collections::HashMap;

use bm25::{Embedder, EmbedderBuilder, Scorer, Tokenizer};
use connectwise_psa::runtime::{Catalogue, Tool};

use intent::Intent;
use words::Words;

/// A tool that was found.
#[derive(Clone, Copy, Debug)]
pub struct Hit {
    /// The tool.
    pub tool: Tool,
    /// How well it fits; comparable within one search alone.
    pub score: f32,
}

/// The index over a catalogue.
pub struct Search {
    tools: Vec<Entry>,
    embedder: Embedder<u32, Stems>,
    scorer: Scorer<u32, u32>,
    words: Words,
}

struct Entry {
    tool: Tool,
    intent: Intent,
    /// How much less likely it is asked for than its like: twins and parts of parts.
    weight: f32,
}

/// How often a word of the title counts, beside the once of the description.
const TITLE: usize = 3;

impl Search {
    /// Indexes every tool.
    pub fn new(catalogue: &'static Catalogue) -> Self {
        let mut words = Words::new();
        let mut texts = Vec::with_capacity(catalogue.len());
        let mut tools = Vec::with_capacity(catalogue.len());
        for tool in catalogue.tools() {
            let details = tool.details();
            let title = details.title.to_lowercase();
            // What a list says of paging, or an update of what it needs, tells nothing apart.
            let about = details.description.split(". ").nth(1).unwrap_or_default();
            let module = tool.module();
            let text = format!("{} {module} {about}", [title.as_str(); TITLE].join(" "));
            texts.push(words.stems(&text).join(" "));
            tools.push(Entry { tool, intent: Intent::of_tool(tool.short_name()), weight: weight(tool) });
        }
        for text in &texts {
            text.split(' ').for_each(|stem| words.learn(stem));
        }
        let average = texts.iter().map(|text| text.split(' ').count()).sum::<usize>() as f32
            / texts.len().max(1) as f32;
        let embedder =
            EmbedderBuilder::<u32, Stems>::with_avgdl(average).tokenizer(Stems).k1(1.2).b(0.6).build();
        let mut scorer = Scorer::new();
        for (number, text) in (0..).zip(&texts) {
            scorer.upsert(&number, embedder.embed(text));
        }
        Self { tools, embedder, scorer, words }
    }

    /// The tools that fit `query` best, best first, among those that `allowed` lets through.
    pub fn find(&self, query: &str, limit: usize, allowed: impl Fn(Tool) -> bool) -> Vec<Hit> {
        let query = query.to_lowercase();
        let intent = Intent::of_query(&query);
        let stems = self.words.of_query(&query);
        let wanted = self.embedder.embed(&stems.join(" "));
        let mut hits: Vec<Hit> = self
            .scorer
            .matches(&wanted)
            .into_iter()
            .filter_map(|found| {
                let entry = self.tools.get(found.id as usize)?;
                let twin = entry.weight < 1.0 && words::asks_for_twin(&query);
                let weight = if twin { 1.0 } else { entry.weight };
                let score = found.score * weight * intent.favours(entry.intent);
                allowed(entry.tool).then_some(Hit { tool: entry.tool, score })
            })
            .collect();
        // Ties are broken by name, so that one query always gives one answer.
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.tool.name().cmp(b.tool.name())));
        hits.truncate(limit);
        hits
    }
}

/// Texts come as stems already.
#[derive(Default)]
struct Stems;

impl Tokenizer for Stems {
    fn tokenize(&self, text: &str) -> Vec<String> {
        text.split(' ').filter(|stem| !stem.is_empty()).map(str::to_owned).collect()
    }
}

/// Low-privilege twins and lists of uses are seldom what is meant, and what is deeper less than what is not.
fn weight(tool: Tool) -> f32 {
    let http = tool.http();
    let parts: Vec<&str> = http.path.split('/').filter(|part| !part.is_empty()).collect();
    let is_twin = parts.iter().any(|part| matches!(*part, "info" | "usages" | "search" | "bulk"));
    let depth = parts.iter().filter(|part| part.starts_with('{')).count();
    let twin = if is_twin && parts.len() > 2 { 0.6 } else { 1.0 };
    twin * 0.97_f32.powi(i32::try_from(depth).unwrap_or(0))
}

/// How often each stem occurs, for reading misspelt words.
type Vocabulary = HashMap<String, usize>;
