//! Helpers for the integration tests: models like those that a generator writes, and a small server.

#![allow(dead_code, reason = "every test file uses its own part of this")]

pub mod model;

use std::time::Duration;

use toolcrate_runtime::catalog::{
    AliasRecord, CatalogFiles, CatalogText, SchemaRecord, ShapeRecord, ToolRecord,
};
use toolcrate_runtime::serde::Deserialize;
use toolcrate_runtime::{
    Api, Client, ClientBuilder, Credentials, Error, ErrorShape, HeaderMap, Paging, PatchPaths, Secret, basic,
};
use toolcrate_testing::scripted_server::ScriptedServer;

pub static API: Api = Api {
    accept: "application/vnd.orders+json; version=1",
    paging: Paging::Page { page: "page", size: "pageSize", max_size: 100 },
    errors: ErrorShape {
        code: &["/code", "/error"],
        message: &["/message"],
        list: &["/errors"],
        item_code: &["/code"],
        item_message: &["/message"],
        item_field: &["/field"],
    },
    patch_paths: PatchPaths::Bare,
    trim: &["_info"],
    fields_parameter: Some("fields"),
    ..Api::new("Orders", "orders/1.0")
};

pub const PASSWORD: &str = "pr1vate-k3y";

/// Basic credentials, and a second secret that isn't marked as one.
pub struct TestCredentials;

impl Credentials for TestCredentials {
    fn apply(&self, headers: &mut HeaderMap) -> Result<(), Error> {
        headers.insert("authorization", basic("acme+public", &Secret::from(PASSWORD))?);
        headers.insert("client-key", PASSWORD.parse().expect("a header value"));
        Ok(())
    }
}

pub fn builder(server: &ScriptedServer) -> ClientBuilder {
    Client::builder(&API)
        .base_url(server.url("/api/"))
        .credentials(TestCredentials)
        .timeout(Duration::from_secs(60))
}

pub fn client(server: &ScriptedServer) -> Client {
    builder(server).build().expect("a client")
}

/// Creates a catalog with these records, one per line.
pub fn catalog(tools: &str, shapes: &str, schemas: &str, aliases: &str) -> CatalogText {
    let tools = records::<ToolRecord<'_>>(tools);
    let mut files = CatalogFiles::new();
    files.add_tools(&tools).expect("records");
    files.add_records("shapes", records::<ShapeRecord<'_>>(shapes)).expect("records");
    files.add_records("schemas", records::<SchemaRecord<'_>>(schemas)).expect("records");
    files.add_aliases(&records::<AliasRecord<'_>>(aliases)).expect("records");
    let files = files.into_files();
    CatalogText::leak(files.iter().map(|(path, text)| (path.as_str(), text.as_str())))
}

fn records<'t, T: Deserialize<'t>>(text: &'t str) -> Vec<T> {
    text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect()
}
