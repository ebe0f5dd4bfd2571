//! Catalogs read or created at run time.

use std::path::Path;

use toolcrate_catalog::{CatalogFiles, CatalogText, ToolRecord};
use toolcrate_runtime::serde_json::{self, Value, json};
use toolcrate_runtime::{Api, Catalog};

static API: Api = Api::new("measured", "measure");

/// Reads the catalog in a folder written by the generator.
pub(crate) fn read(folder: &Path) -> &'static Catalog {
    let mut files = Vec::new();
    for part in ["", "index", "tools"] {
        let entries = std::fs::read_dir(folder.join(part)).expect("the folder of a catalog");
        for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()) {
            let name = path.file_name().expect("a file").to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).expect("a text");
            files.push((if part.is_empty() { name } else { format!("{part}/{name}") }, text));
        }
    }
    leak(files.iter().map(|(path, text)| (path.as_str(), text.as_str())))
}

/// Creates a catalog of tools with a name, a description and argument names.
pub(crate) fn from_tools(tools: &[(String, String, Vec<String>)]) -> &'static Catalog {
    let records: Vec<ToolRecord<'static>> = tools.iter().map(|tool| record(tool)).collect();
    let mut files = CatalogFiles::new();
    files.add_tools(&records).expect("records");
    let files = files.into_files();
    leak(files.iter().map(|(path, text)| (path.as_str(), text.as_str())))
}

fn record((name, description, arguments): &(String, String, Vec<String>)) -> ToolRecord<'static> {
    let words: Vec<&str> = name.split(['_', '-', ' ', '.']).filter(|word| !word.is_empty()).collect();
    let verb = words.first().copied().unwrap_or_default().to_lowercase();
    let properties: serde_json::Map<String, Value> =
        arguments.iter().map(|argument| (argument.clone(), json!({}))).collect();
    let line = json!({
        "name": name, "short_name": name, "title": words.join(" "), "description": description,
        "class": "custom", "module": "tools", "kind": "action", "verb": verb,
        "http": {"method": "POST", "path": format!("/{name}")},
        "input": {"properties": properties},
        "response": {"content": "json"},
    });
    serde_json::from_str(line.to_string().leak()).expect("a record")
}

fn leak<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> &'static Catalog {
    Box::leak(Box::new(Catalog::new(&API, CatalogText::leak(files))))
}
