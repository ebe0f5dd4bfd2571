//! Models: one file for each schema, a plain struct with the tables that the shared visitor reads.
//!
//! No serde derive: at the size of a real API it costs more compile time than everything else together.

use std::collections::{BTreeSet, HashSet};

use heck::ToSnakeCase;
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use serde_json::Number;

use super::argument_words::words_by_name;
use super::context::Context;
use super::features::gate;
use super::rust::{Imports, Job, docs, prose};
use super::sentence::spoken;
use super::writable::is_writable;
use crate::ir::{Field, Limits, Schema, Shape, Type, Union};
use crate::naming::identifiers::{capital, unused, value_name};
use crate::naming::{ChoiceName, TypeName, with_article};

/// One job for each model, and one for the module that lists them.
pub fn jobs<'a>(context: &'a Context<'a>, jobs: &mut Vec<Job<'a>>) {
    let mut files = BTreeSet::new();
    let mut taken = HashSet::new();
    for (name, schema) in &context.api.schemas {
        let types = &context.named.types[name];
        if !defines_a_type(schema, types) {
            continue;
        }
        let file = file_name(&types.rust, &taken);
        taken.insert(file.clone());
        files.insert((file.clone(), name.as_str()));
        jobs.push(Job {
            path: format!("src/models/{file}.rs"),
            tokens: Box::new(move || model(context, name, schema, types)),
        });
    }
    jobs.push(Job { path: "src/models/mod.rs".to_owned(), tokens: Box::new(move || list(context, &files)) });
}

/// The file of the type `rust`, which is a module too. `AB` and `Ab` are two types, `ab` is one file.
fn file_name(rust: &str, taken: &HashSet<String>) -> String {
    unused(&value_name(&[rust.to_snake_case()], "model"), &[], "_alt", taken)
}

/// An alias of a list or a scalar is written out where it is used.
fn defines_a_type(schema: &Schema, types: &TypeName) -> bool {
    match &schema.shape {
        Shape::Object(_) | Shape::Union(_) => true,
        Shape::Alias(_) => types.fields.first().is_some_and(|field| field.choice.is_some()),
    }
}

/// The types that the file of `schema` defines.
fn defined<'a>(context: &'a Context<'_>, schema: &str) -> Vec<&'a str> {
    let types = &context.named.types[schema];
    let shape = &context.api.schemas[schema].shape;
    let record = (!matches!(shape, Shape::Alias(_))).then_some(types.rust.as_str());
    let choices = types.fields.iter().filter_map(|field| field.choice.as_ref());
    record.into_iter().chain(choices.map(|choice| choice.rust.as_str())).collect()
}

