//! The engine, which processes requests using the information in the catalog. It consists of layers, and each one
//! imports only the layers before it:
//!
//! 1. [`store`] keeps records and files, in memory and on disk.
//! 2. [`reference`] resolves references to records, and [`synthetic`] generates records from schemas.
//! 3. [`transaction`] makes changes that can be rolled back.
//! 4. [`query`] handles conditions, ordering, projections and lists of records.
//! 5. [`rule`] is the trait through which the engine calls rules, and [`crud`] and [`attach`] perform complete writes.
//! 6. [`handlers`] implements each kind of operation, and [`sandbox`] adds locking, commits and events.
//! 7. [`server`] handles networking.

pub(crate) mod attach;
pub(crate) mod crud;
pub(crate) mod handlers;
pub(crate) mod mock_engine;
pub mod query;
pub(crate) mod reference;
pub(crate) mod rule;
pub(crate) mod sandbox;
pub mod server;
pub(crate) mod store;
pub(crate) mod synthetic;
pub(crate) mod transaction;
pub(crate) mod write_body;
