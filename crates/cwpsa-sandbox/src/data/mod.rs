//! Loads a tenant's data: the seed records in the crate's `data/` folder, the user's own records, generated records for
//! large tenants, and the rules file.

mod error;
mod relative_date;
mod rules_file;
mod scale;
mod seed_records;
mod tenant;

pub(crate) use error::DataError;
pub(crate) use rules_file::{RulesFile, collection_at};
pub(crate) use tenant::load_tenant;
