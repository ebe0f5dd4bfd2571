//! Emits the page that lists the arguments that have no description, and why.

use std::collections::HashMap;

use serde_json::{Value, json};
use toolcrate_catalog::Properties;

use super::catalog::EmittedCatalog;
use super::context::Context;
use super::templates::Templates;
use crate::config::ArgumentPattern;
use crate::diagnostic::Errors;

/// The number of arguments in all tools, by the reason why they have no description.
#[derive(Default)]
struct ArgumentCounts {
    all: usize,
    described: usize,
    flags: usize,
    self_explanatory: usize,
    unexplained: usize,
    missing: usize,
}

/// Emits the page.
///
/// # Errors
/// Returns `E031` if a template fails.
pub fn emit(context: &Context<'_>, catalog: &EmittedCatalog<'_>) -> Result<String, Errors> {
    let mut counts = ArgumentCounts::default();
    let mut shared: HashMap<&str, ArgumentCounts> = HashMap::new();
    for tool in catalog.tools.values().flat_map(|tools| tools.values()) {
        counts.add(&count(context, &tool.input.properties));
        let Some((name, shape)) =
            tool.input.shape.as_deref().and_then(|shape| catalog.shapes.get_key_value(shape))
        else {
            continue;
        };
        counts.add(shared.entry(name).or_insert_with(|| count(context, &shape.properties)));
    }
    let patterns = |patterns: &[ArgumentPattern]| -> Vec<String> {
        patterns.iter().map(|pattern| pattern.0.clone()).collect()
    };
    let values = json!({
        "all": counts.all,
        "described": counts.described,
        "flags": counts.flags,
        "self_explanatory": counts.self_explanatory,
        "unexplained": counts.unexplained,
        "missing": counts.missing,
        "self_explanatory_names": patterns(&context.overlay.self_explanatory),
        "unexplained_names": patterns(&context.overlay.unexplained),
    });
    Ok(Templates::new()?.render("arguments.md", values)?)
}

impl ArgumentCounts {
    fn add(&mut self, other: &Self) {
        self.all += other.all;
        self.described += other.described;
        self.flags += other.flags;
        self.self_explanatory += other.self_explanatory;
        self.unexplained += other.unexplained;
        self.missing += other.missing;
    }
}

fn count(context: &Context<'_>, properties: &Properties<'_>) -> ArgumentCounts {
    let mut counts = ArgumentCounts::default();
    let overlay = context.overlay;
    for (name, node) in &properties.to_map() {
        let kind = kind(node);
        let covers = |patterns: &[ArgumentPattern]| patterns.iter().any(|pattern| pattern.covers(name, kind));
        counts.all += 1;
        let reason = if node.get("description").is_some() {
            &mut counts.described
        } else if kind == "boolean" && name.ends_with("Flag") {
            &mut counts.flags
        } else if covers(&overlay.unexplained) {
            &mut counts.unexplained
        } else if covers(&overlay.self_explanatory) {
            &mut counts.self_explanatory
        } else {
            &mut counts.missing
        };
        *reason += 1;
    }
    counts
}

/// Returns a node's type, as named in argument patterns.
fn kind(node: &Value) -> &str {
    match (node.get("enum"), &node["type"]) {
        (Some(_), _) => "enum",
        (None, Value::String(kind)) => kind,
        _ => "object",
    }
}
