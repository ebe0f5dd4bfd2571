//! Emits the generated crate's credentials: a struct with the values that users supply, and the code that adds them to
//! requests.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::context::Context;
use super::rust::docs;
use crate::config::{Auth, AuthScheme, SecretPlacement, SecuritySchemeConfig};

/// Returns the struct `Credentials` and its implementation.
pub fn tokens(context: &Context<'_>) -> TokenStream {
    let auth = &context.profile.auth;
    let about = docs(&about(context));
    let members = auth.fields.iter().map(|(name, field)| {
        let ident = format_ident!("{name}");
        let about = docs(&field.description);
        let ty = if field.secret { quote!(Secret) } else { quote!(String) };
        quote!(#about pub #ident: #ty,)
    });
    let body = headers(auth);
    let text = body.to_string();
    let uses = |word: &str| text.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|part| part == word);
    let imports = [
        (
            "HeaderName",
            quote!(
                use toolcrate_runtime::http::HeaderName;
            ),
        ),
        (
            "AUTHORIZATION",
            quote!(
                use toolcrate_runtime::http::header::AUTHORIZATION;
            ),
        ),
        (
            "basic",
            quote!(
                use toolcrate_runtime::basic;
            ),
        ),
        (
            "bearer",
            quote!(
                use toolcrate_runtime::bearer;
            ),
        ),
    ];
    let imports = imports.into_iter().filter(|(word, _)| uses(word)).map(|(_, import)| import);
    let headers = format_ident!("{}", if body.is_empty() { "_headers" } else { "headers" });
    let query = query_credentials(auth);
    let schemes = schemes(auth);
    let has_secret = auth.fields.values().any(|field| field.secret)
        || [Some(&body), query.as_ref(), schemes.as_ref()]
            .into_iter()
            .flatten()
            .any(|tokens| tokens.to_string().contains("Secret ::"));
    let secret = has_secret.then(|| {
        quote!(
            use toolcrate_runtime::Secret;
        )
    });
    let scheme_types = (!auth.schemes.is_empty()).then(|| {
        quote!(
            use toolcrate_runtime::SchemeCredentials;
        )
    });
    let has_defaults = auth.fields.values().any(|field| field.default.is_some());
    let is_default = !auth.schemes.is_empty() && !has_defaults;
    let derived = if is_default { quote!(Clone, Debug, Default) } else { quote!(Clone, Debug) };
    let default = has_defaults.then(|| default(auth));
    quote! {
        use toolcrate_runtime::{Error, HeaderMap};
        #secret
        #scheme_types
        #(#imports)*

        #about
        #[derive(#derived)]
        pub struct Credentials { #(#members)* }

        #default

        impl toolcrate_runtime::Credentials for Credentials {
            fn apply(&self, #headers: &mut HeaderMap) -> Result<(), Error> {
                #body
                Ok(())
            }
            #query
            #schemes
        }
    }
}

fn about(context: &Context<'_>) -> String {
    let mut about = format!("What {} asks of a caller. `Debug` shows no secret.", context.profile.api.name);
    if !context.profile.auth.schemes.is_empty() {
        about.push_str(
            "\n\nAn operation is sent the credentials of the security schemes that it declares. Those that you don't \
             have can stay empty: `Credentials { ..Credentials::default() }`.",
        );
    }
    about
}

/// Returns the statements that add the headers of every operation.
fn headers(auth: &Auth) -> TokenStream {
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
    quote!(#scheme #(#further)*)
}

/// Returns the implementation of `Default`, if a field has a default value.
fn default(auth: &Auth) -> TokenStream {
    let values = auth.fields.iter().map(|(name, field)| {
        let ident = format_ident!("{name}");
        match (&field.default, field.secret) {
            (Some(text), false) => quote!(#ident: #text.to_owned()),
            (Some(text), true) => quote!(#ident: Secret::from(#text)),
            (None, _) => quote!(#ident: Default::default()),
        }
    });
    quote! {
        impl Default for Credentials {
            fn default() -> Self {
                Self { #(#values),* }
            }
        }
    }
}

/// Returns the method that returns the credentials by security scheme, if the profile describes any.
fn schemes(auth: &Auth) -> Option<TokenStream> {
    if auth.schemes.is_empty() {
        return None;
    }
    let schemes = auth.schemes.iter().map(|(name, scheme)| {
        let credentials = scheme_credentials(auth, scheme);
        let push = quote!(schemes.push((#name, #credentials)););
        let needed: Vec<_> = auth
            .fields
            .iter()
            .filter(|(name, field)| !field.optional && is_used(scheme, name))
            .map(|(name, _)| format_ident!("{name}"))
            .collect();
        if needed.is_empty() { push } else { quote!(if #(!self.#needed.is_empty())&&* { #push }) }
    });
    Some(quote! {
        fn schemes(&self) -> Option<Vec<(&'static str, SchemeCredentials)>> {
            let mut schemes = Vec::new();
            #(#schemes)*
            Some(schemes)
        }
    })
}

fn is_used(scheme: &SecuritySchemeConfig, field: &str) -> bool {
    let placeholder = format!("{{{field}}}");
    scheme.templates().iter().any(|template| template.contains(&placeholder))
}

fn scheme_credentials(auth: &Auth, scheme: &SecuritySchemeConfig) -> TokenStream {
    let own = |text: &str| owned_secret(auth, text);
    match scheme {
        SecuritySchemeConfig::Basic { user, password } => {
            let (user, password) = (template(auth, user), own(password));
            quote!(SchemeCredentials::Basic { user: #user, password: #password })
        }
        SecuritySchemeConfig::Bearer { token } => {
            let token = own(token);
            quote!(SchemeCredentials::Bearer { token: #token })
        }
        SecuritySchemeConfig::Header { name, value } => {
            let (name, value) = (name.to_lowercase(), own(value));
            quote!(SchemeCredentials::Header { name: #name, value: #value })
        }
        SecuritySchemeConfig::Query { name, value } => {
            let value = own(value);
            quote!(SchemeCredentials::Query { name: #name, value: #value })
        }
        SecuritySchemeConfig::Cookie { name, value } => {
            let value = own(value);
            quote!(SchemeCredentials::Cookie { name: #name, value: #value })
        }
        SecuritySchemeConfig::ClientCredentials {
            token_url,
            client_id,
            client_secret,
            scope,
            parameters,
            placement,
        } => {
            let [token_url, client_id, scope] =
                [token_url, client_id, scope].map(|text| template(auth, text));
            let client_secret = own(client_secret);
            let parameters = parameters.iter().map(|(name, value)| {
                let value = own(value);
                quote!((#name, #value))
            });
            let placement = match placement {
                SecretPlacement::Header => quote!(Header),
                SecretPlacement::Body => quote!(Body),
            };
            quote! {
                SchemeCredentials::ClientCredentials(toolcrate_runtime::ClientCredentials {
                    token_url: #token_url,
                    client_id: #client_id,
                    client_secret: #client_secret,
                    scope: #scope,
                    parameters: vec![#(#parameters),*],
                    placement: toolcrate_runtime::ClientSecretPlacement::#placement,
                })
            }
        }
    }
}

/// Returns the method that adds credentials to the query, if there are any.
fn query_credentials(auth: &Auth) -> Option<TokenStream> {
    if auth.query.is_empty() {
        return None;
    }
    let pairs = auth.query.iter().map(|(name, value)| {
        let value = owned_secret(auth, value);
        quote!((#name, #value))
    });
    Some(quote! {
        fn query(&self) -> Vec<(&'static str, toolcrate_runtime::Secret)> {
            vec![#(#pairs),*]
        }
    })
}

/// Returns an expression for an owned `Secret` that fills a template.
fn owned_secret(auth: &Auth, text: &str) -> TokenStream {
    let value = secret(auth, text);
    if value.to_string().starts_with("self") { quote!(#value.clone()) } else { value }
}

/// Returns an expression of type `Secret` that fills a template. For a secret field alone, that is the field.
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
