//! Maps resources and methods in Truto's proxy to tools.

use std::collections::HashMap;
use std::sync::OnceLock;

use toolcrate_runtime::{Catalog, Tool, dialect};

/// A catalog's tools by resource and method. The index is built on first use.
pub(crate) struct ProxyRoutes {
    catalog: &'static Catalog,
    index: OnceLock<HashMap<(String, String), Tool>>,
}

impl ProxyRoutes {
    /// Creates the routes of a catalog.
    pub(crate) fn new(catalog: &'static Catalog) -> Self {
        Self { catalog, index: OnceLock::new() }
    }

    /// Returns the tool for a resource's method.
    pub(crate) fn get(&self, resource: &str, method: &str) -> Option<Tool> {
        self.index().get(&(resource.to_owned(), method.to_owned())).copied()
    }

    /// Returns a resource's methods, sorted.
    pub(crate) fn methods(&self, resource: &str) -> Vec<&str> {
        let routes = self.index().keys().filter(|(other, _)| other == resource);
        let mut methods: Vec<&str> = routes.map(|(_, method)| method.as_str()).collect();
        methods.sort_unstable();
        methods
    }

    /// Returns all resources, sorted.
    pub(crate) fn resources(&self) -> Vec<&str> {
        let mut resources: Vec<&str> = self.index().keys().map(|(resource, _)| resource.as_str()).collect();
        resources.sort_unstable();
        resources.dedup();
        resources
    }

    fn index(&self) -> &HashMap<(String, String), Tool> {
        self.index.get_or_init(|| {
            let tools = self.catalog.tools().map(|tool| {
                let route = dialect::route(tool);
                ((route.resource, route.method), tool)
            });
            tools.collect()
        })
    }
}
