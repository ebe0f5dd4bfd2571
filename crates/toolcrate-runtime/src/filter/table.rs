//! What a resource can be filtered by: paths of fields and the kind of each.

use std::borrow::Cow;

use indexmap::IndexMap;
use toolcrate_catalog::{FilterKind, FilterRecord, FilterScalar};

use super::Bucket;

/// What a resource can be filtered by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FilterTable<'a>(&'a FilterRecord<'a>);

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    Scalar(FilterScalar),
    /// One of these texts.
    Choice(&'a [Cow<'a, str>]),
    /// Whatever the account made of it.
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

/// A field that was found.
pub(super) struct Found<'t> {
    pub(super) bucket: Bucket,
    pub(super) field: String,
    pub(super) kind: Kind<'t>,
}

impl<'a> FilterTable<'a> {
    /// The table of a record.
    pub(crate) fn new(record: &'a FilterRecord<'a>) -> Self {
        Self(record)
    }

    /// The field called `name`; `text` where it is compared with text, which tells what a bare reference
    /// (`company` for `company/id` or `company/name`) means. `custom` is the member that holds custom fields.
    pub(super) fn find(&self, name: &str, text: bool, custom: &str) -> Option<Found<'_>> {
        let caption = name.strip_prefix(custom).and_then(|rest| rest.strip_prefix('/'));
        if let Some(caption) = caption.filter(|_| self.0.custom) {
            return Some(Found { bucket: Bucket::Custom, field: caption.to_owned(), kind: Kind::Custom });
        }
        let sides = [(Bucket::Record, &self.0.fields), (Bucket::Child, &self.0.children)];
        let endings: &[&str] = if text { &["", "/identifier", "/name"] } else { &["", "/id"] };
        for ending in endings {
            for (bucket, fields) in sides {
                let path = format!("{name}{ending}");
                if let Some((path, kind)) = fields.get_key_value(path.as_str()) {
                    return Some(Found { bucket, field: path.clone().into_owned(), kind: kind.into() });
                }
            }
        }
        None
    }

    /// The names of all fields: those of records, then those of lists in them, each in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let sorted = |fields: &'a IndexMap<Cow<'a, str>, FilterKind<'a>>| {
            let mut names: Vec<&str> = fields.keys().map(AsRef::as_ref).collect();
            names.sort_unstable();
            names
        };
        sorted(&self.0.fields).into_iter().chain(sorted(&self.0.children))
    }
}
