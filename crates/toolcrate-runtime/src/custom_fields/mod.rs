//! Custom fields: the fields that an account defines for itself.
//!
//! A model sees them as an object keyed by caption; the API holds them as a list keyed by the id of a definition. The
//! account's definitions, with their types, options and ids, are read at run time and used where they are known.

mod account;
mod account_fields;
mod convert;
mod definition;

pub use account::Account;
pub(crate) use account::with_custom_fields;
pub(crate) use account_fields::{AccountFields, FieldScope};
pub(crate) use convert::{emptied_item, from_api, is_same_field, to_api};
pub use definition::CustomField;

#[cfg(test)]
mod tests;