fn list(context: &Context<'_>, files: &BTreeSet<(String, &str)>) -> TokenStream {
    let items = files.iter().map(|(file, schema)| {
        let gate = gate(&context.features.users[*schema]);
        let module = format_ident!("{file}");
        // Named one by one: globs over so many modules cost the compiler a tenth of its time.
        let names = defined(context, schema).into_iter().map(|name| format_ident!("{name}"));
        quote!(#gate mod #module; #gate pub use #module::{#(#names),*};)
    });
    quote! {
        //! The records of the API and their parts.
        //!
        //! Any field may be absent, so each is an `Option`. Fields that the spec does not have are kept in
        //! `extra`. A model is compiled with the features of the areas that use it.
        #(#items)*
    }
}

fn model(context: &Context<'_>, name: &str, schema: &Schema, types: &TypeName) -> TokenStream {
    let mut imports = Imports::default();
    let mut own = vec![types.rust.clone()];
    let items = match &schema.shape {
        Shape::Object(fields) => {
            imports.runtime.insert("UnknownFields");
            imports.private.extend(["FieldMut", "FieldRef", "ModelFields"]);
            record(context, name, schema, fields, types, &mut imports, &mut own)
        }
        Shape::Union(union) => union_type(context, name, schema, union, types, &mut imports),
        Shape::Alias(ty) => {
            let choices = types.fields.iter().filter_map(|field| field.choice.as_ref());
            own.extend(choices.clone().map(|choice| choice.rust.clone()));
            imports.runtime.insert("OpenEnum");
            let about = format!("Values of `{name}`.");
            choices.map(|choice| choice_type(ty, choice, &about)).collect()
        }
    };
    let imports = imports.tokens(&own);
    quote!(#imports #items)
}

fn record(
    context: &Context<'_>,
    name: &str,
    schema: &Schema,
    fields: &[Field],
    types: &TypeName,
    imports: &mut Imports,
    own: &mut Vec<String>,
) -> TokenStream {
    let rust = format_ident!("{}", types.rust);
    let about = docs(&record_docs(context, name, schema));
    let mut members = Vec::new();
    let mut slots = Vec::new();
    let mut views = Vec::new();
    let mut choices = TokenStream::new();
    for (field, field_name) in fields.iter().zip(&types.fields) {
        let ident = format_ident!("{}", field_name.rust);
        context.imports(&field.ty, imports);
        let ty = context.rust_type(&field.ty, field_name.choice.as_ref().map(|choice| choice.rust.as_str()));
        let ty = if field.boxed { quote!(Box<#ty>) } else { ty };
        let about = docs(&field_docs(context, name, field));
        members.push(quote!(#about pub #ident: Option<#ty>,));
        let (kind, by_value) = slot_kind(context.api.resolve(&field.ty));
        let kind = format_ident!("{kind}");
        slots.push(quote!(FieldMut::#kind(&mut self.#ident)));
        let view = if by_value { quote!(self.#ident) } else { quote!(&self.#ident) };
        views.push(quote!(FieldRef::#kind(#view)));
        if let Some(choice) = &field_name.choice {
            own.push(choice.rust.clone());
            imports.runtime.insert("OpenEnum");
            let about = format!("Values of `{}` of [`{}`].", field.name, types.rust);
            choices.extend(choice_type(&field.ty, choice, &about));
        }
    }
    let extra = docs(match &schema.additional {
        Some(_) => "Fields of other names, which the spec allows.",
        None => "Fields that the spec does not have.",
    });
    let names = fields.iter().map(|field| &field.name);
    let (slots, views) = (by_index(&slots), by_index(&views));
    let index = format_ident!("{}", if fields.len() > 1 { "index" } else { "_index" });
    quote! {
        #about
        #[derive(Clone, Default)]
        pub struct #rust {
            #(#members)*
            #extra
            pub extra: UnknownFields,
        }

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
        }
        toolcrate_runtime::impl_model!(#rust);

        #choices
    }
}

/// Returns the explanation of a record: the document's, or the overlay's for the collection that holds such records.
fn record_docs(context: &Context<'_>, name: &str, schema: &Schema) -> String {
    let description = prose(&schema.description);
    if !description.is_empty() {
        return description;
    }
    if let Some(reference) = context.related.references.get(name) {
        let words = match &reference.source {
            Some(source) => &context.named.operations[source.operation].subject.one,
            None => "record",
        };
        return capital(&format!("{} that another record refers to.", with_article(words)));
    }
    match context.record_subject(name) {
        Some((one, gloss)) if !gloss.is_empty() => capital(&format!("{}: {gloss}.", with_article(one))),
        Some((one, _)) => capital(&format!("{}.", with_article(one))),
        None if schema.inline => "An object that the spec describes inline.".to_owned(),
        None => capital(&format!("{}.", with_article(&spoken(name)))),
    }
}

/// The enum of a union.
fn union_type(
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
    let about =
        docs(&format!("{}\n\n`{member}` determines the variant.", record_docs(context, name, schema)));
    let mut variants = Vec::new();
    let mut rows = Vec::new();
    for variant in &union.variants {
        let model = &context.named.types[&variant.schema].rust;
        imports.models.insert(model.clone());
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
        pub enum #rust {
            #(#variants)*
            /// A value of a type that the spec does not have, unchanged.
            Other(Value),
        }

        toolcrate_runtime::impl_union!(#rust, #member, #(#rows),*);
    }
}

/// An expression that picks one of `values` by `index`; the last one for any number past the end.
fn by_index(values: &[TokenStream]) -> TokenStream {
    match values {
        [] => quote!(unreachable!("it has no members")),
        [only] => only.clone(),
        [first @ .., last] => {
            let numbers = (0..first.len()).map(Literal::usize_unsuffixed);
            quote!(match index { #(#numbers => #first,)* _ => #last, })
        }
    }
}

/// The slot for a type, and whether its view is by value.
fn slot_kind(ty: &Type) -> (&'static str, bool) {
    match ty {
        Type::Boolean => ("Boolean", true),
        Type::Integer => ("Integer", true),
        Type::Long => ("Long", true),
        Type::Number => ("Number", true),
        Type::Text(_) | Type::DateTime | Type::Binary => ("Text", false),
        _ => ("Other", false),
    }
}

/// Returns the documentation of a field: the overlay's or the document's, then its limits.
fn field_docs(context: &Context<'_>, schema: &str, field: &Field) -> String {
    let mut sentences = Vec::new();
    let own = context.overlay.fields.get(&format!("{schema}.{}", field.name)).map(String::as_str);
    let description = match own {
        Some(own) => context.with_functions(own),
        None => prose(&field.description),
    };
    let by_name = words_by_name(context, &field.name, context.api.resolve(&field.ty));
    // The words are about what callers set.
    let description = match by_name.filter(|_| is_writable(context, schema, field, true)) {
        Some(words) if description.is_empty() => context.with_functions(words),
        _ => description,
    };
    if !description.is_empty() {
        let end = if description.ends_with(['.', '!', '?', ':']) { "" } else { "." };
        sentences.push(format!("{description}{end}"));
    }
    let format = match &field.ty {
        Type::DateTime => Some("Date and time in UTC, e.g. `2025-01-31T00:00:00Z`.".to_owned()),
        Type::Text(Some(format)) if format == "date" => Some("Date, e.g. `2025-01-31`.".to_owned()),
        Type::Text(Some(format)) => Some(format!("Format: {format}.")),
        _ => None,
    };
    sentences.extend(format.filter(|_| !description.contains("UTC")));
    let reference = field.ty.innermost().and_then(|target| context.related.references.get(target));
    if let Some(source) = reference.and_then(|reference| reference.source.as_ref()) {
        let list = &context.named.operations[source.operation];
        sentences.push(format!("IDs: `{}::{}`.", list.module, list.function));
    }
    sentences.extend(limit_docs(&field.limits));
    if field.read_only {
        sentences.push("Set by the server.".to_owned());
    }
    if field.write_only {
        sentences.push("Sent, and never returned.".to_owned());
    }
    if field.required {
        sentences.push("Required.".to_owned());
    } else if field.limits.required_on_replace {
        sentences.push("Required when the record is replaced.".to_owned());
    }
    sentences.join(" ")
}

/// Returns sentences about the limits of a value.
pub fn limit_docs(limits: &Limits) -> Vec<String> {
    let mut sentences = Vec::new();
    let mut add = |limit: Option<String>, text: &str| {
        sentences.extend(limit.map(|limit| text.replace("{}", &limit)));
    };
    add(limits.min_length.map(|n| n.to_string()), "At least {} characters.");
    add(limits.max_length.map(|n| n.to_string()), "At most {} characters.");
    let bound = |limit: &Number| limit.as_f64().filter(|n| n.fract() == 0.0 && n.abs() < 1e15);
    let bound = |limit: &Option<Number>| {
        limit.as_ref().map(|n| bound(n).map_or_else(|| n.to_string(), |n| format!("{n}")))
    };
    add(bound(&limits.minimum), if limits.exclusive_minimum { "Greater than {}." } else { "At least {}." });
    add(bound(&limits.maximum), if limits.exclusive_maximum { "Less than {}." } else { "At most {}." });
    add(bound(&limits.multiple_of), "A multiple of {}.");
    add(limits.min_items.map(|n| n.to_string()), "At least {} items.");
    add(limits.max_items.map(|n| n.to_string()), "At most {} items.");
    add(limits.unique_items.then(String::new), "No item twice.");
    add(limits.pattern.as_deref().map(prose), "Pattern: {}.");
    let values: Vec<String> = limits.values.iter().map(|value| format!("`{value}`")).collect();
    add((!values.is_empty()).then(|| values.join(", ")), "One of {}.");
    add(
        limits.default.as_ref().map(|value| format!("`{}`", value.to_string().replace('`', "'"))),
        "Default: {}.",
    );
    sentences
}

/// The enum of a choice, with its table of texts.
fn choice_type(ty: &Type, choice: &ChoiceName, about: &str) -> TokenStream {
    let Some(values) = choice_values(ty) else { return TokenStream::new() };
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
    quote! {
        #about
        #[derive(Clone, Default, PartialEq, Eq)]
        pub enum #rust {
            #(#members)*
            /// A value that the spec does not have.
            Other(String),
        }

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
    }
}

fn choice_values(ty: &Type) -> Option<&[String]> {
    match ty {
        Type::Choice(values) => Some(values),
        Type::List(inner) | Type::Map(inner) => choice_values(inner),
        _ => None,
    }
}
