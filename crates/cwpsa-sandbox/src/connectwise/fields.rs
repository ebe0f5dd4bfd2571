//! Names fields that have the same meaning in every record: `_info`, audit fields, custom fields, and the fields of
//! references.

use serde_json::{Map, Value};

/// The object with a record's audit fields and links.
pub(crate) const INFO: &str = "_info";
/// The list of a record's custom fields.
pub(crate) const CUSTOM_FIELDS: &str = "customFields";
/// Fields other than the ID by which configurations can be attached.
pub(crate) const DEVICE_IDENTIFIER: &str = "deviceIdentifier";
/// The collection that defines custom fields.
pub(crate) const CUSTOM_FIELD_DEFINITIONS: &str = "/system/userDefinedFields";
/// Fields by which a reference can identify its target, most specific first.
pub(crate) const REFERENCE_KEYS: [&str; 4] = ["id", "identifier", "name", "summary"];
/// Fields that references to a record repeat. A change is copied to all references.
pub(crate) const DISPLAY_FIELDS: [&str; 3] = ["identifier", "name", "summary"];
/// Unique fields, which are modified when a record is copied.
pub(crate) const UNIQUE_FIELDS: [&str; 2] = ["identifier", "name"];
/// The fields of a copy request that may identify the record to copy.
pub(crate) const COPY_SOURCE_FIELDS: [&str; 4] = ["id", "copyId", "boardId", "originalId"];
/// The flag of the record that new records refer to by default.
pub(crate) const DEFAULT_FLAG: &str = "defaultFlag";
/// The flag of a callback that is no longer called.
pub(crate) const INACTIVE_FLAG: &str = "inactiveFlag";

/// The member who changes a record, and the time of the change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AuditStamp<'a> {
    pub(crate) date: &'a str,
    pub(crate) member: &'a str,
}

/// Returns a record's `_info` object, adding it if necessary.
pub(crate) fn info(record: &mut Map<String, Value>) -> &mut Map<String, Value> {
    let info = record.entry(INFO).or_insert_with(|| Value::Object(Map::new()));
    if !info.is_object() {
        *info = Value::Object(Map::new());
    }
    match info {
        Value::Object(info) => info,
        _ => unreachable!("it has just been made an object"),
    }
}

/// Writes the audit fields of a new record.
pub(crate) fn stamp_created(record: &mut Map<String, Value>, stamp: AuditStamp<'_>) {
    let info = info(record);
    for (name, value) in [
        ("lastUpdated", stamp.date),
        ("updatedBy", stamp.member),
        ("dateEntered", stamp.date),
        ("enteredBy", stamp.member),
    ] {
        info.insert(name.to_owned(), Value::from(value));
    }
}

/// Writes the audit fields of a changed record.
pub(crate) fn stamp_updated(record: &mut Map<String, Value>, stamp: AuditStamp<'_>) {
    let info = info(record);
    info.insert("lastUpdated".to_owned(), Value::from(stamp.date));
    info.insert("updatedBy".to_owned(), Value::from(stamp.member));
}

/// Adds the audit fields that a record lacks.
pub(crate) fn stamp_missing(record: &mut Map<String, Value>, stamp: AuditStamp<'_>) {
    let info = info(record);
    for name in ["lastUpdated", "dateEntered"] {
        info.entry(name).or_insert_with(|| Value::from(stamp.date));
    }
    for name in ["updatedBy", "enteredBy"] {
        info.entry(name).or_insert_with(|| Value::from(stamp.member));
    }
}

/// Returns the value of an audit field that some schemas have outside `_info`.
pub(crate) fn audit_value<'a>(field: &str, stamp: AuditStamp<'a>) -> Option<&'a str> {
    match field {
        "dateEntered" | "dateCreated" | "createdOnDate" | "lastUpdated" => Some(stamp.date),
        "enteredBy" | "createdBy" | "updatedBy" => Some(stamp.member),
        _ => None,
    }
}

/// Returns the value that references show for a record field. Records without a name show a person's names, a
/// description or a similar field instead. `text` returns a text field of the record.
pub(crate) fn display_value(field: &str, text: impl Fn(&str) -> Option<String>) -> Option<String> {
    if let Some(own) = text(field) {
        return Some(own);
    }
    if field != "name" {
        return None;
    }
    let person = || {
        let names: Vec<String> = ["firstName", "lastName"].into_iter().filter_map(&text).collect();
        (!names.is_empty()).then(|| names.join(" "))
    };
    person()
        .or_else(|| ["description", "summary", "identifier", "caption", "title"].into_iter().find_map(&text))
}

/// Returns the name of a reference's link, `company_href`. `schema` is the reference's schema; without one, the
/// link is named after the target's `noun`.
pub(crate) fn link_name(schema: Option<&str>, noun: &str) -> String {
    let noun = match schema {
        // A status is linked as `status_href` regardless of its module, and a communication type as `type_href`.
        Some(schema) => {
            let noun = reference_target(schema).unwrap_or(schema);
            let short = ["Service", "Communication"].iter().find_map(|module| noun.strip_prefix(module));
            short.filter(|rest| !rest.is_empty()).unwrap_or(noun)
        }
        None => noun,
    };
    format!("{}_href", lower_first(noun))
}

/// Returns the schema that a reference schema points to: `Company` for `CompanyReference`.
pub(crate) fn reference_target(schema: &str) -> Option<&str> {
    schema.strip_suffix("Reference")
}

/// Separates the words of a schema name: `PurchaseOrder` becomes `Purchase Order`.
pub(crate) fn spaced(name: &str) -> String {
    let mut words = String::new();
    for (at, letter) in name.char_indices() {
        if at > 0 && letter.is_ascii_uppercase() {
            words.push(' ');
        }
        words.push(letter);
    }
    words
}

/// Lowercases the first letter of a name.
pub(crate) fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().into_iter().flat_map(char::to_lowercase).chain(chars).collect()
}
