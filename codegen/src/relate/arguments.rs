//! Finds the list operation that supplies the ID for an argument.
//!
//! The list operation for an ID in a path is the one at the part of the path before the ID. For any other ID, it is the
//! list operation of the resource that the argument is named after.

use super::list_operations::{ListOperations, normal_path};
use super::relations::{IDENTIFYING_FIELDS, RelationCoverage, ValueSource};
use crate::config::{Overlay, Profile, UsageTracker};
use crate::diagnostic::{CodegenError, Errors};
use crate::id::{OperationId, OperationTable};
use crate::ir::{ApiDefinition, Field, Operation, Parameter, ParameterLocation, Segment, Type};
use crate::naming::identifiers::split;

/// Returns, for each operation, the source of each parameter's value.
pub fn find(
    api: &ApiDefinition,
    lists: &ListOperations<'_>,
    overlay: &Overlay,
    usage: &UsageTracker,
) -> Result<OperationTable<Vec<Option<ValueSource>>>, Errors> {
    let mut errors = Errors(Vec::new());
    let mut stated = Vec::new();
    for rule in &overlay.arguments {
        match api.operation_called(&rule.list).filter(|index| api.operations[*index].listed().is_some()) {
            Some(index) => stated.push((rule, index)),
            None => {
                let message = format!("`{}` is not a list operation of the spec", rule.list);
                errors.0.push(CodegenError::new("E023", message).at(rule.entry()));
            }
        }
    }
    errors.into_result()?;
    Ok(api.operations.map(|(_, operation)| {
        let sources = operation.parameters.iter().map(|parameter| {
            let rule = stated.iter().find(|(rule, _)| rule.covers(&operation.spec_path, &parameter.name));
            if let Some((rule, index)) = rule {
                usage.mark(rule.entry());
                return Some(ValueSource { operation: *index, field: rule.field.clone() });
            }
            source(api, lists, operation, parameter)
        });
        sources.collect()
    }))
}

fn source(
    api: &ApiDefinition,
    lists: &ListOperations<'_>,
    operation: &Operation,
    parameter: &Parameter,
) -> Option<ValueSource> {
    if parameter.location == ParameterLocation::Path {
        let segments = &operation.path.segments;
        let at =
            segments.iter().position(|segment| *segment == Segment::Placeholder(parameter.name.clone()))?;
        if let Some(index) = lists.by_path.get(&normal_path(&segments[..at])) {
            return Some(ValueSource { operation: *index, field: field(api, *index, parameter) });
        }
    }
    if !is_id(parameter) {
        return None;
    }
    // `transferContactId`: the longest suffix of the name that is a listed schema.
    let words = split(&parameter.name);
    let words = words.strip_suffix(&["id".to_owned()])?;
    (0..words.len()).find_map(|start| {
        let wanted = words[start..].concat();
        let (_, index) = lists.by_schema.iter().find(|(schema, _)| schema.eq_ignore_ascii_case(&wanted))?;
        Some(ValueSource { operation: *index, field: "id".to_owned() })
    })
}

/// Returns the field of a row that supplies the parameter's value. It is the field with the parameter's name or with the
/// last words of it: a `memberIdentifier` is a member's `identifier`. Failing that, it is the ID, unless only another
/// identifying field has the parameter's type. A row's own `parentId` is the ID of the row's parent, while a parameter of
/// that name selects the row.
fn field(api: &ApiDefinition, list: OperationId, parameter: &Parameter) -> String {
    const ID: &str = "id";
    if ANCESTOR_IDS.iter().any(|name| parameter.name.eq_ignore_ascii_case(name)) {
        return ID.to_owned();
    }
    let row = api.operations[list].listed().and_then(Type::innermost).and_then(|name| api.schemas.get(name));
    let fields = row.map(|schema| schema.fields()).unwrap_or_default();
    if fields.iter().any(|field| field.name == parameter.name) {
        return parameter.name.clone();
    }
    let words = split(&parameter.name);
    if words.last().is_none_or(|word| word == ID) {
        return ID.to_owned();
    }
    let has_type = |field: &&Field| is_text(api, &field.ty) == is_text(api, &parameter.ty);
    let mut named_last = (0..words.len()).filter_map(|start| {
        fields.iter().filter(has_type).find(|field| split(&field.name) == words[start..])
    });
    // An identifying field of another type can't supply the value.
    let mut identifying =
        IDENTIFYING_FIELDS.iter().filter_map(|key| fields.iter().find(|field| field.name == *key));
    let found = named_last.next().or_else(|| identifying.find(has_type));
    found.map_or_else(|| ID.to_owned(), |field| field.name.clone())
}

fn is_text(api: &ApiDefinition, ty: &Type) -> bool {
    matches!(api.resolve(ty), Type::Text(_) | Type::Choice(_))
}

/// Names of parameters that select a record above another one.
const ANCESTOR_IDS: [&str; 2] = ["parentId", "grandparentId"];

fn is_id(parameter: &Parameter) -> bool {
    let numeric = matches!(parameter.ty, Type::Integer | Type::Long | Type::Unsigned);
    numeric && split(&parameter.name).last().is_some_and(|word| word == "id")
}

/// Counts the ID arguments: those in paths, and other numbers whose name indicates an ID.
pub fn count(
    api: &ApiDefinition,
    arguments: &OperationTable<Vec<Option<ValueSource>>>,
    profile: &Profile,
    coverage: &mut RelationCoverage,
) {
    for (operation, sources) in api.operations.zip(arguments) {
        for (parameter, source) in operation.parameters.iter().zip(sources) {
            let shared = profile.shared_query.contains_key(&parameter.name);
            if shared || !(parameter.location == ParameterLocation::Path || is_id(parameter)) {
                continue;
            }
            coverage.id_arguments += 1;
            match source {
                Some(_) => coverage.id_arguments_resolved += 1,
                None => coverage.unresolved.push(format!("{} {{{}}}", operation.key(), parameter.name)),
            }
        }
    }
}
