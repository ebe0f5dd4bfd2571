//! The index of tools: the facts about every tool that startup needs, in a form that is parsed quickly.

use std::fmt;

use crate::argument::PathType;
use crate::kind::{OperationKind, OperationTarget, OperationVariant, ToolClass};
use crate::method::Method;
use crate::tool::ToolRecord;

/// One line of `index/tools.tsv`: fields separated by tabs, in the order of this struct.
///
/// The lines are sorted by name. The records of a module follow each other in its file in the same order,
/// so their lengths say where each one is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexEntry<'a> {
    /// The full name.
    pub name: &'a str,
    /// The name without the API's prefix.
    pub short_name: &'a str,
    /// The part of the API that the tool belongs to.
    pub module: &'a str,
    /// The class by which callers choose tools.
    pub class: ToolClass,
    /// The kind of the operation.
    pub kind: OperationKind,
    /// The first word of the tool's name; empty where it is that of the kind.
    verb: &'a str,
    /// The target of the operation: one record, a collection, or neither.
    pub target: OperationTarget,
    /// The variant of the operation, if it isn't the plain one of its kind.
    pub variant: Option<OperationVariant>,
    /// The collection that the operation works on.
    pub collection: Option<&'a str>,
    /// The method.
    pub method: Method,
    /// The path template as the API's description spells it.
    pub path: &'a str,
    /// The path template that requests are made from; empty where it is the same.
    request_path: &'a str,
    /// The types of the values in the path, one letter each: `i` for an integer, `t` for text.
    path_types: PathTypes<'a>,
    /// The length of the record in bytes, without the line feed that ends it.
    pub length: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum PathTypes<'a> {
    Borrowed(&'a str),
    Owned(String),
}

/// A line of an index that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed line in the catalog index: {line:?}")]
pub struct IndexError {
    /// The line.
    pub line: String,
}

impl<'a> IndexEntry<'a> {
    /// The entry of a record whose line has `length` bytes.
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
    /// If a field is missing or is not one of the words that it may be.
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

    /// The path template that requests are made from.
    pub fn request_path(&self) -> &'a str {
        if self.request_path.is_empty() { self.path } else { self.request_path }
    }

    /// The types of the values in the path, in order.
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
