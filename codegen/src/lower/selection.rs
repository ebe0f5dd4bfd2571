//! Removes the parts of a document that the profile excludes.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{OperationSelector, Profile, UsageTracker};
use crate::id::{OperationTable, SchemaId};
use crate::ir::{Content, Operation, Schema, Shape};
use crate::repair::RawOperation;

/// Keeps the operations that the profile includes and doesn't exclude.
pub fn select(operations: &mut Vec<RawOperation>, profile: &Profile, usage: &UsageTracker) {
    let chooses = |selectors: &[OperationSelector], group: &str, raw: &RawOperation| {
        let id = raw.operation.operation_id.as_deref().unwrap_or_default();
        let mut is_chosen = false;
        for selector in selectors {
            if selector.chooses(raw.method.as_str(), &raw.spec_path, &raw.operation.tags, id) {
                usage.mark(format!("{group}.{}", selector.entry()));
                is_chosen = true;
            }
        }
        is_chosen
    };
    operations.retain(|raw| {
        let is_included = profile.include.is_empty() || chooses(&profile.include, "include", raw);
        let is_excluded = chooses(&profile.exclude, "exclude", raw);
        is_included && !is_excluded
    });
}

/// Drops the schemas that no operation uses.
pub fn drop_unused(schemas: &mut BTreeMap<SchemaId, Schema>, operations: &OperationTable<Operation>) {
    let mut open: Vec<String> = Vec::new();
    for operation in operations.values() {
        let answer = match &operation.response.content {
            Content::Json(ty) => ty.innermost(),
            _ => None,
        };
        let body = operation.body.as_ref().and_then(|body| body.ty.innermost());
        let parameters = operation.parameters.iter().flat_map(|parameter| {
            [parameter.ty.innermost(), parameter.member_of.as_deref()].into_iter().flatten()
        });
        let error = operation.error.as_ref().and_then(|error| error.innermost());
        open.extend(answer.into_iter().chain(body).chain(error).chain(parameters).map(str::to_owned));
    }
    let mut used: BTreeSet<String> = BTreeSet::new();
    while let Some(name) = open.pop() {
        let Some(schema) = schemas.get(name.as_str()).filter(|_| !used.contains(&name)) else { continue };
        match &schema.shape {
            Shape::Object(fields) => open.extend(fields.iter().filter_map(|field| own(field.ty.innermost()))),
            Shape::Alias(ty) => open.extend(own(ty.innermost())),
            Shape::Union(union) => {
                open.extend(union.variants.iter().map(|variant| variant.schema.as_str().to_owned()));
            }
        }
        open.extend(schema.additional.as_ref().and_then(|ty| own(ty.innermost())));
        used.insert(name);
    }
    schemas.retain(|name, _| used.contains(name.as_str()));
}

fn own(name: Option<&str>) -> Option<String> {
    name.map(str::to_owned)
}
