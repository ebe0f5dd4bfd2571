//! What goes into the engine and what comes out of it, free of any network.

use bytes::Bytes;
use connectwise_psa::runtime::Value;
use http::{HeaderMap, Method, StatusCode};

/// One request, read whole.
#[derive(Clone, Debug)]
pub struct Call {
    /// The verb.
    pub method: Method,
    /// The path below the API's root, percent-encoded as it came: `/service/tickets/8812`.
    pub path: String,
    /// The query, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; empty where there is none.
    pub body: Bytes,
    /// Where the API's root is, as the caller sees it (`http://127.0.0.1:9090/v4_6_release/apis/3.0`): links
    /// in answers start with it.
    pub root: String,
}

/// What the caller gets.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers, content type among them.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// What happened to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is new.
    Added,
    /// It changed.
    Updated,
    /// It is gone.
    Deleted,
}

/// A change of a record, told after it was stored.
#[derive(Clone, Debug)]
pub struct Event {
    /// What happened.
    pub action: Action,
    /// The path of the record's collection as in the spec: `/service/tickets`.
    pub collection: String,
    /// The record's id.
    pub id: i64,
    /// The record as it is answered; of a deleted one, as it was.
    pub record: Value,
}
