//! Looks up the field paths that queries can use, and the types of the fields.

use super::field_path::FieldPath;

/// The field paths by which a resource's records can be searched.
pub trait FieldNames {
    /// Returns the type of the value at a path such as `company/name`, ignoring case; `None` if the path doesn't
    /// exist, or if the value is an object or a list.
    fn kind(&self, path: &str) -> Option<ValueKind>;

    /// Returns the path with the records' spelling, if known. Fields are then looked up only by exact name,
    /// which makes it cheap to detect a missing field.
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

/// Fields of `_info` that can also be used without it.
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
        // A resource with such a field may mean the one in `_info`; projected records of a resource without it
        // may have it outside `_info`.
        (Some(kind), Some((name, _))) => Some((kind, FieldPath::of_info(name, true))),
        (Some(kind), None) => Some((kind, spelled(names, path))),
        (None, Some((name, kind))) => Some((kind.clone(), FieldPath::of_info(name, false))),
        (None, None) => None,
    }
}

/// Returns the path with the records' spelling, or else one that matches any case.
fn spelled(names: &dyn FieldNames, path: &str) -> FieldPath {
    names.spelling(path).map_or_else(|| FieldPath::new(path), |path| FieldPath::exact(&path))
}
