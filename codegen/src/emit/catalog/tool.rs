//! One tool: its line in the catalog.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::describe::Describer;
use super::filter::Filters;
use super::lifecycle::Lifecycles;
use super::node::{Writer, any};
use super::shape::Shapes;
use crate::config::{On, ToolBinding};
use crate::diagnostic::{Error, Errors};
use crate::emit::Context;
use crate::emit::rust::resolved;
use crate::id::OperationId;
use crate::ir::{Body, BodyKind, Content, Limits, Method, Operation, Parameter, Place, Shape, Type};
use crate::naming::{Class, Kind};

/// Further operations of a tool, by the index of its main one.
pub type Bindings<'a> = BTreeMap<OperationId, Vec<(&'a ToolBinding, OperationId)>>;

/// Finds the operations that the overlay's bindings name.
///
/// # Errors
/// `E032` an operation that the spec does not have.
pub fn bindings<'a>(context: &Context<'a>) -> Result<Bindings<'a>, Errors> {
    let mut errors = Errors(Vec::new());
    let mut found: Bindings<'a> = BTreeMap::new();
    for binding in &context.overlay.bindings {
        match (context.api.operation_called(&binding.tool), context.api.operation_called(&binding.operation))
        {
            (Some(tool), Some(operation)) => {
                context.ledger.mark(binding.entry());
                found.entry(tool).or_default().push((binding, operation));
            }
            (None, _) => errors.0.push(missing(&binding.tool, binding)),
            (_, None) => errors.0.push(missing(&binding.operation, binding)),
        }
    }
    errors.into_result()?;
    Ok(found)
}

fn missing(key: &str, binding: &ToolBinding) -> Error {
    Error::new("E032", format!("the spec has no operation `{key}`")).at(binding.entry())
}

/// What an operation needs and how its request is made.
pub struct Plan {
    /// Own arguments, by name.
    pub properties: Map<String, Value>,
    /// The shape of further arguments.
    pub shape: Option<String>,
    /// Names of required arguments.
    pub required: Vec<String>,
    /// Those of them that another tool gives.
    pub looked_up: Vec<String>,
    /// Where own arguments go.
    arguments: Map<String, Value>,
    body: &'static str,
    relations: Vec<Value>,
}

/// The line of the operation at `index`.
pub fn line<'a>(
    context: &'a Context<'a>,
    index: OperationId,
    bindings: Option<&Vec<(&ToolBinding, OperationId)>>,
    shapes: &mut Shapes<'a>,
    describer: &Describer<'_>,
    lifecycles: &Lifecycles<'_>,
    filters: &Filters<'_>,
) -> Result<Value, Error> {
    let operation = &context.api.operations[index];
    let name = &context.named.operations[index];
    let mut plan = plan(context, index, shapes, filters);
    let filter = filters.of(context, index);
    if let Some((_, argument, node)) = &filter {
        add_own(&mut plan, argument, "filter", node.clone(), false);
    }
    let mut request = request(operation, &plan);
    if let Some((schema, ..)) = filter {
        request["filter"] = json!(schema);
    }
    let mut others = Vec::new();
    for (binding, other) in bindings.into_iter().flatten() {
        others.push(join(context, &mut plan, binding, *other, shapes, filters)?);
    }
    let steps = lifecycles.steps(index);
    let description = describer.description(context, index, &plan, &steps)?;
    let mut line = json!({
        "name": name.tool,
        "short_name": name.short,
        "title": name.title,
        "description": description,
        "class": name.class,
        "module": name.module,
        "tags": operation.tags,
        "annotations": {
            "readOnlyHint": name.class == Class::Read || name.read_only,
            "destructiveHint": name.destructive || matches!(name.kind, Kind::Delete | Kind::Replace),
            "idempotentHint": name.idempotent || matches!(operation.method, Method::Get | Method::Put | Method::Delete),
            "openWorldHint": true,
        },
        "http": {"method": operation.method.as_str(), "path": operation.spec_path},
        "input": {"properties": plan.properties, "shape": plan.shape, "required": plan.required},
        "request": request,
        "response": response(context, operation),
        "relations": plan.relations,
        "bindings": others,
    });
    if !steps.is_empty() {
        line["lifecycle"] = json!(steps);
    }
    Ok(line)
}

