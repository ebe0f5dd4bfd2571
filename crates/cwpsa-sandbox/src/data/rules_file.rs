//! Reads the rules file, `data/rules.json`, which specifies where each rule applies and how collections differ from the
//! catalog.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::error::DataError;
use crate::api::{CollectionId, api};
use crate::engine::store::{CollectionOverrides, CollectionView, ViewTest};

const NAME: &str = "rules.json";
const TEXT: &str = include_str!("../../data/rules.json");

/// The rules file. Keys are collection templates such as `/service/boards/{}/statuses`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RulesFile {
    /// The default values of new records; `@default` is the default record for a reference.
    defaults: BTreeMap<String, Map<String, Value>>,
    /// The screen whose custom fields the records have.
    custom_fields: BTreeMap<String, String>,
    /// Collections that return the records of another collection.
    views: BTreeMap<String, ViewDefinition>,
    /// Collections that start without generated records.
    empty: Vec<String>,
    /// Query parameters that filter a list by audit fields of the same name.
    query_filters: BTreeMap<String, Vec<String>>,
    /// Collections whose records attach a record of another collection, by its ID, to a parent.
    attachments: BTreeMap<String, String>,
    /// Reports by name, with their collection.
    pub(crate) reports: BTreeMap<String, String>,
    /// Resource types in bundles, and the lists they come from.
    pub(crate) bundles: BTreeMap<String, String>,
    /// Names of the rules that apply to records.
    pub(crate) records: BTreeMap<String, Vec<String>>,
    /// Names of the rules that carry out operations, by method and template.
    pub(crate) actions: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ViewDefinition {
    of: String,
    /// Field paths with the fields' values; `{0}` is the path's first parameter.
    #[serde(rename = "where")]
    tests: BTreeMap<String, Value>,
}

impl RulesFile {
    /// Parses the file.
    pub(crate) fn load() -> Result<Self, DataError> {
        serde_json::from_str(TEXT).map_err(|error| DataError::new(NAME, error))
    }

    /// Returns how collections differ from their catalog descriptions.
    pub(crate) fn take_overrides(&mut self) -> Result<CollectionOverrides, DataError> {
        Ok(CollectionOverrides {
            defaults: by_collection(std::mem::take(&mut self.defaults), Ok)?,
            custom_field_screens: by_collection(std::mem::take(&mut self.custom_fields), Ok)?,
            views: by_collection(std::mem::take(&mut self.views), view)?,
            empty: self.empty.iter().map(|template| collection_at(template)).collect::<Result<_, _>>()?,
            query_filters: by_collection(std::mem::take(&mut self.query_filters), Ok)?,
            attachments: by_collection(std::mem::take(&mut self.attachments), |of| collection_at(&of))?,
        })
    }
}

/// Returns the collection with this template.
pub(crate) fn collection_at(template: &str) -> Result<CollectionId, DataError> {
    api().collection_id(template).ok_or_else(|| DataError::new(template, "unknown collection"))
}

fn by_collection<T, U>(
    entries: BTreeMap<String, T>,
    convert: impl Fn(T) -> Result<U, DataError>,
) -> Result<HashMap<CollectionId, U>, DataError> {
    let entries = entries.into_iter();
    entries.map(|(template, entry)| Ok((collection_at(&template)?, convert(entry)?))).collect()
}

fn view(definition: ViewDefinition) -> Result<CollectionView, DataError> {
    let tests = definition.tests.into_iter().map(|(path, value)| {
        let parameter =
            value.as_str().and_then(|text| text.strip_prefix('{')?.strip_suffix('}')?.parse().ok());
        let test = parameter.map_or(ViewTest::Equals(value), ViewTest::Parameter);
        (path.split('/').map(str::to_owned).collect(), test)
    });
    Ok(CollectionView { source: collection_at(&definition.of)?, tests: tests.collect() })
}
