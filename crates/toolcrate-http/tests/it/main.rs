//! Serves the catalog of an API that the crate doesn't know about: the example API in the generator's expected test
//! output.

#[path = "../../../../codegen/tests/golden/library/expected/src/api.rs"]
#[rustfmt::skip]
#[allow(dead_code)]
mod api;
#[path = "../../../../codegen/tests/golden/library/expected/src/catalog.rs"]
#[rustfmt::skip]
mod catalog;

mod accounts;
mod filters;
mod hostile_callers;
mod library;
mod library_server;
mod middleware;

/// The generated crate.
mod city_library {
    pub(crate) use crate::api::{API, Credentials};
    pub(crate) use crate::catalog::CATALOG;
}

use api::API;
