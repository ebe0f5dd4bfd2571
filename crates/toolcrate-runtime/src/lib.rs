//! Executes typed requests and catalog tools for a generated API crate.
//!
//! A generated crate describes an API as data: models are plain structs, operations are functions that create a
//! [`Request`], and tools are lines of text. This crate provides the implementation: serialization code for all models,
//! the [`Client`], and the [`Error`] type.
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
//!
//! | feature | effect |
//! | --- | --- |
//! | `tools` | tool calls: the catalog, JSON argument validation, provider dialects |
//! | `packed` | catalogs that are stored compressed |
//! | `tracing` | a span for each request, following OpenTelemetry's semantic conventions |
//! | `gzip` | support for compressed responses |

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod api;
mod call;
mod client;
#[cfg(feature = "tools")]
mod cpu_bound;
mod credentials;
#[cfg(feature = "tools")]
mod cursor;
mod custom_fields;
mod date;
#[cfg(feature = "tools")]
mod date_suggestion;
#[cfg(feature = "tools")]
pub mod dialect;
mod download;
mod error;
mod filter;
mod form;
mod form_fields;
#[cfg(feature = "tools")]
mod host_arguments;
#[cfg(feature = "tools")]
mod json_text;
mod model;
mod nearest;
mod paging;
mod parameter_style;
mod patch;
mod path;
mod path_value;
mod query;
mod query_pairs;
mod rate_limit;
mod request;
mod response;
mod scheme_credentials;
mod secret;
mod selection;
mod text;
pub mod tls;
mod to_json;
#[cfg(feature = "tools")]
mod tool;
mod transport;
mod transport_error;
mod unknown_fields;
mod value;

#[doc(no_inline)]
pub use bytes::Bytes;
#[doc(no_inline)]
pub use http::{self, HeaderMap, HeaderValue};
#[doc(no_inline)]
pub use reqwest;
#[doc(no_inline)]
pub use serde_core as serde;
#[doc(no_inline)]
pub use serde_json::{self, Value};
#[doc(no_inline)]
pub use toolcrate_catalog::{
    self as catalog, FieldStyle, FilterScalar, Method, ParameterLocation, ParameterStyle,
};
#[cfg(feature = "tools")]
#[doc(no_inline)]
pub use toolcrate_catalog::{
    Annotations, HttpOperation, OperationKind, OperationTarget, OperationVariant, Relation, ToolClass,
    ToolReach, ToolRecord, ToolSummary,
};

pub use api::{
    Api, CustomFieldDefinitions, CustomFieldKind, CustomFields, ErrorShape, ExtraField, FilterGrammar,
    Paging, PatchPaths,
};
pub use client::{Client, ClientBuilder, HttpTransport, PreparedBody, PreparedRequest, RetryPolicy};
#[cfg(feature = "tools")]
#[doc(hidden)]
pub use cpu_bound::{cpu_permit, run_cpu_bound, start_cpu_bound};
pub use credentials::{Credentials, basic, bearer};
#[cfg(feature = "tools")]
pub use cursor::CursorKey;
#[cfg(feature = "tools")]
pub use custom_fields::Account;
pub use custom_fields::CustomField;
#[cfg(feature = "tools")]
pub use dialect::{Declaration, Dialect};
pub use download::Download;
pub use error::{Delivery, Error, ErrorKind, FieldError, Fix, FixOperation};
pub use filter::{FieldComparison, Filter, FilterOperand};
pub use form::Form;
#[cfg(feature = "tools")]
pub use host_arguments::HostArguments;
#[cfg(feature = "tools")]
pub use json_text::replace_lone_surrogates;
pub use model::{OpenEnum, OptionalField, SetNull, SkippedItem, field_path};
pub use paging::{Items, Next, Page, Pages, ParseNextError};
pub use patch::Patch;
pub use path_value::PathValue;
pub use query::Query;
pub use query_pairs::{ParameterValue, QueryPairs};
pub use rate_limit::RateLimit;
pub use request::Request;
pub use response::{FromResponse, RawResponse, Response};
pub use scheme_credentials::{ClientCredentials, ClientSecretPlacement, SchemeCredentials};
pub use secret::Secret;
pub use selection::{Selection, SortField};
pub use to_json::ToJson;
#[cfg(feature = "tools")]
pub use tool::{
    ArgumentSchema, Arguments, Catalog, ExecuteOptions, Lookup, NameStyle, Omitted, Outcome, PreparedCall,
    Prerequisites, ProvidedArgument, Reinterpretation, Source, TooBig, Tool, json_size, tool_name_spellings,
};
pub use transport::{
    Transport, TransportError, TransportErrorKind, TransportFn, TransportFuture, UrlTemplate, transport_fn,
};
pub use transport_error::transport_error_message;
pub use unknown_fields::UnknownFields;
pub use value::{Date, InvalidValueError, Number, Timestamp};

/// Items for macros and generated code only; they may change in any release.
#[doc(hidden)]
pub mod __private {
    pub use crate::model::{
        FieldMut, FieldRef, ListValue, MapValue, ModelFields, ModelValue, OpenEnumMut, OptionalValue,
        ServerFields, UnionValue, ValueMut, ValueRef, VariantTest, complete, deserialize_into, fields_absent,
        fields_equal, fmt_debug, serialize_fields,
    };
}
