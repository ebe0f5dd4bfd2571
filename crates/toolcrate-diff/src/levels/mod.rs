//! The levels at which two releases are compared, with a module for each.

pub mod contract;
pub mod http;
pub mod rust;
pub mod rust_models;
pub mod schemas;
pub mod tools;
pub mod type_renames;
