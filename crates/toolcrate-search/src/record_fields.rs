//! The words in the names of record fields. For example, a serial number is a field of configurations.

use foldhash::fast::RandomState;
use foldhash::{HashMap, HashSet};
use indexmap::IndexMap;
use toolcrate_catalog::FilterKind;
use toolcrate_runtime::Catalog;

use crate::analyzer::{Analyzer, IndexedFieldName};
use crate::token_texts::TokenTexts;

/// Maximum number of fields read per schema.
const MAX_FIELDS: usize = 400;
/// Words in field names that say nothing about the records.
const FILLERS: [&str; 8] = ["id", "flag", "info", "href", "guid", "rec", "xref", "identifier"];

/// The fields of a catalog's records, schema by schema.
#[derive(Default)]
pub(crate) struct FieldCollector {
    /// The tokens of each schema's fields.
    pub(crate) texts: TokenTexts,
    /// The indexes of the texts of people.
    pub(crate) people: HashSet<usize>,
    /// The index of each collection's text.
    collections: HashMap<&'static str, Option<usize>>,
    /// The index of each schema's text.
    schemas: HashMap<&'static str, usize>,
    /// The names and values. Most schemas have the same ones.
    names: IndexMap<String, IndexedFieldName, RandomState>,
}

impl FieldCollector {
    /// Adds the words in the field names of a collection's records, unless they are known.
    pub(crate) fn add(
        &mut self,
        catalog: &'static Catalog,
        collection: &'static str,
        analyzer: &mut Analyzer,
    ) {
        if !self.collections.contains_key(collection) {
            let record = catalog.collections().get(collection);
            let schema = record.and_then(|record| record.schema.as_deref());
            let number = schema.map(|schema| self.add_schema(catalog, schema, analyzer));
            self.collections.insert(collection, number);
        }
    }

    /// Returns the index of the text of a collection that was added.
    pub(crate) fn number(&self, collection: &str) -> Option<usize> {
        self.collections.get(collection).copied().flatten()
    }

    /// Adds the words in the field names of a schema, and returns the index of their text.
    fn add_schema(
        &mut self,
        catalog: &'static Catalog,
        schema: &'static str,
        analyzer: &mut Analyzer,
    ) -> usize {
        if let Some(number) = self.schemas.get(schema) {
            return *number;
        }
        let number = self.texts.len();
        let mut fields: Vec<usize> = Vec::new();
        field_names(catalog, schema, |name| fields.push(self.name(name, analyzer)));
        fields.retain(|field| !self.names[*field].words.is_empty());
        fields.dedup_by(|a, b| self.names[*a].words == self.names[*b].words);
        let fields = || fields.iter().map(|field| &self.names[*field]);
        fields().for_each(|field| analyzer.count_field_name(field));
        self.texts.push(fields().flat_map(|field| field.tokens.iter().copied()));
        if fields().any(|field| field.is_first_name) {
            self.people.insert(number);
        }
        self.schemas.insert(schema, number);
        number
    }

    /// Returns the number of a name, and adds it if it is new.
    fn name(&mut self, name: &str, analyzer: &mut Analyzer) -> usize {
        let known = self.names.get_index_of(name);
        known.unwrap_or_else(|| {
            self.names.insert_full(name.to_owned(), analyzer.add_field_name(&split_name(name))).0
        })
    }
}

/// Calls a function with each field name and value of a schema.
fn field_names(catalog: &'static Catalog, schema: &str, mut found: impl FnMut(&str)) {
    if let Some(filter) = catalog.filters().get(schema) {
        for (path, kind) in filter.fields.iter().chain(&filter.children).take(MAX_FIELDS) {
            // The first part of `company/name` is the referenced record.
            found(path.split('/').next().unwrap_or_default());
            if let FilterKind::Choice(values) = kind {
                values.iter().for_each(|value| found(value));
            }
        }
    } else if let Some(record) = catalog.schemas().get(schema) {
        let schema = record.schema.to_value();
        let properties = schema.get("properties").and_then(|properties| properties.as_object());
        for (name, property) in properties.into_iter().flatten().take(MAX_FIELDS) {
            found(name);
            let values = property.get("enum").and_then(|values| values.as_array());
            values.into_iter().flatten().filter_map(|value| value.as_str()).for_each(&mut found);
        }
    }
}

/// Returns the words of a camel-case or snake-case name, in lower case and without fillers.
pub(crate) fn split_name(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut is_boundary, mut follows_capital) = (true, false);
    for c in name.chars() {
        if !c.is_alphanumeric() {
            is_boundary = true;
            continue;
        }
        // The letters of an acronym stay together.
        let is_capital = c.is_uppercase();
        if is_boundary || is_capital && !follows_capital {
            words.push(String::new());
        }
        words.last_mut().into_iter().for_each(|word| word.extend(c.to_lowercase()));
        (is_boundary, follows_capital) = (false, is_capital);
    }
    words.retain(|word| word.len() > 1 && !FILLERS.contains(&word.as_str()));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_into_words() {
        assert_eq!(split_name("serialNumber"), ["serial", "number"]);
        assert_eq!(split_name("dueDateUTC"), ["due", "date", "utc"]);
        assert_eq!(split_name("ship_to_site"), ["ship", "to", "site"]);
        assert_eq!(split_name("closedFlag"), ["closed"]);
        assert_eq!(split_name("In Progress"), ["in", "progress"]);
        assert!(split_name("id").is_empty());
    }
}
