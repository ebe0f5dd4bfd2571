//! Serves another vendor's generated crate, the golden `library` from the generator's tests.

mod library;
mod protocol;
mod streamable_http;
