//! The record of a tool.

use std::borrow::Cow;
use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};
use toolcrate_catalog::{
    Annotations, ArgumentLocation, ArgumentTarget, BindingRecord, BodyFormat, HttpOperation, PathType,
    Properties, RawJson, Relation, RequestRecord, ResponseContent, ResponseRecord, SchemaRef, ToolInput,
    ToolRecord,
};

use super::Emitters;
use super::node::{Writer, any};
use super::shape::Shapes;
use crate::config::{On, ToolBinding};
use crate::diagnostic::{Error, Errors};
use crate::emit::context::Context;
use crate::emit::rust::resolved;
use crate::id::OperationId;
use crate::ir::{Body, BodyKind, Content, Limits, Method, Operation, Parameter, Place, Shape, Type};
use crate::naming::{Class, Kind, OperationName};

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
pub struct Plan<'a> {
    /// Own arguments, by name.
    pub properties: Map<String, Value>,
    /// The shape of further arguments.
    pub shape: Option<String>,
    /// Names of required arguments.
    pub required: Vec<String>,
    /// Those of them that another tool gives.
    pub looked_up: Vec<String>,
    /// Where own arguments go.
    arguments: IndexMap<Cow<'a, str>, ArgumentTarget<'a>>,
    body: BodyFormat,
    relations: Vec<Relation<'a>>,
}

/// The record of the operation at `index`.
pub fn record<'a>(
    context: &'a Context<'a>,
    index: OperationId,
    bindings: Option<&Vec<(&'a ToolBinding, OperationId)>>,
    emitters: &mut Emitters<'a>,
) -> Result<ToolRecord<'a>, Error> {
    let operation = &context.api.operations[index];
    let name = &context.named.operations[index];
    let facts = emitters.facts.operations[index].clone();
    let (mut plan, filter) = filtered_plan(context, index, emitters);
    let request = request(&plan, filter);
    let first_required = plan.required.clone();
    let mut others = Vec::new();
    for (binding, other) in bindings.into_iter().flatten() {
        others.push(join(context, &mut plan, binding, *other, emitters)?);
    }
    let steps = emitters.lifecycles.steps(index);
    let description = emitters.describer.description(context, index, &plan, &steps)?;
    let required = (first_required != plan.required).then(|| owned(first_required));
    let verb = name.verb.split(['_', ' ']).next().unwrap_or_default();
    Ok(ToolRecord {
        name: &name.tool,
        short_name: &name.short,
        title: Cow::Borrowed(&name.title),
        description: Cow::Owned(description),
        class: name.class,
        module: &name.module,
        kind: facts.kind,
        verb: (verb != facts.kind.verb()).then_some(verb),
        target: facts.target,
        variant: facts.variant,
        parent: facts.collection.as_deref().and_then(|name| emitters.facts.parent(name)).map(Cow::Owned),
        collection: facts.collection.map(Cow::Owned),
        tags: operation.tags.iter().map(|tag| Cow::Borrowed(tag.as_str())).collect(),
        annotations: annotations(operation, name),
        http: http(operation),
        input: ToolInput {
            properties: Properties::from(plan.properties),
            shape: plan.shape.map(Cow::Owned),
            required: owned(plan.required),
        },
        request: RequestRecord { required, ..request },
        response: response(context, operation),
        relations: plan.relations,
        bindings: others,
        lifecycle: steps,
    })
}

fn annotations(operation: &Operation, name: &OperationName) -> Annotations {
    Annotations {
        read_only_hint: name.class == Class::Read || name.read_only,
        destructive_hint: name.destructive || matches!(name.kind, Kind::Delete | Kind::Replace),
        idempotent_hint: name.idempotent
            || matches!(operation.method, Method::Get | Method::Put | Method::Delete),
        open_world_hint: true,
    }
}

fn owned<'a>(names: Vec<String>) -> Vec<Cow<'a, str>> {
    names.into_iter().map(Cow::Owned).collect()
}

/// The plan of an operation with its structured filter, and the schema that the filter is read against.
fn filtered_plan<'a>(
    context: &'a Context<'a>,
    index: OperationId,
    emitters: &mut Emitters<'a>,
) -> (Plan<'a>, Option<&'a str>) {
    let mut plan = plan(context, index, emitters);
    let filter = emitters.filters.of(context, index);
    let schema = filter.map(|(schema, argument, node)| {
        add_own(&mut plan, argument, ArgumentLocation::Filter, node, false);
        schema
    });
    (plan, schema)
}

