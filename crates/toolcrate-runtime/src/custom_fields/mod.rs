//! Custom fields: the fields that an account defines for itself.
//!
//! A model sees them as an object keyed by caption; the API holds them as a list keyed by the id of a definition. The
//! account's definitions, with their types, options and ids, are read at run time and used where they are known.

mod account;
mod account_fields;
mod convert;
mod definition;
mod field_schema;

pub use account::Account;
pub(crate) use account_fields::{AccountFields, FieldScope};
pub(crate) use convert::{emptied_item, from_api, is_same_field, to_api};
pub use definition::CustomField;
pub(crate) use field_schema::with_custom_fields;

#[cfg(test)]
mod tests;
