//! Runs calls through all stages, against a mock server.

mod approvals;
mod audit;
#[path = "../../src/fixture.rs"]
#[allow(dead_code, reason = "the unit tests use the rest")]
mod fixture;
mod harness;
mod idempotency;
mod outcomes;
