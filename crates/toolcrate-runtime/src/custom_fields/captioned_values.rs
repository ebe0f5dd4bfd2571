//! Values of custom fields by caption, as a typed patch has them.

use serde_json::Value;

/// Values of custom fields of a record, by caption.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CaptionedValues {
    /// The name of the record's type, which decides between equal captions.
    pub(crate) record: &'static str,
    /// The fields of the record.
    pub(crate) fields: &'static [&'static str],
    /// Captions and values; null empties a field.
    pub(crate) values: Vec<(String, Value)>,
}
