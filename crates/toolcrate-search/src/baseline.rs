//! Simple search methods, for comparing their recall with the engine's.

use std::collections::BTreeSet;

use toolcrate_runtime::{Catalog, Tool};

use crate::index::{Bm25Index, QueryToken};
use crate::token_texts::TokenTexts;
use crate::tokenizer::tokenize;
use crate::vocabulary::{IndexedToken, Vocabulary};

/// BM25 over the words in tool names, descriptions and argument names, which is how FastMCP ranks tools.
pub struct PlainBm25 {
    tools: Vec<Tool>,
    vocabulary: Vocabulary,
    index: Bm25Index,
}

impl PlainBm25 {
    /// Indexes every tool in a catalog.
    pub fn new(catalog: &'static Catalog) -> Self {
        let mut vocabulary = Vocabulary::default();
        let tokens = |tool| -> Vec<IndexedToken> {
            tokenize(&tool_text(tool)).iter().map(|word| vocabulary.add_stem(word)).collect()
        };
        let texts: TokenTexts = catalog.tools().map(tokens).collect();
        Self { tools: catalog.tools().collect(), index: Bm25Index::from_texts(&texts, 0.75), vocabulary }
    }

    /// Returns the matching tools, best first.
    pub fn find(&self, query: &str, limit: usize) -> Vec<Tool> {
        let tokens = tokenize(query).into_iter().map(|word| self.vocabulary.stem(&word));
        let tokens: Vec<_> = tokens.map(|token| QueryToken { token, weight: 1.0, sense: None }).collect();
        best(&self.tools, self.index.scores(&tokens, 1.0), limit)
    }
}

/// Points for words in tool names, descriptions and argument names, with the weights of GitHub's MCP server. Its
/// full-text similarity, which breaks ties, is left out.
pub struct FieldPoints {
    tools: Vec<Tool>,
    texts: Vec<ToolTexts>,
}

struct ToolTexts {
    name: String,
    description: String,
    arguments: Vec<String>,
}

impl FieldPoints {
    /// Reads every tool in a catalog.
    pub fn new(catalog: &'static Catalog) -> Self {
        let texts = catalog.tools().map(|tool| ToolTexts {
            name: tool.short_name().to_lowercase(),
            description: tool.details().description.to_lowercase(),
            arguments: argument_names(tool),
        });
        Self { texts: texts.collect(), tools: catalog.tools().collect() }
    }

    /// Returns the matching tools, best first.
    pub fn find(&self, query: &str, limit: usize) -> Vec<Tool> {
        let query = query.trim().to_lowercase();
        let words: Vec<&str> = query.split_whitespace().collect();
        best(&self.tools, self.texts.iter().map(|texts| texts.points(&query, &words)).collect(), limit)
    }
}

impl ToolTexts {
    fn points(&self, query: &str, words: &[&str]) -> f32 {
        let mut points = 0.0;
        if self.name.contains(query) {
            points += 5.0;
        }
        if self.name.starts_with(query) {
            points += 1.5;
        }
        if self.name.replace('_', "") == query.replace([' ', '_'], "") && words.len() > 1 {
            points += 2.5;
        }
        if self.description.contains(query) {
            points += 2.0;
        }
        points += self.arguments.iter().filter(|argument| argument.contains(query)).count() as f32;
        let mut matched = BTreeSet::new();
        for word in words {
            if self.name.contains(word) {
                points += 1.0;
                matched.insert(word);
            } else if self.description.contains(word) {
                points += 0.6;
                matched.insert(word);
            }
            if self.arguments.iter().any(|argument| argument.contains(word)) {
                points += 0.4;
                matched.insert(word);
            }
        }
        points += 0.8 * matched.len() as f32;
        if words.len() > 1 && matched.len() == words.len() {
            points += 2.0;
        }
        let parts: Vec<&str> = self.name.split(['_', '-', ' ']).collect();
        let named = words.iter().filter(|word| parts.iter().any(|part| part.contains(**word))).count();
        if named == words.len() {
            points += if parts.len() == words.len() { 6.0 } else { 4.0 };
        }
        points - 0.5 * parts.len().saturating_sub(named) as f32
    }
}

fn tool_text(tool: Tool) -> String {
    let details = tool.details();
    format!("{} {} {}", tool.short_name(), details.description, argument_names(tool).join(" "))
}

fn argument_names(tool: Tool) -> Vec<String> {
    let details = tool.details();
    let shared = tool.shape(&details).map(|shape| shape.properties.names()).unwrap_or_default();
    let names = details.input.properties.names().into_iter().chain(shared);
    names.map(|name| name.to_lowercase()).collect()
}

/// Returns the tools with the highest scores, best first.
fn best(tools: &[Tool], scores: Vec<f32>, limit: usize) -> Vec<Tool> {
    let mut ranked: Vec<(f32, Tool)> = scores.into_iter().zip(tools.iter().copied()).collect();
    ranked.retain(|(score, _)| *score > 0.0);
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    ranked.into_iter().take(limit).map(|(_, tool)| tool).collect()
}
