//! Fields that an account defines for itself. A model sees them as an object by caption; the API holds them as a
//! list keyed by the id of a definition. What the account's definitions say about types, choices and ids is read
//! at run time and used where it is known.

mod account;
mod convert;
mod definition;

pub use account::Account;
pub(crate) use account::{Definitions, Known};
pub(crate) use convert::{emptied_item, from_api, is_same_field, to_api};
pub use definition::CustomField;

#[cfg(test)]
mod tests;
