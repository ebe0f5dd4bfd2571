//! The comparison levels.

pub mod contract;
pub mod http;
pub mod rust;
pub mod rust_models;
pub mod schemas;
pub mod tools;
pub mod type_renames;
