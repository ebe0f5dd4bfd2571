//! Verifies callbacks from a mock account, directly and through the axum example.

mod example;
mod host;
mod verifier;
