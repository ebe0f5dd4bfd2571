//! The words in the names of record fields. For example, a serial number is a field of configurations.

use toolcrate_catalog::FilterKind;
use toolcrate_runtime::Catalog;

/// Maximum number of fields read per schema.
const MAX_FIELDS: usize = 400;
/// Words in field names that say nothing about the records.
const FILLERS: [&str; 8] = ["id", "flag", "info", "href", "guid", "rec", "xref", "identifier"];

/// Returns the schema name of a collection's records.
pub(crate) fn schema_name(catalog: &'static Catalog, collection: &str) -> Option<&'static str> {
    catalog.collections().get(collection)?.schema.as_deref()
}

/// Returns the field names and values of a schema, each as words.
pub(crate) fn field_words(catalog: &'static Catalog, schema: &str) -> Vec<Vec<String>> {
    let mut fields: Vec<Vec<String>> = Vec::new();
    if let Some(filter) = catalog.filters().get(schema) {
        for (path, kind) in filter.fields.iter().chain(&filter.children).take(MAX_FIELDS) {
            // The first part of `company/name` is the referenced record.
            fields.push(split_name(path.split('/').next().unwrap_or_default()));
            if let FilterKind::Choice(values) = kind {
                fields.extend(values.iter().map(|value| split_name(value)));
            }
        }
    } else if let Some(record) = catalog.schemas().get(schema) {
        let schema = record.schema.to_value();
        let properties = schema.get("properties").and_then(|properties| properties.as_object());
        for (name, property) in properties.into_iter().flatten().take(MAX_FIELDS) {
            fields.push(split_name(name));
            let values = property.get("enum").and_then(|values| values.as_array());
            let values = values.into_iter().flatten().filter_map(|value| value.as_str());
            fields.extend(values.map(split_name));
        }
    }
    fields.retain(|words| !words.is_empty());
    fields.dedup();
    fields
}

/// Returns true if these are the fields of a person.
pub(crate) fn are_of_person(fields: &[Vec<String>]) -> bool {
    fields.iter().any(|words| words == &["first", "name"])
}

/// Returns the words of a camel-case or snake-case name, in lower case and without fillers.
pub(crate) fn split_name(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut is_boundary = true;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            is_boundary = true;
            continue;
        }
        let starts = is_boundary || c.is_uppercase();
        // The letters of an acronym stay together.
        let follows_capital = words.last().is_some_and(|word| word.ends_with(char::is_uppercase));
        if starts && !(c.is_uppercase() && follows_capital && !is_boundary) {
            words.push(String::new());
        }
        words.last_mut().into_iter().for_each(|word| word.push(c));
        is_boundary = false;
    }
    let words = words.into_iter().map(|word| word.to_lowercase());
    words.filter(|word| word.len() > 1 && !FILLERS.contains(&word.as_str())).collect()
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
