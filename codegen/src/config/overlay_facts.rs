//! Facts of the overlay about what calls carry. Each names its source, so that the next maintainer can check it.

use indexmap::IndexMap;
use serde::Deserialize;

use super::pattern::matches;

/// At least one of several fields must be set when a record is created or replaced.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnyOfFact {
    /// The schema of the record.
    pub schema: String,
    /// The fields.
    pub fields: Vec<String>,
    /// True if one of them must be true, so that false counts as not set.
    #[serde(default)]
    pub is_true: bool,
    /// The start of the error message, such as `choose where the note appears`.
    pub message: String,
    /// Where this is known from.
    pub source: String,
}

/// A field has no effect, or another one than expected, while others are set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WarningFact {
    /// The schema of the record.
    pub schema: String,
    /// The field.
    pub field: String,
    /// The other fields, which may also be those that an updated record has already.
    pub with: Vec<String>,
    /// The warning.
    pub message: String,
    /// Where this is known from.
    pub source: String,
}

/// A create attaches a record that exists already, named by the `id` of the body.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachmentFact {
    /// The schema of the body.
    pub schema: String,
    /// The schema that points at records like the one that is attached.
    pub reference: String,
    /// Where this is known from.
    pub source: String,
}

/// A field that the API requires though the document doesn't.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequiredFact {
    /// `Schema.field`.
    pub field: String,
    /// Where this is known from.
    pub source: String,
}

/// Strings that have a form which the document doesn't state.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormatFact {
    /// The form.
    pub format: FieldFormat,
    /// The fields, as `Schema.field`; `*` stands for any text. Only strings of which the document says nothing are meant.
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
    /// The operation whose body has the same form, `POST /path`; or else the fields are named here.
    #[serde(default)]
    pub like: Option<String>,
    /// The fields by name; a form is sent if one of them is a file, else a JSON object.
    #[serde(default)]
    pub fields: IndexMap<String, BodyField>,
    /// Where this is known from.
    pub source: String,
}

/// A field of a body that the overlay describes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BodyField {
    /// The type of its values.
    #[serde(rename = "type")]
    pub kind: BodyFieldKind,
    /// True if every call needs it.
    #[serde(default)]
    pub required: bool,
    /// The description.
    #[serde(default)]
    pub description: String,
}

/// The type of a field of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BodyFieldKind {
    /// A file.
    File,
    /// A string.
    Text,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
}

impl AnyOfFact {
    /// How the tracker calls this entry.
    pub fn entry(&self) -> String {
        format!("any_of.{} {}", self.schema, self.fields.join(","))
    }
}

impl WarningFact {
    /// How the tracker calls this entry.
    pub fn entry(&self) -> String {
        format!("warnings.{}.{}", self.schema, self.field)
    }
}

impl AttachmentFact {
    /// How the tracker calls this entry.
    pub fn entry(&self) -> String {
        format!("attachments.{}", self.schema)
    }
}

impl RequiredFact {
    /// How the tracker calls this entry.
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
    /// How the tracker calls this entry.
    pub fn entry(&self) -> String {
        format!("bodies.{}", self.operation)
    }
}
