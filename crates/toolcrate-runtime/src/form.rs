//! Forms with files (`multipart/form-data`).

use std::fmt;

use bytes::Bytes;
use reqwest::multipart;

use crate::error::{Error, FieldError};
use crate::path_value::PathValue;
use crate::to_json::ToJson;

/// A form with files (`multipart/form-data`), whose parts are sent in the order in which they were added.
///
/// A form can be sent more than once; the bytes of its files are shared, not copied.
#[derive(Clone, Debug, Default)]
pub struct Form {
    parts: Vec<(String, FormPart)>,
}

#[derive(Clone)]
enum FormPart {
    Text { text: String, media_type: Option<String> },
    File { file_name: String, media_type: Option<String>, bytes: Bytes },
}

impl Form {
    /// Creates a form without parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text field: a scalar, a string or an open enum.
    #[must_use]
    pub fn text_field(mut self, name: impl Into<String>, value: impl PathValue) -> Self {
        self.parts
            .push((name.into(), FormPart::Text { text: value.to_text().into_owned(), media_type: None }));
        self
    }

    /// Adds a text field if `value` is set.
    #[must_use]
    pub fn text_field_opt(self, name: impl Into<String>, value: Option<impl PathValue>) -> Self {
        match value {
            Some(value) => self.text_field(name, value),
            None => self,
        }
    }

    /// Adds a part of JSON, sent as `application/json`.
    #[must_use]
    pub fn json_field(self, name: impl Into<String>, value: &(impl ToJson + ?Sized)) -> Self {
        self.text_field_with_media_type(name, "application/json", value.to_json_string())
    }

    /// Adds a text with a media type, such as `application/xml`.
    #[must_use]
    pub fn text_field_with_media_type(
        mut self,
        name: impl Into<String>,
        media_type: impl Into<String>,
        text: impl Into<String>,
    ) -> Self {
        let part = FormPart::Text { text: text.into(), media_type: Some(media_type.into()) };
        self.parts.push((name.into(), part));
        self
    }

    /// Adds a file, sent as `application/octet-stream`.
    #[must_use]
    pub fn file(
        self,
        name: impl Into<String>,
        file_name: impl Into<String>,
        bytes: impl Into<Bytes>,
    ) -> Self {
        self.part(name.into(), file_name.into(), None, bytes.into())
    }

    /// Adds a file with a media type, such as `image/png`.
    #[must_use]
    pub fn file_with_media_type(
        self,
        name: impl Into<String>,
        file_name: impl Into<String>,
        media_type: impl Into<String>,
        bytes: impl Into<Bytes>,
    ) -> Self {
        self.part(name.into(), file_name.into(), Some(media_type.into()), bytes.into())
    }

    fn part(mut self, name: String, file_name: String, media_type: Option<String>, bytes: Bytes) -> Self {
        self.parts.push((name, FormPart::File { file_name, media_type, bytes }));
        self
    }

    /// Returns true if and only if the form has no parts.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Returns the parts for a dry run: the name, and the text or a description of the file.
    pub(crate) fn summary(&self) -> Vec<(&str, String)> {
        self.parts.iter().map(|(name, part)| (name.as_str(), part.to_string())).collect()
    }

    /// Converts the form for the transport.
    pub(crate) fn to_multipart(&self) -> Result<multipart::Form, Error> {
        let mut form = multipart::Form::new();
        for (name, part) in &self.parts {
            form = match part {
                FormPart::Text { text, media_type: None } => form.text(name.clone(), text.clone()),
                FormPart::Text { text, media_type: Some(media_type) } => {
                    form.part(name.clone(), typed(multipart::Part::text(text.clone()), name, media_type)?)
                }
                FormPart::File { file_name, media_type, bytes } => {
                    let length = bytes.len() as u64;
                    let media_type = media_type.as_deref().unwrap_or("application/octet-stream");
                    let part = multipart::Part::stream_with_length(bytes.clone(), length)
                        .file_name(file_name.clone());
                    form.part(name.clone(), typed(part, name, media_type)?)
                }
            };
        }
        Ok(form)
    }
}

/// `part` with a media type; `name` is for the error.
fn typed(part: multipart::Part, name: &str, media_type: &str) -> Result<multipart::Part, Error> {
    part.mime_str(media_type).map_err(|_| {
        let message = format!("\"{media_type}\" is not a media type");
        Error::invalid_arguments(vec![FieldError::new(format!("/{name}"), "invalid", message)])
    })
}

impl fmt::Display for FormPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { text, .. } => f.write_str(text),
            Self::File { file_name, media_type, bytes } => write!(
                f,
                "file \"{file_name}\", {}, {} bytes",
                media_type.as_deref().unwrap_or("application/octet-stream"),
                bytes.len()
            ),
        }
    }
}

impl fmt::Debug for FormPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
