//! Helpers of the tests.

pub mod engine;
pub mod fake_engine;
pub mod http;
