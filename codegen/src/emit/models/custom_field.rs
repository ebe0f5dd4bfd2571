//! Emits the constructor for custom field values.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::emit::context::Context;
use crate::emit::rust::{Imports, docs};
use crate::ir::{Field, Type};
use crate::naming::TypeName;

/// Returns the constructor for the model of a custom field's value: its name, and the indexes of the ID field and the
/// value field, which are its arguments.
pub(super) fn value_fields(
    context: &Context<'_>,
    name: &str,
    fields: &[Field],
    types: &TypeName,
) -> Option<(String, usize, usize)> {
    let custom = context.profile.custom_fields.as_ref()?;
    if !context.custom_values.contains(name) {
        return None;
    }
    let find = |wanted: &str| fields.iter().position(|field| field.name == wanted);
    let (key, value) = (find(&custom.key)?, find(&custom.value)?);
    let is_number = matches!(context.api.resolve(&fields[key].ty), Type::Integer | Type::Long);
    let is_any = *context.api.resolve(&fields[value].ty) == Type::Any;
    let function = format!("with_{}", types.fields[key].rust.trim_end_matches('_'));
    (is_number && is_any).then_some((function, key, value))
}

/// Returns `with_id`, or its equivalent for a differently named ID, for the model of a custom field's value.
pub(super) fn value_constructor(
    context: &Context<'_>,
    name: &str,
    fields: &[Field],
    types: &TypeName,
    imports: &mut Imports,
) -> Option<TokenStream> {
    let (function, key, value) = value_fields(context, name, fields, types)?;
    let key_type = context.value_type(&fields[key], &types.fields[key]);
    imports.value = true;
    let rust = format_ident!("{}", types.rust);
    let [key, value] = [key, value].map(|index| format_ident!("{}", types.fields[index].rust));
    let function = format_ident!("{function}");
    let about = docs("Creates the value of the custom field whose definition has this ID.");
    Some(quote! {
        impl #rust {
            #about
            pub fn #function(#key: #key_type, #value: impl Into<Value>) -> Self {
                Self { #key: Some(#key), #value: Some(#value.into()), ..Self::default() }
            }
        }
    })
}
