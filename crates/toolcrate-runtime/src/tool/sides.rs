//! Where each argument of a tool goes, for those who have to tell the sides of a request apart without making
//! one.

use std::collections::BTreeMap;

use super::details::{Location, RequestPlan};
use super::{Tool, ToolDetails, schema};

/// Where each argument of a tool goes.
pub(crate) struct Sides {
    by_name: BTreeMap<String, Location>,
    /// For arguments of the main operation's path: the segment that takes them.
    segments: BTreeMap<String, String>,
}

impl Tool {
    /// Where each argument goes; those of other operations that the tool answers for among them.
    pub(crate) fn sides(self, details: &ToolDetails<'_>) -> Sides {
        let shape = schema::shape(self.catalog(), &details.input);
        let members =
            shape.iter().flat_map(|shape| shape.properties.keys().map(|name| (name, shape.location)));
        let mut by_name: BTreeMap<String, Location> =
            members.map(|(name, location)| (name.to_string(), location)).collect();
        let mut segments = BTreeMap::new();
        let plans = details.bindings.iter().map(|binding| &binding.request).chain([&details.request]);
        for RequestPlan { arguments, .. } in plans {
            for (name, target) in arguments {
                by_name.insert(name.to_string(), target.location);
            }
        }
        for (name, target) in &details.request.arguments {
            if target.location == Location::Path {
                let placeholder = target.name.as_deref().unwrap_or(name);
                segments.insert(name.to_string(), format!("{{{placeholder}}}"));
            }
        }
        Sides { by_name, segments }
    }
}

impl Sides {
    /// Where an argument goes: `Body` for every part of a body, `Query` for everything else.
    pub(crate) fn of(&self, name: &str) -> Location {
        match self.by_name.get(name) {
            Some(Location::Body | Location::WholeBody | Location::Patch | Location::Clear) => Location::Body,
            _ => Location::Query,
        }
    }

    /// Whether any argument goes to the body.
    pub(crate) fn has_body(&self) -> bool {
        self.by_name.keys().any(|name| self.of(name) == Location::Body)
    }

    /// The segment of the path that an argument fills whole: `{id}`.
    pub(crate) fn segment(&self, name: &str) -> Option<&str> {
        self.segments.get(name).map(String::as_str)
    }
}
