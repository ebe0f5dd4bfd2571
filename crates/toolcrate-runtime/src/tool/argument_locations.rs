//! Determines where each of a tool's arguments goes in the request, without building a request.

use std::collections::BTreeMap;

use toolcrate_catalog::{ArgumentLocation, BodyFormat, ToolRecord};

use super::catalog::{Catalog, Tool};

/// The location of each of a tool's arguments.
pub(crate) struct ArgumentLocations {
    by_name: BTreeMap<String, ArgumentLocation>,
    /// The segments filled by path arguments of the main operation.
    segments: BTreeMap<String, String>,
}

impl Tool {
    /// Returns the location of each argument, including those of other operations bound to the tool.
    pub(crate) fn argument_locations(self, record: &ToolRecord<'_>) -> ArgumentLocations {
        let members = self
            .shape(record)
            .into_iter()
            .flat_map(|shape| shape.properties.names().into_iter().map(|name| (name, shape.location)));
        let mut by_name: BTreeMap<String, ArgumentLocation> = members.collect();
        let mut segments = BTreeMap::new();
        let plans = record.bindings.iter().map(|binding| &binding.request).chain([&record.request]);
        for request in plans {
            for (name, target) in &request.arguments {
                by_name.insert(name.to_string(), target.location);
            }
        }
        for (name, target) in &record.request.arguments {
            if target.location == ArgumentLocation::Path {
                let placeholder = target.name_or(name);
                segments.insert(name.to_string(), format!("{{{placeholder}}}"));
            }
        }
        ArgumentLocations { by_name, segments }
    }
}

impl ArgumentLocations {
    /// Returns an argument's location: `Body` for every part of a body, `Query` for everything else.
    pub(crate) fn location(&self, name: &str) -> ArgumentLocation {
        match self.by_name.get(name) {
            Some(
                ArgumentLocation::Body
                | ArgumentLocation::WholeBody
                | ArgumentLocation::Members
                | ArgumentLocation::Patch
                | ArgumentLocation::Clear,
            ) => ArgumentLocation::Body,
            _ => ArgumentLocation::Query,
        }
    }

    /// Returns true if and only if an argument is sent in the body.
    pub(crate) fn has_body(&self) -> bool {
        self.by_name.keys().any(|name| self.location(name) == ArgumentLocation::Body)
    }

    /// Returns the path segment that consists only of an argument: `{id}`.
    pub(crate) fn segment(&self, name: &str) -> Option<&str> {
        self.segments.get(name).map(String::as_str)
    }
}

/// Returns the name of the record that a tool writes, if any.
pub(crate) fn record_name<'c>(record: &ToolRecord<'_>, catalog: &'c Catalog) -> Option<&'c str> {
    let shape = record.input.shape.as_deref().filter(|_| record.request.body != BodyFormat::None)?;
    catalog.shapes().get(shape)?.schema()
}
