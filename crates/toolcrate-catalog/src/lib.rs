//! Defines the tool catalog format as serde types.
//!
//! A generator writes values of these types, one JSON record per line, and all other crates read them. The central type
//! is [`ToolRecord`]: it states what an operation *is* ([`kind`](ToolRecord::kind),
//! [`collection`](ToolRecord::collection), [`target`](ToolRecord::target)), where each argument goes
//! ([`RequestRecord::arguments`] and [`ShapeRecord::location`]) and what comes back ([`ResponseRecord`]).
//!
//! A catalog is read in two steps. The index ([`IndexEntry`]) is parsed at startup and holds what is needed for every
//! tool. A record is parsed when its tool is used.
//!
//! Without the `records` feature, which is enabled by default, the crate contains only the few types that a typed
//! client needs, and has no dependencies. With the `packed` feature, a catalog's files can be stored compressed.
//!
//! ```
//! use toolcrate_catalog::{Method, OperationKind, ToolRecord};
//!
//! let line = r#"{
//!     "name": "list_all_shop_orders", "short_name": "list_all_orders",
//!     "title": "List orders", "description": "List orders. Paginated.",
//!     "class": "read", "module": "sales", "kind": "list", "collection": "/sales/orders",
//!     "annotations": {"readOnlyHint": true, "idempotentHint": true},
//!     "http": {"method": "GET", "path": "/sales/orders"},
//!     "input": {"shape": "query list"},
//!     "response": {"content": "json", "schema": "Order", "list": true}
//! }"#;
//! let tool: ToolRecord<'_> = serde_json::from_str(line)?;
//! assert_eq!(tool.kind, OperationKind::List);
//! assert_eq!(tool.http.method, Method::Get);
//! assert_eq!(tool.collection.as_deref(), Some("/sales/orders"));
//! # Ok::<(), serde_json::Error>(())
//! ```

mod method;
#[cfg(feature = "packed")]
mod packed;
mod parameter;
#[cfg(feature = "records")]
mod records;
mod scalar;

pub use method::Method;
#[cfg(feature = "packed")]
pub use packed::{pack, unpack};
pub use parameter::{ParameterLocation, ParameterStyle};
#[cfg(feature = "records")]
pub use records::*;
pub use scalar::{FieldStyle, FilterScalar};
