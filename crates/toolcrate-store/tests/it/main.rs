//! The contract of every store, and the additional features of each.

mod contract;
mod file;
mod memory;
mod open;
mod redis;
