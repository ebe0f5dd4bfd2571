//! Emits `src/api.rs`: API conventions as a static, the credentials, and the known servers.

use heck::ToUpperCamelCase;
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use toolcrate_catalog::FilterScalar;

use super::context::Context;
use super::rust::{Job, docs, file_docs};
use crate::config::{
    Auth, AuthScheme, CustomFieldDefinitionsConfig, CustomFieldType, CustomFieldsConfig, FilterConfig,
    PagingConfig, PatchPathStyle,
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
    let credentials = credentials(context);
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
        /// The servers that the provider runs.
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

fn credentials(context: &Context<'_>) -> TokenStream {
    let auth = &context.profile.auth;
    let about =
        docs(&format!("What {} asks of a caller. `Debug` shows no secret.", context.profile.api.name));
    let members = auth.fields.iter().map(|(name, field)| {
        let ident = format_ident!("{name}");
        let about = docs(&field.description);
        let ty = if field.secret { quote!(Secret) } else { quote!(String) };
        quote!(#about pub #ident: #ty,)
    });
    let scheme = match &auth.scheme {
        AuthScheme::Basic { user, password } => {
            let (user, password) = (template(auth, user), secret(auth, password));
            quote!(headers.insert(AUTHORIZATION, basic(&#user, &#password)?);)
        }
        AuthScheme::Bearer { token } => {
            let token = secret(auth, token);
            quote!(headers.insert(AUTHORIZATION, bearer(&#token)?);)
        }
        AuthScheme::None => TokenStream::new(),
    };
    let further = auth.headers.iter().map(|(name, value)| {
        let name = name.to_lowercase();
        let value = secret(auth, value);
        quote!(headers.insert(HeaderName::from_static(#name), #value.to_header()?);)
    });
    let helper = match auth.scheme {
        AuthScheme::Basic { .. } => Some(quote!(
            use toolcrate_runtime::basic;
        )),
        AuthScheme::Bearer { .. } => Some(quote!(
            use toolcrate_runtime::bearer;
        )),
        AuthScheme::None => None,
    };
    let authorization = helper.is_some().then(|| {
        quote!(
            use toolcrate_runtime::http::header::AUTHORIZATION;
        )
    });
    let names = (!auth.headers.is_empty()).then(|| {
        quote!(
            use toolcrate_runtime::http::HeaderName;
        )
    });
    let query = query_credentials(auth);
    let body = quote!(#scheme #(#further)*);
    let headers = format_ident!("{}", if body.is_empty() { "_headers" } else { "headers" });
    let secret = (auth.fields.values().any(|field| field.secret) || body.to_string().contains("Secret"))
        .then(|| {
            quote!(
                use toolcrate_runtime::Secret;
            )
        });
    quote! {
        use toolcrate_runtime::{Error, HeaderMap};
        #secret
        #names #authorization #helper

        #about
        #[derive(Clone, Debug)]
        pub struct Credentials { #(#members)* }

        impl toolcrate_runtime::Credentials for Credentials {
            fn apply(&self, #headers: &mut HeaderMap) -> Result<(), Error> {
                #body
                Ok(())
            }
            #query
        }
    }
}

/// Returns the method that adds credentials to the query, if there are any.
fn query_credentials(auth: &Auth) -> Option<TokenStream> {
    if auth.query.is_empty() {
        return None;
    }
    let pairs = auth.query.iter().map(|(name, value)| {
        let value = secret(auth, value);
        quote!((#name, #value.clone()))
    });
    Some(quote! {
        fn query(&self) -> Vec<(&'static str, toolcrate_runtime::Secret)> {
            vec![#(#pairs),*]
        }
    })
}

/// Returns an expression of type `Secret` that fills a template; a template that consists of a single secret
/// field is that field.
fn secret(auth: &Auth, text: &str) -> TokenStream {
    let field = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
    if field.and_then(|name| auth.fields.get(name)).is_some_and(|field| field.secret) {
        let ident = format_ident!("{}", field.unwrap_or_default());
        return quote!(self.#ident);
    }
    let text = template(auth, text);
    quote!(Secret::from(#text))
}

/// Returns an expression that fills a template such as `{company_id}+{public_key}`.
fn template(auth: &Auth, text: &str) -> TokenStream {
    let mut format = String::new();
    let mut values = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        format.push_str(&before.replace('}', "}}"));
        let Some((name, after)) = after.split_once('}') else { break };
        let Some(field) = auth.fields.get(name) else {
            rest = after;
            continue;
        };
        let ident = format_ident!("{name}");
        values.push(if field.secret { quote!(self.#ident.expose()) } else { quote!(self.#ident) });
        format.push_str("{}");
        rest = after;
    }
    if format == "{}" && rest.is_empty() {
        let value = &values[0];
        return quote!(#value.to_owned());
    }
    if values.is_empty() {
        return quote!(#text.to_owned());
    }
    format.push_str(&rest.replace('{', "{{").replace('}', "}}"));
    quote!(format!(#format, #(#values),*))
}
