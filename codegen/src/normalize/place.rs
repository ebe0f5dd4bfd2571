//! Where in a document something is, without text until it is reported.

use std::fmt;

/// A place in a document; it prints as a JSON pointer.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    segment: PlaceSegment<'a>,
}

#[derive(Clone, Copy)]
enum PlaceSegment<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> Place<'a> {
    /// The whole document.
    pub const ROOT: Place<'static> = Place { parent: None, segment: PlaceSegment::Root };

    /// The member `key` of this object.
    pub fn key(&'a self, key: &'a str) -> Place<'a> {
        Place { parent: Some(self), segment: PlaceSegment::Key(key) }
    }

    /// The item `index` of this array.
    pub fn index(&'a self, index: usize) -> Place<'a> {
        Place { parent: Some(self), segment: PlaceSegment::Index(index) }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.segment {
            PlaceSegment::Root => Ok(()),
            PlaceSegment::Key(key) => write!(f, "/{}", key.replace('~', "~0").replace('/', "~1")),
            PlaceSegment::Index(index) => write!(f, "/{index}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_prints_as_a_pointer() {
        assert_eq!(Place::ROOT.to_string(), "");
        assert_eq!(
            Place::ROOT.key("paths").key("/a").key("parameters").index(2).to_string(),
            "/paths/~1a/parameters/2"
        );
    }
}