/// Lets the tool of `plan` answer for `other` too: its arguments are added, none of which every call needs.
fn join<'a>(
    context: &'a Context<'a>,
    plan: &mut Plan,
    binding: &ToolBinding,
    other: OperationId,
    shapes: &mut Shapes<'a>,
    filters: &Filters<'_>,
) -> Result<Value, Error> {
    let operation = &context.api.operations[other];
    let mut second = self::plan(context, other, shapes, filters);
    let Some(first) = context.named.operations[other].parents.first() else {
        let message = "the operation has no id in its path that the argument could fill";
        return Err(Error::new("E032", message).at(binding.entry()));
    };
    // The argument that chooses the binding has a name that the overlay gives.
    for map in [&mut second.properties, &mut second.arguments] {
        if let Some(value) = map.remove(first) {
            map.insert(binding.when.clone(), value);
        }
    }
    for required in &mut second.required {
        if required == first {
            required.clone_from(&binding.when);
        }
    }
    if let Some(node) = second.properties.get_mut(&binding.when) {
        node["description"] = json!(binding.description);
    }
    // A filter is read against what this operation answers.
    let filter = filters.of(context, other);
    if let Some((_, argument, node)) = &filter {
        add_own(&mut second, argument, "filter", node.clone(), false);
    }
    let mut request = request(operation, &second);
    request["method"] = json!(operation.method.as_str());
    if let Some((schema, ..)) = filter {
        request["filter"] = json!(schema);
    }
    for (name, node) in second.properties {
        plan.properties.entry(name).or_insert(node);
    }
    for relation in second.relations {
        let renamed = relation["argument"] == json!(first);
        let mut relation = relation;
        if renamed {
            relation["argument"] = json!(binding.when);
        }
        if !plan.relations.contains(&relation) {
            plan.relations.push(relation);
        }
    }
    plan.required.retain(|name| second.required.contains(name));
    Ok(json!({
        "when": binding.when,
        "http": {"method": operation.method.as_str(), "path": operation.spec_path},
        "request": request,
        "response": response(context, operation),
    }))
}

fn request(operation: &Operation, plan: &Plan) -> Value {
    json!({
        "path": operation.path.text,
        "arguments": plan.arguments,
        "body": plan.body,
        "required": plan.required,
    })
}

fn response(context: &Context<'_>, operation: &Operation) -> Value {
    match &operation.response.content {
        Content::None => json!({"content": "none", "schema": null, "list": false}),
        Content::Binary => json!({"content": "binary", "schema": null, "list": false}),
        Content::Json(ty) => {
            let (ty, list) = match resolved(context.api, ty) {
                Type::List(item) => (resolved(context.api, item), true),
                ty => (ty, false),
            };
            let schema = match ty {
                Type::Named(name) => json!(name),
                Type::Any => Value::Null,
                ty => Writer::of_answer(context).node(ty, &Limits::default(), ""),
            };
            json!({"content": "json", "schema": schema, "list": list})
        }
    }
}

