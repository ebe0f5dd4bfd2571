//! Tests every store implementation against the contract, and the additional features of each.

mod contract;
mod file;
mod memory;
mod open;
mod redis;
