//! Serves the generated crate of another API: `library`, from the expected output of the generator's tests.

mod library;
mod protocol;
mod streamable_http;
