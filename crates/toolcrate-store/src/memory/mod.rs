//! An in-memory store: values within a budget, and queues.

mod budget;
mod queue;
mod store;
mod values;

pub use store::MemoryStore;
