//! Plans the arguments of an operation and where each one is sent.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde_json::{Value, json};
use toolcrate_catalog::{ArgumentLocation, ArgumentTarget, BodyFormat, OperationKind, PathType, Relation};

use super::argument_plan::{ArgumentPlan, target};
use super::emitters::Emitters;
use super::node::{Writer, any};
use super::shape::Shapes;
use super::words::{ArgumentDescriber, records};
use crate::config::On;
use crate::emit::context::Context;
use crate::id::OperationId;
use crate::ir::{BodyKind, Limits, Method, OperationBody, Parameter, ParameterLocation, Shape, Type};
use crate::naming::identifiers::capital;

/// Returns an operation's plan with its structured filter, and the schema for that filter.
pub fn filtered_plan<'a>(
    context: &'a Context<'a>,
    index: OperationId,
    emitters: &mut Emitters<'a>,
) -> (ArgumentPlan<'a>, Option<&'a str>) {
    let mut plan = plan(context, index, emitters);
    let filter = emitters.filters.argument(context, index);
    let schema = filter.map(|(schema, argument, node)| {
        plan.add_own(argument, ArgumentLocation::Filter, node, false);
        schema
    });
    (plan, schema)
}

fn plan<'a>(context: &'a Context<'a>, index: OperationId, emitters: &mut Emitters<'a>) -> ArgumentPlan<'a> {
    let operation = &context.api.operations[index];
    let name = &context.named.operations[index];
    let mut plan = ArgumentPlan::default();
    let mut parents = name.parents.iter();
    let mut shared: Vec<&str> = Vec::new();
    let on = match name.kind {
        OperationKind::List => Some(On::List),
        OperationKind::Count => Some(On::Count),
        OperationKind::Get => Some(On::Get),
        _ => None,
    };
    for (at, parameter) in operation.parameters.iter().enumerate() {
        if let (ParameterLocation::Query, Some(query)) =
            (parameter.location, context.profile.shared_query.get(&parameter.name))
        {
            context.ledger.mark(format!("shared_query.{}", parameter.name));
            if on.is_some_and(|on| query.tools && query.on.contains(&on))
                && emitters.filters.can_match(index, &parameter.name)
            {
                shared.push(&parameter.name);
            }
            continue;
        }
        let argument = match parameter.location {
            ParameterLocation::Path => parents.next().unwrap_or(&parameter.name),
            _ => &parameter.name,
        };
        add_parameter(context, &mut plan, parameter, argument, index, at);
    }
    if let (Some(on), false) = (on, shared.is_empty()) {
        plan.shape = Some(emitters.shapes.query(on, &shared));
    }
    if let Some(body) = &operation.body {
        add_body(context, &mut plan, body, index, &mut emitters.shapes);
    }
    plan
}

fn add_parameter<'a>(
    context: &'a Context<'a>,
    plan: &mut ArgumentPlan<'a>,
    parameter: &'a Parameter,
    argument: &'a str,
    index: OperationId,
    at: usize,
) {
    let source = context.related.arguments[index][at].as_ref();
    let mut describer = ArgumentDescriber::new(context);
    let words = describer.parameter(index, parameter, argument, source);
    // A parameter in another location may have the same name.
    let argument = plan.free_name(argument, location_name(parameter.location), |_| false);
    if let Some(source) = source {
        let tool = &context.named.operations[source.operation].tool;
        plan.relations.push(Relation {
            argument: argument.clone(),
            tool: Cow::Borrowed(tool),
            field: Cow::Borrowed(&source.field),
            with: IndexMap::new(),
        });
    }
    // An object without a style is text.
    let ty = match context.api.resolve(&parameter.ty) {
        Type::Named(_) | Type::Any | Type::Map(_)
            if parameter.location != ParameterLocation::Query && parameter.style.is_none() =>
        {
            &Type::Text(None)
        }
        ty => ty,
    };
    let node = Writer::new(context).node(ty, &parameter.limits, &words);
    plan.properties.insert(argument.to_string(), node);
    let location = match parameter.location {
        ParameterLocation::Path => ArgumentLocation::Path,
        ParameterLocation::Query => ArgumentLocation::Query,
        ParameterLocation::Header => ArgumentLocation::Header,
        ParameterLocation::Cookie => ArgumentLocation::Cookie,
    };
    let is_integer = matches!(ty, Type::Integer | Type::Long | Type::Unsigned);
    let is_text = location == ArgumentLocation::Path && !is_integer;
    let target = ArgumentTarget {
        path_type: if is_text { PathType::Text } else { PathType::Integer },
        style: parameter.style,
        ..target(location, &parameter.name, &argument)
    };
    if parameter.required {
        plan.required.push(argument.to_string());
    }
    plan.arguments.insert(argument, target);
}

