//! What can be asked about: the paths of a resource and the kind of each.

use super::field_path::FieldPath;

/// The names that a resource's records can be searched by.
pub trait FieldNames {
    /// The kind of the value at a member path like `company/name`, matched loosely in case; `None` if the
    /// resource has no such path, or if an object or a list stands there.
    fn kind(&self, path: &str) -> Option<ValueKind>;

    /// The path in the resource's own letter case, if it is known. Then members are looked up by that alone,
    /// so that one that a record lacks is found to be lacking at once, with no look at all of the others.
    fn spelling(&self, _path: &str) -> Option<String> {
        None
    }

    /// The kind of a name in `childConditions`, whose paths start with a list: `communicationItems/value`.
    fn child_kind(&self, path: &str) -> Option<ValueKind> {
        self.kind(path)
    }
}

/// What a value can be compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueKind {
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
const INFO: [(&str, ValueKind); 4] = [
    ("lastUpdated", ValueKind::Date),
    ("updatedBy", ValueKind::Text),
    ("dateEntered", ValueKind::Date),
    ("enteredBy", ValueKind::Text),
];

/// The kind of a name in `conditions` and `orderBy`, and the way to its values.
pub(super) fn find(names: &dyn FieldNames, path: &str) -> Option<(ValueKind, FieldPath)> {
    let info = || {
        let name = path.strip_prefix("_info/").unwrap_or(path);
        INFO.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))
    };
    match (names.kind(path), info()) {
        // A resource may say that it has such a member, and mean that of `_info`; one that doesn't say so may
        // be searched by an excerpt that has it outside of `_info`.
        (Some(kind), Some((name, _))) => Some((kind, FieldPath::of_info(name, true))),
        (Some(kind), None) => Some((kind, spelled(names, path))),
        (None, Some((name, kind))) => Some((kind.clone(), FieldPath::of_info(name, false))),
        (None, None) => None,
    }
}

/// The path in the resource's letter case, or in any.
fn spelled(names: &dyn FieldNames, path: &str) -> FieldPath {
    names.spelling(path).map_or_else(|| FieldPath::new(path), |path| FieldPath::exact(&path))
}
