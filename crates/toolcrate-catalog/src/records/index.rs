//! The tool index, which contains the information about every tool that is needed at startup, in a format that parses
//! quickly.

use std::fmt;

use crate::method::Method;
use crate::records::argument::PathType;
use crate::records::kind::{OperationKind, OperationTarget, OperationVariant, ToolClass};
use crate::records::tool::ToolRecord;

/// One line of `index/tools.tsv`: tab-separated fields, in the order of this struct.
///
/// The lines are sorted by name. A module's file contains its records in the same order, so their position
/// follows from their lengths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexEntry<'a> {
    /// The full name.
    pub name: &'a str,
    /// The name without the API's prefix.
    pub short_name: &'a str,
    /// The part of the API that the tool belongs to.
    pub module: &'a str,
    /// The class by which callers select tools.
    pub class: ToolClass,
    /// The kind of the operation.
    pub kind: OperationKind,
    /// The first word of the tool's name; empty if it is the kind's default verb.
    verb: &'a str,
    /// The operation's target: a single record or a collection.
    pub target: OperationTarget,
    /// The operation's variant, unless it is the plain operation of its kind.
    pub variant: Option<OperationVariant>,
    /// The collection that the operation works on.
    pub collection: Option<&'a str>,
    /// The HTTP method.
    pub method: Method,
    /// The path template as spelled in the API description.
    pub path: &'a str,
    /// The path template used for requests; empty if it is the same.
    request_path: &'a str,
    /// The types of the path values, one letter each: `i` for an integer, `t` for text.
    path_types: PathTypes<'a>,
    /// The length of the record in bytes, without the trailing line feed.
    pub length: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum PathTypes<'a> {
    Borrowed(&'a str),
    Owned(String),
}

/// An index line that can't be parsed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed line in the catalog index: {line:?}")]
pub struct IndexError {
    /// The line.
    pub line: String,
}

impl<'a> IndexEntry<'a> {
    /// Creates the entry for a record whose line is `length` bytes long.
    pub fn new(record: &'a ToolRecord<'a>, length: usize) -> Self {
        let types = record.path_arguments().map(|(_, target)| match target.path_type {
            PathType::Integer => 'i',
            PathType::Text => 't',
        });
        Self {
            name: record.name,
            short_name: record.short_name,
            module: record.module,
            class: record.class,
            kind: record.kind,
            verb: record.verb.unwrap_or_default(),
            target: record.target,
            variant: record.variant,
            collection: record.collection.as_deref(),
            method: record.http.method,
            path: &record.http.path,
            request_path: record.http.request_path.as_deref().unwrap_or_default(),
            path_types: PathTypes::Owned(types.collect()),
            length,
        }
    }

    /// Parses a line.
    ///
    /// # Errors
    /// Returns an error if a field is missing or isn't one of its allowed words.
    pub fn parse(line: &'a str) -> Result<Self, IndexError> {
        Self::parse_fields(line).ok_or_else(|| IndexError { line: line.to_owned() })
    }

    fn parse_fields(line: &'a str) -> Option<Self> {
        let mut fields = line.split('\t');
        let mut next = || fields.next();
        Some(Self {
            name: next()?,
            short_name: next()?,
            module: next()?,
            class: ToolClass::from_text(next()?)?,
            kind: OperationKind::from_text(next()?)?,
            verb: next()?,
            target: OperationTarget::from_text(next()?)?,
            variant: match next()? {
                "" => None,
                word => Some(OperationVariant::from_text(word)?),
            },
            collection: Some(next()?).filter(|name| !name.is_empty()),
            method: Method::from_text(next()?)?,
            path: next()?,
            request_path: next()?,
            path_types: PathTypes::Borrowed(next()?),
            length: next()?.parse().ok()?,
        })
    }

    /// The first word of the tool's name: `list`, `merge`.
    pub fn verb(&self) -> &'a str {
        if self.verb.is_empty() { self.kind.verb() } else { self.verb }
    }

    /// The path template used for requests.
    pub fn request_path(&self) -> &'a str {
        if self.request_path.is_empty() { self.path } else { self.request_path }
    }

    /// The types of the path values, in order.
    pub fn path_types(&self) -> impl Iterator<Item = PathType> {
        let letters = match &self.path_types {
            PathTypes::Borrowed(letters) => letters,
            PathTypes::Owned(letters) => letters.as_str(),
        };
        letters.bytes().map(|letter| if letter == b't' { PathType::Text } else { PathType::Integer })
    }
}

/// The line, without a line feed.
impl fmt::Display for IndexEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let types = match &self.path_types {
            PathTypes::Borrowed(letters) => letters,
            PathTypes::Owned(letters) => letters.as_str(),
        };
        write!(
            f,
            "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{types}\t{}",
            self.name,
            self.short_name,
            self.module,
            self.class,
            self.kind,
            self.verb,
            self.target,
            self.variant.map_or("", OperationVariant::as_str),
            self.collection.unwrap_or_default(),
            self.method,
            self.path,
            self.request_path,
            self.length
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_round_trip() {
        let line = "get_a_b\tget_b\tm\tread\tget\t\titem\t\t/m/b\tGET\t/m/b/{id}\t\ti\t42";
        let entry = IndexEntry::parse(line).unwrap();
        assert_eq!(entry.to_string(), line);
        assert_eq!(entry.path_types().collect::<Vec<_>>(), [PathType::Integer]);
        let line = "copy_x\tcopy_x\tm\tcustom\taction\tcopy\tcollection\tcopy\t\tPOST\t/m(\t/m\t\t7";
        let entry = IndexEntry::parse(line).unwrap();
        assert_eq!((entry.variant, entry.collection), (Some(OperationVariant::Copy), None));
        assert_eq!((entry.verb(), entry.request_path()), ("copy", "/m"));
        assert_eq!(entry.to_string(), line);
        for line in ["", "a\tb", &line.replace("custom", "odd"), &line.replace("\t7", "\tx")] {
            assert!(IndexEntry::parse(line).is_err(), "{line}");
        }
    }
}
