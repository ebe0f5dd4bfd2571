//! Custom fields, which are fields that an account defines.
//!
//! Callers identify custom fields by caption, both in tool arguments and in typed patches, but the API represents them
//! as a list with definition IDs. The account's definitions, with their types, options and IDs, are fetched at run time
//! and used as soon as they are known.

#[cfg(feature = "tools")]
mod account;
mod account_fields;
mod captioned;
mod captioned_values;
#[cfg(feature = "tools")]
mod convert;
mod definition;
mod definitions;
#[cfg(feature = "tools")]
mod field_schema;
mod item;

#[cfg(feature = "tools")]
pub use account::Account;
pub(crate) use account_fields::AccountFields;
#[cfg(feature = "tools")]
pub(crate) use account_fields::FieldScope;
pub(crate) use captioned_values::CaptionedValues;
#[cfg(feature = "tools")]
pub(crate) use convert::{emptied_item, from_api, is_same_field, to_api};
pub use definition::CustomField;
#[cfg(feature = "tools")]
pub(crate) use field_schema::with_custom_fields;

#[cfg(all(test, feature = "tools"))]
mod tests;
