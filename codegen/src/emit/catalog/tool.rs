//! Emits the catalog's tool records.

use std::borrow::Cow;
use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Value, json};
use toolcrate_catalog::{
    Annotations, ArgumentTarget, BindingRecord, HttpOperation, OperationKind, OperationTarget, Properties,
    RawJson, RequestRecord, ResponseContent, ResponseRecord, SchemaRef, ToolClass, ToolInput, ToolReach,
    ToolRecord,
};

use super::argument_plan::ArgumentPlan;
use super::emitters::Emitters;
use super::facts::OperationFacts;
use super::node::Writer;
use super::plan::filtered_plan;
use super::rules;
use crate::config::ToolBinding;
use crate::diagnostic::{CodegenError, Errors};
use crate::emit::context::Context;
use crate::id::OperationId;
use crate::ir::{Content, Limits, Method, Operation, Type};
use crate::naming::OperationName;

/// A tool's additional operations, by the index of its main one.
pub type Bindings<'a> = BTreeMap<OperationId, Vec<(&'a ToolBinding, OperationId)>>;

/// Finds the operations in the overlay's bindings.
///
/// # Errors
/// Returns `E032` for an operation that the spec doesn't have.
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

fn missing(key: &str, binding: &ToolBinding) -> CodegenError {
    CodegenError::new("E032", format!("the spec has no operation `{key}`")).at(binding.entry())
}

/// Returns the record of the operation at `index`.
pub fn record<'a>(
    context: &'a Context<'a>,
    index: OperationId,
    bindings: Option<&Vec<(&'a ToolBinding, OperationId)>>,
    emitters: &mut Emitters<'a>,
) -> Result<ToolRecord<'a>, CodegenError> {
    let operation = &context.api.operations[index];
    let name = &context.named.operations[index];
    let facts = emitters.facts.operations[index].clone();
    let (mut plan, filter) = filtered_plan(context, index, emitters);
    let request = request(&plan, filter, operation);
    let first_required = plan.required.clone();
    let mut others = Vec::new();
    for (binding, other) in bindings.into_iter().flatten() {
        others.push(join(context, &mut plan, binding, *other, emitters)?);
    }
    let effect = effect(context, operation);
    let annotations = annotations(operation, name, &facts, &effect);
    let steps = emitters.lifecycles.steps(index);
    let (any_of, warnings) =
        (rules::any_of(context, operation, &plan), rules::warnings(context, operation, &plan));
    let mut description = emitters.describer.description(context, index, &plan, &steps)?;
    rules::describe(&mut description, operation, name.kind, &any_of);
    let required = (first_required != plan.required).then(|| owned(first_required));
    let verb = name.main_verb();
    Ok(ToolRecord {
        name: &name.tool,
        short_name: &name.short,
        title: Cow::Borrowed(emitters.describer.title(context, index)),
        description: Cow::Owned(description),
        class: if effect.acts && name.class == ToolClass::Read { ToolClass::Custom } else { name.class },
        module: &name.module,
        kind: facts.kind,
        verb: (verb != facts.kind.verb()).then_some(verb),
        target: facts.target,
        variant: facts.variant,
        parent: facts.collection.as_deref().and_then(|name| emitters.facts.parent(name)).map(Cow::Owned),
        collection: facts.collection.map(Cow::Owned),
        tags: operation.tags.iter().map(|tag| Cow::Borrowed(tag.as_str())).collect(),
        annotations,
        reach: effect.reach,
        http: http(operation),
        input: ToolInput {
            properties: Properties::from(plan.properties),
            shape: plan.shape.map(Cow::Owned),
            required: owned(plan.required),
            any_of,
        },
        request: RequestRecord { required, ..request },
        response: response(context, operation),
        relations: plan.relations,
        bindings: others,
        lifecycle: steps,
        warnings,
        examples: examples(context, operation),
    })
}

/// Returns the overlay's example calls.
fn examples<'a>(context: &Context<'_>, operation: &Operation) -> Vec<RawJson<'a>> {
    let key = operation.key();
    let Some(examples) = context.overlay.examples.get(&key) else { return Vec::new() };
    context.ledger.mark(format!("examples.{key}"));
    examples.iter().map(|example| RawJson::from(&Value::Object(example.clone()))).collect()
}

/// Verbs of actions that only add data. Any other action may change or remove existing data.
const ADDITIVE_VERBS: [&str; 7] = ["add", "append", "clone", "copy", "create", "duplicate", "generate"];

/// An operation's effect, as defined in the overlay.
struct OperationEffect {
    /// True if it is more than a read.
    acts: bool,
    reach: ToolReach,
}

