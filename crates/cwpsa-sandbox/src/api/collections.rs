//! Lists the API's collections, using the information in the catalog.

use std::collections::HashMap;
use std::sync::OnceLock;

use connectwise_psa::runtime::catalog::CollectionRecord;
use connectwise_psa::runtime::{Method, OperationKind, OperationTarget};

use super::collection_id::CollectionId;
use super::operation::ApiOperation;
use super::resource::{Resource, resource};

/// Records of one kind.
pub(crate) struct Collection {
    /// The normal form of its path: `/service/boards/{}/statuses`.
    pub(crate) template: &'static str,
    /// Its path as spelled in the spec: `/service/boards/{parentId}/statuses`.
    pub(crate) path: &'static str,
    /// The name of its records' schema.
    pub(crate) schema: Option<&'static str>,
    /// The collections of its path parameters, in order; `None` for parameters that don't identify a record.
    pub(crate) parents: Vec<Option<CollectionId>>,
    /// The collections below an item: `notes_href` and `/notes`.
    pub(crate) children: Vec<(String, String)>,
    /// The operations that write a single record and therefore define its possible fields.
    pub(crate) create: Option<usize>,
    pub(crate) replace: Option<usize>,
    pub(crate) patch: Option<usize>,
    /// True if there is only one record.
    pub(crate) single: bool,
    resource: OnceLock<&'static Resource>,
}

impl Collection {
    /// Creates a record collection without its operations.
    pub(super) fn new(
        record: &'static CollectionRecord<'static>,
        ids: &HashMap<&'static str, CollectionId>,
    ) -> Self {
        let parent = |name: &Option<_>| {
            name.as_ref().and_then(|name: &std::borrow::Cow<'_, str>| ids.get(name.as_ref()).copied())
        };
        Self {
            template: &record.name,
            path: &record.path,
            schema: record.schema.as_deref(),
            parents: record.parents.iter().map(parent).collect(),
            children: Vec::new(),
            create: None,
            replace: None,
            patch: None,
            single: record.singleton,
            resource: OnceLock::new(),
        }
    }

    /// Registers the operation with this number, which works on the collection.
    pub(super) fn add(&mut self, number: usize, operation: &ApiOperation) {
        if operation.tool.variant().is_some() {
            return;
        }
        let one = if self.single { OperationTarget::Singleton } else { OperationTarget::Item };
        let (kind, target) = (operation.tool.kind(), operation.tool.target());
        let writer = match kind {
            OperationKind::Create | OperationKind::Upload if target == OperationTarget::Collection => {
                &mut self.create
            }
            OperationKind::Replace if target == one => &mut self.replace,
            OperationKind::Update if target == one => &mut self.patch,
            _ => return,
        };
        writer.get_or_insert(number);
    }

    /// Returns its records' fields.
    pub(crate) fn resource(&self) -> &'static Resource {
        self.resource.get_or_init(|| resource(self.schema.unwrap_or_default()))
    }

    /// Returns an operation that defines a record's possible fields.
    pub(crate) fn writer(&self) -> Option<usize> {
        self.create.or(self.replace).or(self.patch)
    }

    /// Returns the noun for a record in messages: `PurchaseOrder`, or `Contact` in `Contact 57919 not found`.
    pub(crate) fn noun(&self) -> String {
        match self.schema {
            Some(schema) => schema.to_owned(),
            None => self.template.rsplit('/').find(|segment| *segment != "{}").unwrap_or("Record").to_owned(),
        }
    }
}

/// Returns the collections below the items of each template: link names, and paths relative to the item.
pub(super) fn children(operations: &[ApiOperation]) -> HashMap<&str, Vec<(String, String)>> {
    let mut children: HashMap<&str, Vec<(String, String)>> = HashMap::new();
    for operation in operations.iter().filter(|operation| operation.method() == Method::Get) {
        let Some((item, last)) = operation.template.rsplit_once('/') else { continue };
        let is_plain =
            item.ends_with("/{}") && !last.contains('{') && !matches!(last, "usages" | "info" | "count");
        let path = operation.path().trim_end_matches('/');
        if let (true, Some((_, segment))) = (is_plain, path.rsplit_once('/')) {
            children.entry(item).or_default().push((format!("{segment}_href"), format!("/{segment}")));
        }
    }
    children.values_mut().for_each(|links| links.sort());
    children
}

/// Returns the collection of each parameter in a template.
pub(super) fn parents(
    template: &str,
    ids: &HashMap<&'static str, CollectionId>,
) -> Vec<Option<CollectionId>> {
    let prefixes = template.match_indices("{}").map(|(at, _)| template[..at].trim_end_matches('/'));
    prefixes
        .map(|before| ids.get(before).or_else(|| ids.get(without_info(before).as_str())).copied())
        .collect()
}

fn without_info(template: &str) -> String {
    let segments: Vec<&str> = template.split('/').filter(|segment| *segment != "info").collect();
    segments.join("/")
}
