//! The contract of every store, and the additions of each.

mod contract;
mod file;
mod memory;
mod open;
mod redis;
