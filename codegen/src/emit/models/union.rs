//! Emits enums for unions whose variants can be distinguished by a property or by the kind of JSON value.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::model_docs::model_docs;
use crate::emit::context::Context;
use crate::emit::rust::{Imports, docs};
use crate::ir::{JsonKind, Schema, Shape, Type, Union, VariantSignature};
use crate::naming::{TypeName, union_variants};

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
    imports.private.insert("VariantTest");
    let rust = format_ident!("{}", types.rust);
    let lead = model_docs(context, name, schema);
    let about = docs(&match &union.discriminator {
        Some(member) => format!("{lead}\n\n`{member}` determines the variant."),
        None => lead,
    });
    let mut variants = Vec::new();
    let mut rows = Vec::new();
    for (variant, own) in union.variants.iter().zip(union_variants(union, context.named)) {
        context.imports(&variant.ty, imports);
        let content = context.rust_type(&variant.ty, None);
        let own = format_ident!("{own}");
        let is_model = matches!(
            context.api.resolve(&variant.ty),
            Type::Named(name) if !matches!(context.api.schemas[name].shape, Shape::Alias(_))
        );
        let held = if is_model { quote!(Box<#content>) } else { content.clone() };
        let about = docs(&signature_docs(&variant.signature));
        variants.push(quote!(#about #own(#held),));
        let test = variant_test(&variant.signature);
        rows.push(quote!(#own(#held, #content) = #test));
    }
    quote! {
        #about
        #[derive(Clone)]
        #[non_exhaustive]
        pub enum #rust {
            #(#variants)*
            /// Any other value, unchanged.
            Other(Value),
        }

        toolcrate_runtime::impl_union!(#rust, #(#rows),*);
    }
}

/// Returns a description of the variant's values.
fn signature_docs(signature: &VariantSignature) -> String {
    let quoted =
        |names: &[String]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match (&signature.values, signature.kind) {
        (Some((_, values)), _) => quoted(values),
        (None, JsonKind::Boolean) => "True or false.".to_owned(),
        (None, JsonKind::Number) => "A number.".to_owned(),
        (None, JsonKind::Text) => "A string.".to_owned(),
        (None, JsonKind::List) => "A list.".to_owned(),
        (None, JsonKind::Object) if signature.present.is_empty() => "An object.".to_owned(),
        (None, JsonKind::Object) => {
            let without = match &signature.absent[..] {
                [] => String::new(),
                absent => format!(" and without {}", quoted(absent)),
            };
            format!("An object with {}{without}.", quoted(&signature.present))
        }
    }
}

/// Returns the expression that distinguishes the variant from the others.
fn variant_test(signature: &VariantSignature) -> TokenStream {
    let kind = match signature.kind {
        JsonKind::Boolean => quote!(BOOLEAN),
        JsonKind::Number => quote!(NUMBER),
        JsonKind::Text => quote!(TEXT),
        JsonKind::List => quote!(LIST),
        JsonKind::Object => quote!(OBJECT),
    };
    let values = signature.values.as_ref().map(|(name, values)| quote!(.values(#name, &[#(#values),*])));
    let names =
        |names: &[String], method: TokenStream| (!names.is_empty()).then(|| quote!(.#method(&[#(#names),*])));
    let present = names(&signature.present, quote!(present));
    let absent = names(&signature.absent, quote!(absent));
    quote!(VariantTest::#kind #values #present #absent)
}
