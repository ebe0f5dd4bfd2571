//! Emits typed operations: plain functions that return a request value, in one file per resource.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use toolcrate_catalog::OperationKind;

use super::context::Context;
use super::models::field_docs::limit_docs;
use super::models::has_models;
use super::module_docs::module_docs;
use super::query::SharedQueryType;
use super::rust::{Imports, Job, docs, file_docs, is_doc_alias, prose};
use super::sentence::{imperative, third_person};
use super::status_responses::{response_type, responses};
use crate::id::OperationId;
use crate::ir::{
    BodyKind, FieldStyle, Method, Operation, OperationBody, Parameter, ParameterLocation, ParameterStyle,
    Security, Type,
};
use crate::naming::OperationName;
use crate::naming::identifiers::unused;
use crate::relate::ValueSource;

/// Adds one task per resource, and one for each area's list of resources.
pub fn jobs<'a>(context: &'a Context<'a>, jobs: &mut Vec<Job<'a>>) {
    let mut resources: BTreeMap<(&str, &str), Vec<OperationId>> = BTreeMap::new();
    for (id, name) in context.named.operations.iter() {
        resources.entry((&name.module, &name.file)).or_default().push(id);
    }
    let mut files: BTreeMap<&str, BTreeMap<&str, (BTreeSet<&str>, bool)>> = BTreeMap::new();
    let mut modules: BTreeMap<&str, Vec<OperationId>> = BTreeMap::new();
    for ((module, file), ids) in resources {
        let functions = ids.iter().flat_map(|id| {
            let name = &context.named.operations[*id];
            std::iter::once(name.function.as_str()).chain(name.response.as_deref())
        });
        let deprecated = ids.iter().any(|id| context.api.operations[*id].deprecated);
        files.entry(module).or_default().insert(file, (functions.collect(), deprecated));
        modules.entry(module).or_default().extend(&ids);
        jobs.push(Job {
            path: format!("src/{module}/{file}.rs"),
            tokens: Box::new(move || resource(context, &ids)),
        });
    }
    for (module, files) in files {
        let ids = modules.remove(module).unwrap_or_default();
        jobs.push(Job {
            path: format!("src/{module}/mod.rs"),
            tokens: Box::new(move || {
                let about = file_docs(&module_docs(context, module, &ids));
                let names: Vec<_> = files.keys().map(|file| format_ident!("{file}")).collect();
                let uses = files.iter().map(|(file, (functions, deprecated))| {
                    // Deprecated parameters are passed on without a warning in this crate; callers get one.
                    let allow = deprecated.then(|| quote!(#[allow(deprecated)]));
                    let file = format_ident!("{file}");
                    let functions = functions.iter().map(|name| format_ident!("{name}"));
                    quote!(#allow pub use #file::{#(#functions),*};)
                });
                let models = has_models(context, module).then(|| {
                    quote!(
                        mod models;
                        pub use models::*;
                    )
                });
                quote!(#about #(mod #names;)* #models #(#uses)*)
            }),
        });
    }
}

fn resource(context: &Context<'_>, ids: &[OperationId]) -> TokenStream {
    let mut imports = Imports::default();
    imports.runtime.extend(["Method", "Request"]);
    let mut shared = BTreeSet::new();
    let functions: Vec<TokenStream> =
        ids.iter().map(|id| function(context, *id, &mut imports, &mut shared)).collect();
    let responses: Vec<TokenStream> =
        ids.iter().filter_map(|id| responses(context, *id, &mut imports)).collect();
    let imports = imports.tokens(&[]);
    let shared: Vec<_> = shared.iter().map(|name| format_ident!("{name}")).collect();
    let shared = (!shared.is_empty()).then(|| quote!(use crate::query::{#(#shared),*};));
    quote!(#imports #shared #(#functions)* #(#responses)*)
}

fn function(
    context: &Context<'_>,
    id: OperationId,
    imports: &mut Imports,
    shared: &mut BTreeSet<&'static str>,
) -> TokenStream {
    let operation = &context.api.operations[id];
    let name = &context.named.operations[id];
    let mut arguments = Vec::new();
    let mut calls = Vec::new();
    let mut notes = Vec::new();
    let query = SharedQueryType::for_operation(context, operation, name);
    let parameters = operation.parameters.iter().zip(&name.parameters).zip(&context.related.arguments[id]);
    for ((parameter, rust), source) in parameters {
        if parameter.location == ParameterLocation::Query
            && context.profile.shared_query.contains_key(&parameter.name)
        {
            continue;
        }
        notes.push(parameter_note(context, parameter, rust, source.as_ref()));
        let wire = &parameter.name;
        let ident = format_ident!("{rust}");
        let ty = parameter_type(context, parameter, imports);
        if parameter.required {
            arguments.push(quote!(#ident: #ty));
        } else {
            arguments.push(quote!(#ident: Option<#ty>));
        }
        if let Some(style) = parameter.style {
            imports.runtime.extend(["ParameterLocation", "ParameterStyle"]);
            calls.push(styled_call(context, parameter, style, &ident));
            continue;
        }
        calls.push(match (parameter.location, parameter.required) {
            (ParameterLocation::Path, _) => quote!(.path(#wire, #ident)),
            (ParameterLocation::Query, true) => quote!(.parameter(#wire, #ident)),
            (ParameterLocation::Query, false) => quote!(.parameter_opt(#wire, #ident)),
            (ParameterLocation::Header, true) => quote!(.header(#wire, #ident)),
            (ParameterLocation::Header, false) => quote!(.header_opt(#wire, #ident)),
            (ParameterLocation::Cookie, true) => quote!(.cookie(#wire, #ident)),
            (ParameterLocation::Cookie, false) => quote!(.cookie_opt(#wire, #ident)),
        });
    }
    // An API parameter may have the same name as one of the generated ones.
    let taken: HashSet<String> = name.parameters.iter().cloned().collect();
    let own = |name: &str| format_ident!("{}", unused(name, &[], "_", &taken));
    if let Some(query) = query {
        shared.insert(query.rust());
        let ty = format_ident!("{}", query.rust());
        let ident = own("query");
        arguments.push(quote!(#ident: &#ty));
        calls.push(quote!(.query(#ident)));
        if let Some(rows) = counted_rows(context, operation, name) {
            context.imports(rows, imports);
            let rows = context.rust_type(rows, None);
            calls.push(quote!(.records::<#rows>()));
        }
        notes.push(format!("* `{ident}`: {}", query.about()));
    }
    if let Some(body) = &operation.body {
        let (argument, call, note) = body_argument(context, body, name, own, imports);
        arguments.push(argument);
        calls.push(call);
        notes.push(note);
        let object = context.api.resolve(&body.ty).innermost().and_then(|name| context.api.schemas.get(name));
        let is_merged = operation.method == Method::Patch && body.kind == BodyKind::Json;
        if is_merged && object.is_some_and(|object| object.fields().iter().any(|field| field.nullable)) {
            notes.push("* A null in `extra` of the body clears the field of that name.".to_owned());
        }
    }
    calls.extend(operation.security.as_ref().map(|alternatives| {
        let alternatives = security(alternatives);
        quote!(.security(&#alternatives))
    }));
    let answer = match &name.response {
        Some(response) => format_ident!("{response}").into_token_stream(),
        None => {
            let content = response_type(context, &operation.response.content, imports);
            content.unwrap_or_else(|| quote!(()))
        }
    };
    let method = format_ident!("{}", method(operation.method));
    let path = &operation.path.text;
    let function = format_ident!("{}", name.function);
    let about = docs(&about(context, operation, name, &notes));
    let deprecated = operation.deprecated.then(|| quote!(#[deprecated]));
    let aliases = aliases(operation, name);
    quote! {
        #about
        #(#[doc(alias = #aliases)])*
        #deprecated
        pub fn #function(#(#arguments),*) -> Request<#answer> {
            Request::new(Method::#method, #path)#(#calls)*
        }
    }
}

/// Returns the type of the rows that an operation counts: the rows of the list at the preceding path, if they
/// have fields.
fn counted_rows<'a>(
    context: &'a Context<'_>,
    operation: &Operation,
    name: &OperationName,
) -> Option<&'a Type> {
    if name.kind != OperationKind::Count || context.profile.filter.is_none() {
        return None;
    }
    let list = context.counted_list(operation)?;
    let rows = context.api.operations[list].listed()?;
    let has_fields = |rows: &Type| match context.api.resolve(rows) {
        Type::Named(schema) => !context.api.schemas[schema].fields().is_empty(),
        _ => false,
    };
    has_fields(rows).then_some(rows)
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Get => "Get",
        Method::Post => "Post",
        Method::Put => "Put",
        Method::Patch => "Patch",
        Method::Delete => "Delete",
        Method::Head => "Head",
        Method::Options => "Options",
        Method::Trace => "Trace",
    }
}

/// Returns the alternatives of security schemes as an array of arrays.
pub fn security(alternatives: &Security) -> TokenStream {
    let alternatives = alternatives.iter().map(|schemes| quote!(&[#(#schemes),*]));
    quote!([#(#alternatives),*])
}

/// Returns the type of a parameter: by value if that is cheap, or else borrowed. Objects without a style are text.
fn parameter_type(context: &Context<'_>, parameter: &Parameter, imports: &mut Imports) -> TokenStream {
    let resolve = |ty| context.api.resolve(ty);
    let is_object = |ty: &Type| matches!(ty, Type::Named(_) | Type::Map(_) | Type::Any);
    match resolve(&parameter.ty) {
        Type::List(item) if parameter.style.is_some() && is_object(resolve(item)) => {
            context.imports(item, imports);
            let item = context.rust_type(item, None);
            quote!(&[#item])
        }
        Type::List(item) => {
            let item = scalar_type(resolve(item));
            quote!(&[#item])
        }
        ty if parameter.style.is_some() && is_object(ty) => {
            context.imports(&parameter.ty, imports);
            let ty = context.rust_type(&parameter.ty, None);
            quote!(&#ty)
        }
        ty => scalar_type(ty),
    }
}

fn scalar_type(ty: &Type) -> TokenStream {
    match ty {
        Type::Boolean => quote!(bool),
        Type::Integer => quote!(i32),
        Type::Long => quote!(i64),
        Type::Unsigned => quote!(u64),
        Type::Number => quote!(f64),
        _ => quote!(&str),
    }
}

/// Returns the call that adds a parameter in its style.
fn styled_call(
    context: &Context<'_>,
    parameter: &Parameter,
    style: ParameterStyle,
    ident: &Ident,
) -> TokenStream {
    // The variants have the names that `Debug` prints.
    let [location, style] =
        [format!("{:?}", parameter.location), format!("{style:?}")].map(|name| format_ident!("{name}"));
    let wire = &parameter.name;
    let arguments = quote!(ParameterLocation::#location, #wire, ParameterStyle::#style);
    let is_copied = matches!(
        context.api.resolve(&parameter.ty),
        Type::Boolean | Type::Integer | Type::Long | Type::Unsigned | Type::Number
    );
    match (parameter.required, is_copied) {
        (true, true) => quote!(.styled(#arguments, &#ident)),
        (true, false) => quote!(.styled(#arguments, #ident)),
        (false, true) => quote!(.styled_opt(#arguments, #ident.as_ref())),
        (false, false) => quote!(.styled_opt(#arguments, #ident)),
    }
}

/// Returns the declared media type, if it isn't the default for the kind.
fn content_type(body: &OperationBody) -> TokenStream {
    match &body.media_type {
        Some(media) => quote!(.content_type(#media)),
        None => TokenStream::new(),
    }
}

fn body_argument(
    context: &Context<'_>,
    body: &OperationBody,
    name: &OperationName,
    own: impl Fn(&str) -> Ident,
    imports: &mut Imports,
) -> (TokenStream, TokenStream, String) {
    match body.kind {
        BodyKind::Multipart => {
            let form = own("form");
            imports.runtime.insert("Form");
            let fields = match body.ty.innermost().and_then(|name| context.api.schemas.get(name)) {
                Some(schema) => schema.fields(),
                None => &[],
            };
            let parts: Vec<String> = fields
                .iter()
                .map(|field| match (body.part_types.get(&field.name), &field.ty) {
                    (Some(media_type), _) => format!("`{}` ({media_type})", field.name),
                    (None, Type::Binary) => format!("`{}` (file)", field.name),
                    (None, _) => format!("`{}`", field.name),
                })
                .collect();
            let note = format!("* `{form}`: the parts {}", parts.join(", "));
            (quote!(#form: &Form), quote!(.form(#form)), note)
        }
        BodyKind::Patch => {
            let patch = own("patch");
            imports.runtime.insert("Patch");
            context.imports(&body.ty, imports);
            let record = context.rust_type(&body.ty, None);
            let note = format!("* `{patch}`: the changes, as a JSON Patch");
            let content_type = content_type(body);
            (quote!(#patch: &Patch<#record>), quote!(.patch(#patch) #content_type), note)
        }
        BodyKind::Raw => {
            let ident = own("body");
            let media = body.media_type.as_deref().unwrap_or("application/octet-stream");
            let ty = if body.ty == Type::Binary { quote!(&[u8]) } else { quote!(&str) };
            let note = format!("* `{ident}`: the request body, as `{media}`");
            match body.required {
                true => (quote!(#ident: #ty), quote!(.raw(#media, #ident)), note),
                false => (quote!(#ident: Option<#ty>), quote!(.raw_opt(#media, #ident)), note),
            }
        }
        BodyKind::Json | BodyKind::UrlEncoded => {
            let ident = own("body");
            context.imports(&body.ty, imports);
            let ty = match context.api.resolve(&body.ty) {
                Type::List(item) => {
                    let item = context.rust_type(item, None);
                    quote!(&[#item])
                }
                Type::Text(_) | Type::DateTime | Type::Choice(_) | Type::Binary => quote!(&str),
                ty => {
                    let ty = context.rust_type(ty, None);
                    quote!(&#ty)
                }
            };
            if body.kind == BodyKind::UrlEncoded {
                let note = format!("* `{ident}`: the properties of a URL-encoded form");
                let styles = field_styles(body, imports);
                return match body.required {
                    true => (quote!(#ident: #ty), quote!(.url_encoded(#ident, &[#styles])), note),
                    false => {
                        (quote!(#ident: Option<#ty>), quote!(.url_encoded_opt(#ident, &[#styles])), note)
                    }
                };
            }
            let note = format!("* `{ident}`: {}", body_words(name));
            let content_type = content_type(body);
            match body.required {
                true => (quote!(#ident: #ty), quote!(.body(#ident) #content_type), note),
                false => (quote!(#ident: Option<#ty>), quote!(.body_opt(#ident) #content_type), note),
            }
        }
    }
}

/// Returns the description of the body, depending on the kind of the operation.
fn body_words(name: &OperationName) -> String {
    let one = &name.subject.own_one;
    match name.kind {
        OperationKind::Create if name.variant.is_none() => format!("the {one} to create"),
        OperationKind::Replace if name.variant.is_none() => format!("the new state of the {one}"),
        _ => "the request body".to_owned(),
    }
}

/// Returns the fields of a URL-encoded form that don't use the default encoding.
fn field_styles(body: &OperationBody, imports: &mut Imports) -> TokenStream {
    if !body.field_styles.is_empty() {
        imports.runtime.insert("FieldStyle");
    }
    let styles = body.field_styles.iter().map(|(name, style)| match style {
        FieldStyle::Joined(separator) => quote!((#name, FieldStyle::Joined(#separator))),
        FieldStyle::DeepObject => quote!((#name, FieldStyle::DeepObject)),
        FieldStyle::Json => quote!((#name, FieldStyle::Json)),
    });
    quote!(#(#styles),*)
}

fn parameter_note(
    context: &Context<'_>,
    parameter: &Parameter,
    rust: &str,
    source: Option<&ValueSource>,
) -> String {
    let words = prose(&parameter.description);
    let words = match (parameter.location, source) {
        _ if !words.is_empty() => words,
        (_, Some(source)) => {
            let noun = &context.named.operations[source.operation].subject.one;
            format!("{noun} {}", context.spoken(&source.field))
        }
        (ParameterLocation::Path, None) => context.spoken(rust),
        (ParameterLocation::Query, None) => format!("query parameter `{}`", parameter.name),
        (ParameterLocation::Header, None) => format!("header `{}`", parameter.name),
        (ParameterLocation::Cookie, None) => format!("cookie `{}`", parameter.name),
    };
    let words = match source.map(|source| context.function_link(source.operation)) {
        Some(link) if words.ends_with('.') => format!("{words} From {link}"),
        Some(link) => format!("{words}, from {link}"),
        None => words,
    };
    let limits = limit_docs(&parameter.limits).join(" ");
    if limits.is_empty() {
        return format!("* `{rust}`: {words}");
    }
    let dot = if words.ends_with('.') { "" } else { "." };
    format!("* `{rust}`: {words}{dot} {limits}")
}

/// Returns the doc comment: what the operation does, its HTTP call, and the meaning of its parameters.
fn about(context: &Context<'_>, operation: &Operation, name: &OperationName, notes: &[String]) -> String {
    let mut text = lead(context, operation, name);
    let description = prose(&operation.description);
    if !description.is_empty() && description != prose(&operation.summary) {
        text.push_str("\n\n");
        text.push_str(&description);
    }
    text.push_str(&format!("\n\n`{} {}`", operation.method, operation.path.text));
    if operation.spec_path != operation.path.text {
        text.push_str(" (repaired; the spec spells the path differently)");
    }
    text.push_str(&format!(" · tool [`{}`](crate::CATALOG)", name.tool));
    if !notes.is_empty() {
        text.push_str("\n\n");
        text.push_str(&notes.join("\n"));
    }
    let statuses = &operation.response.statuses;
    if statuses.contains(&207) {
        text.push_str("\n\nReturns 207 with a status for each item.");
    }
    if let Some(response) = &name.response {
        text.push_str(&format!(
            "\n\nThe content depends on the status: [`{response}`] has a variant for each."
        ));
    } else if let [first @ .., last] = &statuses[..]
        && !first.is_empty()
    {
        let first: Vec<String> = first.iter().map(u16::to_string).collect();
        let first = first.join(", ");
        text.push_str(&format!(
            "\n\nReturns {first} or {last}; `send_full` returns the status next to the value."
        ));
    }
    if let Some(Type::Named(name)) = operation.error.as_ref().map(|error| context.api.resolve(error)) {
        let model = context.model_link(name);
        text.push_str(&format!("\n\n`Error::response_as` reads the body of an error as {model}."));
    }
    if operation.listed().is_some() && context.profile.paging.is_paged() {
        text.push_str(
            "\n\nReturns one page of records. [`items`](toolcrate_runtime::Request::items) streams the records of all pages.",
        );
    }
    text
}

/// Returns search aliases for the documentation: the HTTP call and the tool.
fn aliases(operation: &Operation, name: &OperationName) -> Vec<String> {
    let call = format!("{} {}", operation.method, operation.path.text);
    [call, name.tool.clone()].into_iter().filter(|alias| is_doc_alias(alias, &name.function)).collect()
}

/// Returns a sentence about what the operation does, and one about fields that are left out.
fn lead(context: &Context<'_>, operation: &Operation, name: &OperationName) -> String {
    let own = context.overlay.operations.get(&operation.key()).and_then(|note| note.description.as_deref());
    let own = own.and_then(|own| own.split(". ").next()).filter(|own| !own.contains(['{', '(']));
    let sentence = match own {
        Some(own) => third_person(own.trim_end_matches('.')),
        None => third_person(&imperative(name, "", false)),
    };
    match name.kind {
        OperationKind::Replace => {
            format!("{sentence}. Fields that are left out are reset to their defaults.")
        }
        _ => format!("{sentence}."),
    }
}
