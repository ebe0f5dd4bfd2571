//! Serves the catalog of an API that the crate knows nothing about.

mod accounts;
mod library;
mod library_server;
mod middleware;
