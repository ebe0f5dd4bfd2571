//! Overlay entries about the contents of requests and responses. Each entry names its source, so maintainers can verify
//! it.

use indexmap::IndexMap;
use serde::Deserialize;

use super::pattern::matches;

/// At least one of several fields must be set when a record is created or replaced.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnyOfFact {
    /// The record's schema.
    pub schema: String,
    /// The fields.
    pub fields: Vec<String>,
    /// True if one of them must be true; false is then treated as not set.
    #[serde(default)]
    pub is_true: bool,
    /// The start of the error message, such as `choose where the note appears`.
    pub message: String,
    /// The source of this fact.
    pub source: String,
}

/// A field that has no effect, or a different effect than expected, while others are set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WarningFact {
    /// The record's schema.
    pub schema: String,
    /// The field.
    pub field: String,
    /// The other fields. Fields that an updated record already has also count.
    pub with: Vec<String>,
    /// The warning.
    pub message: String,
    /// The source of this fact.
    pub source: String,
}

/// A create operation that attaches an existing record, identified by the `id` in the body.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachmentFact {
    /// The body's schema.
    pub schema: String,
    /// The schema that points to records like the attached one.
    pub reference: String,
    /// The source of this fact.
    pub source: String,
}

/// A field that the API requires although the document doesn't.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequiredFact {
    /// `Schema.field`.
    pub field: String,
    /// The source of this fact.
    pub source: String,
}

/// Strings that have a form which the document doesn't state.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormatFact {
    /// The form.
    pub format: FieldFormat,
    /// The fields, as `Schema.field`; `*` stands for any text. Only strings without a format in the document are meant.
    pub fields: Vec<String>,
    /// Fields that are not meant.
    #[serde(default)]
    pub except: Vec<String>,
    /// Where this is known from.
    pub source: String,
}

/// The form of a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldFormat {
    /// A day with a time.
    DateTime,
    /// A day.
    Date,
}

/// The request body of an operation that has none in the document.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BodyFact {
    /// The operation, `POST /path`.
    pub operation: String,
    /// The operation whose body has the same format, `POST /path`. Otherwise, the fields are listed here.
    #[serde(default)]
    pub like: Option<String>,
    /// The fields by name. The body is a form if one of them is a file, and otherwise a JSON object.
    #[serde(default)]
    pub fields: IndexMap<String, BodyField>,
    /// The source of this fact.
    pub source: String,
}

/// A field in a body described by the overlay.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BodyField {
    /// The type of its values.
    #[serde(rename = "type")]
    pub kind: BodyFieldKind,
    /// True if every call requires it.
    #[serde(default)]
    pub required: bool,
    /// The description.
    #[serde(default)]
    pub description: String,
}

/// The type of a body field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BodyFieldKind {
    /// A file.
    File,
    /// A string.
    Text,
    /// An integer.
    Integer,
    /// True or false.
    Boolean,
}

impl AnyOfFact {
    /// Returns the entry's path for the tracker.
    pub fn entry(&self) -> String {
        format!("any_of.{} {}", self.schema, self.fields.join(","))
    }
}

impl WarningFact {
    /// Returns the entry's path for the tracker.
    pub fn entry(&self) -> String {
        format!("warnings.{}.{}", self.schema, self.field)
    }
}

impl AttachmentFact {
    /// Returns the entry's path for the tracker.
    pub fn entry(&self) -> String {
        format!("attachments.{}", self.schema)
    }
}

impl RequiredFact {
    /// Returns the entry's path for the tracker.
    pub fn entry(&self) -> String {
        format!("required.{}", self.field)
    }
}

impl FormatFact {
    /// How the tracker calls the entry of one of the fields.
    pub fn entry(field: &str) -> String {
        format!("field_formats.{field}")
    }

    /// Returns the entry that covers a field, if one does.
    pub fn covers(&self, schema: &str, field: &str) -> Option<&str> {
        let name = format!("{schema}.{field}");
        let is_it = |pattern: &&String| matches(pattern, &name);
        let pattern = self.fields.iter().find(is_it)?;
        (!self.except.iter().any(|pattern| is_it(&pattern))).then_some(pattern)
    }
}

impl BodyFact {
    /// Returns the entry's path for the tracker.
    pub fn entry(&self) -> String {
        format!("bodies.{}", self.operation)
    }
}
