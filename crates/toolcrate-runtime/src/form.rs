//! Writes forms that contain files (`multipart/form-data`).

use std::fmt;

use bytes::Bytes;
use http::HeaderValue;

use crate::error::{Error, FieldError};
use crate::path_value::PathValue;
use crate::to_json::ToJson;

/// A form with files (`multipart/form-data`), whose parts are sent in the order in which they were added.
///
/// A form can be sent more than once. Clones share the bytes of files; sending the form copies them once.
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

    /// Adds a JSON part, sent as `application/json`.
    #[must_use]
    pub fn json_field(self, name: impl Into<String>, value: &(impl ToJson + ?Sized)) -> Self {
        self.text_field_with_media_type(name, "application/json", value.to_json_string())
    }

    /// Adds a text part with a media type, such as `application/xml`.
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

    /// Returns the form's media type and its bytes.
    ///
    /// # Errors
    /// Returns `InvalidArguments` if a part's media type is invalid.
    pub(crate) fn encode(&self) -> Result<(HeaderValue, Bytes), Error> {
        let boundary = self.boundary();
        let mut body = Vec::with_capacity(self.parts.iter().map(|(_, part)| part.bytes().len() + 256).sum());
        for (name, part) in &self.parts {
            body.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
            body.extend_from_slice(part.headers(name)?.as_bytes());
            body.extend_from_slice(b"\r\n\r\n");
            body.extend_from_slice(part.bytes());
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let media_type = HeaderValue::from_str(&format!("multipart/form-data; boundary={boundary}"));
        let media_type = media_type.map_err(|error| Error::configuration(error.to_string()))?;
        Ok((media_type, Bytes::from(body)))
    }

    /// Returns a boundary that doesn't occur in any part.
    fn boundary(&self) -> String {
        loop {
            let boundary = format!("{:032x}{:032x}", fastrand::u128(..), fastrand::u128(..));
            let is_in = |bytes: &[u8]| bytes.windows(boundary.len()).any(|part| part == boundary.as_bytes());
            // Only text parts are checked: for files, 256 random bits are just as safe, without reading them.
            let texts = self.parts.iter().filter(|(_, part)| matches!(part, FormPart::Text { .. }));
            if !texts.into_iter().any(|(_, part)| is_in(part.bytes())) {
                return boundary;
            }
        }
    }
}

impl FormPart {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Text { text, .. } => text.as_bytes(),
            Self::File { bytes, .. } => bytes,
        }
    }

    /// Returns the part's headers, without the last line break.
    fn headers(&self, name: &str) -> Result<String, Error> {
        let mut headers = format!("Content-Disposition: form-data; name=\"{}\"", escape_name(name));
        let media_type = match self {
            Self::Text { media_type, .. } => media_type.as_deref(),
            Self::File { file_name, media_type, .. } => {
                headers.push_str(&format!("; filename=\"{}\"", escape_name(file_name)));
                Some(media_type.as_deref().unwrap_or("application/octet-stream"))
            }
        };
        if let Some(media_type) = media_type {
            if !is_media_type(media_type) {
                let message = format!("\"{}\" is not a valid media type", media_type.escape_debug());
                return Err(Error::invalid_arguments(vec![FieldError::new(
                    format!("/{name}"),
                    "invalid",
                    message,
                )]));
            }
            headers.push_str("\r\nContent-Type: ");
            headers.push_str(media_type);
        }
        Ok(headers)
    }
}

/// Escapes a name as WHATWG specifies for forms: characters that would end the name or the line.
fn escape_name(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '"' => escaped.push_str("%22"),
            '\r' => escaped.push_str("%0D"),
            '\n' => escaped.push_str("%0A"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Returns true if and only if text is a media type, optionally with parameters.
fn is_media_type(text: &str) -> bool {
    let is_token = |token: &str| {
        !token.is_empty() && token.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))
    };
    let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
    let is_essence =
        essence.trim().split_once('/').is_some_and(|(main, subtype)| is_token(main) && is_token(subtype));
    is_essence && parameters.chars().all(|c| !c.is_control())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(form: &Form) -> String {
        let (media_type, body) = form.encode().expect("a form");
        let media_type = media_type.to_str().expect("text");
        let boundary = media_type.strip_prefix("multipart/form-data; boundary=").expect("a boundary");
        String::from_utf8(body.to_vec()).expect("text").replace(boundary, "X")
    }

    #[test]
    fn parts_are_written_in_order() {
        let form = Form::new()
            .text_field("title", "a\r\n--X")
            .json_field("meta", &1)
            .file("file", "ü \"1\"\r\n.txt", "content")
            .file_with_media_type("image", "a.png", "image/png", vec![b'1']);
        let expected = "--X\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\na\r\n--X\r\n\
            --X\r\nContent-Disposition: form-data; name=\"meta\"\r\nContent-Type: application/json\r\n\r\n1\r\n\
            --X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"ü %221%22%0D%0A.txt\"\r\n\
            Content-Type: application/octet-stream\r\n\r\ncontent\r\n\
            --X\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\
            Content-Type: image/png\r\n\r\n1\r\n--X--\r\n";
        assert_eq!(encoded(&form), expected);
    }

    #[test]
    fn media_type_cannot_inject_a_header() {
        for media_type in ["image/png\r\nx: y", "image", "", "a b/c", "text/plain; charset=\n"] {
            let form = Form::new().file_with_media_type("file", "a", media_type, "");
            let error = form.encode().expect_err(media_type);
            assert_eq!(error.fields()[0].pointer, "/file");
        }
        assert!(is_media_type("text/plain; charset=utf-8"));
    }
}
