//! Emits structs: first the fields, then a constructor and enums, and finally the tables for the shared serialization
//! code.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::choice::choice_type;
use super::constructor::constructor;
use super::custom_field::value_constructor;
use super::field_docs::field_docs;
use super::match_index::by_index;
use super::model_docs::model_docs;
use super::reference::{reference, references_to};
use super::writable_fields::unsent_fields;
use crate::emit::context::Context;
use crate::emit::rust::{Imports, docs, is_doc_alias};
use crate::ir::{DATE_FORMAT, Field, Schema, Type};
use crate::naming::TypeName;

/// Emits a schema's struct. The names of types defined with it are added to `own`.
pub(super) fn record(
    context: &Context<'_>,
    name: &str,
    schema: &Schema,
    types: &TypeName,
    imports: &mut Imports,
    own: &mut Vec<String>,
) -> TokenStream {
    let fields = schema.fields();
    let rust = format_ident!("{}", types.rust);
    let about = docs(&model_docs(context, name, schema));
    let mut members = Vec::new();
    let (mut enums, mut tables) = (TokenStream::new(), TokenStream::new());
    for (field, field_name) in fields.iter().zip(&types.fields) {
        let ident = format_ident!("{}", field_name.rust);
        context.imports(&field.ty, imports);
        let ty = context.field_type(field, field_name);
        let about = docs(&field_docs(context, name, field));
        // The documentation's search matches `poNumber` with `po_number`; any other spelling in the API needs an alias.
        let letters = |name: &str| name.replace('_', "").to_lowercase();
        let is_found = letters(&field.name) == letters(&field_name.rust);
        let alias = (!is_found && is_doc_alias(&field.name, &field_name.rust)).then(|| {
            let alias = &field.name;
            quote!(#[doc(alias = #alias)])
        });
        members.push(quote!(#about #alias pub #ident: #ty,));
        if let Some(choice) = &field_name.choice {
            own.push(choice.rust.clone());
            imports.runtime.insert("OpenEnum");
            let about = format!("Values of [`{}::{}`].", types.rust, field_name.rust);
            let (definition, table) = choice_type(&field.ty, choice, &about);
            enums.extend(definition);
            tables.extend(table);
        }
    }
    let extra = docs(match &schema.additional {
        Some(_) => "Fields of other names, which the spec allows.",
        None => "Fields that the spec does not have.",
    });
    let constructor = constructor(context, name, fields, types);
    let custom_field = value_constructor(context, name, fields, types, imports);
    let access = access(context, name, fields, types, imports);
    let reference = context.reference(name).map(|_| reference(&rust, fields));
    let references = references_to(context, name, types);
    quote! {
        #about
        #[derive(Clone, Default)]
        #[non_exhaustive]
        pub struct #rust {
            #(#members)*
            #extra
            pub extra: UnknownFields,
        }
        #constructor
        #custom_field
        #enums

        #access
        toolcrate_runtime::impl_model!(#rust);
        #reference
        #references
        #tables
    }
}

/// Returns the accessors for fields by index.
fn access(
    context: &Context<'_>,
    name: &str,
    fields: &[Field],
    types: &TypeName,
    imports: &mut Imports,
) -> TokenStream {
    let rust = format_ident!("{}", types.rust);
    let mut slots = Vec::new();
    let mut views = Vec::new();
    for (field, field_name) in fields.iter().zip(&types.fields) {
        let ident = format_ident!("{}", field_name.rust);
        let (kind, by_value) = slot_kind(context.api.resolve(&field.ty));
        let kind = format_ident!("{kind}");
        slots.push(quote!(FieldMut::#kind(&mut self.#ident)));
        let view = if by_value { quote!(self.#ident) } else { quote!(&self.#ident) };
        views.push(quote!(FieldRef::#kind(#view)));
    }
    let names = fields.iter().map(|field| &field.name);
    let (slots, views) = (by_index(&slots), by_index(&views));
    let index = format_ident!("{}", if fields.len() > 1 { "index" } else { "_index" });
    let [in_body, in_part] = unsent_fields(context, name, fields)
        .map(|numbers| numbers.into_iter().map(Literal::usize_unsuffixed).collect::<Vec<_>>());
    let server_fields = (!in_body.is_empty() || !in_part.is_empty()).then(|| {
        imports.private.insert("ServerFields");
        quote! {
            fn server_fields(&self) -> ServerFields {
                ServerFields { in_body: &[#(#in_body),*], in_part: &[#(#in_part),*] }
            }
        }
    });
    quote! {
        impl ModelFields for #rust {
            fn field_names(&self) -> &'static [&'static str] {
                &[#(#names),*]
            }
            fn field_mut(&mut self, #index: usize) -> FieldMut<'_> {
                #slots
            }
            fn field(&self, #index: usize) -> FieldRef<'_> {
                #views
            }
            fn unknown_fields(&self) -> &UnknownFields {
                &self.extra
            }
            fn unknown_fields_mut(&mut self) -> &mut UnknownFields {
                &mut self.extra
            }
            #server_fields
        }
    }
}

/// Returns the variant for a type, and whether its view is by value.
fn slot_kind(ty: &Type) -> (&'static str, bool) {
    match ty {
        Type::Boolean => ("Boolean", true),
        Type::Integer => ("Integer", true),
        Type::Long => ("Long", true),
        Type::Number => ("Number", true),
        Type::DateTime => ("Timestamp", true),
        Type::Text(Some(format)) if format == DATE_FORMAT => ("Other", false),
        Type::Text(_) | Type::Binary => ("Text", false),
        _ => ("Other", false),
    }
}
