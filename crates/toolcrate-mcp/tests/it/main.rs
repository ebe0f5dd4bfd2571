//! Serves a generated crate of another vendor, the golden `library` of the generator's tests.

mod library;
mod protocol;
mod streamable_http;
