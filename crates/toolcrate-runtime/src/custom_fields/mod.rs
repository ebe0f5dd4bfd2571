//! Custom fields: fields that an account defines.
//!
//! A model sees them as an object keyed by caption; the API represents them as a list keyed by definition ID. The
//! account's definitions, with their types, options and IDs, are fetched at run time and used once known.

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
