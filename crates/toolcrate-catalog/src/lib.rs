//! The format of a tool catalog, as serde types.
//!
//! A generator writes values of these types, one JSON record per line, and everything else reads them. The
//! central type is [`ToolRecord`]: it says what an operation *is* ([`kind`](ToolRecord::kind),
//! [`collection`](ToolRecord::collection), [`target`](ToolRecord::target)), where each argument goes
//! ([`RequestRecord::arguments`] and [`ShapeRecord::location`]) and what comes back ([`ResponseRecord`]).
//!
//! A catalog is read in two steps. The index ([`IndexEntry`]) is parsed at startup and answers the questions
//! that come up for every tool. A record is parsed when its tool is used.
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

mod argument;
mod index;
mod json;
mod kind;
mod method;
pub mod placeholder;
mod record;
mod rule;
mod table;
mod text;
mod tool;
mod write;

pub use argument::{ArgumentLocation, ArgumentTarget, FieldStyle, PathType, Relation};
pub use index::{IndexEntry, IndexError};
pub use json::{Properties, RawJson};
pub use kind::{OperationKind, OperationTarget, OperationVariant, ToolClass, ToolReach, UnknownToolClass};
pub use method::Method;
pub use record::{
    AliasRecord, CollectionRecord, FilterKind, FilterRecord, FilterScalar, LifecycleNeighbor, LifecycleStep,
    SchemaRecord, ShapeRecord,
};
pub use rule::{AnyOfRule, WarningRule};
pub use table::RecordTable;
pub use text::{CatalogText, IndexedTool, RecordText};
pub use tool::{
    Annotations, BindingRecord, BodyFormat, HttpOperation, OperationRef, RequestRecord, ResponseContent,
    ResponseRecord, SchemaRef, ToolInput, ToolRecord, ToolSummary,
};
pub use write::{CatalogFiles, NamedRecord};
