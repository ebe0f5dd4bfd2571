//! Emits enums for strings that have a fixed set of values.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::match_index::by_index;
use crate::emit::rust::docs;
use crate::ir::Type;
use crate::naming::ChoiceName;

/// Returns the enum for a choice, and the table of its values.
pub(super) fn choice_type(ty: &Type, choice: &ChoiceName, about: &str) -> (TokenStream, TokenStream) {
    let Some(values) = choice_values(ty) else { return Default::default() };
    let rust = format_ident!("{}", choice.rust);
    let about = docs(about);
    let variants: Vec<_> = choice.variants.iter().map(|variant| format_ident!("{variant}")).collect();
    let members = values.iter().zip(&variants).enumerate().map(|(index, (value, variant))| {
        let about = docs(&format!("`{}`", if value.is_empty() { " " } else { value }));
        let default = (index == 0).then(|| quote!(#[default]));
        quote!(#about #default #variant,)
    });
    let from: Vec<TokenStream> = variants.iter().map(|variant| quote!(Self::#variant)).collect();
    let from = by_index(&from);
    let index = format_ident!("{}", if variants.len() > 1 { "index" } else { "_index" });
    let indexes = variants.iter().enumerate().map(|(index, variant)| {
        let number = Literal::usize_unsuffixed(index);
        quote!(Self::#variant => Ok(#number),)
    });
    let definition = quote! {
        #about
        #[derive(Clone, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum #rust {
            #(#members)*
            /// A value that isn't in the spec.
            Other(String),
        }
    };
    let table = quote! {
        impl OpenEnum for #rust {
            const VALUES: &'static [&'static str] = &[#(#values),*];
            fn from_index(#index: usize) -> Self {
                #from
            }
            fn other(text: String) -> Self {
                Self::Other(text)
            }
            fn index(&self) -> Result<usize, &str> {
                match self {
                    #(#indexes)*
                    Self::Other(text) => Err(text),
                }
            }
        }
        toolcrate_runtime::impl_open_enum!(#rust);
    };
    (definition, table)
}

fn choice_values(ty: &Type) -> Option<&[String]> {
    match ty {
        Type::Choice(values) => Some(values),
        Type::List(inner) | Type::Map(inner) => choice_values(inner),
        _ => None,
    }
}
