//! Emits model constructors, which take the values that the API requires.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::writable_fields::{is_sent, names_attached};
use crate::emit::context::Context;
use crate::emit::model_uses::RequestUse;
use crate::emit::rust::docs;
use crate::ir::{Field, Type};
use crate::naming::{FieldName, TypeName, with_article};

/// Returns the indexes of the fields that `new` takes, in the order of its arguments, or `None` for a model that occurs
/// only in responses.
pub(super) fn constructor_fields(context: &Context<'_>, name: &str, fields: &[Field]) -> Option<Vec<usize>> {
    let request_use = context.model_uses(name).in_requests?;
    let is_required = |field: &Field| {
        let is_required = match request_use {
            RequestUse::Body => context.is_required(name, field) || names_attached(context, name, field),
            RequestUse::Part => field.required,
        };
        is_required && is_sent(context, name, field)
    };
    let mut required: Vec<usize> = (0..fields.len()).filter(|index| is_required(&fields[*index])).collect();
    if let Some(order) = context.overlay.constructors.get(name) {
        context.ledger.mark(format!("constructors.{name}"));
        required.sort_by_key(|index| order.iter().position(|name| *name == fields[*index].name));
    }
    Some(required)
}

/// Returns true if the argument for a field may be anything that converts to its type.
pub(super) fn is_converted(context: &Context<'_>, field: &Field) -> bool {
    match context.api.resolve(&field.ty) {
        _ if field.boxed => false,
        Type::Text(_) | Type::Number | Type::DateTime | Type::Choice(_) | Type::Any | Type::List(_) => true,
        _ => context.is_bare(field),
    }
}

/// Returns `new` for a model that requests use, or nothing for a model that occurs only in responses.
pub(super) fn constructor(
    context: &Context<'_>,
    name: &str,
    fields: &[Field],
    types: &TypeName,
) -> TokenStream {
    let Some(required) = constructor_fields(context, name, fields) else { return TokenStream::new() };
    let rust = format_ident!("{}", types.rust);
    let noun = context.noun(name);
    if required.is_empty() {
        let about =
            docs(&format!("Creates {} without any fields; the API requires none.", with_article(&noun)));
        return quote! {
            impl #rust {
                #about
                pub fn new() -> Self {
                    Self::default()
                }
            }
        };
    }
    let about = docs(&format!("Creates {} from the fields that the API requires.", with_article(&noun)));
    let parts = required.iter().map(|index| {
        let (field, field_name) = (&fields[*index], &types.fields[*index]);
        let ident = format_ident!("{}", field_name.rust);
        let (ty, value) = argument(context, field, field_name, &ident);
        let value = if context.is_bare(field) { value } else { quote!(Some(#value)) };
        let is_shorthand = ident == value.to_string();
        let assignment = if is_shorthand { quote!(#ident) } else { quote!(#ident: #value) };
        (quote!(#ident: #ty), assignment)
    });
    let (arguments, assignments): (Vec<_>, Vec<_>) = parts.unzip();
    quote! {
        impl #rust {
            #about
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#assignments,)* ..Self::default() }
            }
        }
    }
}

/// Returns the type of a field's constructor argument, and the expression that creates its value.
fn argument(
    context: &Context<'_>,
    field: &Field,
    name: &FieldName,
    ident: &Ident,
) -> (TokenStream, TokenStream) {
    let ty = context.value_type(field, name);
    match (is_converted(context, field), field.boxed) {
        (true, _) => (quote!(impl Into<#ty>), quote!(#ident.into())),
        (false, true) => (ty, quote!(Box::new(#ident))),
        (false, false) => (ty, quote!(#ident)),
    }
}
