//! Executes typed requests and catalog tools of a generated API crate.
//!
//! A generated crate brings the description of an API as data: models as [tables](Table), operations as
//! functions that make a [`Request`], tools as lines of text. This crate brings everything that works: one
//! reader and writer for all models, one [`Client`], one [`Error`].
//!
//! ```
//! use toolcrate_runtime::{Api, Client, Credentials, Error, HeaderMap, Method, Request, Secret, Value, bearer};
//!
//! struct Token(Secret);
//!
//! impl Credentials for Token {
//!     fn apply(&self, headers: &mut HeaderMap) -> Result<(), Error> {
//!         headers.insert("authorization", bearer(&self.0)?);
//!         Ok(())
//!     }
//! }
//!
//! async fn order(api: &'static Api, id: i32) -> Result<Value, Error> {
//!     let client = Client::builder(api)
//!         .base_url("https://api.example.com/v1")
//!         .credentials(Token(Secret::from("…")))
//!         .build()?;
//!     client.send(&Request::new(Method::Get, "/orders/{id}").path("id", id)).await
//! }
//! ```

mod answer;
mod api;
mod call;
mod client;
mod credentials;
mod cursor;
mod custom;
mod date;
pub mod dialect;
mod download;
mod encode;
mod error;
mod extra;
mod filter;
mod form;
pub mod outgoing;
mod paging;
mod parameter;
mod patch;
mod path;
mod query;
mod rate_limit;
mod request;
mod response;
mod secret;
mod table;
mod tool;

#[doc(no_inline)]
pub use http::{self, HeaderMap, HeaderValue};
#[doc(no_inline)]
pub use serde;
#[doc(no_inline)]
pub use serde_json::{self, Value};
#[doc(no_inline)]
pub use toolcrate_catalog::{
    self as catalog, Annotations, HttpOperation, Method, OperationKind, OperationTarget, OperationVariant,
    Relation, ToolClass, ToolRecord, ToolSummary,
};

pub use answer::{Answer, RawResponse};
pub use api::{
    Api, CustomFieldDefinitions, CustomFieldKind, CustomFields, ErrorShape, FilterGrammar, Paging, PatchPaths,
};
pub use client::{Client, ClientBuilder, PreparedBody, PreparedRequest, RetryPolicy};
pub use credentials::{Credentials, basic, bearer};
pub use cursor::CursorKey;
pub use custom::{Account, CustomField};
pub use dialect::{Declaration, Dialect};
pub use download::Download;
pub use encode::Encode;
pub use error::{Delivery, Error, ErrorKind, FieldError};
pub use extra::Extra;
pub use form::Form;
pub use paging::{Next, Page};
pub use parameter::{ParameterValue, PathValue};
pub use patch::Patch;
pub use query::{Query, QueryPairs};
pub use rate_limit::RateLimit;
pub use request::Request;
pub use response::Response;
pub use secret::Secret;
pub use table::{
    AnyChoice, AnySlot, Choice, Entries, Field, List, Look, Place, Slot, Table, View, debug, decode,
    encode_table, equal,
};
pub use tool::{
    ArgumentSchema, Arguments, Catalog, ExecuteOptions, Gives, Lookup, Omitted, Outcome, PreparedCall,
    Prerequisites, Reinterpretation, Source, TooBig, Tool, json_size,
};
