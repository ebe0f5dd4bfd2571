//! An operation: its path, its kind, and the collection it works on.

use std::sync::OnceLock;

use connectwise_psa::runtime::catalog::PathType;
use connectwise_psa::runtime::{Method, OperationKind, OperationTarget, OperationVariant, Tool};

use super::collection_id::CollectionId;
use super::details::OperationDetails;

/// An API operation.
pub(crate) struct ApiOperation {
    pub(crate) tool: Tool,
    /// The template without parameter names, in lower case: `/service/tickets/{}/notes`.
    pub(crate) template: String,
    pub(crate) purpose: Purpose,
    details: OnceLock<OperationDetails>,
    path_collections: Vec<Option<CollectionId>>,
}

/// An operation's kind and collection, as described by the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Returns a page of records.
    List(CollectionId),
    /// Returns a page of records, with the filter in the body.
    Search(CollectionId),
    /// Returns the number of records.
    Count(CollectionId),
    /// Stores a new record.
    Create(CollectionId),
    /// Removes all records, or the one that the query identifies.
    Clear(CollectionId),
    /// Returns a record.
    Read(CollectionId),
    /// Replaces a record.
    Replace(CollectionId),
    /// Changes a record.
    Patch(CollectionId),
    /// Removes a record.
    Delete(CollectionId),
    /// Returns where a record is used.
    Usages(CollectionId),
    /// Returns the default values of a new record.
    Defaults(CollectionId),
    /// Writes many records.
    Bulk(CollectionId),
    /// Copies a record.
    Copy(CollectionId),
    /// Returns the only record of a singleton.
    Single(CollectionId),
    /// Replaces the only record of a singleton.
    ReplaceSingle(CollectionId),
    /// Changes the only record of a singleton.
    PatchSingle(CollectionId),
    /// Returns a file.
    Download,
    /// Anything else.
    Action,
}

impl Purpose {
    /// Returns a tool's purpose on the collection given by the catalog.
    fn new(tool: Tool, collection: Option<CollectionId>) -> Self {
        use {OperationKind as Kind, OperationTarget as Target, OperationVariant as Variant};

        let Some(id) = collection.filter(|_| tool.kind() != Kind::Download) else {
            return if tool.kind() == Kind::Download { Self::Download } else { Self::Action };
        };
        match tool.variant() {
            Some(Variant::Search) => return Self::Search(id),
            Some(Variant::Usages) => return Self::Usages(id),
            Some(Variant::Defaults) => return Self::Defaults(id),
            Some(Variant::Bulk) => return Self::Bulk(id),
            Some(Variant::Copy) => return Self::Copy(id),
            None => {}
        }
        match (tool.kind(), tool.target()) {
            (Kind::List, Target::Collection) => Self::List(id),
            (Kind::Count, Target::Collection) => Self::Count(id),
            (Kind::Get | Kind::List, Target::Item) => Self::Read(id),
            (Kind::Get, Target::Singleton) => Self::Single(id),
            (Kind::Create | Kind::Upload, Target::Collection) => Self::Create(id),
            (Kind::Update, Target::Item) => Self::Patch(id),
            (Kind::Update, _) => Self::PatchSingle(id),
            (Kind::Replace, Target::Item) => Self::Replace(id),
            (Kind::Replace, _) => Self::ReplaceSingle(id),
            (Kind::Delete, Target::Item) => Self::Delete(id),
            (Kind::Delete, Target::Collection) => Self::Clear(id),
            _ => Self::Action,
        }
    }
}

impl ApiOperation {
    /// Creates the operation of `tool` on `collection`. `path_collections` are the collections of its path
    /// parameters.
    pub(super) fn new(
        tool: Tool,
        template: String,
        collection: Option<CollectionId>,
        path_collections: Vec<Option<CollectionId>>,
    ) -> Self {
        let purpose = Purpose::new(tool, collection);
        Self { tool, template, purpose, details: OnceLock::new(), path_collections }
    }

    /// Returns the HTTP method.
    pub(crate) fn method(&self) -> Method {
        self.tool.method()
    }

    /// Returns the path template used for requests: `/service/tickets/{parentId}/notes`.
    pub(crate) fn path(&self) -> &'static str {
        self.tool.request_path()
    }

    /// Returns true for each path parameter that is an integer, and false for any other.
    pub(super) fn numbers(&self) -> impl Iterator<Item = bool> {
        self.tool.index().path_types().map(|kind| kind == PathType::Integer)
    }

    /// Returns its request and response schemas.
    pub(crate) fn details(&self) -> &OperationDetails {
        self.details.get_or_init(|| OperationDetails::new(self.tool))
    }

    /// Returns the collection of each path parameter; `None` for parameters that don't identify a record.
    pub(crate) fn parameters(&self) -> &[Option<CollectionId>] {
        &self.path_collections
    }
}

/// Returns the normal form of a path or template: lower case, no empty segments, unnamed parameters.
pub(super) fn normal_form(path: &str) -> String {
    let mut normal = String::with_capacity(path.len());
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        normal.push('/');
        match segment.split_once('{') {
            Some((before, _)) => {
                normal.push_str(&before.to_ascii_lowercase());
                normal.push_str("{}");
            }
            None => normal.push_str(&segment.to_ascii_lowercase()),
        }
    }
    normal
}
