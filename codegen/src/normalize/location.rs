//! A location in a document. It is formatted as a JSON pointer only if it is reported.

use std::fmt;

/// A location in a document, displayed as a JSON pointer.
#[derive(Clone, Copy)]
pub struct DocumentLocation<'a> {
    parent: Option<&'a DocumentLocation<'a>>,
    segment: LocationSegment<'a>,
}

#[derive(Clone, Copy)]
enum LocationSegment<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> DocumentLocation<'a> {
    /// The whole document.
    pub const ROOT: DocumentLocation<'static> =
        DocumentLocation { parent: None, segment: LocationSegment::Root };

    /// Returns the property `key` of this object.
    pub fn key(&'a self, key: &'a str) -> DocumentLocation<'a> {
        DocumentLocation { parent: Some(self), segment: LocationSegment::Key(key) }
    }

    /// Returns the item `index` of this array.
    pub fn index(&'a self, index: usize) -> DocumentLocation<'a> {
        DocumentLocation { parent: Some(self), segment: LocationSegment::Index(index) }
    }
}

impl fmt::Display for DocumentLocation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.segment {
            LocationSegment::Root => Ok(()),
            LocationSegment::Key(key) => write!(f, "/{}", key.replace('~', "~0").replace('/', "~1")),
            LocationSegment::Index(index) => write!(f, "/{index}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn location_prints_as_a_pointer() {
        assert_eq!(DocumentLocation::ROOT.to_string(), "");
        assert_eq!(
            DocumentLocation::ROOT.key("paths").key("/a").key("parameters").index(2).to_string(),
            "/paths/~1a/parameters/2"
        );
    }
}
