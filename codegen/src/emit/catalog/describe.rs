//! Writes tool descriptions, either from sentence templates or from text in the overlay.

use serde_json::{Value, json};
use toolcrate_catalog::{LifecycleStep, OperationKind, OperationVariant, placeholder};

use super::argument_plan::ArgumentPlan;
use crate::diagnostic::CodegenError;
use crate::emit::context::Context;
use crate::emit::sentence;
use crate::emit::templates::Templates;
use crate::id::OperationId;
use crate::ir::{Content, Operation};
use crate::naming::OperationName;

/// Maximum number of required arguments listed in a description; the schema lists all of them.
const MAX_REQUIRED: usize = 7;

/// Writes titles and descriptions.
pub struct Describer {
    templates: Templates,
}

impl Describer {
    /// Compiles the templates.
    ///
    /// # Errors
    /// Returns `E031` if a template is invalid.
    pub fn new() -> Result<Self, CodegenError> {
        Ok(Self { templates: Templates::new()? })
    }

    /// Returns the tool's title.
    pub fn title<'a>(&self, context: &Context<'a>, index: OperationId) -> &'a str {
        let key = context.api.operations[index].key();
        let own = context.overlay.operations.get(&key).and_then(|note| note.title.as_deref());
        if own.is_some() {
            context.ledger.mark(format!("operations.{key}"));
        }
        own.unwrap_or(&context.named.operations[index].title)
    }

    /// Returns the description: what the tool does, its prerequisites, and what it returns.
    ///
    /// # Errors
    /// Returns `E031` if a template fails.
    pub fn description(
        &self,
        context: &Context<'_>,
        index: OperationId,
        plan: &ArgumentPlan<'_>,
        steps: &[LifecycleStep<'_>],
    ) -> Result<String, CodegenError> {
        let operation = &context.api.operations[index];
        let name = &context.named.operations[index];
        let key = operation.key();
        let gloss = gloss(context, name);
        if let Some(own) = context.overlay.operations.get(&key).and_then(|note| note.description.as_ref()) {
            context.ledger.mark(format!("operations.{key}"));
            return Ok(own.trim().to_owned());
        }
        let answers = match &operation.response.content {
            Content::None => "nothing",
            Content::Binary => "file",
            Content::Json(_) => "json",
        };
        let next: Vec<Value> = steps.iter().filter_map(next_step).collect();
        let text = self.templates.render(
            "description.txt",
            json!({
                "kind": format!("{:?}", name.kind).to_lowercase(),
                "lead": placeholder::escape(&lead(context, operation, name, gloss)),
                "note": note(name.kind),
                "required": placeholder::escape(&required(name, plan)),
                "steps": steps,
                "next": next,
                "answers": answers,
                "one": name.subject.own_one,
                "created": if name.subject.is_link { "added" } else { "created" },
                "copies": name.variant == Some(OperationVariant::Copy) && answers == "json",
                "bulk": operation.response.statuses.contains(&207),
                "paged": context.profile.paging.is_paged(),
            }),
        )?;
        Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

/// Returns the overlay's explanation of the records that an operation works on.
fn gloss<'a>(context: &Context<'a>, name: &OperationName) -> &'a str {
    let Some((key, gloss)) = context.gloss(&name.subject.path) else { return "" };
    context.ledger.mark(format!("resources.{key}"));
    match name.kind {
        OperationKind::Count | OperationKind::Delete => "",
        OperationKind::List => gloss.many(),
        _ => gloss.one(),
    }
}

/// Returns a sentence about the operation, without its period: the document's own, if it is more than a title.
fn lead(context: &Context<'_>, operation: &Operation, name: &OperationName, gloss: &str) -> String {
    let known = operation.description.trim();
    if known.is_empty() || known.eq_ignore_ascii_case(operation.summary.trim()) {
        let conditions = context.profile.filter.as_ref().map(|filter| filter.conditions.as_str());
        let is_filtered =
            operation.parameters.iter().any(|parameter| Some(parameter.name.as_str()) == conditions);
        return sentence::imperative(name, gloss, is_filtered);
    }
    known.trim_end_matches(['.', '!', '?']).to_owned()
}

fn note(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::Update => "Only the fields you pass are changed.",
        OperationKind::Replace => "Fields you leave out are reset to their defaults.",
        _ => "",
    }
}

/// Returns the required body arguments: `status, terms and vendorCompany`.
fn required(name: &OperationName, plan: &ArgumentPlan<'_>) -> String {
    let is_relevant = matches!(name.kind, OperationKind::Create | OperationKind::Replace);
    let names: Vec<&str> =
        plan.required.iter().filter(|name| !plan.is_in_path(name)).map(String::as_str).collect();
    match names.split_last() {
        Some((last, [])) if is_relevant => (*last).to_owned(),
        Some((last, others)) if is_relevant && names.len() <= MAX_REQUIRED => {
            format!("{} and {last}", others.join(", "))
        }
        _ => String::new(),
    }
}

/// Returns the step after `step`, with placeholders for the tools that perform it.
fn next_step(step: &LifecycleStep<'_>) -> Option<Value> {
    let after = step.after.as_ref().filter(|after| !after.tools.is_empty())?;
    let tools: Vec<String> = after.tools.iter().map(|tool| placeholder::placeholder(tool)).collect();
    Some(json!({"step": after.step, "tools": tools}))
}
