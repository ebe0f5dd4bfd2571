//! Helpers of the end-to-end tests that are used here too. This is the only place that includes them.

#[allow(dead_code)]
#[path = "../../../../../tests/src/planned.rs"]
pub mod planned;
#[allow(dead_code)]
#[path = "../../../../../tests/src/random.rs"]
pub mod random;
#[allow(dead_code)]
#[path = "../../../../../tests/src/sample.rs"]
pub mod sample;
