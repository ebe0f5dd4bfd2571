//! Verifies callbacks from a mock account, both directly and through the axum example.

mod example;
mod host;
mod verifier;
