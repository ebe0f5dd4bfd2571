//! A small library API for tests.

use std::sync::LazyLock;
use std::time::Duration;

use serde::Deserialize;
use toolcrate_runtime::catalog::{CatalogFiles, CatalogText, SchemaRecord, ToolRecord};
use toolcrate_runtime::{
    Api, Catalog, Client, Credentials, CustomFieldDefinitions, CustomFieldKind, CustomFields, Error,
    ErrorShape, HeaderMap, Paging,
};

pub(crate) static API: Api = Api {
    paging: Paging::Page { page: "page", size: "pageSize", max_size: 100 },
    errors: ErrorShape {
        code: &["/code"],
        message: &["/message"],
        list: &["/errors"],
        item_code: &["/code"],
        item_message: &["/message"],
        item_field: &["/field"],
    },
    custom_fields: Some(CustomFields {
        member: "customFields",
        key: "id",
        caption: "caption",
        value: "value",
        definitions: Some(CustomFieldDefinitions {
            path: "/customFields",
            kind: "type",
            kinds: &[("Number", CustomFieldKind::Number)],
            required: "required",
            read_only: "readOnly",
            options: "options",
            option: "value",
            inactive: "inactive",
            screen_fields: &["record"],
            records: &[],
            screen_words: &[],
        }),
    }),
    ..Api::new("Library", "library/1.0")
};

pub(crate) static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let tools = concat!(
        include_str!("../tests/fixtures/catalog.jsonl"),
        include_str!("../tests/fixtures/loans.jsonl")
    );
    let mut files = CatalogFiles::new();
    files.add_tools(&records::<ToolRecord<'_>>(tools)).unwrap();
    let schemas = records::<SchemaRecord<'_>>(include_str!("../tests/fixtures/schemas.jsonl"));
    files.add_records("schemas", schemas).unwrap();
    let files = files.into_files();
    Catalog::new(&API, CatalogText::leak(files.iter().map(|(path, text)| (path.as_str(), text.as_str()))))
});

fn records<'t, T: Deserialize<'t>>(text: &'t str) -> Vec<T> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Credentials for an API that requires none.
struct NoCredentials;

impl Credentials for NoCredentials {
    fn apply(&self, _: &mut HeaderMap) -> Result<(), Error> {
        Ok(())
    }
}

/// Creates a client for the library at `base_url`.
pub(crate) fn client(base_url: &str) -> Client {
    // Only the first of several tests in a process installs it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder(&API).base_url(base_url).credentials(NoCredentials);
    builder.timeout(Duration::from_secs(5)).build().unwrap()
}
