//! Filters the tools that a server exposes: by class, module, name, or toolset.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use toolcrate_runtime::{Catalog, Tool, ToolClass};
use wildmatch::WildMatch;

use crate::toolsets::Toolsets;

/// Maximum number of patterns in a filter.
const MAX_PATTERNS: usize = 64;
/// Maximum length of a pattern. No name is that long.
const MAX_PATTERN_BYTES: usize = 128;

/// The specification of a [`ToolFilter`]. An empty list allows everything.
#[derive(Clone, Debug, Default)]
pub struct ToolFilterSpec {
    /// Only tools of these classes.
    pub classes: Vec<ToolClass>,
    /// Only tools in these API modules.
    pub modules: Vec<String>,
    /// Only tools whose full or short name matches one of these patterns, in which `*` matches any text.
    pub names: Vec<String>,
    /// Only tools in these toolsets.
    pub toolsets: Vec<String>,
    /// Only tools that change nothing.
    pub read_only: bool,
}

/// The reason why a [`ToolFilterSpec`] is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ToolFilterError {
    /// The module doesn't exist in the catalog.
    #[error("unknown module \"{module}\" (expected {})", .known.join(", "))]
    UnknownModule {
        /// The requested module.
        module: String,
        /// The modules in the catalog.
        known: Vec<String>,
    },
    /// The toolset doesn't exist.
    #[error("unknown toolset \"{toolset}\" (expected {})", .known.join(", "))]
    UnknownToolset {
        /// The requested toolset.
        toolset: String,
        /// The names of all toolsets.
        known: Vec<String>,
    },
    /// There are too many patterns, or one is too long.
    #[error("expected at most {MAX_PATTERNS} patterns of at most {MAX_PATTERN_BYTES} bytes each")]
    PatternsTooLong,
    /// The filter allows no tool.
    #[error("no tools match this selection")]
    Empty,
}

/// Determines which of a catalog's tools are exposed.
#[derive(Clone)]
pub struct ToolFilter {
    catalog: &'static Catalog,
    classes: Vec<ToolClass>,
    modules: Vec<String>,
    names: Vec<WildMatch>,
    read_only: bool,
    /// Tools in the selected modules that reach records in other modules, unless they are selected by a name without
    /// wildcards.
    beyond_modules: Arc<HashSet<&'static str>>,
    predicate: Option<Arc<ToolPredicate>>,
}

/// Returns true if and only if a tool is allowed.
type ToolPredicate = dyn Fn(Tool) -> bool + Send + Sync;

impl ToolFilter {
    /// Creates a filter that allows every tool in `catalog`.
    pub fn all(catalog: &'static Catalog) -> Self {
        let (classes, modules, names, beyond_modules) = (Vec::new(), Vec::new(), Vec::new(), Arc::default());
        Self { catalog, classes, modules, names, read_only: false, beyond_modules, predicate: None }
    }

    /// Creates the filter that `spec` describes.
    ///
    /// # Errors
    /// Returns an error if `spec` contains an unknown module or toolset, or if no tool is left.
    pub fn new(
        catalog: &'static Catalog,
        spec: &ToolFilterSpec,
        toolsets: &Toolsets,
    ) -> Result<Self, ToolFilterError> {
        if let Some(module) =
            spec.modules.iter().find(|module| !catalog.modules().any(|known| known == **module))
        {
            let known = catalog.modules().map(str::to_owned).collect();
            return Err(ToolFilterError::UnknownModule { module: module.clone(), known });
        }
        // Untrusted patterns are compared with every name.
        let is_long = spec.names.iter().any(|pattern| pattern.len() > MAX_PATTERN_BYTES);
        if is_long || spec.names.len() > MAX_PATTERNS {
            return Err(ToolFilterError::PatternsTooLong);
        }
        let mut names: Vec<WildMatch> = spec.names.iter().map(|name| WildMatch::new(name)).collect();
        for toolset in &spec.toolsets {
            let Some(patterns) = toolsets.get(toolset) else {
                let known = toolsets.names().map(str::to_owned).collect();
                return Err(ToolFilterError::UnknownToolset { toolset: toolset.clone(), known });
            };
            names.extend(patterns.iter().map(|name| WildMatch::new(name)));
        }
        let (classes, modules) = (spec.classes.clone(), spec.modules.clone());
        let beyond_modules = Arc::new(beyond_modules(catalog, spec));
        let read_only = spec.read_only;
        let filter = Self { catalog, classes, modules, names, read_only, beyond_modules, predicate: None };
        if filter.tools().next().is_none() {
            return Err(ToolFilterError::Empty);
        }
        Ok(filter)
    }

    /// Creates a filter that allows a tool if and only if both this filter and `predicate` allow it.
    #[must_use]
    pub fn intersect(&self, predicate: impl Fn(Tool) -> bool + Send + Sync + 'static) -> Self {
        let before = self.clone();
        let predicate = Arc::new(move |tool| before.allows(tool) && predicate(tool));
        Self { predicate: Some(predicate), read_only: self.read_only, ..Self::all(self.catalog) }
    }

