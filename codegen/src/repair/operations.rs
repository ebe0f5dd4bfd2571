//! Flattens the document's paths into a sorted list of operations, repairing paths, IDs and bodies.

use std::collections::{BTreeMap, BTreeSet};

use openapiv3::{Components, PathItem, Paths, ReferenceOr};

use super::document::RawOperation;
use super::{parameters, template};
use crate::diagnostic::{Error, Errors, Repair, pointer};
use crate::ir::{Method, Template};

/// All operations of `paths`.
pub fn repair(
    paths: Paths,
    components: &Components,
    repairs: &mut Vec<Repair>,
) -> Result<Vec<RawOperation>, Errors> {
    let mut errors = Errors(Vec::new());
    let mut operations = Vec::new();
    let mut paths: Vec<(String, ReferenceOr<PathItem>)> = paths.paths.into_iter().collect();
    paths.sort_by(|a, b| a.0.cmp(&b.0));
    for (spec_path, item) in paths {
        let place = pointer(&["paths", &spec_path]);
        match item {
            ReferenceOr::Reference { reference } => {
                let message = format!(
                    "a path that is a reference (`{reference}`) is not supported; write the path item out"
                );
                errors.0.push(Error::new("E006", message).at(place));
            }
            ReferenceOr::Item(item) => match path_operations(&spec_path, item, components, repairs) {
                Ok(found) if found.is_empty() => {
                    let message = "this path has no operations; give it one or remove it";
                    errors.0.push(Error::new("E008", message).at(place));
                }
                Ok(found) => operations.extend(found),
                Err(found) => errors.0.extend(found.0),
            },
        }
    }
    if operations.is_empty() && errors.0.is_empty() {
        errors.0.push(Error::new("E008", "the spec has no operations").at("/paths"));
    }
    errors.into_result()?;
    operations.sort_by(|a, b| (&a.spec_path, a.method).cmp(&(&b.spec_path, b.method)));
    parameters::add_missing(&mut operations, repairs);
    operation_ids(&mut operations, repairs);
    twin_paths(&operations, repairs);
    Ok(operations)
}

fn path_operations(
    spec_path: &str,
    item: PathItem,
    components: &Components,
    repairs: &mut Vec<Repair>,
) -> Result<Vec<RawOperation>, Errors> {
    let path = template::repair(spec_path, &pointer(&["paths", spec_path]), repairs);
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
    let mut operations = Vec::new();
    for (method, operation) in verbs {
        let Some(mut operation) = operation else { continue };
        let place = pointer(&["paths", spec_path, &method.as_str().to_lowercase()]);
        if matches!(method, Method::Get | Method::Head) && operation.request_body.take().is_some() {
            let message = format!("a {method} has no body; the one given was dropped");
            repairs.push(Repair::new("R025", &place, message));
        }
        let own = std::mem::take(&mut operation.parameters);
        let parameters = parameters::repair(&path, own, &shared, components, &place, repairs)?;
        operations.push(RawOperation {
            method,
            spec_path: spec_path.to_owned(),
            path: path.clone(),
            pointer: place,
            parameters,
            operation,
        });
    }
    Ok(operations)
}

/// Gives each operation an id of its own.
fn operation_ids(operations: &mut [RawOperation], repairs: &mut Vec<Repair>) {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for raw in operations.iter_mut() {
        let derived = || format!("{} {}", raw.method.as_str().to_lowercase(), raw.spec_path);
        match raw.operation.operation_id.take().filter(|id| !id.trim().is_empty()) {
            Some(id) if taken.insert(id.clone()) => raw.operation.operation_id = Some(id),
            Some(id) => {
                let message =
                    format!("the operation id `{id}` is used twice; this one goes by its verb and path");
                repairs.push(Repair::new("R010", &raw.pointer, message));
                raw.operation.operation_id = Some(derived());
            }
            None => {
                let message = "there is no operation id; the operation goes by its verb and path";
                repairs.push(Repair::new("R011", &raw.pointer, message));
                raw.operation.operation_id = Some(derived());
            }
        }
    }
}

/// Reports paths that are one path but for letter case or a trailing slash.
fn twin_paths(operations: &[RawOperation], repairs: &mut Vec<Repair>) {
    let mut spellings: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for raw in operations {
        spellings.entry(Template::parse(&raw.path).normal_form()).or_default().insert(&raw.spec_path);
    }
    for twins in spellings.into_values().filter(|twins| twins.len() > 1) {
        let all: Vec<String> = twins.iter().map(|twin| format!("`{twin}`")).collect();
        for twin in &twins {
            let message = format!(
                "{} are one path in several spellings; each operation keeps its own, names treat them as one",
                all.join(" and ")
            );
            repairs.push(Repair::new("R006", pointer(&["paths", twin]), message));
        }
    }
}
