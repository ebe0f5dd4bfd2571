//! An in-memory store for queues, and for values up to a memory limit.

mod budget;
mod queue;
mod store;
mod values;

pub use store::MemoryStore;
