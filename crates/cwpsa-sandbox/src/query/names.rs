//! What can be asked about: the paths of a resource and the kind of each.

use super::path::Path;

/// The names that a resource's records can be searched by.
pub trait Names {
    /// The kind of the value at a member path like `company/name`, matched loosely in case; `None` if the
    /// resource has no such path, or if an object or a list stands there.
    fn kind(&self, path: &str) -> Option<Kind>;

    /// The path in the resource's own letter case, if it is known. Then members are looked up by that alone,
    /// so that one that a record lacks is found to be lacking at once, with no look at all of the others.
    fn spelling(&self, _path: &str) -> Option<String> {
        None
    }

    /// The kind of a name in `childConditions`, whose paths start with a list: `communicationItems/value`.
    fn child_kind(&self, path: &str) -> Option<Kind> {
        self.kind(path)
    }
}

/// What a value can be compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole or a broken number.
    Number,
    /// True or false.
    Boolean,
    /// A date, with or without a time.
    Date,
    /// One of these texts.
    Choice(Vec<String>),
}

/// Members of `_info` that work as if they were the record's own.
const INFO: [(&str, Kind); 4] = [
    ("lastUpdated", Kind::Date),
    ("updatedBy", Kind::Text),
    ("dateEntered", Kind::Date),
    ("enteredBy", Kind::Text),
];

/// The kind of a name in `conditions` and `orderBy`, and the way to its values.
pub(super) fn find(names: &dyn Names, path: &str) -> Option<(Kind, Path)> {
    let info = || {
        let name = path.strip_prefix("_info/").unwrap_or(path);
        INFO.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))
    };
    match (names.kind(path), info()) {
        // A resource may say that it has such a member, and mean that of `_info`; one that doesn't say so may
        // be searched by an excerpt that has it outside of `_info`.
        (Some(kind), Some((name, _))) => Some((kind, Path::of_info(name, true))),
        (Some(kind), None) => Some((kind, spelled(names, path))),
        (None, Some((name, kind))) => Some((kind.clone(), Path::of_info(name, false))),
        (None, None) => None,
    }
}

/// The path in the resource's letter case, or in any.
fn spelled(names: &dyn Names, path: &str) -> Path {
    names.spelling(path).map_or_else(|| Path::new(path), |path| Path::exact(&path))
}
