//! The constructor for custom field values.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::emit::context::Context;
use crate::emit::rust::{Imports, docs};
use crate::ir::{Field, Type};
use crate::naming::TypeName;

/// Returns `with_id`, or its equivalent for a differently named ID, for the model of a custom field's value.
pub(super) fn value_constructor(
    context: &Context<'_>,
    name: &str,
    fields: &[Field],
    types: &TypeName,
    imports: &mut Imports,
) -> Option<TokenStream> {
    let custom = context.profile.custom_fields.as_ref()?;
    if !context.custom_values.contains(name) {
        return None;
    }
    let find = |wanted: &str| fields.iter().zip(&types.fields).find(|(field, _)| field.name == wanted);
    let ((key, key_name), (value, value_name)) = (find(&custom.key)?, find(&custom.value)?);
    let key_type = match context.api.resolve(&key.ty) {
        Type::Integer => quote!(i32),
        Type::Long => quote!(i64),
        _ => return None,
    };
    if *context.api.resolve(&value.ty) != Type::Any {
        return None;
    }
    imports.value = true;
    let rust = format_ident!("{}", types.rust);
    let (key, value) = (format_ident!("{}", key_name.rust), format_ident!("{}", value_name.rust));
    let function = format_ident!("with_{}", key_name.rust.trim_end_matches('_'));
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