fn plan<'a>(
    context: &'a Context<'a>,
    index: OperationId,
    shapes: &mut Shapes<'a>,
    filters: &Filters<'_>,
) -> Plan {
    let operation = &context.api.operations[index];
    let name = &context.named.operations[index];
    let mut plan = Plan {
        properties: Map::new(),
        shape: None,
        required: Vec::new(),
        looked_up: Vec::new(),
        arguments: Map::new(),
        body: "none",
        relations: Vec::new(),
    };
    let mut parents = name.parents.iter();
    let mut shared: Vec<&str> = Vec::new();
    let on = match name.kind {
        Kind::List => Some(On::List),
        Kind::Count => Some(On::Count),
        Kind::Get => Some(On::Get),
        _ => None,
    };
    for (at, parameter) in operation.parameters.iter().enumerate() {
        if let (Place::Query, Some(query)) =
            (parameter.place, context.profile.shared_query.get(&parameter.name))
        {
            context.ledger.mark(format!("shared_query.{}", parameter.name));
            if on.is_some_and(|on| query.tools && query.on.contains(&on))
                && filters.can_match(index, &parameter.name)
            {
                shared.push(&parameter.name);
            }
            continue;
        }
        let argument = match parameter.place {
            Place::Path => parents.next().cloned().unwrap_or_else(|| parameter.name.clone()),
            _ => parameter.name.clone(),
        };
        add_parameter(context, &mut plan, parameter, &argument, index, at);
    }
    if let (Some(on), false) = (on, shared.is_empty()) {
        plan.shape = Some(shapes.query(on, &shared));
    }
    if let Some(body) = &operation.body {
        add_body(context, &mut plan, body, name.kind, shapes);
    }
    plan
}

fn add_parameter<'a>(
    context: &'a Context<'a>,
    plan: &mut Plan,
    parameter: &'a Parameter,
    argument: &str,
    index: OperationId,
    at: usize,
) {
    let source = context.related.arguments[index][at].as_ref();
    let mut words = parameter.description.trim().to_owned();
    if let Some(source) = source {
        let tool = &context.named.operations[source.operation].tool;
        let gap = if words.is_empty() { "" } else { " " };
        let from = match source.field.as_str() {
            "id" => "From".to_owned(),
            field => format!("{} from", capital(field)),
        };
        words.push_str(&format!("{gap}{from} {tool}."));
        plan.relations.push(json!({"argument": argument, "tool": tool, "field": source.field}));
    }
    // An object in the query travels member by member; what is left of one here is text.
    let ty = match resolved(context.api, &parameter.ty) {
        Type::Named(_) | Type::Any | Type::Map(_) if parameter.place != Place::Query => &Type::Text(None),
        ty => ty,
    };
    let node = Writer::new(context).node(ty, &Limits::default(), &words);
    plan.properties.insert(argument.to_owned(), node);
    let place = match parameter.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
    };
    plan.arguments.insert(argument.to_owned(), json!({"in": place, "name": parameter.name}));
    if parameter.required {
        plan.required.push(argument.to_owned());
        if source.is_some() {
            plan.looked_up.push(argument.to_owned());
        }
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn add_body<'a>(
    context: &'a Context<'a>,
    plan: &mut Plan,
    body: &'a Body,
    kind: Kind,
    shapes: &mut Shapes<'a>,
) {
    let ty = resolved(context.api, &body.ty);
    let object = match ty {
        Type::Named(name) if matches!(context.api.schemas[name].shape, Shape::Object(_)) => {
            Some(name.as_str())
        }
        _ => None,
    };
    if body.kind == BodyKind::Patch {
        plan.body = "patch";
        if let Some(schema) = object {
            add_shape(context, plan, schema, Requires::Nothing, shapes);
        }
        let members = object.map(|schema| &shapes.body(schema).properties);
        let taken = |name: &str| members.is_some_and(|members| members.contains_key(name));
        add_own_beside(plan, "operations", "patch", operations(), object.is_none(), taken);
        if let Some(schema) = object.filter(|_| members.is_some_and(|members| !members.is_empty())) {
            add_own_beside(plan, "clear", "clear", clear(context, schema), false, taken);
        }
        return;
    }
    match object {
        // An object without members that a caller can set is any object.
        Some(schema) if !shapes.body(schema).properties.is_empty() => {
            plan.body = if body.kind == BodyKind::Multipart { "multipart" } else { "object" };
            let requires = if kind == Kind::Replace { Requires::Replace } else { Requires::Create };
            add_shape(context, plan, schema, requires, shapes);
        }
        _ => {
            plan.body = "whole";
            let mut writer = Writer::new(context);
            let (argument, node) = match ty {
                Type::List(_) => ("items", writer.node(ty, &Limits::default(), "The records.")),
                Type::Named(_) | Type::Map(_) => {
                    ("body", json!({"type": "object", "description": "What is sent."}))
                }
                Type::Any => ("body", any("What is sent.")),
                ty => ("body", writer.node(ty, &Limits::default(), "What is sent.")),
            };
            add_own(plan, argument, "whole_body", node, true);
        }
    }
}

