//! The comparison levels.

pub mod contract;
pub mod http;
pub mod rust;
pub mod schemas;
pub mod tools;
