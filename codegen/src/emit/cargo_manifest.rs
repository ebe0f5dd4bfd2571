//! Emits package files other than code modules: the manifest, crate root, README, and the pages about tools and
//! repairs.

use heck::ToUpperCamelCase;
use quote::{format_ident, quote};
use serde_json::{Value, json};
use toolcrate_catalog::OperationKind;

use super::context::{Context, Files};
use super::features::gate;
use super::models::has_shared_models;
use super::rust::Job;
use super::templates::Templates;
use super::{nesting, query};
use crate::diagnostic::{Degradation, Errors};
use crate::ir::Operation;
use crate::naming::OperationName;

/// Emits the text files.
pub fn emit(context: &Context<'_>, files: &mut Files) -> Result<(), Errors> {
    let templates = Templates::new()?;
    let profile = context.profile;
    let modules: Vec<Value> = context
        .features
        .modules
        .iter()
        .map(|module| {
            let operations = context.named.operations.values().filter(|name| name.module == *module).count();
            let models = context.features.users.values().filter(|users| users.contains(module)).count();
            json!({"name": module, "operations": operations, "models": models})
        })
        .collect();
    let values = json!({
        "api": {
            "name": profile.api.name,
            "package": profile.api.package,
            "description": profile.api.description,
            "prefix": profile.api.prefix,
            "license": profile.api.license,
            "keywords": profile.api.keywords,
            "categories": profile.api.categories,
            "version": context.api.version,
        },
        "crate_name": profile.api.package.replace('-', "_"),
        "programs": profile.programs,
        "program_dependencies": profile.program_dependencies,
        "runtime": profile.runtime,
        // Both crates are released together.
        "runtime_version": env!("CARGO_PKG_VERSION"),
        "rust_version": env!("CARGO_PKG_RUST_VERSION"),
        "in_workspace": profile.in_workspace,
        "server": profile.servers.keys().next().map(|key| key.to_upper_camel_case()),
        "example_tool": example_tool(context),
        "modules": modules,
        "operations": context.api.operations.len(),
        "models": context.api.schemas.len(),
    });
    files.insert("Cargo.toml".to_owned(), templates.render("Cargo.toml", &values)?);
    files.insert("README.md".to_owned(), templates.render("README.md", &values)?);
    for module in &context.features.modules {
        let own = context.named.operations.zip(&context.api.operations);
        let mut tools: Vec<(&OperationName, &Operation)> =
            own.filter(|(name, _)| name.module == *module).collect();
        tools.sort_by_key(|(name, _)| &name.tool);
        let row = |(name, operation): &(&OperationName, &Operation)| {
            json!({
                "tool": name.tool,
                "class": name.class,
                "function": name.function,
                "call": operation.key(),
            })
        };
        let tools: Vec<Value> = tools.iter().map(row).collect();
        let page = templates.render("tools.md", json!({"module": module, "tools": tools}))?;
        files.insert(format!("docs/tools/{module}.md"), page);
    }
    let report = &context.model.report;
    let repairs = &report.repairs;
    let counts = crate::repair::count(repairs);
    let degradation = |degradation: &Degradation| {
        json!({
            "code": degradation.problem.code,
            "pointer": degradation.problem.location,
            "message": degradation.problem.message,
            "effect": degradation.effect.as_str(),
        })
    };
    let degradations: Vec<Value> = report.degradations.iter().map(degradation).collect();
    let page = templates.render(
        "repairs.md",
        json!({
            "repairs": repairs,
            "counts": counts,
            "total": repairs.len(),
            "degradations": degradations,
        }),
    )?;
    files.insert("docs/repairs.md".to_owned(), page);
    Ok(())
}

/// Returns the tool called by examples: a list of a top-level collection's records, if there is one.
fn example_tool<'a>(context: &'a Context<'_>) -> &'a str {
    let mut names = context.named.operations.values();
    let list = names.clone().find(|name| name.kind == OperationKind::List && name.parents.is_empty());
    list.or_else(|| names.next()).map_or("", |name| name.short.as_str())
}

/// Maximum nesting of models that the compiler's default recursion limit, 128, allows.
const MAX_DEFAULT_NESTING: usize = 100;

/// Adds the task for the crate root.
pub fn jobs<'a>(context: &'a Context<'a>, jobs: &mut Vec<Job<'a>>) {
    let root = move || {
        let modules: Vec<_> = context.features.modules.iter().collect();
        let shared = has_shared_models(context).then(|| {
            let gate = gate(&context.features.modules);
            quote!(#gate #[rustfmt::skip] pub mod shared;)
        });
        let idents: Vec<_> = modules.iter().map(|module| format_ident!("{module}")).collect();
        let queries = query::any(context).then(|| {
            quote!(
                #[rustfmt::skip]
                mod query;
                pub use query::*;
            )
        });
        let depth = nesting::depth(context.api);
        let limit = (depth > MAX_DEFAULT_NESTING).then(|| {
            let limit = proc_macro2::Literal::string(&(8 * depth).to_string());
            quote!(#![recursion_limit = #limit])
        });
        quote! {
            #![doc = include_str!("../README.md")]
            #limit
            // An area may have a resource of the same name, and operations have as many parameters as the API.
            #![allow(clippy::module_inception, clippy::too_many_arguments)]
            #![warn(missing_docs)]

            // The generator formats this file, so `cargo fmt` skips it.
            #[rustfmt::skip]
            mod api;
            #[cfg(feature = "catalog")]
            #[rustfmt::skip]
            mod catalog;
            #shared
            #queries
            #(#[cfg(feature = #modules)] #[rustfmt::skip] pub mod #idents;)*

            pub use api::*;
            #[cfg(feature = "catalog")]
            pub use catalog::CATALOG;
            pub use toolcrate_runtime as runtime;
        }
    };
    jobs.push(Job { path: "src/lib.rs".to_owned(), tokens: Box::new(root) });
}
