//! Enums of values that can be told apart, by a property or by the kind of the value.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::model_docs::model_docs;
use crate::emit::context::Context;
use crate::emit::rust::{DATE_FORMAT, Imports, docs};
use crate::ir::{JsonKind, Schema, Shape, Type, Union, VariantSignature};
use crate::naming::TypeName;
use crate::naming::identifiers::unused;

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
    let mut taken = HashSet::from(["Other".to_owned()]);
    let mut variants = Vec::new();
    let mut rows = Vec::new();
    for variant in &union.variants {
        context.imports(&variant.ty, imports);
        let content = context.rust_type(&variant.ty, None);
        let own = unused(&variant_name(context, &variant.ty), &["Model"], "Alt", &taken);
        taken.insert(own.clone());
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

/// What a variant is called after: its model, or the kind of its value.
fn variant_name(context: &Context<'_>, ty: &Type) -> String {
    if let Type::Named(name) = ty {
        return context.named.types[name].rust.clone();
    }
    match ty {
        Type::Boolean => "Boolean",
        Type::Integer | Type::Long | Type::Unsigned => "Integer",
        Type::Number => "Number",
        Type::DateTime => "Timestamp",
        Type::Text(Some(format)) if format == DATE_FORMAT => "Date",
        Type::Text(_) | Type::Choice(_) | Type::Binary | Type::Named(_) => "Text",
        Type::List(_) => "List",
        Type::Map(_) => "Object",
        Type::Any => "Value",
    }
    .to_owned()
}

/// What values of the variant are, in words.
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

/// The expression that tells the variant from the others.
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
