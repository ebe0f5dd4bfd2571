//! The custom field values that a typed patch sets, by caption.

use serde_json::Value;

/// The values of a record's custom fields, by caption.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CaptionedValues {
    /// The name of the record's type, which distinguishes equal captions.
    pub(crate) record: &'static str,
    /// The fields of the record.
    pub(crate) fields: &'static [&'static str],
    /// Captions and values; null clears a field.
    pub(crate) values: Vec<(String, Value)>,
}
