//! The requests, responses and change events that the engine exchanges with its callers. They don't depend on a
//! network.

use bytes::Bytes;
use connectwise_psa::runtime::Value;
use http::{HeaderMap, Method, StatusCode};

/// A request with its complete body.
#[derive(Clone, Debug)]
pub struct MockRequest {
    /// The HTTP method.
    pub method: Method,
    /// The path below the API's base path, percent-encoded: `/service/tickets/8812`.
    pub path: String,
    /// The decoded query parameters, in order.
    pub query: Vec<(String, String)>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; empty if there is none.
    pub body: Bytes,
    /// The base URL as seen by the caller (`http://127.0.0.1:9090/v4_6_release/apis/3.0`). Links in responses
    /// start with it.
    pub base_url: String,
}

/// A response with its complete body.
#[derive(Clone, Debug)]
pub struct MockResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers, including the content type.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// How a record changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordChangeKind {
    /// The record was created.
    Added,
    /// The record was changed.
    Updated,
    /// The record was deleted.
    Deleted,
}

/// A record change, emitted after it has been stored.
#[derive(Clone, Debug)]
pub struct ChangeEvent {
    /// How the record changed.
    pub kind: RecordChangeKind,
    /// The path of the record's collection as in the spec: `/service/tickets`.
    pub collection: String,
    /// The record's ID.
    pub id: i64,
    /// The record as the API returns it; for a deleted record, its last state.
    pub record: Value,
}
