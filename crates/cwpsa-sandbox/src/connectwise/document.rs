//! Documents, which are records that represent uploaded files and links.

use serde_json::{Map, Value, json};

use super::error::ApiError;
use super::fields::INFO;

/// The schema of a document's record.
pub(crate) const SCHEMA: &str = "DocumentInfo";
/// The part of an upload form that contains the file.
pub(crate) const FILE_PART: &str = "file";

/// An uploaded form.
pub(crate) struct DocumentUpload<'a> {
    /// The parts of the form other than the file.
    pub(crate) fields: &'a Map<String, Value>,
    /// The name, media type and size of the file.
    pub(crate) file: Option<(&'a str, &'a str, usize)>,
    pub(crate) owner: &'a str,
    pub(crate) date: &'a str,
}

impl DocumentUpload<'_> {
    /// Returns true if a file is stored, which isn't the case for a link.
    pub(crate) fn has_file(&self) -> bool {
        self.file.is_some() && self.part("url").is_empty()
    }

    /// Returns the document's record.
    pub(crate) fn into_record(self) -> Result<Map<String, Value>, ApiError> {
        let link = self.part("url");
        let file = self.file.filter(|_| link.is_empty());
        if file.is_none() && link.is_empty() {
            let message = "The file field is required.";
            return Err(ApiError::invalid_field("MissingRequiredField", "documentInfo", FILE_PART, message));
        }
        let name = file.map_or(link, |(name, _, _)| name);
        let given = self.part("title");
        let title = if given.is_empty() { name } else { given };
        let guid = uuid::Uuid::new_v4().to_string();
        let record = json!({
            "title": title, "fileName": name, "serverFileName": guid, "guid": guid, "owner": self.owner,
            "linkFlag": !link.is_empty(),
            "imageFlag": file.is_some_and(|(_, media_type, _)| media_type.starts_with("image/")),
            "publicFlag": !self.flag("privateFlag"), "htmlTemplateFlag": false, "urlFlag": !link.is_empty(),
            // The spec misspells the name of this part.
            "readOnlyFlag": self.flag("readOnlyFlag") || self.flag("readOnlyFlay"),
            "size": file.map_or(0, |(_, _, size)| size), "createdOnDate": self.date,
            INFO: {"recordType": self.part("recordType"), "recordId": self.part("recordId")},
        });
        match record {
            Value::Object(record) => Ok(record),
            _ => unreachable!("it is an object"),
        }
    }

    fn part(&self, name: &str) -> &str {
        self.fields.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn flag(&self, name: &str) -> bool {
        self.part(name).eq_ignore_ascii_case("true")
    }
}
