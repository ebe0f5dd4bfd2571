//! Adds request bodies that the spec lacks but the overlay describes.

use heck::ToUpperCamelCase;

use crate::config::{BodyFact, BodyFieldKind, Overlay, UsageTracker};
use crate::id::{OperationId, SchemaId};
use crate::ir::{ApiDefinition, BodyKind, Field, OperationBody, Schema, Shape, Type};

/// Adds the overlay's bodies to operations. An operation that already has a body keeps it, because a later release of
/// the document knows better. The entry is then reported as unused, like an entry for a nonexistent operation.
pub(super) fn add_bodies(api: &mut ApiDefinition, overlay: &Overlay, usage: &UsageTracker) {
    for fact in &overlay.bodies {
        if let Some((id, body)) = body(api, fact) {
            usage.mark(fact.entry());
            api.operations[id].body = Some(body);
        }
    }
}

fn body(api: &mut ApiDefinition, fact: &BodyFact) -> Option<(OperationId, OperationBody)> {
    let id = api.operation_called(&fact.operation)?;
    if api.operations[id].body.is_some() {
        return None;
    }
    if let Some(like) = &fact.like {
        let other = api.operation_called(like)?;
        return api.operations[other].body.clone().map(|body| (id, body));
    }
    let is_form = fact.fields.values().any(|field| field.kind == BodyFieldKind::File);
    let mut fields: Vec<Field> = fact
        .fields
        .iter()
        .map(|(name, field)| {
            let ty = match field.kind {
                BodyFieldKind::File => Type::Binary,
                BodyFieldKind::Text => Type::Text(None),
                BodyFieldKind::Integer => Type::Integer,
                BodyFieldKind::Boolean => Type::Boolean,
            };
            let (required, description) = (field.required, field.description.clone());
            Field { required, description, ..Field::new(name, ty) }
        })
        .collect();
    fields.sort_by(|a, b| a.name.cmp(&b.name));
    let name = SchemaId::from(schema_name(&fact.operation));
    let shape = Shape::Object(fields);
    let schema = Schema { description: String::new(), shape, additional: None, inline: true };
    api.schemas.insert(name.clone(), schema);
    let kind = if is_form { BodyKind::Multipart } else { BodyKind::Json };
    Some((id, OperationBody::new(kind, Type::Named(name), true, None)))
}

/// `POST /system/members/{id}/tokens` becomes `PostSystemMembersIdTokensBody`, as for an inline schema.
fn schema_name(operation: &str) -> String {
    format!("{operation} body").to_upper_camel_case()
}
