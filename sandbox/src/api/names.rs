//! What a list can be searched by, and a note of what was asked: only that is taken out of each record.

use std::cell::RefCell;

use super::{Member, Resource};
use crate::query::{Kind, Names};

/// The names of a schema's records. Remembers each path that was asked about, as it was written.
pub(crate) struct Asked {
    resource: &'static Resource,
    paths: RefCell<Vec<String>>,
}

impl Asked {
    pub(crate) fn new(resource: &'static Resource) -> Self {
        Self { resource, paths: RefCell::default() }
    }

    /// The paths that were asked about.
    pub(crate) fn paths(self) -> Vec<String> {
        let mut paths = self.paths.into_inner();
        paths.sort();
        paths.dedup();
        paths
    }
}

impl Names for Asked {
    fn kind(&self, path: &str) -> Option<Kind> {
        self.paths.borrow_mut().push(path.to_owned());
        if let Some(kind) = self.resource.kinds.get(&path.to_ascii_lowercase()) {
            return Some(kind.clone());
        }
        match self.resource.at(path)? {
            Member::Integer | Member::Number => Some(Kind::Number),
            Member::Boolean => Some(Kind::Boolean),
            Member::Text | Member::Any => Some(Kind::Text),
            Member::List(item) if *item == Member::Text => Some(Kind::Text),
            Member::List(_) | Member::Object(_) | Member::Map => None,
        }
    }
}
