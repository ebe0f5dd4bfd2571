//! The one writer of all models. Absent members are not written; members that the table does not know are
//! written after the known ones.

use std::fmt;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::{Look, Table, View};

/// Writes a table as an object.
///
/// # Errors
/// Whatever the format reports.
pub fn encode_table<S: Serializer>(table: &dyn Table, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    let names = table.names();
    for (index, name) in names.iter().enumerate() {
        // Leaves are written from here, without the way through `Look`: there are many of them.
        match table.view(index) {
            View::Boolean(None) | View::Integer(None) | View::Long(None) => {}
            View::Number(None) | View::Text(None) => {}
            View::Boolean(Some(value)) => map.serialize_entry(name, &value)?,
            View::Integer(Some(value)) => map.serialize_entry(name, &value)?,
            View::Long(Some(value)) => map.serialize_entry(name, &value)?,
            View::Number(Some(value)) => map.serialize_entry(name, &value)?,
            View::Text(Some(value)) => map.serialize_entry(name, value)?,
            View::Other(slot) => {
                if let Some(value) = slot.look() {
                    map.serialize_entry(name, &value)?;
                }
            }
        }
    }
    for (name, value) in table.extra().iter() {
        // A member that both sides have would give an object with the same name twice.
        if !names.contains(&name) {
            map.serialize_entry(name, value)?;
        }
    }
    map.end()
}

/// Whether two tables of one type have the same members.
pub fn equal(a: &dyn Table, b: &dyn Table) -> bool {
    let same = |index| a.view(index).look() == b.view(index).look();
    (0..a.names().len()).all(same) && a.extra() == b.extra()
}

impl PartialEq for Look<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (*self, *other) {
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::Integer(a), Self::Integer(b)) => a == b,
            (Self::Long(a), Self::Long(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Object(a), Self::Object(b)) => equal(a, b),
            (Self::List(a), Self::List(b)) => {
                a.len() == b.len() && (0..a.len()).all(|index| a.item(index) == b.item(index))
            }
            (Self::Map(a), Self::Map(b)) => a.entries().eq(b.entries()),
            (Self::Any(a), Self::Any(b)) => a == b,
            _ => false,
        }
    }
}

impl Serialize for Look<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Boolean(value) => serializer.serialize_bool(value),
            Self::Integer(value) => serializer.serialize_i32(value),
            Self::Long(value) => serializer.serialize_i64(value),
            Self::Number(value) => serializer.serialize_f64(value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::Object(table) => encode_table(table, serializer),
            Self::List(list) => {
                let mut seq = serializer.serialize_seq(Some(list.len()))?;
                let mut index = 0;
                while let Some(item) = list.item(index) {
                    seq.serialize_element(&item)?;
                    index += 1;
                }
                seq.end()
            }
            Self::Map(entries) => {
                let mut map = serializer.serialize_map(None)?;
                for (key, value) in entries.entries() {
                    map.serialize_entry(key, &value)?;
                }
                map.end()
            }
            Self::Any(value) => value.serialize(serializer),
        }
    }
}

impl Look<'_> {
    /// The value as JSON text.
    pub fn to_json(&self) -> String {
        // Writing to memory can't fail, and neither can a value whose keys are all text.
        serde_json::to_string(self).unwrap_or_else(|_| "null".to_owned())
    }
}

/// Prints a table for `Debug`: the type's name and the object as JSON.
///
/// # Errors
/// Whatever the formatter reports.
pub fn debug(name: &str, table: &dyn Table, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{name} {}", Look::Object(table).to_json())
}
