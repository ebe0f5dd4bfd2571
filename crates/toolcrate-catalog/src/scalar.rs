//! Types that typed clients and the catalog share: the styles of form fields, and the kinds of values that filters
//! accept.

/// The encoding of a field in a URL-encoded form.
///
/// By default, a list is encoded as one pair per item and an object as one pair per property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "records",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum FieldStyle {
    /// List items, separated by this character.
    Joined(char),
    /// `name[property]=value` for each property of an object.
    DeepObject,
    /// JSON text.
    Json,
}

/// The scalar type of a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "records",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "lowercase")
)]
pub enum FilterScalar {
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// Text.
    Text,
    /// A date.
    Date,
    /// A date with a time.
    DateTime,
}
