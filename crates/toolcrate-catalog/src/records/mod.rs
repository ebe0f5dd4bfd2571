//! The records in a catalog, the index of its tools, and the files that contain them.

mod argument;
mod index;
mod json;
mod kind;
pub mod placeholder;
mod record;
mod rule;
mod summary;
mod table;
mod text;
mod tool;
mod write;

pub use argument::{ArgumentLocation, ArgumentTarget, PathType, Relation};
pub use index::{IndexEntry, IndexError};
pub use json::{Properties, RawJson};
pub use kind::{OperationKind, OperationTarget, OperationVariant, ToolClass, ToolReach, UnknownToolClass};
pub use record::{
    AliasRecord, CollectionRecord, FilterKind, FilterRecord, LifecycleNeighbor, LifecycleStep, SchemaRecord,
    ShapeRecord,
};
pub use rule::{AnyOfRule, WarningRule};
pub use summary::ToolSummary;
pub use table::RecordTable;
pub use text::{CatalogText, IndexedTool, RecordText};
pub use tool::{
    Annotations, BindingRecord, BodyFormat, HttpOperation, OperationRef, RequestRecord, ResponseContent,
    ResponseRecord, SchemaRef, ToolInput, ToolRecord,
};
pub use write::{CatalogFiles, NamedRecord};
