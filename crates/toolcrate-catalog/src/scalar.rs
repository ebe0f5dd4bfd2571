//! Types shared by typed clients and the catalog: form field styles and filter kinds.

/// How a member of a URL-encoded form is written.
///
/// By default, a list is one pair for each item and an object one pair for each of its members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "records",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum FieldStyle {
    /// The items of a list with this character between them.
    Joined(char),
    /// `name[member]=value` for each member of an object.
    DeepObject,
    /// JSON text.
    Json,
}

/// A scalar type of a filter.
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
