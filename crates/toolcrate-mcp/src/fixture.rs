//! A sample server definition for the tests.

use std::sync::LazyLock;

use toolcrate_executor::{Product, PromptPlaceholder, PromptTemplate};
use toolcrate_runtime::catalog::{CatalogFiles, CatalogText, ToolRecord};
use toolcrate_runtime::{Api, Catalog, ErrorShape, Paging};

static API: Api = Api {
    paging: Paging::Page { page: "page", size: "pageSize", max_size: 100 },
    errors: ErrorShape { code: &["/code"], message: &["/message"], ..ErrorShape::UNKNOWN },
    ..Api::new("City Library", "city-library/1.2.3")
};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let lines = include_str!("../tests/fixtures/library.jsonl").lines();
    let tools: Vec<ToolRecord<'_>> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut files = CatalogFiles::new();
    files.add_tools(&tools).unwrap();
    let files = files.into_files();
    Catalog::new(&API, CatalogText::leak(files.iter().map(|(path, text)| (path.as_str(), text.as_str()))))
});

pub(crate) static LIBRARY: LazyLock<Product> = LazyLock::new(|| Product {
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
});