fn effect(context: &Context<'_>, operation: &Operation) -> OperationEffect {
    let key = operation.key();
    let Some(note) = context.overlay.operations.get(&key) else {
        return OperationEffect { acts: false, reach: ToolReach::Module };
    };
    if note.acts.is_some() || note.reaches_everything.is_some() {
        context.ledger.mark(format!("operations.{key}"));
    }
    let reach = if note.reaches_everything.is_some() { ToolReach::Everything } else { ToolReach::Module };
    OperationEffect { acts: note.acts.is_some(), reach }
}

fn annotations(
    operation: &Operation,
    name: &OperationName,
    facts: &OperationFacts,
    effect: &OperationEffect,
) -> Annotations {
    let read_only = !effect.acts && (name.class == ToolClass::Read || name.read_only);
    let is_idempotent =
        name.idempotent || matches!(operation.method, Method::Get | Method::Put | Method::Delete);
    Annotations {
        read_only_hint: read_only,
        destructive_hint: !read_only && name.destructive.unwrap_or_else(|| is_destructive(facts, name)),
        idempotent_hint: !effect.acts && is_idempotent,
        open_world_hint: true,
    }
}

/// Returns true if a write operation may overwrite or remove data. The Model Context Protocol defines the
/// absence of the hint as *only additive updates*, so an update of some fields is also destructive.
fn is_destructive(facts: &OperationFacts, name: &OperationName) -> bool {
    match facts.kind {
        OperationKind::List
        | OperationKind::Get
        | OperationKind::Count
        | OperationKind::Download
        | OperationKind::Create => false,
        OperationKind::Update | OperationKind::Replace | OperationKind::Delete => true,
        // A file that becomes a separate record replaces nothing.
        OperationKind::Upload => facts.collection.is_none() || facts.target != OperationTarget::Collection,
        OperationKind::Action => !ADDITIVE_VERBS.contains(&name.main_verb()),
    }
}

fn owned<'a>(names: Vec<String>) -> Vec<Cow<'a, str>> {
    names.into_iter().map(Cow::Owned).collect()
}

/// Lets the tool with `plan` also perform `other`: its arguments are added, none of them required by every call.
fn join<'a>(
    context: &'a Context<'a>,
    plan: &mut ArgumentPlan<'a>,
    binding: &'a ToolBinding,
    other: OperationId,
    emitters: &mut Emitters<'a>,
) -> Result<BindingRecord<'a>, CodegenError> {
    let operation = &context.api.operations[other];
    let (mut second, filter) = filtered_plan(context, other, emitters);
    let Some(first) = context.named.operations[other].parents.first() else {
        let message = "the operation's path has no ID for the argument to fill";
        return Err(CodegenError::new("E032", message).at(binding.entry()));
    };
    // The overlay names the argument that selects the binding.
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
    let request = request(&second, filter, operation);
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

/// Returns method and path. A control character, which a mangled path may contain, would break the lines of the
/// index.
fn http<'a>(operation: &'a Operation) -> HttpOperation<'a> {
    let printable = |path: &'a str| match path.chars().any(char::is_control) {
        false => Cow::Borrowed(path),
        true => Cow::Owned(path.replace(char::is_control, " ")),
    };
    let (path, request_path) = (printable(&operation.spec_path), printable(&operation.path.text));
    let request_path = (request_path != path).then_some(request_path);
    HttpOperation { method: operation.method, path, request_path }
}

fn request<'a>(
    plan: &ArgumentPlan<'a>,
    filter: Option<&'a str>,
    operation: &'a Operation,
) -> RequestRecord<'a> {
    let names = |schemes: &'a Vec<String>| schemes.iter().map(|name| Cow::Borrowed(name.as_str())).collect();
    RequestRecord {
        arguments: plan.arguments.clone(),
        body: plan.body,
        required: None,
        content_type: plan.content_type.map(Cow::Borrowed),
        filter: filter.map(Cow::Borrowed),
        body_required: plan.body_required.clone().map(owned),
        field_styles: borrowed(plan.field_styles, |style| *style),
        part_types: borrowed(plan.part_types, |media_type| Cow::Borrowed(media_type.as_str())),
        security: operation.security.as_ref().map(|alternatives| alternatives.iter().map(names).collect()),
    }
}

/// Returns `entries` with borrowed names.
fn borrowed<'a, T, U>(
    entries: Option<&'a BTreeMap<String, T>>,
    value: impl Fn(&'a T) -> U,
) -> IndexMap<Cow<'a, str>, U> {
    let entries = entries.into_iter().flatten();
    entries.map(|(name, entry)| (Cow::Borrowed(name.as_str()), value(entry))).collect()
}

fn response<'a>(context: &'a Context<'a>, operation: &'a Operation) -> ResponseRecord<'a> {
    let ty = match &operation.response.content {
        Content::None => return ResponseRecord::default(),
        Content::Binary => {
            return ResponseRecord { content: ResponseContent::Binary, ..ResponseRecord::default() };
        }
        Content::Json(ty) => ty,
    };
    let (ty, list) = context.api.resolve_item(ty);
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
