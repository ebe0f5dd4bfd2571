//! Emits models: one file per schema, with a plain struct and the tables that the shared serialization code reads.
//!
//! A model is placed in the API area that uses it, or in `shared` if several areas do. Models don't derive serde
//! traits: for a real API, the derives would take longer to compile than everything else combined.

mod choice;
mod constructor;
mod custom_field;
pub(crate) mod field_docs;
mod match_index;
mod model_docs;
mod record;
mod reference;
pub(super) mod surface;
mod union;
mod writable_fields;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use heck::ToSnakeCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::context::Context;
use super::features::SHARED;
use super::rust::{Imports, Job};
use crate::ir::{Schema, Shape};
use crate::naming::TypeName;
use crate::naming::identifiers::{self, unused};

/// The folder for models within an area.
const FOLDER: &str = "models";

/// Adds one task per model, and one per module that lists them.
pub fn jobs<'a>(context: &'a Context<'a>, jobs: &mut Vec<Job<'a>>) {
    let mut taken: BTreeMap<&str, HashSet<String>> = BTreeMap::new();
    let mut modules: BTreeMap<&str, BTreeMap<String, &str>> = BTreeMap::new();
    for (name, schema) in &context.api.schemas {
        let types = &context.named.types[name];
        if !defines_a_type(schema, types) {
            continue;
        }
        let module = context.features.home(name);
        let taken = taken.entry(module).or_default();
        let file = file_name(&types.rust, taken);
        taken.insert(file.clone());
        jobs.push(Job {
            path: format!("src/{}/{file}.rs", folder(module)),
            tokens: Box::new(move || model(context, name, schema, types)),
        });
        modules.entry(module).or_default().insert(file, name.as_str());
    }
    let areas = context.features.modules.iter().map(String::as_str);
    for area in areas.filter(|area| has_models(context, area)) {
        modules.entry(area).or_default();
    }
    for (module, files) in modules {
        jobs.push(Job {
            path: format!("src/{}/mod.rs", folder(module)),
            tokens: Box::new(move || list(context, module, &files)),
        });
    }
}

/// Returns true if the area's operations use models.
pub(super) fn has_models(context: &Context<'_>, area: &str) -> bool {
    let users = &context.features.users;
    let mut models = context.api.schemas.iter().filter(|(name, schema)| {
        users.get(*name).is_some_and(|users| users.contains(area))
            && defines_a_type(schema, &context.named.types[*name])
    });
    models.next().is_some()
}

/// Returns true if several areas share models.
pub(super) fn has_shared_models(context: &Context<'_>) -> bool {
    let mut schemas = context.api.schemas.iter();
    schemas.any(|(name, schema)| {
        context.features.home(name) == SHARED && defines_a_type(schema, &context.named.types[name])
    })
}

fn folder(module: &str) -> String {
    if module == SHARED { SHARED.to_owned() } else { format!("{module}/{FOLDER}") }
}

/// Returns the file of the type `rust`, which is also a module. `AB` and `Ab` are two types, but `ab` is one file.
fn file_name(rust: &str, taken: &HashSet<String>) -> String {
    unused(&identifiers::file_name(&[rust.to_snake_case()], "model"), &[], "_alt", taken)
}

/// Returns true unless the schema is an alias for a list or a scalar, which is expanded where it is used.
fn defines_a_type(schema: &Schema, types: &TypeName) -> bool {
    match &schema.shape {
        Shape::Object(_) | Shape::Union(_) => true,
        Shape::Alias(_) => types.fields.first().is_some_and(|field| field.choice.is_some()),
    }
}

/// Returns the types defined in the file of `schema`.
fn defined<'a>(context: &'a Context<'_>, schema: &str) -> Vec<&'a str> {
    let types = &context.named.types[schema];
    let shape = &context.api.schemas[schema].shape;
    let record = (!matches!(shape, Shape::Alias(_))).then_some(types.rust.as_str());
    let choices = types.fields.iter().filter_map(|field| field.choice.as_ref());
    record.into_iter().chain(choices.map(|choice| choice.rust.as_str())).collect()
}

fn list(context: &Context<'_>, module: &str, files: &BTreeMap<String, &str>) -> TokenStream {
    let names = files.keys().map(|file| format_ident!("{file}"));
    // They are listed individually: globs over so many modules cost a tenth of the compile time.
    let uses = files.iter().map(|(file, schema)| {
        let file = format_ident!("{file}");
        let types = defined(context, schema).into_iter().map(|name| format_ident!("{name}"));
        quote!(pub use #file::{#(#types),*};)
    });
    if module == SHARED {
        return quote! {
            //! Records that several areas of the API use, and their parts.
            //!
            //! Each area also re-exports those that it uses.
            #(mod #names;)*
            #(#uses)*
        };
    }
    let shared = context.api.schemas.iter().filter(|(name, schema)| {
        context.features.home(name) == SHARED
            && context.features.users[*name].contains(module)
            && defines_a_type(schema, &context.named.types[*name])
    });
    let shared: BTreeSet<&str> = shared.flat_map(|(name, _)| defined(context, name)).collect();
    let shared = shared.into_iter().map(|name| format_ident!("{name}")).collect::<Vec<_>>();
    // A later release may move shared models into this area; their names here remain.
    let shared =
        (!shared.is_empty()).then(|| quote!(#[doc(no_inline)] pub use crate::shared::{#(#shared),*};));
    quote! {
        //! The records of the area and their parts.
        #(mod #names;)*
        #(#uses)*
        #shared
    }
}

fn model(context: &Context<'_>, name: &str, schema: &Schema, types: &TypeName) -> TokenStream {
    let mut imports = Imports::default();
    let mut own = vec![types.rust.clone()];
    let items = match &schema.shape {
        Shape::Object(_) => {
            imports.runtime.insert("UnknownFields");
            imports.private.extend(["FieldMut", "FieldRef", "ModelFields"]);
            record::record(context, name, schema, types, &mut imports, &mut own)
        }
        Shape::Union(union) => union::union_type(context, name, schema, union, types, &mut imports),
        Shape::Alias(ty) => {
            let choices = types.fields.iter().filter_map(|field| field.choice.as_ref());
            own.extend(choices.clone().map(|choice| choice.rust.clone()));
            imports.runtime.insert("OpenEnum");
            let about = model_docs::choice_docs(context, name, schema);
            choices
                .map(|choice| {
                    let (definition, table) = choice::choice_type(ty, choice, &about);
                    quote!(#definition #table)
                })
                .collect()
        }
    };
    let imports = imports.tokens(&own);
    quote!(#imports #items)
}
