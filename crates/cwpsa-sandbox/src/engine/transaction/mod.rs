//! Transactions: every change to the tenant goes through a [`Transaction`], which can be rolled back.
//!
//! This is the lowest layer above the store. It checks bodies against the catalog, resolves references and fills in
//! defaults. The layers above combine these steps with the rules to perform complete writes.

mod changes;
mod custom_fields;
mod defaults;
mod patch;
mod references;
mod referential_integrity;
mod validation;

pub(crate) use changes::Transaction;
pub(crate) use patch::apply_patch;
pub(crate) use referential_integrity::find_uses;
pub(crate) use validation::{BodyValidator, expect_object};
