//! The field paths by which records can be searched, and their types.

use super::field_path::FieldPath;

/// The field paths that a resource's records can be searched by.
pub trait FieldNames {
    /// Returns the type of the value at a path like `company/name`, matched ignoring case; `None` if there is no
    /// such path, or if the value is an object or a list.
    fn kind(&self, path: &str) -> Option<ValueKind>;

    /// Returns the path in the case that the records use, if it is known. Fields are then looked up by the exact
    /// name only, which makes it cheap to find that a record lacks one.
    fn spelling(&self, _path: &str) -> Option<String> {
        None
    }

    /// Returns the type of a path in `childConditions`, which starts with a list: `communicationItems/value`.
    fn child_kind(&self, path: &str) -> Option<ValueKind> {
        self.kind(path)
    }
}

/// The type of a value, which determines what it can be compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// Text.
    Text,
    /// An integer or another number.
    Number,
    /// True or false.
    Boolean,
    /// A date, with or without a time.
    Date,
    /// One of these enum values.
    Choice(Vec<String>),
}

/// Fields of `_info` that can also be named without it.
const INFO: [(&str, ValueKind); 4] = [
    ("lastUpdated", ValueKind::Date),
    ("updatedBy", ValueKind::Text),
    ("dateEntered", ValueKind::Date),
    ("enteredBy", ValueKind::Text),
];

/// Returns the type of a name in `conditions` and `orderBy`, and the path to its values.
pub(super) fn find(names: &dyn FieldNames, path: &str) -> Option<(ValueKind, FieldPath)> {
    let info = || {
        let name = path.strip_prefix("_info/").unwrap_or(path);
        INFO.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))
    };
    match (names.kind(path), info()) {
        // A resource that has such a field may mean the one in `_info`; the projected records of one that
        // lacks it may have it outside `_info`.
        (Some(kind), Some((name, _))) => Some((kind, FieldPath::of_info(name, true))),
        (Some(kind), None) => Some((kind, spelled(names, path))),
        (None, Some((name, kind))) => Some((kind.clone(), FieldPath::of_info(name, false))),
        (None, None) => None,
    }
}

/// Returns the path in the records' case, or else one that matches any case.
fn spelled(names: &dyn FieldNames, path: &str) -> FieldPath {
    names.spelling(path).map_or_else(|| FieldPath::new(path), |path| FieldPath::exact(&path))
}
