//! Integration tests: one binary, one module per subject.

mod aliases;
mod errors;
mod models;
mod prerequisites;
mod requests;
mod speed;
mod support;
mod tools;
mod writes;
