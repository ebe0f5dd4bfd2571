//! Determines which fields a query refers to, so that only these are read from each record.

use std::cell::RefCell;

use super::resource::{Member, Resource};
use crate::engine::query::{FieldNames, ValueKind};

/// A schema's field names. Records each path that a query refers to, as written.
pub(crate) struct QueriedFields {
    resource: &'static Resource,
    paths: RefCell<Vec<String>>,
}

/// Fields of `_info` that a query can refer to as if they were the record's own.
const INFO: [&str; 5] = ["lastUpdated", "updatedBy", "dateEntered", "enteredBy", "_info"];

impl QueriedFields {
    pub(crate) fn new(resource: &'static Resource) -> Self {
        Self { resource, paths: RefCell::default() }
    }

    /// Returns the paths that the query refers to, with the first field spelled as in records.
    pub(crate) fn paths(self) -> Vec<String> {
        let resource = self.resource;
        let known = || resource.members.iter().map(|(name, _)| name.as_str()).chain(INFO);
        let canonical = |path: String| {
            let (first, rest) =
                path.split_once('/').map_or((path.as_str(), None), |(first, rest)| (first, Some(rest)));
            let first = known().find(|name| name.eq_ignore_ascii_case(first)).unwrap_or(first);
            rest.map_or_else(|| first.to_owned(), |rest| format!("{first}/{rest}"))
        };
        let mut paths: Vec<String> = self.paths.into_inner().into_iter().map(canonical).collect();
        paths.sort();
        paths.dedup();
        paths
    }
}

impl FieldNames for QueriedFields {
    fn kind(&self, path: &str) -> Option<ValueKind> {
        self.paths.borrow_mut().push(path.to_owned());
        if let Some(kind) = self.resource.kinds.get(&path.to_ascii_lowercase()) {
            return Some(kind.clone());
        }
        match self.resource.at(path)? {
            Member::Integer | Member::Number => Some(ValueKind::Number),
            Member::Boolean => Some(ValueKind::Boolean),
            Member::Text | Member::Any => Some(ValueKind::Text),
            Member::List(item) if *item == Member::Text => Some(ValueKind::Text),
            Member::List(_) | Member::Object(_) | Member::Map => None,
        }
    }
}
