//! The tool catalog: every operation as a tool, as lines of JSON.
//!
//! `catalog/tools/<area>.jsonl` has a line a tool, sorted by name; `shapes.jsonl` the arguments that
//! several tools share, written once; `schemas.jsonl` what answers look like. The runtime joins slices of
//! them, so nothing is parsed to serve a tool, and a reviewer sees one changed line per changed tool.

mod alias;
mod describe;
mod filter;
mod lifecycle;
mod node;
mod output;
mod shape;
mod tool;

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::rust::{self, Job};
use super::{Context, Files};
use crate::diagnostic::Errors;
use describe::Describer;
use filter::Filters;
use lifecycle::Lifecycles;
use shape::Shapes;

/// The catalog as data, and as files.
pub struct Catalog<'a> {
    /// The tools' lines, by module and name.
    pub tools: BTreeMap<&'a str, BTreeMap<&'a str, Value>>,
    /// The shapes' lines.
    pub shapes: Vec<Value>,
    /// The data files and the module that includes them.
    pub files: Files,
}

/// Emits the data files and the module that includes them.
pub fn emit<'a>(context: &'a Context<'a>) -> Result<Catalog<'a>, Errors> {
    let mut files = Files::new();
    let describer = Describer::new(context)?;
    let mut shapes = Shapes::new(context);
    let mut errors = Errors(Vec::new());
    let bindings = tool::bindings(context)?;
    let lifecycles = Lifecycles::new(context)?;
    let filters = Filters::new(context);
    let mut lines: BTreeMap<&str, BTreeMap<&str, Value>> = BTreeMap::new();
    for (index, name) in context.named.operations.iter() {
        match tool::line(context, index, bindings.get(&index), &mut shapes, &describer, &lifecycles, &filters)
        {
            Ok(line) => {
                lines.entry(&name.module).or_default().insert(&name.tool, line);
            }
            Err(error) => errors.0.push(error.at(&context.api.operations[index].pointer)),
        }
    }
    errors.into_result()?;
    tell_apart(&mut lines);
    for (module, lines) in &lines {
        files.insert(format!("catalog/tools/{module}.jsonl"), text(lines.values()));
    }
    let shapes = shapes.lines();
    files.insert("catalog/shapes.jsonl".to_owned(), text(shapes.iter()));
    files.insert("catalog/schemas.jsonl".to_owned(), text(output::lines(context).iter()));
    let has_filters = filters.lines().len() > 0;
    if has_filters {
        files.insert("catalog/filters.jsonl".to_owned(), text(filters.lines()));
    }
    let aliases = alias::lines(context)?;
    if !aliases.is_empty() {
        files.insert("catalog/aliases.jsonl".to_owned(), text(aliases.iter()));
    }
    let job = Job {
        path: "src/catalog.rs".to_owned(),
        tokens: Box::new(|| module(lines.keys().copied(), has_filters, !aliases.is_empty())),
    };
    rust::run(vec![job], &mut files)?;
    Ok(Catalog { tools: lines, shapes, files })
}

/// Descriptions that say the same of two tools say which call each makes.
fn tell_apart(lines: &mut BTreeMap<&str, BTreeMap<&str, Value>>) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for line in lines.values().flat_map(BTreeMap::values) {
        *counts.entry(line["description"].to_string()).or_default() += 1;
    }
    for line in lines.values_mut().flat_map(BTreeMap::values_mut) {
        if counts[&line["description"].to_string()] > 1 {
            let call = format!(
                "{} {}",
                line["http"]["method"].as_str().unwrap_or_default(),
                line["http"]["path"].as_str().unwrap_or_default()
            );
            let description = line["description"].as_str().unwrap_or_default();
            line["description"] = Value::String(format!("{description} ({call})"));
        }
    }
}

fn text<'a>(lines: impl Iterator<Item = &'a Value>) -> String {
    let mut text = String::new();
    for line in lines {
        text.push_str(&line.to_string());
        text.push('\n');
    }
    text
}

fn module<'a>(modules: impl Iterator<Item = &'a str>, has_filters: bool, has_aliases: bool) -> TokenStream {
    let filters = has_filters.then(|| quote!(.with_filters(include_str!("../catalog/filters.jsonl"))));
    let aliases = has_aliases.then(|| quote!(.with_aliases(include_str!("../catalog/aliases.jsonl"))));
    let parts = modules.map(|module| {
        let path = format!("../catalog/tools/{module}.jsonl");
        quote!((#module, include_str!(#path)))
    });
    quote! {
        //! The tools, as data: nothing in it is parsed until a tool is asked for.

        use toolcrate_runtime::Catalog;

        /// Every operation of the API as a tool.
        pub static CATALOG: Catalog = Catalog::new(
            &crate::API,
            &[#(#parts),*],
            include_str!("../catalog/shapes.jsonl"),
            include_str!("../catalog/schemas.jsonl"),
        ) #filters #aliases;
    }
}
