//! Writes the files of a catalog.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::records::index::IndexEntry;
use crate::records::record::{AliasRecord, CollectionRecord, FilterRecord, SchemaRecord, ShapeRecord};
use crate::records::tool::ToolRecord;

/// A record to which other records refer by name.
pub trait NamedRecord: Serialize {
    /// The name.
    fn name(&self) -> &str;
}

macro_rules! named {
    ($($record:ident),+) => {
        $(impl NamedRecord for $record<'_> {
            fn name(&self) -> &str {
                &self.name
            }
        })+
    };
}

named!(ToolRecord, ShapeRecord, SchemaRecord, FilterRecord, CollectionRecord);

/// The files of a catalog, by path within its folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CatalogFiles(BTreeMap<String, String>);

impl CatalogFiles {
    /// Creates a catalog without files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the tool files: the records by module, and the index.
    ///
    /// # Errors
    /// Returns an error if a record can't be serialized.
    pub fn add_tools<'r>(
        &mut self,
        tools: impl IntoIterator<Item = &'r ToolRecord<'r>>,
    ) -> Result<(), serde_json::Error> {
        let tools: BTreeMap<&str, &ToolRecord<'_>> =
            tools.into_iter().map(|tool| (tool.name, tool)).collect();
        let mut index = String::new();
        for tool in tools.values() {
            let line = serde_json::to_string(tool)?;
            index.push_str(&IndexEntry::new(tool, line.len()).to_string());
            index.push('\n');
            let file = self.0.entry(format!("tools/{}.jsonl", tool.module)).or_default();
            file.push_str(&line);
            file.push('\n');
        }
        self.0.insert("index/tools.tsv".to_owned(), index);
        Ok(())
    }

    /// Adds a record file called `file`, such as `shapes`, and its index.
    ///
    /// # Errors
    /// Returns an error if a record can't be serialized.
    pub fn add_records<R: NamedRecord>(
        &mut self,
        file: &str,
        records: impl IntoIterator<Item = R>,
    ) -> Result<(), serde_json::Error> {
        let mut lines = BTreeMap::new();
        for record in records {
            lines.insert(record.name().to_owned(), serde_json::to_string(&record)?);
        }
        let (mut index, mut text) = (String::new(), String::new());
        for (name, line) in &lines {
            // A record whose name spans several lines can't be referenced, but the other records keep their
            // positions.
            let name = name.replace(['\n', '\r'], " ");
            index.push_str(&format!("{name}\t{}\n", line.len()));
            text.push_str(line);
            text.push('\n');
        }
        self.0.insert(format!("index/{file}.tsv"), index);
        self.0.insert(format!("{file}.jsonl"), text);
        Ok(())
    }

    /// Adds the file of former tool names.
    ///
    /// # Errors
    /// Returns an error if a record can't be serialized.
    pub fn add_aliases(&mut self, aliases: &[AliasRecord<'_>]) -> Result<(), serde_json::Error> {
        let mut text = String::new();
        for alias in aliases {
            text.push_str(&serde_json::to_string(alias)?);
            text.push('\n');
        }
        self.0.insert("aliases.jsonl".to_owned(), text);
        Ok(())
    }

    /// The files by path.
    pub fn into_files(self) -> BTreeMap<String, String> {
        self.0
    }
}
