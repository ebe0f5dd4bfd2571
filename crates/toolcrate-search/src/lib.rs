//! Finds the tools in a catalog that match a natural-language query.
//!
//! [`SearchEngine`] scores each tool with BM25 and word vectors. It compares the query with the tool's title and
//! description, with the fields of its records, and with the words that people use for those records. A verb in the query
//! favors tools with that action, and a word outside the vocabulary is replaced with the most similar word in it.
//! Decision trees trained on labeled queries then rerank the best tools.
//!
//! The engine knows English but no particular API: [`WordLists`] are passed to it as data. [`evaluate`] measures its
//! recall on labeled queries, and [`check_word_lists`] finds entries that match no tool.
//!
//! ```no_run
//! use toolcrate_runtime::Catalog;
//! use toolcrate_search::{SearchEngine, WordLists};
//!
//! # fn example(catalog: &'static Catalog) {
//! let lists = WordLists { collection_aliases: "[/books]\nnovel\npaperback\n", ..WordLists::ENGLISH };
//! let engine = SearchEngine::new(catalog, &lists);
//! for hit in engine.find("add a novel", 5, |_| true) {
//!     println!("{} {:.1}", hit.tool.name(), hit.score);
//! }
//! # }
//! ```

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod abbreviations;
mod aliases;
mod analyzer;
mod baseline;
mod check;
mod decision_trees;
mod document;
mod engine;
pub mod evaluate;
mod examples;
mod features;
mod file_paths;
mod function_words;
mod index;
mod index_builder;
mod intent;
mod labeled_queries;
mod meaning;
mod names;
mod opposites;
mod parallel;
mod phrasing;
mod query;
mod query_parser;
mod query_terms;
mod ranking;
mod rare_tools;
mod record_fields;
mod record_ids;
mod related;
mod requests;
mod spelling;
mod text_ranking;
mod token_texts;
mod tokenizer;
mod tool_reader;
mod tool_stems;
mod vocabulary;
mod weights;
mod word_lists;
mod word_vectors;

pub use check::check_word_lists;
pub use engine::{SearchEngine, SearchHit};
pub use weights::Weights;
pub use word_lists::WordLists;
