//! An in-memory store. Values are limited to a memory budget; queues aren't.

mod budget;
mod queue;
mod store;
mod values;

pub use store::MemoryStore;