/// Returns the name of a location in OpenAPI.
fn location_name(location: ParameterLocation) -> &'static str {
    match location {
        ParameterLocation::Path => "path",
        ParameterLocation::Query => "query",
        ParameterLocation::Header => "header",
        ParameterLocation::Cookie => "cookie",
    }
}

fn add_body<'a>(
    context: &'a Context<'a>,
    plan: &mut ArgumentPlan<'a>,
    body: &'a OperationBody,
    index: OperationId,
    shapes: &mut Shapes<'a>,
) {
    let name = &context.named.operations[index];
    let (method, kind) = (context.api.operations[index].method, name.kind);
    plan.content_type = body.media_type.as_deref();
    plan.field_styles = Some(&body.field_styles);
    plan.part_types = Some(&body.part_types);
    let ty = context.api.resolve(&body.ty);
    let object = match ty {
        Type::Named(name) if matches!(context.api.schemas[name].shape, Shape::Object(_)) => {
            Some(name.as_str())
        }
        _ => None,
    };
    if body.kind == BodyKind::Patch {
        plan.body = BodyFormat::Patch;
        if let Some(schema) = object {
            add_shape(context, plan, schema, Requires::Nothing, shapes);
        }
        let members = object.map(|schema| &shapes.body(schema).properties);
        let taken = |name: &str| members.is_some_and(|members| members.contains_key(name));
        let operations = operations();
        plan.add_own_beside("operations", ArgumentLocation::Patch, operations, object.is_none(), taken);
        if let Some(schema) = object.filter(|_| members.is_some_and(|members| !members.is_empty())) {
            plan.add_own_beside("clear", ArgumentLocation::Clear, clear(context, schema), false, taken);
        }
        return;
    }
    if body.kind == BodyKind::Raw {
        plan.body = BodyFormat::Raw;
        let media = body.media_type.as_deref().unwrap_or("application/octet-stream");
        let node = json!({"type": "string", "description": format!("Request body, as `{media}`.")});
        plan.add_own("body", ArgumentLocation::WholeBody, node, body.required);
        return;
    }
    match object {
        // An object without writable fields accepts any object.
        Some(schema) if !shapes.body(schema).properties.is_empty() => {
            plan.body = match body.kind {
                BodyKind::Multipart => BodyFormat::Multipart,
                BodyKind::UrlEncoded => BodyFormat::UrlEncoded,
                _ => BodyFormat::Object,
            };
            let requires = if kind == OperationKind::Replace { Requires::Replace } else { Requires::Create };
            let before = plan.required.clone();
            add_shape(context, plan, schema, requires, shapes);
            if !body.required && plan.body != BodyFormat::Multipart {
                let is_parameter = |name: &String| before.contains(name);
                let (parameters, members) = plan.required.drain(..).partition(is_parameter);
                plan.required = parameters;
                plan.body_required = Some(members);
            }
            add_members(context, plan, schema, method, shapes);
        }
        _ => {
            plan.body = BodyFormat::Whole;
            let mut writer = Writer::new(context);
            let words = records(&context.api.operations[index], &name.subject.many, name.main_verb());
            let (argument, node) = match ty {
                Type::List(_) => ("items", writer.node(ty, &Limits::default(), &words)),
                Type::Named(name) if !matches!(context.api.schemas[name].shape, Shape::Union(_)) => {
                    ("body", json!({"type": "object", "description": words}))
                }
                Type::Any => ("body", any(&words)),
                ty => ("body", writer.node(ty, &Limits::default(), &words)),
            };
            plan.add_own(argument, ArgumentLocation::WholeBody, node, body.required);
        }
    }
}

