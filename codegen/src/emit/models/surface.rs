//! Lists the public API of models other than their fields, so that two releases can be compared.

use std::collections::BTreeMap;

use super::constructor::{constructor_fields, is_converted};
use super::custom_field::value_fields;
use super::reference::{id_types, keys, schemas_that_refer_to};
use crate::emit::context::Context;
use crate::emit::features::SHARED;
use crate::id::SchemaId;
use crate::ir::Shape;

/// The public API of a model besides its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelSurface {
    /// The public modules that export it.
    pub modules: Vec<String>,
    /// Its constructors, and the additional functions of a reference.
    pub functions: Vec<ModelFunction>,
    /// The types that convert to it, other than models.
    pub conversions: Vec<String>,
    /// The schemas of the records that convert to it.
    pub records: Vec<SchemaId>,
}

/// A function of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelFunction {
    /// The name.
    pub name: String,
    /// Its arguments without `self`: each is the value of a field.
    pub arguments: Vec<ModelArgument>,
    /// True if it takes `&self`.
    pub takes_self: bool,
}

/// An argument of a function of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelArgument {
    /// The index of the field.
    pub field: usize,
    /// True if it takes anything that converts to the type of the field.
    pub is_converted: bool,
}

/// Returns the public API of each model.
pub(in crate::emit) fn surfaces(context: &Context<'_>) -> BTreeMap<SchemaId, ModelSurface> {
    let mut surfaces: BTreeMap<SchemaId, ModelSurface> =
        context.api.schemas.keys().map(|name| (name.clone(), surface(context, name))).collect();
    for record in context.api.schemas.keys() {
        for schema in schemas_that_refer_to(context, record) {
            if let Some(surface) = surfaces.get_mut(schema) {
                surface.records.push(record.clone());
            }
        }
    }
    surfaces
}

fn surface(context: &Context<'_>, name: &str) -> ModelSurface {
    let mut modules = vec![context.features.home(name).to_owned()];
    if modules == [SHARED] {
        modules.extend(context.features.users[name].iter().cloned());
    }
    let schema = &context.api.schemas[name];
    let Shape::Object(fields) = &schema.shape else { return ModelSurface { modules, ..Default::default() } };
    let mut functions = Vec::new();
    let mut add = |name: &str, arguments: Vec<ModelArgument>, takes_self: bool| {
        functions.push(ModelFunction { name: name.to_owned(), arguments, takes_self });
    };
    let argument = |field: usize, is_converted: bool| ModelArgument { field, is_converted };
    if let Some(required) = constructor_fields(context, name, fields) {
        let arguments =
            required.into_iter().map(|index| argument(index, is_converted(context, &fields[index])));
        add("new", arguments.collect(), false);
    }
    if let Some((function, key, value)) = value_fields(context, name, fields, &context.named.types[name]) {
        add(&function, vec![argument(key, false), argument(value, true)], false);
    }
    let mut conversions = Vec::new();
    if context.reference(name).is_some() {
        for (index, key) in keys(fields) {
            add(key, vec![argument(index, true)], false);
        }
        add("is_empty", Vec::new(), true);
        conversions.extend(id_types(fields).iter().map(|ty| (*ty).to_owned()));
    }
    ModelSurface { modules, functions, conversions, records: Vec::new() }
}
