//! Finds the operations and models that use a model, and how each of them uses it.

use std::collections::{BTreeMap, BTreeSet};

use toolcrate_catalog::OperationKind;

use crate::id::OperationId;
use crate::ir::{ApiDefinition, BodyKind, Content, Field, Shape, Type};
use crate::naming::Names;

/// The uses of one model. Operations with short paths come first.
#[derive(Clone, Debug, Default)]
pub(crate) struct ModelUses<'a> {
    /// Operations that list such records.
    pub(crate) listed: Vec<OperationId>,
    /// Operations that return one such record by its ID.
    pub(crate) got: Vec<OperationId>,
    /// Operations that create such a record.
    pub(crate) created: Vec<OperationId>,
    /// Other operations with the model in the request body.
    pub(crate) sent: Vec<OperationId>,
    /// Other operations that return the model.
    pub(crate) returned: Vec<OperationId>,
    /// The fields that contain the model, with the models they belong to.
    pub(crate) parents: Vec<(&'a str, &'a Field)>,
    /// How requests use the model, if they do.
    pub(crate) in_requests: Option<RequestUse>,
}

/// How requests use a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RequestUse {
    /// Only as part of a body.
    Part,
    /// As a body.
    Body,
}

/// Returns the uses of all models.
pub(crate) fn find<'a>(api: &'a ApiDefinition, names: &Names) -> BTreeMap<&'a str, ModelUses<'a>> {
    let mut uses: BTreeMap<&str, ModelUses<'_>> =
        api.schemas.keys().map(|name| (name.as_str(), ModelUses::default())).collect();
    let mut bodies: BTreeSet<&str> = BTreeSet::new();
    let mut ids: Vec<OperationId> = api.operations.iter().map(|(id, _)| id).collect();
    ids.sort_by_key(|id| {
        let path = &api.operations[*id].path;
        (path.segments.len(), path.text.len())
    });
    for id in ids {
        let (operation, name) = (&api.operations[id], &names.operations[id]);
        let is_plain = name.variant.is_none();
        for ty in operation.response.types() {
            let Some(uses) = ty.innermost().and_then(|schema| uses.get_mut(schema)) else { continue };
            let is_main = matches!(&operation.response.content, Content::Json(main) if main == ty);
            let is_plain = is_plain && is_main;
            match name.kind {
                OperationKind::List if is_plain => uses.listed.push(id),
                OperationKind::Get if is_plain => uses.got.push(id),
                OperationKind::Create | OperationKind::Update | OperationKind::Replace if is_plain => {}
                _ => uses.returned.push(id),
            }
        }
        let Some(body) = &operation.body else { continue };
        let Some(schema) = body.ty.innermost() else { continue };
        if matches!(body.kind, BodyKind::Json | BodyKind::UrlEncoded | BodyKind::Patch) {
            bodies.insert(schema);
        }
        let Some(uses) = uses.get_mut(schema) else { continue };
        match name.kind {
            OperationKind::Create if is_plain => uses.created.push(id),
            OperationKind::Update | OperationKind::Replace if is_plain => {}
            _ => uses.sent.push(id),
        }
    }
    for (name, schema) in &api.schemas {
        for field in schema.fields() {
            if let Some(uses) = field.ty.innermost().and_then(|target| uses.get_mut(target)) {
                uses.parents.push((name, field));
            }
        }
    }
    mark_requests(api, bodies, &mut uses);
    uses
}

/// Marks the models in bodies, directly or nested.
fn mark_requests<'a>(
    api: &'a ApiDefinition,
    bodies: BTreeSet<&'a str>,
    uses: &mut BTreeMap<&'a str, ModelUses<'a>>,
) {
    let mut open: Vec<(&str, RequestUse)> = bodies.into_iter().map(|name| (name, RequestUse::Body)).collect();
    while let Some((name, how)) = open.pop() {
        let Some(uses) = uses.get_mut(name) else { continue };
        if uses.in_requests >= Some(how) {
            continue;
        }
        let is_new = uses.in_requests.is_none();
        uses.in_requests = Some(how);
        match &api.schemas[name].shape {
            // An alias represents its type.
            Shape::Alias(ty) => open.extend(ty.innermost().map(|target| (target, how))),
            Shape::Union(union) => open.extend(union.schemas().map(|schema| (schema, how))),
            Shape::Object(fields) if is_new => {
                let targets = fields.iter().filter_map(|field| Type::innermost(&field.ty));
                open.extend(targets.map(|target| (target, RequestUse::Part)));
            }
            Shape::Object(_) => {}
        }
    }
}
