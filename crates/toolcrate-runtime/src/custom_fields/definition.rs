//! A custom field's definition: its caption, its type, and which records have it.

use serde_json::Value;

use crate::api::{CustomFieldDefinitions, CustomFieldKind, CustomFields};

/// A custom field of an account.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CustomField {
    /// The ID under which records store it.
    pub id: Value,
    /// The caption that users see.
    pub caption: String,
    /// The type of its values.
    pub kind: CustomFieldKind,
    /// The allowed values; empty if any value is allowed.
    pub options: Vec<String>,
    /// True if a record requires it.
    pub required: bool,
    /// True if it is read-only.
    pub read_only: bool,
    /// The screens that show it, as named by the account.
    screens: Vec<String>,
}

impl CustomField {
    /// Parses a row from the list of definitions. Returns `None` if it has no ID or no caption.
    pub(super) fn read(row: &Value, fields: &CustomFields, format: &CustomFieldDefinitions) -> Option<Self> {
        let text = |name: &str| row.get(name).and_then(Value::as_str);
        let flag = |row: &Value, name: &str| row.get(name).and_then(Value::as_bool).unwrap_or_default();
        let id = row.get(fields.key).filter(|id| id.is_number() || id.is_string())?;
        let caption = text(fields.caption).map(str::trim).filter(|caption| !caption.is_empty())?;
        let kind = text(format.kind).and_then(|kind| {
            format.kinds.iter().find(|(name, _)| name.eq_ignore_ascii_case(kind)).map(|(_, kind)| *kind)
        });
        let options = row.get(format.options).and_then(Value::as_array);
        let options = options.into_iter().flatten().filter(|option| !flag(option, format.inactive));
        let options = options.filter_map(|option| option.get(format.option)?.as_str().map(str::to_owned));
        Some(Self {
            id: id.clone(),
            caption: caption.to_owned(),
            kind: kind.unwrap_or(CustomFieldKind::Text),
            options: options.collect(),
            required: flag(row, format.required),
            read_only: flag(row, format.read_only),
            screens: format.screen_fields.iter().filter_map(|name| text(name)).map(str::to_owned).collect(),
        })
    }

    /// Returns true if and only if the definition specifies that records with this name have the field: it lists a
    /// screen that is mapped to them, or one with their name.
    pub(super) fn is_of(&self, record: &str, format: &CustomFieldDefinitions) -> bool {
        let listed = format.records.iter().find(|(name, _)| *name == record).map(|(_, screens)| *screens);
        let is_listed = |screen: &String| {
            listed.is_some_and(|screens| screens.iter().any(|listed| listed.eq_ignore_ascii_case(screen)))
        };
        let wanted = record.to_lowercase();
        let is_called = |screen: &String| {
            let words = screen.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
            let words = words.filter(|word| !format.screen_words.contains(&word.as_str()));
            words.collect::<String>() == wanted
        };
        self.screens.iter().any(|screen| is_listed(screen) || is_called(screen))
    }
}
