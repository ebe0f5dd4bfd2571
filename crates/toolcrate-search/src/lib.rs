//! Finds the tools of a catalog that match a query in natural language.
//!
//! BM25 ranks twice: tools by the stems of their titles and descriptions, and the collections that they belong to by
//! what people call their records. [`SearchEngine`] adds up both. A verb in the query favors tools that do that, and a
//! word that is not in the vocabulary is read as the most similar one that is.
//!
//! The engine knows English and no API: [`WordLists`] are passed to it as data. [`evaluate`] measures its recall on labeled
//! queries, and [`check_word_lists`] finds entries that match no tool.
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
mod document;
mod engine;
pub mod evaluate;
mod file_paths;
mod index;
mod index_builder;
mod intent;
mod meaning;
mod names;
mod opposites;
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
mod weights;
mod word_lists;
mod word_vectors;

pub use check::check_word_lists;
pub use engine::{SearchEngine, SearchHit};
pub use weights::Weights;
pub use word_lists::WordLists;
