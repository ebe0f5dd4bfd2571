//! Indexes the API's operations and collections by path, template and tool.

use std::collections::HashMap;
use std::sync::OnceLock;

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::Tool;
use connectwise_psa::runtime::catalog::CollectionRecord;

use super::collection_id::CollectionId;
use super::collections::{self, Collection};
use super::operation::{ApiOperation, Purpose, normal_form};
use super::routes::{RouteMatch, Routes};

/// The parts of the API that a server needs.
pub(crate) struct ApiIndex {
    pub(crate) operations: Vec<ApiOperation>,
    pub(crate) collections: Vec<Collection>,
    by_template: HashMap<&'static str, CollectionId>,
    by_tool: HashMap<&'static str, usize>,
    routes: Routes,
}

/// Returns the catalog's API.
pub(crate) fn api() -> &'static ApiIndex {
    static API: OnceLock<ApiIndex> = OnceLock::new();
    API.get_or_init(ApiIndex::new)
}

impl ApiIndex {
    fn new() -> Self {
        let records: Vec<&CollectionRecord<'static>> = CATALOG.collections().iter().collect();
        let by_template: HashMap<&'static str, CollectionId> =
            (0..).zip(&records).map(|(id, record)| (record.name.as_ref(), CollectionId(id))).collect();
        let collection = |tool: Tool| tool.collection().and_then(|name| by_template.get(name).copied());
        let operation = |tool: Tool| {
            let template = normal_form(tool.request_path());
            let path_collections = collections::parents(&template, &by_template);
            ApiOperation::new(tool, template, collection(tool), path_collections)
        };
        let operations: Vec<ApiOperation> = CATALOG.tools().map(operation).collect();
        let mut collections: Vec<Collection> =
            records.iter().map(|record| Collection::new(record, &by_template)).collect();
        for (number, operation) in operations.iter().enumerate() {
            if let Some(id) = collection(operation.tool) {
                collections[id.0 as usize].add(number, operation);
            }
        }
        let mut children = collections::children(&operations);
        for collection in &mut collections {
            let item = if collection.single {
                collection.template
            } else {
                &format!("{}/{{}}", collection.template)
            };
            collection.children = children.remove(item).unwrap_or_default();
        }
        let routes = Routes::new(&operations);
        let by_tool =
            operations.iter().enumerate().map(|(at, operation)| (operation.tool.name(), at)).collect();
        Self { operations, collections, by_template, by_tool, routes }
    }

    /// Returns the operation at a path, or the reason why there is none.
    pub(crate) fn find(&self, method: &str, path: &str) -> RouteMatch {
        self.routes.find(method, path)
    }

    /// Returns the collection with this template, such as `/service/boards/{}/statuses`, ignoring case.
    pub(crate) fn collection_id(&self, template: &str) -> Option<CollectionId> {
        self.by_template.get(normal_form(template).as_str()).copied()
    }

    /// Returns the collection with this ID.
    pub(crate) fn collection(&self, id: CollectionId) -> &Collection {
        &self.collections[id.0 as usize]
    }

    /// Returns the collection that a tool lists.
    pub(crate) fn listed_by(&self, tool: &str) -> Option<CollectionId> {
        let operation = &self.operations[*self.by_tool.get(tool)?];
        match operation.purpose {
            Purpose::List(collection) => Some(collection),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_found_at_its_own_path() {
        let api = api();
        assert_eq!(api.operations.len(), CATALOG.len());
        for (at, operation) in api.operations.iter().enumerate() {
            let mut numbers = operation.numbers();
            let segments = operation.path().split('/').map(|segment| match segment.split_once('{') {
                Some((before, _)) => {
                    format!("{before}{}", if numbers.next() == Some(true) { "7" } else { "x7" })
                }
                None => segment.to_owned(),
            });
            let path = segments.collect::<Vec<_>>().join("/");
            match api.find(operation.method().as_str(), &path) {
                RouteMatch::Operation { operation: found, .. } => {
                    assert_eq!(found, at, "{} {path}", operation.method());
                }
                other => panic!("{} {path}: {other:?}", operation.method()),
            }
        }
    }

    #[test]
    fn kinds_come_from_the_catalog() {
        let api = api();
        let purpose = |method: &str, path: &str| match api.find(method, path) {
            RouteMatch::Operation { operation, .. } => format!("{:?}", api.operations[operation].purpose),
            other => format!("{other:?}"),
        };
        let tickets = api.collection_id("/service/tickets").expect("tickets");
        for (method, path, expected) in [
            ("GET", "/service/tickets", format!("List({tickets:?})")),
            ("GET", "/service/tickets/count", format!("Count({tickets:?})")),
            ("POST", "/service/tickets/search", format!("Search({tickets:?})")),
            ("GET", "/Service/Tickets/5", format!("Read({tickets:?})")),
            ("DELETE", "/service/tickets/5", format!("Delete({tickets:?})")),
            ("POST", "/service/tickets/5/merge", "Action".to_owned()),
            ("GET", "/nothing", "NoEndpoint".to_owned()),
            ("PUT", "/service/tickets/count", "WrongVerb".to_owned()),
        ] {
            assert_eq!(purpose(method, path), expected, "{method} {path}");
        }
        let boards = api.collection_id("/service/boards").expect("boards");
        assert_eq!(purpose("GET", "/service/info/boards"), format!("List({boards:?})"));
    }
}
