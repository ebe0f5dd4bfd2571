//! One definition of a custom field: what it is called, what it takes, and which records have it.

use serde_json::Value;

use crate::{CustomFieldDefinitions, CustomFieldKind, CustomFields};

/// A field that an account defined.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CustomField {
    /// The id by which records hold it.
    pub id: Value,
    /// What people call it.
    pub caption: String,
    /// What it takes.
    pub kind: CustomFieldKind,
    /// The values to choose from; empty if any will do.
    pub options: Vec<String>,
    /// Whether a record must have it.
    pub required: bool,
    /// Whether it can only be read.
    pub read_only: bool,
    /// Where it is shown, in the account's own words.
    places: Vec<String>,
}

impl CustomField {
    /// Reads a row of the list of definitions; `None` if it has no id or no caption.
    pub(super) fn read(row: &Value, fields: &CustomFields, about: &CustomFieldDefinitions) -> Option<Self> {
        let text = |name: &str| row.get(name).and_then(Value::as_str);
        let flag = |row: &Value, name: &str| row.get(name).and_then(Value::as_bool).unwrap_or_default();
        let id = row.get(fields.key).filter(|id| id.is_number() || id.is_string())?;
        let caption = text(fields.caption).map(str::trim).filter(|caption| !caption.is_empty())?;
        let kind = text(about.kind).and_then(|kind| {
            about.kinds.iter().find(|(name, _)| name.eq_ignore_ascii_case(kind)).map(|(_, kind)| *kind)
        });
        let options = row.get(about.options).and_then(Value::as_array);
        let options = options.into_iter().flatten().filter(|option| !flag(option, about.inactive));
        let options = options.filter_map(|option| option.get(about.option)?.as_str().map(str::to_owned));
        Some(Self {
            id: id.clone(),
            caption: caption.to_owned(),
            kind: kind.unwrap_or(CustomFieldKind::Text),
            options: options.collect(),
            required: flag(row, about.required),
            read_only: flag(row, about.read_only),
            places: about.places.iter().filter_map(|name| text(name)).map(str::to_owned).collect(),
        })
    }

    /// Whether records of this name have the field, as far as the definition tells: it names a place that is
    /// known to be theirs, or that is called as they are.
    pub(super) fn is_of(&self, record: &str, about: &CustomFieldDefinitions) -> bool {
        let known = about.records.iter().find(|(name, _)| *name == record).map(|(_, places)| *places);
        let is_known = |place: &String| {
            known.is_some_and(|places| places.iter().any(|known| known.eq_ignore_ascii_case(place)))
        };
        let wanted = record.to_lowercase();
        let is_called = |place: &String| {
            let words = place.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
            let words = words.filter(|word| !about.place_words.contains(&word.as_str()));
            words.collect::<String>() == wanted
        };
        self.places.iter().any(|place| is_known(place) || is_called(place))
    }
}
