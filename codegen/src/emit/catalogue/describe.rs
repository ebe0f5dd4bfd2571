//! Titles and descriptions of tools: one to three sentences from a template, or the overlay's own words.

use serde_json::json;

use super::tool::Plan;
use crate::diagnostic::Error;
use crate::emit::Context;
use crate::emit::operations::article;
use crate::emit::text::Templates;
use crate::ir::{Content, Place};
use crate::name::Kind;

/// Writes titles and descriptions.
pub struct Describer {
    templates: Templates,
}

impl Describer {
    /// Compiles the templates.
    ///
    /// # Errors
    /// `E031` a template that is none.
    pub fn new() -> Result<Self, Error> {
        Ok(Self { templates: Templates::new()? })
    }

    /// What the tool does, what it needs, what comes back.
    ///
    /// # Errors
    /// `E031` a template that fails.
    pub fn description(&self, context: &Context<'_>, index: usize, plan: &Plan) -> Result<String, Error> {
        let operation = &context.api.operations[index];
        let name = &context.named.operations[index];
        let key = operation.key();
        if let Some(own) = context.overlay.operations.get(&key).and_then(|note| note.description.as_ref()) {
            context.ledger.mark(format!("operations.{key}"));
            return Ok(own.trim().to_owned());
        }
        let one = name.one.join(" ");
        let needs: Vec<&String> = plan.required.iter().collect();
        let scope: Vec<&String> = match name.kind {
            Kind::List | Kind::Count | Kind::Create => name.parents.iter().collect(),
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
                "title": name.title,
                "article": article(&one),
                "one": one,
                "many": name.many.join(" "),
                "module": name.module,
                "in_module": !name.one.contains(&name.module),
                "needs": needs,
                "scope": scope,
                "answers": answers,
                "own": own,
                "bulk": operation.response.statuses.contains(&207),
                "filtered": operation
                    .parameters_in(Place::Query)
                    .any(|parameter| context.profile.shared_query.contains_key(&parameter.name)),
                "paged": context.profile.paging.is_paged(),
                "call": format!("{} {}", operation.method, operation.path.text),
            }),
        )?;
        Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}
