//! Generates a typed Rust client and a tool catalog from an OpenAPI 3.0 document.
//!
//! Data flows one way, load → repair → lower → name → relate → emit → write; each stage is one module
//! with one public entry function and can be tested alone. What differs between two APIs is in the
//! profile and the overlay ([`config`]), never in this crate.

pub mod config;
pub mod diagnostic;
pub mod diff;
pub mod emit;
mod generate;
pub mod ir;
pub mod load;
pub mod lower;
pub mod name;
pub mod relate;
pub mod repair;
pub mod write;

pub use generate::{Generated, Options, generate};
