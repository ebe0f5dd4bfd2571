//! Measures the total size of the tool definitions in two releases, in each LLM provider's format and in bytes of JSON.
//! The output is a JSON list of `{dialect, old, new}`. `cargo xtask diff --sizes` runs it on the catalogs that it
//! compares:
//!
//! ```text
//! cargo run --release --package e2e --example dialect_sizes -- OLD_CATALOG NEW_CATALOG
//! ```
//!
//! Each catalog is a folder such as `generated/catalog`.

use std::error::Error;
use std::fs;
use std::path::Path;

use connectwise_psa::API;
use connectwise_psa::runtime::catalog::CatalogText;
use connectwise_psa::runtime::{Catalog, Dialect};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let folders: Vec<String> = std::env::args().skip(1).collect();
    let [old, new] = &folders[..] else {
        return Err("usage: dialect_sizes OLD_CATALOG NEW_CATALOG".into());
    };
    let (old, new) = (read(old.as_ref())?, read(new.as_ref())?);
    let sizes: Vec<_> = Dialect::ALL
        .into_iter()
        .map(|dialect| json!({"dialect": dialect.as_str(), "old": size(old, dialect), "new": size(new, dialect)}))
        .collect();
    println!("{}", json!(sizes));
    Ok(())
}

fn size(catalog: &'static Catalog, dialect: Dialect) -> usize {
    catalog.tools().map(|tool| tool.declaration(dialect).value.to_string().len()).sum()
}

/// Reads the catalog in `folder`. Its contents live as long as the program, as in a generated crate.
fn read(folder: &Path) -> Result<&'static Catalog, Box<dyn Error>> {
    let mut files = Vec::new();
    for below in ["", "index", "tools"] {
        for entry in fs::read_dir(folder.join(below))? {
            let path = entry?.path();
            if path.is_file() {
                let name = path.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
                files.push((name, fs::read_to_string(&path)?));
            }
        }
    }
    files.sort();
    let text = CatalogText::leak(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    Ok(Box::leak(Box::new(Catalog::new(&API, text))))
}
