//! A form with files (`multipart/form-data`). It is a plain value like every body, so it can be sent again;
//! the bytes of a file are shared, not copied.

use std::fmt;

use bytes::Bytes;
use reqwest::multipart;

use crate::{Error, FieldError, PathValue};

/// The parts of a form, in the order in which they are sent.
#[derive(Clone, Debug, Default)]
pub struct Form {
    parts: Vec<(String, Part)>,
}

#[derive(Clone)]
enum Part {
    Text(String),
    File { file_name: String, media_type: Option<String>, bytes: Bytes },
}

impl Form {
    /// No parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text: a scalar, text, or a choice.
    #[must_use]
    pub fn text(mut self, name: impl Into<String>, value: impl PathValue) -> Self {
        self.parts.push((name.into(), Part::Text(value.text().into_owned())));
        self
    }

    /// Adds a text if it is set.
    #[must_use]
    pub fn text_opt(self, name: impl Into<String>, value: Option<impl PathValue>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
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

    /// Adds a file of a given media type, such as `image/png`.
    #[must_use]
    pub fn file_of(
        self,
        name: impl Into<String>,
        file_name: impl Into<String>,
        media_type: impl Into<String>,
        bytes: impl Into<Bytes>,
    ) -> Self {
        self.part(name.into(), file_name.into(), Some(media_type.into()), bytes.into())
    }

    fn part(mut self, name: String, file_name: String, media_type: Option<String>, bytes: Bytes) -> Self {
        self.parts.push((name, Part::File { file_name, media_type, bytes }));
        self
    }

    /// Whether there is no part.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The parts for a dry run: name, and the text or what file it is.
    pub(crate) fn summary(&self) -> Vec<(&str, String)> {
        self.parts.iter().map(|(name, part)| (name.as_str(), part.to_string())).collect()
    }

    /// The form as the transport takes it.
    pub(crate) fn to_multipart(&self) -> Result<multipart::Form, Error> {
        let mut form = multipart::Form::new();
        for (name, part) in &self.parts {
            form = match part {
                Part::Text(text) => form.text(name.clone(), text.clone()),
                Part::File { file_name, media_type, bytes } => {
                    let length = bytes.len() as u64;
                    let media_type = media_type.as_deref().unwrap_or("application/octet-stream");
                    let part = multipart::Part::stream_with_length(bytes.clone(), length)
                        .file_name(file_name.clone())
                        .mime_str(media_type)
                        .map_err(|_| {
                            let message = format!("\"{media_type}\" is not a media type");
                            Error::invalid_arguments(vec![FieldError::new(
                                format!("/{name}"),
                                "invalid",
                                message,
                            )])
                        })?;
                    form.part(name.clone(), part)
                }
            };
        }
        Ok(form)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::File { file_name, media_type, bytes } => write!(
                f,
                "file \"{file_name}\", {}, {} bytes",
                media_type.as_deref().unwrap_or("application/octet-stream"),
                bytes.len()
            ),
        }
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
