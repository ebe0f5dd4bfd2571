//! Emits `src/api.rs`, which contains the API's conventions as a static, its credentials, and its known servers.

use heck::ToUpperCamelCase;
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use toolcrate_catalog::FilterScalar;

use super::context::Context;
use super::credentials;
use super::operations::security;
use super::rust::{Job, docs, file_docs};
use crate::config::{
    CustomFieldDefinitionsConfig, CustomFieldType, CustomFieldsConfig, FilterConfig, PagingConfig,
    PatchPathStyle,
};

/// Adds the task for `src/api.rs`.
pub fn jobs<'a>(context: &'a Context<'a>, jobs: &mut Vec<Job<'a>>) {
    jobs.push(Job { path: "src/api.rs".to_owned(), tokens: Box::new(move || file(context)) });
}

fn file(context: &Context<'_>) -> TokenStream {
    let about =
        file_docs("How the API is reached: its conventions, its servers, and what a caller must have.");
    let api = description(context);
    let servers = servers(context);
    let credentials = credentials::tokens(context);
    quote!(#about #api #servers #credentials)
}

fn description(context: &Context<'_>) -> TokenStream {
    let profile = context.profile;
    let name = &profile.api.name;
    let agent = format!("{}/", profile.api.package);
    let accept =
        profile.accept.as_deref().unwrap_or("application/json").replace("{version}", &context.api.version);
    let paging = match &profile.paging {
        PagingConfig::None => quote!(Paging::None),
        PagingConfig::Page { page, size, max_size, items } => {
            let max_size = Literal::u32_unsuffixed(*max_size);
            match items {
                None => quote!(Paging::Page { page: #page, size: #size, max_size: #max_size }),
                Some(items) => {
                    quote!(Paging::PageIn { page: #page, size: #size, max_size: #max_size, items: #items })
                }
            }
        }
        PagingConfig::Offset { offset, limit, max_size, items } => {
            let (max_size, items) =
                (Literal::u32_unsuffixed(*max_size), items.as_deref().unwrap_or_default());
            quote!(Paging::Offset { offset: #offset, limit: #limit, max_size: #max_size, items: #items })
        }
        PagingConfig::Header { parameter, header, items } => {
            let (header, items) = (header.to_lowercase(), items.as_deref().unwrap_or_default());
            quote!(Paging::Header { parameter: #parameter, header: #header, items: #items })
        }
        PagingConfig::Cursor { parameter, next, items } => {
            quote!(Paging::Cursor { parameter: #parameter, next: #next, items: #items })
        }
    };
    let errors = &profile.errors;
    let (code, message, list) = (&errors.code, &errors.message, &errors.list);
    let (item_code, item_message, item_field) = (&errors.item_code, &errors.item_message, &errors.item_field);
    let patch_paths = match profile.patch_paths {
        PatchPathStyle::Pointer => quote!(PatchPaths::Pointer),
        PatchPathStyle::Bare => quote!(PatchPaths::Bare),
    };
    let trim = &profile.trim;
    let fields = match &profile.fields_parameter {
        Some(name) => quote!(Some(#name)),
        None => quote!(None),
    };
    let filter = match &profile.filter {
        None => quote!(None),
        Some(filter) => {
            let FilterConfig { argument, conditions, child_conditions, .. } = filter;
            let FilterConfig { custom_field_conditions, custom_fields, .. } = filter;
            let extra = context.overlay.filter_fields.iter().map(|field| {
                let (name, beside) = (&field.field, &field.beside);
                let kind = match field.kind {
                    FilterScalar::Integer => quote!(Integer),
                    FilterScalar::Number => quote!(Number),
                    FilterScalar::Boolean => quote!(Boolean),
                    FilterScalar::Text => quote!(Text),
                    FilterScalar::Date => quote!(Date),
                    FilterScalar::DateTime => quote!(DateTime),
                };
                quote! {
                    toolcrate_runtime::ExtraField {
                        name: #name,
                        beside: #beside,
                        kind: toolcrate_runtime::FilterScalar::#kind,
                    }
                }
            });
            quote! {
                Some(toolcrate_runtime::FilterGrammar {
                    argument: #argument,
                    conditions: #conditions,
                    child_conditions: #child_conditions,
                    custom_field_conditions: #custom_field_conditions,
                    custom_fields: #custom_fields,
                    extra_fields: &[#(#extra),*],
                })
            }
        }
    };
    let custom_fields = match &profile.custom_fields {
        None => quote!(None),
        Some(fields) => custom_fields(context, fields),
    };
    let security = security(&context.api.security);
    let about = docs(&format!("What the runtime has to know of {name} as a whole."));
    quote! {
        use toolcrate_runtime::{Api, ErrorShape, Paging, PatchPaths};

        #about
        pub static API: Api = Api {
            name: #name,
            user_agent: concat!(#agent, env!("CARGO_PKG_VERSION")),
            accept: #accept,
            paging: #paging,
            errors: ErrorShape {
                code: &[#(#code),*],
                message: &[#(#message),*],
                list: &[#(#list),*],
                item_code: &[#(#item_code),*],
                item_message: &[#(#item_message),*],
                item_field: &[#(#item_field),*],
            },
            patch_paths: #patch_paths,
            trim: &[#(#trim),*],
            fields_parameter: #fields,
            filter: #filter,
            custom_fields: #custom_fields,
            security: &#security,
        };
    }
}

fn custom_fields(context: &Context<'_>, fields: &CustomFieldsConfig) -> TokenStream {
    let CustomFieldsConfig { member, key, caption, value, definitions } = fields;
    let found = definitions.as_ref().and_then(|about| {
        let operation = context.api.operation_called(&about.operation)?;
        context.ledger.mark(format!("custom_fields.definitions.{}", about.operation));
        Some((about, &context.api.operations[operation].path.text))
    });
    let definitions = match found {
        None => quote!(None),
        Some((about, path)) => {
            let CustomFieldDefinitionsConfig { kind, required, read_only, options, option, .. } = about;
            let CustomFieldDefinitionsConfig { inactive, screen_fields, screen_words, .. } = about;
            let kinds = about.kinds.iter().map(|(name, kind)| {
                let kind = match kind {
                    CustomFieldType::Text => quote!(Text),
                    CustomFieldType::Number => quote!(Number),
                    CustomFieldType::Boolean => quote!(Boolean),
                    CustomFieldType::Date => quote!(Date),
                };
                quote!((#name, toolcrate_runtime::CustomFieldKind::#kind))
            });
            let records = about.records.iter().map(|(name, screens)| quote!((#name, &[#(#screens),*])));
            quote! {
                Some(toolcrate_runtime::CustomFieldDefinitions {
                    path: #path,
                    kind: #kind,
                    kinds: &[#(#kinds),*],
                    required: #required,
                    read_only: #read_only,
                    options: #options,
                    option: #option,
                    inactive: #inactive,
                    screen_fields: &[#(#screen_fields),*],
                    records: &[#(#records),*],
                    screen_words: &[#(#screen_words),*],
                })
            }
        }
    };
    quote! {
        Some(toolcrate_runtime::CustomFields {
            member: #member,
            key: #key,
            caption: #caption,
            value: #value,
            definitions: #definitions,
        })
    }
}

fn servers(context: &Context<'_>) -> TokenStream {
    let servers = &context.profile.servers;
    if servers.is_empty() {
        return TokenStream::new();
    }
    let variants: Vec<_> = servers.keys().map(|key| format_ident!("{}", key.to_upper_camel_case())).collect();
    let about: Vec<_> = servers.values().map(|address| docs(&format!("<{address}>"))).collect();
    let addresses = servers.values();
    let keys = servers.keys();
    let host = context.profile.host_template.as_ref().map(|template| {
        let (before, after) = template.split_once("{host}").unwrap_or((template, ""));
        let about = docs(&format!("The base URL of an account on a host of its own: `{template}`."));
        quote! {
            #about
            pub fn base_url_of_host(host: &str) -> String {
                format!("{}{}{}", #before, host.trim_matches('/'), #after)
            }
        }
    });
    quote! {
        /// The provider's servers.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Server { #(#about #variants,)* }

        impl Server {
            /// All servers with their short names.
            pub const ALL: &'static [(&'static str, Self)] = &[#((#keys, Self::#variants)),*];

            /// The server's base URL.
            pub fn base_url(self) -> &'static str {
                match self { #(Self::#variants => #addresses,)* }
            }
        }
        #host
    }
}
