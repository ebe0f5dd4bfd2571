//! What a resource can be filtered by: paths of fields and the kind of each.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;

use super::Bucket;

/// A line of the catalog's filters.
#[derive(Debug, Deserialize)]
pub(crate) struct FilterTable<'a> {
    #[serde(borrow)]
    fields: BTreeMap<Cow<'a, str>, Kind>,
    #[serde(borrow)]
    children: BTreeMap<Cow<'a, str>, Kind>,
    custom: bool,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    Number,
    Boolean,
    Text,
    Date,
    DateTime,
    /// One of these texts.
    Choice(Vec<String>),
    /// Whatever the account made of it.
    Custom,
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Name(String),
            Values(Vec<String>),
        }
        Ok(match Written::deserialize(deserializer)? {
            Written::Values(values) => Self::Choice(values),
            Written::Name(name) => match name.as_str() {
                "integer" => Self::Integer,
                "number" => Self::Number,
                "boolean" => Self::Boolean,
                "date" => Self::Date,
                "datetime" => Self::DateTime,
                _ => Self::Text,
            },
        })
    }
}

/// A field that was found.
pub(super) struct Found<'t> {
    pub(super) bucket: Bucket,
    pub(super) field: String,
    pub(super) kind: &'t Kind,
}

impl FilterTable<'_> {
    /// The field called `name`; `text` where it is compared with text, which tells what a bare reference
    /// (`company` for `company/id` or `company/name`) means. `custom` is the member that holds custom fields.
    pub(super) fn find(&self, name: &str, text: bool, custom: &str) -> Option<Found<'_>> {
        let caption = name.strip_prefix(custom).and_then(|rest| rest.strip_prefix('/'));
        if let Some(caption) = caption.filter(|_| self.custom) {
            return Some(Found { bucket: Bucket::Custom, field: caption.to_owned(), kind: &Kind::Custom });
        }
        let sides = [(Bucket::Record, &self.fields), (Bucket::Child, &self.children)];
        let endings: &[&str] = if text { &["", "/identifier", "/name"] } else { &["", "/id"] };
        for ending in endings {
            for (bucket, fields) in sides {
                let path = format!("{name}{ending}");
                if let Some((path, kind)) = fields.get_key_value(path.as_str()) {
                    return Some(Found { bucket, field: path.clone().into_owned(), kind });
                }
            }
        }
        None
    }

    /// The names of all fields.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.keys().chain(self.children.keys()).map(AsRef::as_ref)
    }
}
