//! Descriptions of tools: a few sentences from a template, or the overlay's own words.

use std::collections::BTreeMap;

use serde_json::json;
use toolcrate_catalog::{LifecycleStep, OperationKind};

use super::argument_plan::ArgumentPlan;
use crate::diagnostic::CodegenError;
use crate::emit::context::Context;
use crate::emit::templates::Templates;
use crate::id::OperationId;
use crate::ir::{Content, Operation, ParameterLocation, Template};

/// Writes descriptions.
pub struct Describer<'a> {
    templates: Templates,
    /// What the records of a collection are, by the collection's path in normal form.
    resources: BTreeMap<String, (&'a str, &'a str)>,
}

impl<'a> Describer<'a> {
    /// Compiles the templates.
    ///
    /// # Errors
    /// `E031` a template that is none.
    pub fn new(context: &Context<'a>) -> Result<Self, CodegenError> {
        let resources = context.overlay.resources.iter();
        let resources = resources
            .map(|(path, about)| (Template::parse(path).normal_form(), (path.as_str(), about.as_str())));
        Ok(Self { templates: Templates::new()?, resources: resources.collect() })
    }

    /// What the records are that `operation` is about: the overlay's words on the collection.
    fn about(&self, context: &Context<'_>, operation: &Operation) -> &str {
        let path = operation.path.normal_form();
        let collection = path.strip_suffix("/{}").or_else(|| path.strip_suffix("/count")).unwrap_or(&path);
        let Some((key, about)) = self.resources.get(collection) else { return "" };
        context.ledger.mark(format!("resources.{key}"));
        about
    }

    /// What the tool does, what it needs, what comes back.
    ///
    /// # Errors
    /// `E031` a template that fails.
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
        if let Some(own) = context.overlay.operations.get(&key).and_then(|note| note.description.as_ref()) {
            context.ledger.mark(format!("operations.{key}"));
            return Ok(own.trim().to_owned());
        }
        let needs: Vec<&String> = plan.required.iter().collect();
        let scope: Vec<&String> = match name.kind {
            OperationKind::List | OperationKind::Count | OperationKind::Create => {
                name.parents.iter().collect()
            }
            _ => Vec::new(),
        };
        let answers = match &operation.response.content {
            Content::None => "nothing",
            Content::Binary => "file",
            Content::Json(_) => "json",
        };
        let known = operation.description.trim();
        let own = if known.eq_ignore_ascii_case(operation.summary.trim()) { "" } else { known };
        let text = self.templates.render(
            "description.txt",
            json!({
                "kind": format!("{:?}", name.kind).to_lowercase(),
                "does": third_person(&name.title),
                "about": self.about(context, operation),
                "steps": steps,
                "module": name.module,
                "in_module": !name.one.contains(&name.module),
                "needs": needs,
                "looked_up": plan.looked_up,
                "scope": scope,
                "answers": answers,
                "own": own,
                "bulk": operation.response.statuses.contains(&207),
                "filtered": operation
                    .parameters_in(ParameterLocation::Query)
                    .any(|parameter| context.profile.shared_query.contains_key(&parameter.name)),
                "paged": context.profile.paging.is_paged(),
            }),
        )?;
        Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

/// `Merge a ticket` gives `Merges a ticket`.
fn third_person(title: &str) -> String {
    let (verb, rest) = title.split_once(' ').unwrap_or((title, ""));
    let before_last = verb.chars().rev().nth(1).unwrap_or('a');
    let verb = match verb.strip_suffix('y') {
        Some(stem) if !"aeiou".contains(before_last) => format!("{stem}ies"),
        _ if ["s", "x", "z", "ch", "sh", "o"].iter().any(|ending| verb.ends_with(ending)) => {
            format!("{verb}es")
        }
        _ => format!("{verb}s"),
    };
    if rest.is_empty() { verb } else { format!("{verb} {rest}") }
}

#[cfg(test)]
mod tests {
    use super::third_person;

    #[test]
    fn titles_become_sentences() {
        for (title, sentence) in [
            ("Merge a ticket", "Merges a ticket"),
            ("Copy an order", "Copies an order"),
            ("Attach children", "Attaches children"),
            ("Deploy it", "Deploys it"),
        ] {
            assert_eq!(third_person(title), sentence);
        }
    }
}
