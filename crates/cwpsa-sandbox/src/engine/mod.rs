//! The engine, driven by the catalog. Each of its layers imports only the layers before it:
//!
//! 1. [`store`]: records and files, in memory and on disk;
//! 2. [`reference`], [`synthetic`]: references to records, and records generated from schemas;
//! 3. [`transaction`]: changes that can be rolled back;
//! 4. [`query`]: conditions, ordering, projections, and lists of records;
//! 5. [`rule`]: the one trait through which the engine calls rules; [`crud`], [`attach`]: complete
//!    writes;
//! 6. [`handlers`]: what each kind of operation does; [`sandbox`]: locking, commits and events;
//! 7. [`server`]: networking.

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