    /// Returns true if and only if the filter allows `tool`.
    pub fn allows(&self, tool: Tool) -> bool {
        // The predicate includes the filter that it was created from, which has all of these conditions.
        if let Some(predicate) = &self.predicate {
            return predicate(tool);
        }
        let by_name = self.names.is_empty()
            || self.names.iter().any(|name| name.matches(tool.name()) || name.matches(tool.short_name()));
        let by_module = self.modules.is_empty() || self.modules.iter().any(|module| module == tool.module());
        if !by_name || !by_module || self.beyond_modules.contains(tool.name()) {
            return false;
        }
        if self.classes.is_empty() && !self.read_only {
            return true;
        }
        let by_class = self.classes.is_empty() || self.classes.contains(&tool.class());
        by_class && (!self.read_only || tool.annotations().read_only_hint)
    }

    /// Returns true if and only if the filter allows a tool that may change data.
    pub fn allows_writes(&self) -> bool {
        let writes = |tool: Tool| !tool.annotations().read_only_hint;
        !self.read_only && self.tools().any(writes)
    }

    /// Returns the allowed tools, in catalog order.
    pub fn tools(&self) -> impl Iterator<Item = Tool> {
        self.catalog.tools().filter(|tool| self.allows(*tool))
    }

    /// Returns the catalog whose tools are filtered.
    pub fn catalog(&self) -> &'static Catalog {
        self.catalog
    }
}

/// Returns the tools in the selected modules that reach beyond them. Selecting modules limits what can be reached, so
/// these tools must be selected by name.
fn beyond_modules(catalog: &'static Catalog, spec: &ToolFilterSpec) -> HashSet<&'static str> {
    let is_chosen = |tool: &Tool| spec.modules.iter().any(|module| module == tool.module());
    let is_named =
        |tool: &Tool| spec.names.iter().any(|name| name == tool.name() || name == tool.short_name());
    let tools = catalog.tools().filter(|tool| is_chosen(tool) && !is_named(tool));
    tools.filter(|tool| !tool.reach().is_module()).map(Tool::name).collect()
}

impl fmt::Debug for ToolFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { catalog: _, classes, modules, names, read_only, beyond_modules: _, predicate } = self;
        f.debug_struct("ToolFilter")
            .field("classes", classes)
            .field("modules", modules)
            .field("names", names)
            .field("read_only", read_only)
            .field("predicate", &predicate.is_some())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::CATALOG;

    fn count(spec: &ToolFilterSpec) -> usize {
        ToolFilter::new(&CATALOG, spec, &Toolsets::default()).unwrap().tools().count()
    }

    #[test]
    fn filters_narrow_the_catalog() {
        let spec = ToolFilterSpec::default();
        assert_eq!(count(&spec), CATALOG.len());
        let reads = count(&ToolFilterSpec { classes: vec![ToolClass::Read], ..spec.clone() });
        assert_eq!(reads, CATALOG.tools().filter(|tool| tool.class() == ToolClass::Read).count());
        assert!(count(&ToolFilterSpec { read_only: true, ..spec.clone() }) >= reads);
        let loans = CATALOG.tools().filter(|tool| tool.module() == "loans").count();
        assert_eq!(count(&ToolFilterSpec { modules: vec!["loans".into()], ..spec.clone() }), loans);
        assert_eq!(count(&ToolFilterSpec { names: vec!["*_a_book*".into()], ..spec }), 3);
    }

    #[test]
    fn toolsets_are_lists_of_patterns() {
        let toolsets = Toolsets::parse("# sets\n\nlending: *_loan*, get_single_book_by_id\n");
        let spec = ToolFilterSpec { toolsets: vec!["lending".into()], ..ToolFilterSpec::default() };
        let filter = ToolFilter::new(&CATALOG, &spec, &toolsets).unwrap();
        let names: Vec<&str> = filter.tools().map(Tool::short_name).collect();
        assert_eq!(names, ["create_a_loan", "get_single_book_by_id"]);
        let spec = ToolFilterSpec { toolsets: vec!["lendin".into()], ..ToolFilterSpec::default() };
        let error = ToolFilter::new(&CATALOG, &spec, &toolsets).unwrap_err().to_string();
        assert_eq!(error, "unknown toolset \"lendin\" (expected lending)");
    }

    #[test]
    fn unknown_modules_and_empty_filters_are_errors() {
        let error =
            |spec: &ToolFilterSpec| ToolFilter::new(&CATALOG, spec, &Toolsets::default()).unwrap_err();
        let unknown = ToolFilterSpec { modules: vec!["lones".into()], ..ToolFilterSpec::default() };
        assert_eq!(error(&unknown).to_string(), "unknown module \"lones\" (expected catalog, loans)");
        let nothing = ToolFilterSpec { names: vec!["nothing_like_it".into()], ..ToolFilterSpec::default() };
        assert_eq!(error(&nothing), ToolFilterError::Empty);
        for names in [vec!["*a".repeat(100)], vec!["*".to_owned(); 100]] {
            let long = ToolFilterSpec { names, ..ToolFilterSpec::default() };
            assert_eq!(error(&long), ToolFilterError::PatternsTooLong);
        }
    }
}
