//! Responses that contain a file. The file name that the server suggests is sanitized, so it can't refer to another
//! folder.

use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use percent_encoding::percent_decode_str;

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    /// The contents.
    pub bytes: Bytes,
    /// Its media type, `application/octet-stream` if the server gave none.
    pub media_type: String,
    /// The server's suggested name, without any folder.
    pub file_name: Option<String>,
}

impl Download {
    pub(crate) fn new(headers: &HeaderMap, bytes: Bytes) -> Self {
        let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        Self {
            bytes,
            media_type: media_type.unwrap_or("application/octet-stream").to_owned(),
            file_name: headers
                .get(CONTENT_DISPOSITION)
                .and_then(|value| file_name(&String::from_utf8_lossy(value.as_bytes()))),
        }
    }
}

/// Extracts the file name from a `Content-Disposition`; the extended form (`filename*`) takes precedence.
fn file_name(disposition: &str) -> Option<String> {
    let mut plain = None;
    for (name, value) in parameters(disposition) {
        if name.eq_ignore_ascii_case("filename*") {
            let mut parts = value.splitn(3, '\'');
            let (charset, _language, text) = (parts.next()?, parts.next(), parts.next());
            if let Some(text) = text.filter(|_| charset.eq_ignore_ascii_case("utf-8")) {
                let text = percent_decode_str(text).decode_utf8_lossy().into_owned();
                if let Some(safe) = safe(&text) {
                    return Some(safe);
                }
            }
        } else if name.eq_ignore_ascii_case("filename") {
            plain = safe(&value);
        }
    }
    plain
}

/// Returns the parameters of a header value, unquoted.
fn parameters(header: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut chars = header.chars().skip_while(|c| *c != ';').peekable();
    while chars.next().is_some() {
        let mut name = String::new();
        while let Some(c) = chars.next_if(|c| *c != '=' && *c != ';') {
            name.push(c);
        }
        let mut value = String::new();
        if chars.next_if_eq(&'=').is_some() {
            while chars.next_if(|c| c.is_whitespace()).is_some() {}
            if chars.next_if_eq(&'"').is_some() {
                while let Some(c) = chars.next().filter(|c| *c != '"') {
                    // A backslash quotes the next character, but some servers send plain Windows paths.
                    match (c, chars.peek()) {
                        ('\\', Some('"' | '\\')) => value.extend(chars.next()),
                        _ => value.push(c),
                    }
                }
            }
            while let Some(c) = chars.next_if(|c| *c != ';') {
                value.push(c);
            }
        }
        found.push((name.trim().to_owned(), value.trim().to_owned()));
    }
    found
}

/// Returns the last segment of a name, without characters that file systems reject.
fn safe(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next()?;
    let cleaned: String = last
        .chars()
        .filter(|c| !c.is_control())
        .map(|c| if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { c })
        .collect();
    // Leading dots hide a file; trailing ones get lost on Windows.
    let mut name = cleaned.trim_matches(|c: char| c == '.' || c.is_whitespace());
    while name.len() > 255 {
        name = &name[..name.char_indices().next_back()?.0];
    }
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_parsed_and_sanitized() {
        let cases = [
            ("attachment; filename=\"report.pdf\"", Some("report.pdf")),
            ("attachment; filename=report.pdf; size=3", Some("report.pdf")),
            ("attachment; filename=\"a \\\"b\\\".txt\"", Some("a _b_.txt")),
            ("attachment; filename=\"x.txt\"; filename*=UTF-8''%C3%BC%20ber.txt", Some("ü ber.txt")),
            ("attachment; filename=\"../../etc/passwd\"", Some("passwd")),
            ("attachment; filename*=utf-8''..%2F..%2Fetc%2Fpasswd", Some("passwd")),
            ("attachment; filename=\"C:\\temp\\a.txt\"", Some("a.txt")),
            ("attachment; filename=\"..\"", None),
            ("attachment; filename=\"a;b=c.txt\"", Some("a;b=c.txt")),
            ("attachment; filename=\".bashrc\"", Some("bashrc")),
            ("inline", None),
        ];
        for (header, expected) in cases {
            assert_eq!(file_name(header).as_deref(), expected, "{header}");
        }
    }
}
