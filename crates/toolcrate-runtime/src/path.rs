//! Fills in the placeholders in a path template.
//!
//! Values are percent-encoded so that none can escape its segment; `.` and `..` are rejected. The `percent-encoding`
//! crate does the encoding. RFC 6570 crates can't be used, because they neither report placeholders without a value nor
//! reject dot segments.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

use crate::error::FieldError;
use crate::patch::escape;

/// All characters except those that RFC 3986 calls unreserved.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The characters to encode in the literal parts of a template.
const LITERAL: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'`')
    .add(b'{')
    .add(b'}');

/// Percent-encodes a value for use as a path segment, or as one side of a query pair.
pub(crate) fn encode(value: &str) -> PercentEncode<'_> {
    utf8_percent_encode(value, VALUE)
}

/// Fills `template` with `values`, which are encoded; placeholders without a value stay.
pub(crate) fn fill(template: &str, values: &[(Cow<'static, str>, String)]) -> String {
    let mut path = String::with_capacity(template.len() + 16);
    for piece in pieces(template) {
        match piece {
            Piece::Literal(text) => path.extend(utf8_percent_encode(text, LITERAL)),
            Piece::Name(name) => match values.iter().find(|(other, _)| other == name) {
                Some((_, value)) => path.push_str(value),
                None => path.push_str(&format!("%7B{}%7D", encode(name))),
            },
        }
    }
    path
}

/// Returns the problems with a template's values: missing, empty, or a dot segment.
///
/// A URL with `.` or `..` as a segment is rewritten by every client and server along the way, even if the dots are
/// percent-encoded, so there is no way to send one.
///
/// `called` returns the name by which the caller knows a placeholder.
pub(crate) fn problems<'n>(
    template: &'n str,
    values: &[(Cow<'static, str>, String)],
    called: impl Fn(&'n str) -> &'n str,
) -> Vec<FieldError> {
    let mut found = Vec::new();
    for segment in template.split('/') {
        let filled = fill(segment, values);
        for piece in pieces(segment) {
            let Piece::Name(name) = piece else { continue };
            let value = values.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
            let name = called(name);
            let message = match value {
                None => format!("\"{name}\" is required because it is part of the path"),
                Some("") => format!("\"{name}\" must not be empty because it is part of the path"),
                Some(_) if filled == "." || filled == ".." => {
                    format!("\"{name}\" must not consist of dots because it is part of the path")
                }
                Some(_) => continue,
            };
            let code = if value.is_none() { "missing" } else { "invalid" };
            let error = FieldError::new(format!("/{}", escape(name)), code, message);
            if !found.contains(&error) {
                found.push(error);
            }
        }
    }
    found
}

enum Piece<'a> {
    Literal(&'a str),
    Name(&'a str),
}

fn pieces(template: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = template;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let placeholder =
            rest.find('{').and_then(|start| rest[start..].find('}').map(|length| (start, start + length)));
        match placeholder {
            Some((0, end)) => {
                let name = &rest[1..end];
                rest = &rest[end + 1..];
                Some(Piece::Name(name))
            }
            Some((start, _)) => {
                let text = &rest[..start];
                rest = &rest[start..];
                Some(Piece::Literal(text))
            }
            None => Some(Piece::Literal(std::mem::take(&mut rest))),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&'static str, &str)]) -> Vec<(Cow<'static, str>, String)> {
        pairs.iter().map(|(name, value)| (Cow::Borrowed(*name), encode(value).to_string())).collect()
    }

    #[test]
    fn values_are_encoded_and_literals_are_not() {
        let path = fill("/orders/{id}/lines/{line}", &values(&[("id", "a/../b"), ("line", "ü%")]));
        assert_eq!(path, "/orders/a%2F..%2Fb/lines/%C3%BC%25");
        assert_eq!(fill("/a b/{id}:x{id}", &values(&[("id", "1")])), "/a%20b/1:x1");
        assert_eq!(fill("/a/{b", &[]), "/a/%7Bb");
    }

    #[test]
    fn values_that_would_change_the_path_are_rejected_by_name() {
        for (value, part) in [("", "empty"), (".", "dots"), ("..", "dots")] {
            let found = problems("/orders/{id}", &values(&[("id", value)]), |name| name);
            assert_eq!(found.len(), 1, "{value:?}");
            assert_eq!(found[0].pointer, "/id");
            assert!(found[0].message.contains(part), "{}", found[0].message);
        }
        assert_eq!(problems("/orders/{id}", &[], |name| name)[0].code, "missing");
        assert!(problems("/orders/{id}.json", &values(&[("id", "..")]), |name| name).is_empty());
        assert!(problems("/orders/{id}", &values(&[("id", "...")]), |name| name).is_empty());
        assert_eq!(problems("/orders/.{id}", &values(&[("id", ".")]), |name| name).len(), 1);
    }
}
