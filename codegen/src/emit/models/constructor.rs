//! Constructors, which take the values that the API requires.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::writable_fields::{is_sent, names_attached};
use crate::emit::context::Context;
use crate::emit::model_uses::RequestUse;
use crate::emit::rust::{DATE_FORMAT, Imports, docs};
use crate::ir::{Field, Type};
use crate::naming::{FieldName, TypeName, with_article};

/// Returns `new` for a model that requests use; nothing for a model that only responses use.
pub(super) fn constructor(
    context: &Context<'_>,
    name: &str,
    fields: &[Field],
    types: &TypeName,
    imports: &mut Imports,
) -> TokenStream {
    let Some(request_use) = context.model_uses(name).in_requests else { return TokenStream::new() };
    let rust = format_ident!("{}", types.rust);
    let is_required = |(field, _): &(&Field, &FieldName)| {
        let is_required = match request_use {
            RequestUse::Body => context.is_required(name, field) || names_attached(context, name, field),
            RequestUse::Part => field.required,
        };
        is_required && is_sent(context, name, field)
    };
    let mut required: Vec<(&Field, &FieldName)> =
        fields.iter().zip(&types.fields).filter(is_required).collect();
    if let Some(order) = context.overlay.constructors.get(name) {
        context.ledger.mark(format!("constructors.{name}"));
        required.sort_by_key(|(field, _)| order.iter().position(|name| *name == field.name));
    }
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
    let parts = required.iter().map(|(field, field_name)| {
        let ident = format_ident!("{}", field_name.rust);
        let (ty, value) = argument(context, field, field_name, &ident, imports);
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
    imports: &mut Imports,
) -> (TokenStream, TokenStream) {
    let ty = context.value_type(field, name);
    let converted = |ty: TokenStream| (quote!(impl Into<#ty>), quote!(#ident.into()));
    match context.api.resolve(&field.ty) {
        _ if field.boxed => (ty.clone(), quote!(Box::new(#ident))),
        Type::Text(Some(format)) if format == DATE_FORMAT => {
            imports.runtime.insert("Date");
            converted(quote!(Date))
        }
        Type::Text(_) | Type::Number | Type::DateTime | Type::Choice(_) | Type::Any | Type::List(_) => {
            converted(ty)
        }
        _ if context.is_bare(field) => converted(ty),
        _ => (ty, quote!(#ident)),
    }
}
