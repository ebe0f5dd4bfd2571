//! Test helpers.

pub mod engine;
pub mod fake_engine;
pub mod http;
