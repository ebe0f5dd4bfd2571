//! The title and description of a tool, read without the rest of its record.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// The text of a [`ToolRecord`](crate::ToolRecord), for readers that need nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolSummary<'a> {
    /// The title shown to people.
    pub title: Cow<'a, str>,
    /// The description: what the tool does, its prerequisites, and what it returns.
    pub description: Cow<'a, str>,
}

impl<'a> ToolSummary<'a> {
    /// Reads the text from the line of a record. The rest of the line, which is most of the record, isn't read.
    ///
    /// # Errors
    /// Returns an error if the line is malformed before the end of both texts, or lacks one of them.
    pub fn from_line(line: &'a str) -> Result<Self, serde_json::Error> {
        let mut read = SummaryVisitor::default();
        // The visitor stops once it has both texts, which the deserializer reports as an error.
        let result = serde_json::Deserializer::from_str(line).deserialize_map(&mut read);
        match (read.title, read.description) {
            (Some(title), Some(description)) => Ok(Self { title, description }),
            (None, _) => result.and(Err(serde_json::Error::missing_field("title"))),
            (_, None) => result.and(Err(serde_json::Error::missing_field("description"))),
        }
    }
}

/// Reads the entries of a record until both texts are found.
#[derive(Default)]
struct SummaryVisitor<'a> {
    title: Option<Cow<'a, str>>,
    description: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum SummaryField {
    Title,
    Description,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct SummaryText<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> Visitor<'a> for &mut SummaryVisitor<'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a tool record")
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<(), M::Error> {
        while self.title.is_none() || self.description.is_none() {
            match map.next_key()? {
                Some(SummaryField::Title) => self.title = Some(map.next_value::<SummaryText<'a>>()?.0),
                Some(SummaryField::Description) => {
                    self.description = Some(map.next_value::<SummaryText<'a>>()?.0);
                }
                Some(SummaryField::Other) => drop(map.next_value::<IgnoredAny>()?),
                None => break,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_wherever_it_is() {
        for line in [
            r#"{"name":"a","title":"List \"a\"","description":"All.","kind":{}}"#,
            r#"{"description":"All.","input":{"title":1},"title":"List \"a\""}"#,
        ] {
            let summary = ToolSummary::from_line(line).unwrap();
            assert_eq!((&*summary.title, &*summary.description), ("List \"a\"", "All."));
        }
    }

    #[test]
    fn malformed_record_is_an_error() {
        for line in
            ["", "{", "[]", r#"{"title":"a"}"#, r#"{"description":"a"}"#, r#"{"title":1,"description":"a"}"#]
        {
            assert!(ToolSummary::from_line(line).is_err(), "{line}");
        }
    }
}
