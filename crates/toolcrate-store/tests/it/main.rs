//! What every store promises, and what each of them adds.

mod contract;
mod file;
mod memory;
mod open;
mod redis;
