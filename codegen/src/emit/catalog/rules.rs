//! Emits the overlay's rules about combinations of arguments, and the sentences that explain these rules to a model.

use std::borrow::Cow;

use toolcrate_catalog::{AnyOfRule, ArgumentLocation, BodyFormat, OperationKind, WarningRule};

use super::argument_plan::ArgumentPlan;
use crate::emit::context::Context;
use crate::emit::writable::is_writable;
use crate::ir::{Operation, Type};

/// The sentence for a tool that should send content, but whose operation has no body in the document.
const NO_CONTENT: &str = "Sends no content, because the API documents none for this operation.";

/// Returns the groups of arguments of which a call requires at least one.
pub fn any_of<'a>(
    context: &'a Context<'a>,
    operation: &'a Operation,
    plan: &ArgumentPlan<'a>,
) -> Vec<AnyOfRule<'a>> {
    // For an update, the record already has the other fields.
    let Some(schema) = body_schema(context, operation).filter(|_| plan.body == BodyFormat::Object) else {
        return Vec::new();
    };
    let facts = context.overlay.any_of.iter().filter(|fact| fact.schema == schema);
    let facts = facts.map(|fact| {
        context.ledger.mark(fact.entry());
        AnyOfRule {
            arguments: fact.fields.iter().map(|field| argument(plan, field)).collect(),
            is_true: fact.is_true,
            message: Cow::Borrowed(&fact.message),
        }
    });
    facts.chain(declared_choices(context, operation, schema, plan)).collect()
}

/// Returns the groups of properties of which the document requires at least one. An optional body has no such groups.
fn declared_choices<'a>(
    context: &'a Context<'a>,
    operation: &Operation,
    schema: &'a str,
    plan: &ArgumentPlan<'a>,
) -> impl Iterator<Item = AnyOfRule<'a>> {
    let is_required = operation.body.as_ref().is_some_and(|body| body.required);
    let fields = context.api.schemas[schema].fields();
    let is_argument = |name: &&String| {
        fields.iter().any(|field| field.name == **name && is_writable(context, schema, field, true))
    };
    let groups = context.api.choices.get(schema).filter(|_| is_required).into_iter().flatten();
    groups.filter_map(move |names| {
        let arguments: Vec<_> = names.iter().filter(is_argument).map(|name| argument(plan, name)).collect();
        let message = Cow::Borrowed("the body needs one of several fields");
        (!arguments.is_empty()).then_some(AnyOfRule { arguments, is_true: false, message })
    })
}

/// Returns the warnings about combinations of arguments.
pub fn warnings<'a>(
    context: &'a Context<'a>,
    operation: &'a Operation,
    plan: &ArgumentPlan<'a>,
) -> Vec<WarningRule<'a>> {
    let takes_fields = matches!(plan.body, BodyFormat::Object | BodyFormat::Patch);
    let Some(schema) = body_schema(context, operation).filter(|_| takes_fields) else { return Vec::new() };
    let facts = context.overlay.warnings.iter().filter(|fact| fact.schema == schema);
    facts
        .map(|fact| {
            context.ledger.mark(fact.entry());
            WarningRule {
                argument: argument(plan, &fact.field),
                with: fact.with.iter().map(|field| argument(plan, field)).collect(),
                message: Cow::Borrowed(&fact.message),
            }
        })
        .collect()
}

/// Adds information to a description that isn't visible in every form of the schema.
pub fn describe(
    description: &mut String,
    operation: &Operation,
    kind: OperationKind,
    any_of: &[AnyOfRule<'_>],
) {
    for rule in any_of {
        if rule.arguments.iter().all(|argument| description.contains(argument.as_ref())) {
            continue;
        }
        let to_true = if rule.is_true { " to true" } else { "" };
        let arguments = match rule.arguments.split_last() {
            Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
            _ => rule.arguments.join(""),
        };
        description.push_str(&format!(" Set at least one of {arguments}{to_true}."));
    }
    let carries_content = matches!(
        kind,
        OperationKind::Create | OperationKind::Update | OperationKind::Replace | OperationKind::Upload
    );
    if carries_content && operation.body.is_none() {
        description.push(' ');
        description.push_str(NO_CONTENT);
    }
}

/// Returns the schema of the record in the body.
fn body_schema<'a>(context: &'a Context<'a>, operation: &'a Operation) -> Option<&'a str> {
    match context.api.resolve(&operation.body.as_ref()?.ty) {
        Type::Named(name) => Some(name),
        _ => None,
    }
}

/// Returns the argument for a body field.
fn argument<'a>(plan: &ArgumentPlan<'a>, field: &'a str) -> Cow<'a, str> {
    let renamed = plan.arguments.iter().find(|(_, target)| {
        target.location == ArgumentLocation::Body && target.name.as_deref() == Some(field)
    });
    renamed.map_or(Cow::Borrowed(field), |(argument, _)| argument.clone())
}
