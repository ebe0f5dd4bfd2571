//! Enums of objects whose variant is determined by a property.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::model_docs::model_docs;
use crate::emit::context::Context;
use crate::emit::rust::{Imports, docs};
use crate::ir::{Schema, Union};
use crate::naming::TypeName;

/// Returns the enum for a union.
pub(super) fn union_type(
    context: &Context<'_>,
    name: &str,
    schema: &Schema,
    union: &Union,
    types: &TypeName,
    imports: &mut Imports,
) -> TokenStream {
    imports.value = true;
    let rust = format_ident!("{}", types.rust);
    let member = &union.member;
    let about = docs(&format!("{}\n\n`{member}` determines the variant.", model_docs(context, name, schema)));
    let mut variants = Vec::new();
    let mut rows = Vec::new();
    for variant in &union.variants {
        let model = &context.named.types[&variant.schema].rust;
        imports.models.insert((context.model_module(&variant.schema), model.clone()));
        let own = if model == "Other" { "OtherModel" } else { model };
        let (own, model) = (format_ident!("{own}"), format_ident!("{model}"));
        let texts: Vec<String> = variant.values.iter().map(|value| format!("`{value}`")).collect();
        let about = docs(&texts.join(", "));
        variants.push(quote!(#about #own(Box<#model>),));
        let values = &variant.values;
        rows.push(quote!(#own(#model) = #(#values)|*));
    }
    quote! {
        #about
        #[derive(Clone)]
        #[non_exhaustive]
        pub enum #rust {
            #(#variants)*
            /// A value of a type that the spec does not have, unchanged.
            Other(Value),
        }

        toolcrate_runtime::impl_union!(#rust, #member, #(#rows),*);
    }
}