/// Which members a call must give.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Requires {
    Nothing,
    Create,
    Replace,
}

fn add_shape<'a>(
    context: &'a Context<'a>,
    plan: &mut Plan,
    schema: &'a str,
    requires: Requires,
    shapes: &mut Shapes<'a>,
) {
    let written = shapes.body(schema);
    let clashing: Vec<String> =
        written.properties.keys().filter(|member| plan.properties.contains_key(*member)).cloned().collect();
    let mut required = written.required.clone();
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
        // An id in the path that is named after the parent says already what the member would say.
        let target = &plan.arguments[member];
        let is_parent = target["in"] == "path" && target["name"] != json!(member);
        if is_parent && !required.contains(member) {
            continue;
        }
        let argument = format!("body{}", capital(member));
        plan.properties.insert(argument.clone(), node);
        plan.arguments.insert(argument.clone(), json!({"in": "body", "name": member}));
        plan.relations.extend(shapes.renamed_relations(schema, member, &argument));
        if requires != Requires::Nothing && required.contains(member) {
            plan.required.push(argument);
        }
    }
    if requires != Requires::Nothing {
        required.retain(|member| !clashing.contains(member) && !plan.required.contains(member));
        let written = shapes.body(schema);
        let is_looked_up = |member: &&String| {
            let mut references = written.references.iter();
            references.any(|(path, reference)| path == *member && reference.source.is_some())
        };
        plan.looked_up.extend(required.iter().filter(is_looked_up).cloned());
        plan.required.extend(required);
    }
    let is_empty = shapes.body(schema).properties.is_empty();
    plan.shape = (!is_empty).then(|| shapes.variant(schema, &clashing));
}

/// Adds an argument that is no parameter; its name gives way to one that is taken.
fn add_own(plan: &mut Plan, name: &str, place: &str, node: Value, required: bool) {
    add_own_beside(plan, name, place, node, required, |_| false);
}

/// Adds an argument that is no parameter; its name gives way to one that is taken, also by the members of a shape.
fn add_own_beside(
    plan: &mut Plan,
    name: &str,
    place: &str,
    node: Value,
    required: bool,
    is_taken: impl Fn(&str) -> bool,
) {
    let mut argument = name.to_owned();
    while plan.properties.contains_key(&argument) || is_taken(&argument) {
        argument = format!("body{}", capital(&argument));
    }
    plan.properties.insert(argument.clone(), node);
    plan.arguments.insert(argument.clone(), json!({"in": place, "name": name}));
    if required {
        plan.required.push(argument);
    }
}

fn operations() -> Value {
    json!({
        "type": "array",
        "description": "Raw JSON Patch.",
        "items": {
            "type": "object",
            "properties": {
                "op": {"type": "string", "enum": ["add", "replace", "remove"]},
                "path": {"type": "string"},
                // Lists and null are taken too. What is in lists would take more words than all else here, and many
                // clients give null wherever it is allowed.
                "value": {"type": ["string", "number", "boolean", "object"]},
            },
            "required": ["op", "path"],
        },
    })
}

/// The argument that names the fields to empty. Null can't say so: clients send it for all that they leave out.
fn clear(context: &Context<'_>, schema: &str) -> Value {
    let custom = context.api.schemas[schema].fields().iter().find(|field| context.is_custom_fields(field));
    let words = match custom {
        Some(field) => format!("Names of fields to empty; {0}/CAPTION for one of {0}.", field.name),
        None => "Names of fields to empty.".to_owned(),
    };
    json!({"type": "array", "items": {"type": "string"}, "description": words})
}
