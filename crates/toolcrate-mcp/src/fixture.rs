//! A product for tests.

use city_library::CATALOG;
use toolcrate_executor::{Product, PromptPlaceholder, PromptTemplate};

pub(crate) static LIBRARY: Product = Product {
    catalog: &CATALOG,
    title: "City Library",
    server_name: "library",
    version: "1.2.3",
    description: "City Library: books.",
    uri_scheme: "library",
    featured_tools: &["list_all_books"],
    prompts: &[PromptTemplate {
        name: "lend",
        description: "Lend a book.",
        arguments: &[PromptPlaceholder { name: "book", description: "The book.", source: None }],
        text: "Lend {book}.",
    }],
};