/// Adds arguments for renamed properties, and the argument for fields to clear.
fn add_members<'a>(
    context: &'a Context<'a>,
    plan: &mut ArgumentPlan<'a>,
    schema: &'a str,
    method: Method,
    shapes: &mut Shapes<'a>,
) {
    let members = &shapes.body(schema).properties;
    let taken = |name: &str| members.contains_key(name);
    let object = &context.api.schemas[schema];
    if let Some(additional) = &object.additional {
        let mut node = json!({"type": "object", "description": "Additional properties."});
        if *additional != Type::Any {
            node["additionalProperties"] = Writer::new(context).node(additional, &Limits::default(), "");
        }
        plan.add_own_beside("members", ArgumentLocation::Members, node, false, taken);
    }
    // Null clears a field of an object that is merged into the record.
    if method == Method::Patch
        && plan.body == BodyFormat::Object
        && object.fields().iter().any(|f| f.nullable)
    {
        plan.add_own_beside("clear", ArgumentLocation::Clear, clear(context, schema), false, taken);
    }
}

/// Returns the fields that a call requires.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Requires {
    Nothing,
    Create,
    Replace,
}

fn add_shape<'a>(
    context: &'a Context<'a>,
    plan: &mut ArgumentPlan<'a>,
    schema: &'a str,
    requires: Requires,
    shapes: &mut Shapes<'a>,
) {
    let written = shapes.body(schema);
    let clashing: Vec<String> =
        written.properties.keys().filter(|member| plan.properties.contains_key(*member)).cloned().collect();
    let (mut required, attaches) = (written.required.clone(), written.attaches);
    if requires == Requires::Replace {
        let fields = context.api.schemas[schema].fields();
        let more = fields.iter().filter(|field| field.limits.required_on_replace);
        required.extend(
            more.map(|field| field.name.clone()).filter(|name| written.properties.contains_key(name)),
        );
    }
    let clashing_nodes: Vec<Value> =
        clashing.iter().map(|member| written.properties[member].clone()).collect();
    for (member, node) in clashing.iter().zip(clashing_nodes) {
        // A path ID named after the parent already supplies the field's value.
        let taken = &plan.arguments[member.as_str()];
        let is_parent = taken.location == ArgumentLocation::Path && taken.name_or(member) != member;
        // So does the ID of an existing attachment.
        if is_parent && !required.contains(member) || attaches && member == "id" {
            continue;
        }
        let argument = format!("body{}", capital(member));
        plan.properties.insert(argument.clone(), node);
        let member_target = ArgumentTarget {
            location: ArgumentLocation::Body,
            name: Some(Cow::Owned(member.clone())),
            path_type: PathType::Integer,
            style: None,
        };
        plan.relations.extend(shapes.renamed_relations(schema, member, &argument));
        if requires != Requires::Nothing && required.contains(member) {
            plan.required.push(argument.clone());
        }
        plan.arguments.insert(Cow::Owned(argument), member_target);
    }
    if requires != Requires::Nothing {
        required.retain(|member| !clashing.contains(member) && !plan.required.contains(member));
        plan.required.extend(required);
    }
    let is_empty = shapes.body(schema).properties.is_empty();
    plan.shape = (!is_empty).then(|| shapes.variant(schema, &clashing));
}

fn operations() -> Value {
    json!({
        "type": "array",
        "description": "JSON Patch operations, for changes that can't be made by setting fields.",
        "items": {
            "type": "object",
            "properties": {
                "op": {"type": "string", "enum": ["add", "replace", "remove"]},
                "path": {"type": "string"},
                // Lists and null are also accepted. Describing list items would take more words than everything else
                // here, and many clients send null wherever it is allowed.
                "value": {"type": ["string", "number", "boolean", "object"]},
            },
            "required": ["op", "path"],
        },
    })
}

/// Returns the argument that lists the fields to clear. Null can't be used for this, because clients send it for every
/// field they leave out.
fn clear(context: &Context<'_>, schema: &str) -> Value {
    let custom = context.api.schemas[schema].fields().iter().find(|field| context.is_custom_fields(field));
    let words = match custom {
        Some(field) => {
            format!("Names of fields to clear. For a custom field, use `{}/CAPTION`.", field.name)
        }
        None => "Names of fields to clear.".to_owned(),
    };
    json!({"type": "array", "items": {"type": "string"}, "description": words})
}
