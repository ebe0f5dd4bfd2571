//! Settings for collections whose behavior differs from their catalog descriptions.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::value::RecordObject;
use crate::api::CollectionId;

/// How collections differ from their catalog descriptions.
#[derive(Default)]
pub(crate) struct CollectionOverrides {
    pub(crate) defaults: HashMap<CollectionId, Map<String, Value>>,
    pub(crate) custom_field_screens: HashMap<CollectionId, String>,
    pub(crate) views: HashMap<CollectionId, CollectionView>,
    pub(crate) empty: HashSet<CollectionId>,
    pub(crate) query_filters: HashMap<CollectionId, Vec<String>>,
    /// Collections of attachments, and the collection of the attached records.
    pub(crate) attachments: HashMap<CollectionId, CollectionId>,
}

/// A collection that returns another collection's records.
pub(crate) struct CollectionView {
    pub(crate) source: CollectionId,
    /// Field paths, with the fields' required values.
    pub(crate) tests: Vec<(Vec<String>, ViewTest)>,
}

/// The source of a field of a view's records.
pub(crate) enum ViewTest {
    /// The ID in the path parameter with this index.
    Parameter(usize),
    Equals(Value),
}

impl CollectionOverrides {
    /// Returns the default fields of new records.
    pub(crate) fn defaults(&self, collection: CollectionId) -> Option<&Map<String, Value>> {
        self.defaults.get(&collection)
    }

    /// Returns the screen whose custom fields the records have.
    pub(crate) fn custom_field_screen(&self, collection: CollectionId) -> Option<&str> {
        self.custom_field_screens.get(&collection).map(String::as_str)
    }

    /// Returns the view, if the collection is one.
    pub(crate) fn view(&self, collection: CollectionId) -> Option<&CollectionView> {
        self.views.get(&collection)
    }

    /// Returns the collection that stores the records: a view's source, or else the collection itself.
    pub(crate) fn source(&self, collection: CollectionId) -> CollectionId {
        self.view(collection).map_or(collection, |view| view.source)
    }

    /// Returns true if the collection starts without generated records.
    pub(crate) fn starts_empty(&self, collection: CollectionId) -> bool {
        self.empty.contains(&collection) || self.views.contains_key(&collection)
    }

    /// Returns the collection of the attached records, if the collection consists of attachments.
    pub(crate) fn attached(&self, collection: CollectionId) -> Option<CollectionId> {
        self.attachments.get(&collection).copied()
    }

    /// Returns the query parameters that filter a list by audit fields of the same name.
    pub(crate) fn query_filters(&self, collection: CollectionId) -> &[String] {
        self.query_filters.get(&collection).map_or(&[], Vec::as_slice)
    }
}

impl CollectionView {
    /// Returns true if the view contains a record, given the IDs in its path.
    pub(crate) fn contains(&self, record: &RecordObject, ids: &[i64]) -> bool {
        self.tests.iter().all(|(path, test)| {
            let (first, rest) = (&path[0], &path[1..]);
            let value = rest.iter().try_fold(record.get(first), |value, name| {
                Some(value?.as_object().and_then(|object| object.get(name)))
            });
            match (test, value.flatten()) {
                // `_info` contains only text.
                (ViewTest::Parameter(at), Some(value)) => {
                    let id = value.as_integer().or_else(|| value.as_text()?.parse().ok());
                    id.is_some() && id == ids.get(*at).copied()
                }
                (ViewTest::Equals(expected), Some(value)) => value.to_json() == *expected,
                (_, None) => false,
            }
        })
    }
}
