//! Maps resources and methods in Truto's proxy to tools.

use std::collections::HashMap;
use std::sync::OnceLock;

use toolcrate_runtime::{Catalog, Tool, dialect};

/// The tools of a catalog by resource and method. The index is built at the first use.
pub(crate) struct ProxyRoutes {
    catalog: &'static Catalog,
    index: OnceLock<HashMap<(String, String), Tool>>,
}

impl ProxyRoutes {
    /// The routes of a catalog.
    pub(crate) fn new(catalog: &'static Catalog) -> Self {
        Self { catalog, index: OnceLock::new() }
    }

    /// The tool of a method of a resource.
    pub(crate) fn get(&self, resource: &str, method: &str) -> Option<Tool> {
        self.index().get(&(resource.to_owned(), method.to_owned())).copied()
    }

    /// The methods of a resource, sorted.
    pub(crate) fn methods(&self, resource: &str) -> Vec<&str> {
        let routes = self.index().keys().filter(|(other, _)| other == resource);
        let mut methods: Vec<&str> = routes.map(|(_, method)| method.as_str()).collect();
        methods.sort_unstable();
        methods
    }

    /// All resources, sorted.
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
