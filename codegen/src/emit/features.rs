//! Emits the generated crate's Cargo features, and assigns each model to the features that need it.
//!
//! A model is compiled with the API area whose operations use it, directly or through another model. If several areas
//! use the model, or none does, it is compiled with every area.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use crate::id::SchemaId;
use crate::ir::{ApiDefinition, Operation, Shape, Type};
use crate::naming::Names;

/// The module for models that several areas use.
pub const SHARED: &str = "shared";

/// The areas of an API, and which areas use each schema.
pub struct Features {
    /// All areas, sorted; each is a module and a feature.
    pub modules: BTreeSet<String>,
    /// The areas that use each schema.
    pub users: BTreeMap<SchemaId, BTreeSet<String>>,
}

impl Features {
    /// Creates a value without areas, for output that has none.
    pub fn none() -> Self {
        Self { modules: BTreeSet::new(), users: BTreeMap::new() }
    }

    /// Follows the types in all operations of `api`.
    pub fn new(api: &ApiDefinition, names: &Names) -> Self {
        let modules: BTreeSet<String> = names.operations.values().map(|name| name.module.clone()).collect();
        let mut users: BTreeMap<SchemaId, BTreeSet<String>> = BTreeMap::new();
        for module in &modules {
            let own = api.operations.zip(&names.operations).filter(|(_, name)| name.module == *module);
            let mut open: Vec<&str> = own.flat_map(|(operation, _)| used_by(operation)).collect();
            let mut seen: BTreeSet<&str> = BTreeSet::new();
            while let Some(name) = open.pop() {
                if seen.insert(name) {
                    open.extend(used_by_schema(api, name));
                    users.entry(name.into()).or_default().insert(module.clone());
                }
            }
        }
        for name in api.schemas.keys() {
            users.entry(name.clone()).or_insert_with(|| modules.clone());
        }
        Self { modules, users }
    }

    /// Returns a model's module: the only area that uses it, or the shared one.
    pub fn home(&self, schema: &str) -> &str {
        let users = self.users.get(schema);
        let only = users.filter(|users| users.len() == 1).and_then(BTreeSet::first);
        only.map_or(SHARED, String::as_str)
    }
}

/// Returns the attribute that compiles an item with any of `features`.
pub fn gate<'a>(features: impl IntoIterator<Item = &'a String>) -> TokenStream {
    let features: Vec<&String> = features.into_iter().collect();
    match features[..] {
        [one] => quote!(#[cfg(feature = #one)]),
        _ => quote!(#[cfg(any(#(feature = #features),*))]),
    }
}

/// Returns the schemas named in the typed form of `operation`.
fn used_by(operation: &Operation) -> impl Iterator<Item = &str> {
    let answers = operation.response.types().into_iter().filter_map(Type::innermost);
    let body = operation.body.as_ref().and_then(|body| body.ty.innermost());
    let parameters = operation.parameters.iter().filter_map(|parameter| parameter.ty.innermost());
    let error = operation.error.as_ref().and_then(Type::innermost);
    answers.chain(body).chain(error).chain(parameters)
}

/// Returns the schemas that `name` consists of.
fn used_by_schema<'a>(api: &'a ApiDefinition, name: &str) -> Vec<&'a str> {
    match api.schemas.get(name).map(|schema| &schema.shape) {
        Some(Shape::Object(fields)) => fields.iter().filter_map(|field| field.ty.innermost()).collect(),
        Some(Shape::Alias(ty)) => Type::innermost(ty).into_iter().collect(),
        Some(Shape::Union(union)) => union.schemas().collect(),
        None => Vec::new(),
    }
}
