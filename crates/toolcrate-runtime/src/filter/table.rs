//! The fields by which a resource can be filtered, and their kinds.

use std::borrow::Cow;

use indexmap::IndexMap;
use toolcrate_catalog::{FilterKind, FilterRecord, FilterScalar};

use super::expression::Bucket;

/// The fields by which a resource can be filtered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FilterTable<'a>(&'a FilterRecord<'a>);

/// The kind of a field's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    Scalar(FilterScalar),
    /// One of these strings.
    Choice(&'a [Cow<'a, str>]),
    /// Any kind that the account assigned.
    Custom,
}

impl<'a> From<&'a FilterKind<'a>> for Kind<'a> {
    fn from(kind: &'a FilterKind<'a>) -> Self {
        match kind {
            FilterKind::Scalar(scalar) => Self::Scalar(*scalar),
            FilterKind::Choice(values) => Self::Choice(values),
        }
    }
}

/// A field compared by a test.
pub(super) struct ComparedField<'t> {
    pub(super) bucket: Bucket,
    pub(super) field: String,
    pub(super) kind: Kind<'t>,
}

impl<'a> FilterTable<'a> {
    /// Returns the table of a record.
    pub(crate) fn new(record: &'a FilterRecord<'a>) -> Self {
        Self(record)
    }

    /// Returns the field called `name`. `is_text` is true if it is compared with text, which determines the meaning of
    /// a bare reference (`company` for `company/id` or `company/name`). `custom` is the property with custom fields.
    pub(super) fn find(&self, name: &str, is_text: bool, custom: &str) -> Option<ComparedField<'_>> {
        let caption = name.strip_prefix(custom).and_then(|rest| rest.strip_prefix('/'));
        if let Some(caption) = caption.filter(|_| self.0.custom) {
            return Some(ComparedField {
                bucket: Bucket::Custom,
                field: caption.to_owned(),
                kind: Kind::Custom,
            });
        }
        let sides = [(Bucket::Record, &self.0.fields), (Bucket::Child, &self.0.children)];
        let endings: &[&str] = if is_text { &["", "/identifier", "/name"] } else { &["", "/id"] };
        for ending in endings {
            for (bucket, fields) in sides {
                let path = format!("{name}{ending}");
                if let Some((path, kind)) = fields.get_key_value(path.as_str()) {
                    return Some(ComparedField {
                        bucket,
                        field: path.clone().into_owned(),
                        kind: kind.into(),
                    });
                }
            }
        }
        None
    }

    /// Returns true if and only if there are fields nested in the one called `name`.
    pub(super) fn has_within(&self, name: &str) -> bool {
        let is_within = |field: &str| field.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'));
        self.0.fields.keys().chain(self.0.children.keys()).any(|field| is_within(field))
    }

    /// Returns the names of all fields: those of the record, then those of its lists, each sorted.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let sorted = |fields: &'a IndexMap<Cow<'a, str>, FilterKind<'a>>| {
            let mut names: Vec<&str> = fields.keys().map(AsRef::as_ref).collect();
            names.sort_unstable();
            names
        };
        sorted(&self.0.fields).into_iter().chain(sorted(&self.0.children))
    }
}
