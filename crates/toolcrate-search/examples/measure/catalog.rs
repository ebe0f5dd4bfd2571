//! Reads catalogs from files, or creates them at run time.

use std::collections::BTreeMap;
use std::path::Path;

use toolcrate_catalog::{CatalogFiles, CatalogText, CollectionRecord, FilterRecord, ToolRecord};
use toolcrate_runtime::serde::Deserialize;
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

/// Words that tell the copies of a tool apart.
const COPIES: [&str; 6] = ["", "north", "east", "south", "west", "central"];

/// Reads the catalog in a folder, and copies its tools until it has `count`, with records of their own.
pub(crate) fn multiply(folder: &Path, count: usize) -> &'static Catalog {
    let original = read(folder);
    let mut tools: Vec<Value> = Vec::with_capacity(count);
    let mut collections: Vec<Value> = Vec::new();
    let mut filters: Vec<Value> = Vec::new();
    for word in COPIES {
        let prefix = if word.is_empty() { String::new() } else { format!("/{word}") };
        for tool in original.tools().take(count - tools.len()) {
            let mut copy: Value = serde_json::from_str(tool.line()).expect("a record");
            copy["name"] = json!(format!("{}{}", tool.name(), prefix.replace('/', "_")));
            copy["short_name"] = json!(format!("{}{}", tool.short_name(), prefix.replace('/', "_")));
            copy["http"]["path"] = json!(format!("{prefix}{}", tool.path()));
            if let Some(collection) = tool.collection() {
                copy["collection"] = json!(format!("{prefix}{collection}"));
            }
            let title = tool.summary().title.replacen(' ', &format!(" {word} ").replace("  ", " "), 1);
            copy["title"] = json!(title);
            tools.push(copy);
        }
        for record in original.collections().iter() {
            let mut copy = serde_json::to_value(record).expect("a record");
            copy["name"] = json!(format!("{prefix}{}", record.name));
            copy["schema"] = json!(record.schema.as_ref().map(|schema| format!("{schema}{word}")));
            collections.push(copy);
        }
        for record in original.filters().iter() {
            let mut copy = serde_json::to_value(record).expect("a record");
            copy["name"] = json!(format!("{}{word}", record.name));
            filters.push(copy);
        }
    }
    let mut files = CatalogFiles::new();
    files.add_tools(&parsed::<ToolRecord<'static>>(&tools)).expect("records");
    files.add_records("collections", parsed::<CollectionRecord<'static>>(&collections)).expect("records");
    files.add_records("filters", parsed::<FilterRecord<'static>>(&filters)).expect("records");
    let files = files.into_files();
    leak(files.iter().map(|(path, text)| (path.as_str(), text.as_str())))
}

/// Returns labeled queries that consist of the titles of a catalog's tools, starting in lower case.
pub(crate) fn title_queries(catalog: &'static Catalog) -> String {
    let mut tools: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for tool in catalog.tools() {
        let title = tool.summary().title;
        let (first, rest) = title.split_at(title.chars().next().map_or(0, char::len_utf8));
        tools.entry(format!("{}{rest}", first.to_lowercase())).or_default().push(tool.short_name());
    }
    let lines = tools.iter().map(|(title, tools)| format!("{title}\tall\t{}\ttitles\n", tools.join(",")));
    "query\tarea\ttools\tset\n".to_owned() + &lines.collect::<String>()
}

fn parsed<R: Deserialize<'static>>(values: &[Value]) -> Vec<R> {
    values.iter().map(|value| serde_json::from_str(value.to_string().leak()).expect("a record")).collect()
}

/// A tool on a server, with only a name, a description and argument names.
pub(crate) struct PlainTool {
    pub(crate) server: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) arguments: Vec<String>,
}

/// A catalog of such tools.
pub(crate) fn from_tools(tools: &[PlainTool]) -> &'static Catalog {
    let records: Vec<ToolRecord<'static>> = tools.iter().map(record).collect();
    let mut files = CatalogFiles::new();
    files.add_tools(&records).expect("records");
    let files = files.into_files();
    leak(files.iter().map(|(path, text)| (path.as_str(), text.as_str())))
}

fn record(tool: &PlainTool) -> ToolRecord<'static> {
    let PlainTool { server, name, description, arguments } = tool;
    let words = words(name);
    let verb = words.first().map(|word| word.to_lowercase()).unwrap_or_default();
    let properties: serde_json::Map<String, Value> =
        arguments.iter().map(|argument| (argument.clone(), json!({}))).collect();
    let line = json!({
        "name": name, "short_name": name, "title": words.join(" "), "description": description,
        "class": "custom", "module": server, "kind": "action", "verb": verb,
        "http": {"method": "POST", "path": format!("/{name}")},
        "input": {"properties": properties},
        "response": {"content": "json"},
    });
    serde_json::from_str(line.to_string().leak()).expect("a record")
}

/// The words of a name in camel case, or joined by punctuation.
fn words(name: &str) -> Vec<String> {
    let mut spaced = String::new();
    let mut is_lower = false;
    for c in name.chars() {
        if is_lower && c.is_uppercase() || !c.is_alphanumeric() {
            spaced.push(' ');
        }
        is_lower = c.is_lowercase();
        spaced.extend(Some(c).filter(|c| c.is_alphanumeric()));
    }
    spaced.split_whitespace().map(str::to_owned).collect()
}

fn leak<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> &'static Catalog {
    Box::leak(Box::new(Catalog::new(&API, CatalogText::leak(files))))
}