/// Lets the tool of `plan` answer for `other` too: its arguments are added, none of which every call needs.
fn join<'a>(
    context: &'a Context<'a>,
    plan: &mut Plan<'a>,
    binding: &'a ToolBinding,
    other: OperationId,
    emitters: &mut Emitters<'a>,
) -> Result<BindingRecord<'a>, Error> {
    let operation = &context.api.operations[other];
    let (mut second, filter) = filtered_plan(context, other, emitters);
    let Some(first) = context.named.operations[other].parents.first() else {
        let message = "the operation has no id in its path that the argument could fill";
        return Err(Error::new("E032", message).at(binding.entry()));
    };
    // The argument that chooses the binding has a name that the overlay gives.
    if let Some(value) = second.properties.remove(first) {
        second.properties.insert(binding.when.clone(), value);
    }
    if let Some(target) = second.arguments.shift_remove(first.as_str()) {
        let name = target.name.or(Some(Cow::Borrowed(first.as_str())));
        let name = name.filter(|name| **name != binding.when);
        second.arguments.insert(Cow::Borrowed(&binding.when), ArgumentTarget { name, ..target });
    }
    for required in &mut second.required {
        if required == first {
            required.clone_from(&binding.when);
        }
    }
    if let Some(node) = second.properties.get_mut(&binding.when) {
        node["description"] = json!(binding.description);
    }
    let request = request(&second, filter);
    for (name, node) in second.properties {
        plan.properties.entry(name).or_insert(node);
    }
    for mut relation in second.relations {
        if relation.argument == first.as_str() {
            relation.argument = Cow::Borrowed(&binding.when);
        }
        if !plan.relations.contains(&relation) {
            plan.relations.push(relation);
        }
    }
    plan.required.retain(|name| second.required.contains(name));
    Ok(BindingRecord {
        when: Cow::Borrowed(&binding.when),
        http: http(operation),
        request: RequestRecord { required: Some(owned(second.required)), ..request },
        response: response(context, operation),
    })
}

/// Method and path. A control character, which a mangled path may have, would break the lines of the index.
fn http<'a>(operation: &'a Operation) -> HttpOperation<'a> {
    let printable = |path: &'a str| match path.chars().any(char::is_control) {
        false => Cow::Borrowed(path),
        true => Cow::Owned(path.replace(char::is_control, " ")),
    };
    let (path, request_path) = (printable(&operation.spec_path), printable(&operation.path.text));
    let request_path = (request_path != path).then_some(request_path);
    HttpOperation { method: operation.method, path, request_path }
}

fn request<'a>(plan: &Plan<'a>, filter: Option<&'a str>) -> RequestRecord<'a> {
    RequestRecord {
        arguments: plan.arguments.clone(),
        body: plan.body,
        required: None,
        content_type: None,
        filter: filter.map(Cow::Borrowed),
    }
}

fn response<'a>(context: &'a Context<'a>, operation: &'a Operation) -> ResponseRecord<'a> {
    let ty = match &operation.response.content {
        Content::None => return ResponseRecord::default(),
        Content::Binary => {
            return ResponseRecord { content: ResponseContent::Binary, ..ResponseRecord::default() };
        }
        Content::Json(ty) => ty,
    };
    let (ty, list) = match resolved(context.api, ty) {
        Type::List(item) => (resolved(context.api, item), true),
        ty => (ty, false),
    };
    let schema = match ty {
        Type::Named(name) => Some(SchemaRef::Named(Cow::Borrowed(name))),
        Type::Any => None,
        ty => {
            let node = Writer::of_answer(context).node(ty, &Limits::default(), "");
            Some(SchemaRef::Inline(RawJson::from(&node)))
        }
    };
    ResponseRecord { content: ResponseContent::Json, schema, list }
}

fn plan<'a>(context: &'a Context<'a>, index: OperationId, emitters: &mut Emitters<'a>) -> Plan<'a> {
    let operation = &context.api.operations[index];
    let name = &context.named.operations[index];
    let mut plan = Plan {
        properties: Map::new(),
        shape: None,
        required: Vec::new(),
        looked_up: Vec::new(),
        arguments: IndexMap::new(),
        body: BodyFormat::None,
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
                && emitters.filters.can_match(index, &parameter.name)
            {
                shared.push(&parameter.name);
            }
            continue;
        }
        let argument = match parameter.place {
            Place::Path => parents.next().unwrap_or(&parameter.name),
            _ => &parameter.name,
        };
        add_parameter(context, &mut plan, parameter, argument, index, at);
    }
    if let (Some(on), false) = (on, shared.is_empty()) {
        plan.shape = Some(emitters.shapes.query(on, &shared));
    }
    if let Some(body) = &operation.body {
        add_body(context, &mut plan, body, name.kind, &mut emitters.shapes);
    }
    plan
}

