//! Flattens the document's paths into a sorted list of operations, repairing paths, IDs and bodies.

use std::collections::{BTreeMap, BTreeSet};

use openapiv3::{Components, PathItem, Paths, ReferenceOr};

use super::document::RawOperation;
use super::{parameters, template};
use crate::diagnostic::{CodegenError, Errors, Repair, Report, pointer};
use crate::ir::{Method, Template};

/// Lists the operations in `paths`. Unreadable paths and operations are left out.
pub fn repair(
    paths: Paths,
    components: &Components,
    report: &mut Report,
) -> Result<Vec<RawOperation>, Errors> {
    let mut operations = Vec::new();
    let mut paths: Vec<(String, ReferenceOr<PathItem>)> = paths.paths.into_iter().collect();
    paths.sort_by(|a, b| a.0.cmp(&b.0));
    for (spec_path, item) in paths {
        let location = pointer(&["paths", &spec_path]);
        match item {
            ReferenceOr::Reference { reference } => {
                let message = format!(
                    "a path that is a reference (`{reference}`) is not supported; inline the path item"
                );
                report.omit(CodegenError::new("E006", message).at(location));
            }
            ReferenceOr::Item(item) => match path_operations(&spec_path, item, components, report) {
                Some(found) => operations.extend(found),
                None => {
                    let message = "this path has no operations; give it one or remove it";
                    report.omit(CodegenError::new("E008", message).at(location));
                }
            },
        }
    }
    if operations.is_empty() {
        report.require_complete()?;
        return Err(CodegenError::new("E008", "the spec has no operations").at("/paths").into());
    }
    let repairs = &mut report.repairs;
    operations.sort_by(|a, b| (&a.spec_path, a.method).cmp(&(&b.spec_path, b.method)));
    parameters::add_missing(&mut operations, repairs);
    operation_ids(&mut operations, repairs);
    twin_paths(&operations, repairs);
    Ok(operations)
}

/// Lists a path's operations, or returns `None` if it has none.
fn path_operations(
    spec_path: &str,
    item: PathItem,
    components: &Components,
    report: &mut Report,
) -> Option<Vec<RawOperation>> {
    let is_declared = |name: &str| parameters::is_path_parameter(name, &item, components);
    let path = template::repair(spec_path, is_declared, &pointer(&["paths", spec_path]), &mut report.repairs);
    let shared = item.parameters;
    let verbs = [
        (Method::Get, item.get),
        (Method::Post, item.post),
        (Method::Put, item.put),
        (Method::Patch, item.patch),
        (Method::Delete, item.delete),
        (Method::Head, item.head),
        (Method::Options, item.options),
        (Method::Trace, item.trace),
    ];
    if verbs.iter().all(|(_, operation)| operation.is_none()) {
        return None;
    }
    let mut operations = Vec::new();
    for (method, operation) in verbs {
        let Some(mut operation) = operation else { continue };
        let location = pointer(&["paths", spec_path, &method.as_str().to_lowercase()]);
        if matches!(method, Method::Get | Method::Head) && operation.request_body.take().is_some() {
            let message = format!("a {method} request can't have a body; the body was dropped");
            report.repairs.push(Repair::new("R025", &location, message));
        }
        let own = std::mem::take(&mut operation.parameters);
        let parameters = parameters::repair(&path, own, &shared, components, &location, report);
        operations.push(RawOperation {
            method,
            spec_path: spec_path.to_owned(),
            path: path.clone(),
            pointer: location,
            parameters,
            operation,
        });
    }
    Some(operations)
}

/// Gives each operation a unique ID.
fn operation_ids(operations: &mut [RawOperation], repairs: &mut Vec<Repair>) {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for raw in operations.iter_mut() {
        let derived = || format!("{} {}", raw.method.as_str().to_lowercase(), raw.spec_path);
        match raw.operation.operation_id.take().filter(|id| !id.trim().is_empty()) {
            Some(id) if taken.insert(id.clone()) => raw.operation.operation_id = Some(id),
            Some(id) => {
                let message = format!(
                    "the operation ID `{id}` is used twice; this operation's ID is derived from its method and path"
                );
                repairs.push(Repair::new("R010", &raw.pointer, message));
                raw.operation.operation_id = Some(derived());
            }
            None => {
                let message = "the operation has no ID; an ID is derived from its method and path";
                repairs.push(Repair::new("R011", &raw.pointer, message));
                raw.operation.operation_id = Some(derived());
            }
        }
    }
}

/// Reports paths that differ only in case or a trailing slash.
fn twin_paths(operations: &[RawOperation], repairs: &mut Vec<Repair>) {
    let mut spellings: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for raw in operations {
        spellings.entry(Template::parse(&raw.path).normal_form()).or_default().insert(&raw.spec_path);
    }
    for twins in spellings.into_values().filter(|twins| twins.len() > 1) {
        let all: Vec<String> = twins.iter().map(|twin| format!("`{twin}`")).collect();
        for twin in &twins {
            let message = format!(
                "{} are variants of the same path; each operation keeps its own, and they are treated as one path for naming",
                all.join(" and ")
            );
            repairs.push(Repair::new("R006", pointer(&["paths", twin]), message));
        }
    }
}
