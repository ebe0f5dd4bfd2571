//! Names the variants of unions.

use std::collections::HashSet;

use super::identifiers::unused;
use super::names::Names;
use crate::ir::{DATE_FORMAT, Type, Union};

/// The variant that holds any other value.
const OTHER_VARIANT: &str = "Other";

/// Returns the name of each variant: its model, or the kind of its value.
pub fn union_variants(union: &Union, names: &Names) -> Vec<String> {
    let mut taken = HashSet::from([OTHER_VARIANT.to_owned()]);
    let variants = union.variants.iter().map(|variant| {
        let name = match &variant.ty {
            Type::Named(name) => names.types[name].rust.as_str(),
            Type::Boolean => "Boolean",
            Type::Integer | Type::Long | Type::Unsigned => "Integer",
            Type::Number => "Number",
            Type::DateTime => "Timestamp",
            Type::Text(Some(format)) if format == DATE_FORMAT => "Date",
            Type::Text(_) | Type::Choice(_) | Type::Binary => "Text",
            Type::List(_) => "List",
            Type::Map(_) => "Object",
            Type::Any => "Value",
        };
        let name = unused(name, &["Model"], "Alt", &taken);
        taken.insert(name.clone());
        name
    });
    variants.collect()
}