fn add_parameter<'a>(
    context: &'a Context<'a>,
    plan: &mut Plan<'a>,
    parameter: &'a Parameter,
    argument: &'a str,
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
        plan.relations.push(Relation {
            argument: Cow::Borrowed(argument),
            tool: Cow::Borrowed(tool),
            field: Cow::Borrowed(&source.field),
            with: IndexMap::new(),
        });
    }
    // An object in the query travels member by member; what is left of one here is text.
    let ty = match resolved(context.api, &parameter.ty) {
        Type::Named(_) | Type::Any | Type::Map(_) if parameter.place != Place::Query => &Type::Text(None),
        ty => ty,
    };
    let node = Writer::new(context).node(ty, &Limits::default(), &words);
    plan.properties.insert(argument.to_owned(), node);
    let location = match parameter.place {
        Place::Path => ArgumentLocation::Path,
        Place::Query => ArgumentLocation::Query,
        Place::Header => ArgumentLocation::Header,
    };
    let is_text = location == ArgumentLocation::Path && !matches!(ty, Type::Integer | Type::Long);
    let target = ArgumentTarget {
        path_type: if is_text { PathType::Text } else { PathType::Integer },
        ..target(location, &parameter.name, argument)
    };
    plan.arguments.insert(Cow::Borrowed(argument), target);
    if parameter.required {
        plan.required.push(argument.to_owned());
        if source.is_some() {
            plan.looked_up.push(argument.to_owned());
        }
    }
}

/// The target of `argument`, which is called `name` there.
fn target<'a>(location: ArgumentLocation, name: &'a str, argument: &str) -> ArgumentTarget<'a> {
    let name = (name != argument).then_some(Cow::Borrowed(name));
    ArgumentTarget { location, name, path_type: PathType::Integer }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn add_body<'a>(
    context: &'a Context<'a>,
    plan: &mut Plan<'a>,
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
        plan.body = BodyFormat::Patch;
        if let Some(schema) = object {
            add_shape(context, plan, schema, Requires::Nothing, shapes);
        }
        let members = object.map(|schema| &shapes.body(schema).properties);
        let taken = |name: &str| members.is_some_and(|members| members.contains_key(name));
        let operations = operations();
        add_own_beside(plan, "operations", ArgumentLocation::Patch, operations, object.is_none(), taken);
        if let Some(schema) = object.filter(|_| members.is_some_and(|members| !members.is_empty())) {
            add_own_beside(plan, "clear", ArgumentLocation::Clear, clear(context, schema), false, taken);
        }
        return;
    }
    match object {
        // An object without members that a caller can set is any object.
        Some(schema) if !shapes.body(schema).properties.is_empty() => {
            plan.body =
                if body.kind == BodyKind::Multipart { BodyFormat::Multipart } else { BodyFormat::Object };
            let requires = if kind == Kind::Replace { Requires::Replace } else { Requires::Create };
            add_shape(context, plan, schema, requires, shapes);
        }
        _ => {
            plan.body = BodyFormat::Whole;
            let mut writer = Writer::new(context);
            let (argument, node) = match ty {
                Type::List(_) => ("items", writer.node(ty, &Limits::default(), "The records.")),
                Type::Named(_) | Type::Map(_) => {
                    ("body", json!({"type": "object", "description": "What is sent."}))
                }
                Type::Any => ("body", any("What is sent.")),
                ty => ("body", writer.node(ty, &Limits::default(), "What is sent.")),
            };
            add_own(plan, argument, ArgumentLocation::WholeBody, node, true);
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
    plan: &mut Plan<'a>,
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
        let taken = &plan.arguments[member.as_str()];
        let is_parent = taken.location == ArgumentLocation::Path && taken.name_or(member) != member;
        if is_parent && !required.contains(member) {
            continue;
        }
        let argument = format!("body{}", capital(member));
        plan.properties.insert(argument.clone(), node);
        let member_target = ArgumentTarget {
            location: ArgumentLocation::Body,
            name: Some(Cow::Owned(member.clone())),
            path_type: PathType::Integer,
        };
        plan.relations.extend(shapes.renamed_relations(schema, member, &argument));
        if requires != Requires::Nothing && required.contains(member) {
            plan.required.push(argument.clone());
        }
        plan.arguments.insert(Cow::Owned(argument), member_target);
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
fn add_own<'a>(plan: &mut Plan<'a>, name: &'a str, location: ArgumentLocation, node: Value, required: bool) {
    add_own_beside(plan, name, location, node, required, |_| false);
}

/// Adds an argument that is no parameter; its name gives way to one that is taken, also by the members of a shape.
fn add_own_beside<'a>(
    plan: &mut Plan<'a>,
    name: &'a str,
    location: ArgumentLocation,
    node: Value,
    required: bool,
    is_taken: impl Fn(&str) -> bool,
) {
    let mut argument = name.to_owned();
    while plan.properties.contains_key(&argument) || is_taken(&argument) {
        argument = format!("body{}", capital(&argument));
    }
    plan.properties.insert(argument.clone(), node);
    let target = target(location, name, &argument);
    plan.arguments.insert(Cow::Owned(argument.clone()), target);
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
