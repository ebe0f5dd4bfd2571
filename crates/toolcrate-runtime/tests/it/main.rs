//! Integration tests, in one binary with a module for each topic.

mod aliases;
mod argument_limits;
mod custom_fields;
mod errors;
mod filters;
mod models;
mod prerequisites;
mod requests;
mod security;
mod spans;
mod speed;
mod support;
mod tools;
mod transports;
mod writes;
