//! The text of a catalog's files, which a generated crate embeds.

use crate::records::index::{IndexEntry, IndexError};

/// The text of a catalog's files, as a generated crate includes them.
#[derive(Clone, Copy, Debug, Default)]
pub struct CatalogText {
    /// `index/tools.tsv`.
    pub tools: &'static str,
    /// The name and `tools/<module>.jsonl` of each module.
    pub modules: &'static [(&'static str, &'static str)],
    /// Sets of arguments shared by several tools.
    pub shapes: RecordText,
    /// Response schemas.
    pub schemas: RecordText,
    /// The fields by which resources can be filtered.
    pub filters: RecordText,
    /// Collections.
    pub collections: RecordText,
    /// `aliases.jsonl`.
    pub aliases: &'static str,
}

/// The text of a record file and its index.
#[derive(Clone, Copy, Debug, Default)]
pub struct RecordText {
    /// `index/<records>.tsv`: each record's name and length.
    pub index: &'static str,
    /// `<records>.jsonl`.
    pub records: &'static str,
}

/// A tool from the index, with the line of its record.
#[derive(Clone, Debug)]
pub struct IndexedTool {
    /// The index entry.
    pub entry: IndexEntry<'static>,
    /// The record's line, a JSON object.
    pub record: &'static str,
}

impl CatalogText {
    /// Creates a catalog from files with these paths and contents, for programs that load one at run time.
    /// The contents are never freed.
    pub fn leak<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Self {
        let leak = |text: &str| -> &'static str { text.to_owned().leak() };
        Self::from_files(files.into_iter().map(|(path, text)| (leak(path), leak(text))))
    }

    /// Creates a catalog from files with these paths and contents. The list of modules is never freed.
    pub fn from_files(files: impl IntoIterator<Item = (&'static str, &'static str)>) -> Self {
        let mut catalog = Self::default();
        let mut modules = Vec::new();
        for (path, text) in files {
            let target = match path {
                "index/tools.tsv" => &mut catalog.tools,
                "index/shapes.tsv" => &mut catalog.shapes.index,
                "index/schemas.tsv" => &mut catalog.schemas.index,
                "index/filters.tsv" => &mut catalog.filters.index,
                "index/collections.tsv" => &mut catalog.collections.index,
                "shapes.jsonl" => &mut catalog.shapes.records,
                "schemas.jsonl" => &mut catalog.schemas.records,
                "filters.jsonl" => &mut catalog.filters.records,
                "collections.jsonl" => &mut catalog.collections.records,
                "aliases.jsonl" => &mut catalog.aliases,
                path => {
                    let module = path.strip_prefix("tools/").and_then(|name| name.strip_suffix(".jsonl"));
                    modules.extend(module.map(|module| (module, text)));
                    continue;
                }
            };
            *target = text;
        }
        catalog.modules = modules.leak();
        catalog
    }

    /// Parses the tool index; the tools are sorted by name. No record is parsed.
    ///
    /// # Errors
    /// Returns an error if an index line is malformed, or describes a record that the module's file doesn't
    /// contain.
    pub fn tools(&self) -> Result<Vec<IndexedTool>, IndexError> {
        let mut modules: Vec<(&str, &'static str)> = self.modules.to_vec();
        let take = |line: &'static str| {
            let entry = IndexEntry::parse(line)?;
            let module = modules.iter_mut().find(|(name, _)| *name == entry.module);
            let record = module.and_then(|(_, rest)| {
                let (record, after) = rest.split_at_checked(entry.length)?;
                *rest = after.strip_prefix('\n').unwrap_or(after);
                Some(record)
            });
            match record {
                Some(record) => Ok(IndexedTool { entry, record }),
                None => Err(IndexError { line: line.to_owned() }),
            }
        };
        self.tools.lines().map(take).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_sliced_from_module_files() {
        let line = |name: &str, module: &str, length: usize| {
            format!("{name}\t{name}\t{module}\tread\tlist\t\tcollection\t\t/a\tGET\t/a\t\t\t{length}\n")
        };
        let index = [line("a", "m", 2), line("b", "n", 5), line("c", "m", 3)].concat();
        let text = CatalogText {
            tools: index.leak(),
            modules: &[("m", "{}\n{ }\n"), ("n", "{   }\n")],
            ..CatalogText::default()
        };
        let records: Vec<&str> = text.tools().unwrap().iter().map(|tool| tool.record).collect();
        assert_eq!(records, ["{}", "{   }", "{ }"]);
        let missing = CatalogText { modules: &[("m", "{}\n{ }\n")], ..text };
        assert!(missing.tools().is_err());
    }
}
