//! The query types that many operations share (`ListQuery`, `CountQuery`), from the profile.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use toolcrate_catalog::OperationKind;

use super::context::Context;
use super::rust::{Imports, Job, docs};
use crate::config::On;
use crate::ir::{Operation, ParameterLocation, Type};
use crate::naming::OperationName;
use crate::naming::identifiers::field_name;

/// A query type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SharedQueryType {
    /// The parameters of a list.
    List,
    /// The parameters of a count.
    Count,
}

impl SharedQueryType {
    /// Returns the query type that `operation` takes, if any.
    pub fn for_operation(context: &Context<'_>, operation: &Operation, name: &OperationName) -> Option<Self> {
        let shared = match name.kind {
            OperationKind::List => Self::List,
            OperationKind::Count => Self::Count,
            _ => return None,
        };
        let takes = operation.parameters_in(ParameterLocation::Query).any(|parameter| {
            context
                .profile
                .shared_query
                .get(&parameter.name)
                .is_some_and(|query| query.on.contains(&shared.on()))
        });
        takes.then_some(shared)
    }

    /// The Rust type's name.
    pub fn rust(self) -> &'static str {
        match self {
            Self::List => "ListQuery",
            Self::Count => "CountQuery",
        }
    }

    /// Returns the type's own documentation.
    fn docs(self) -> &'static str {
        match self {
            Self::List => {
                "Chooses the rows of a list, their order and the page. `Default` is the first page of all rows."
            }
            Self::Count => "Chooses the rows that are counted. `Default` counts all.",
        }
    }

    /// Returns the documentation of a parameter of this type.
    pub fn about(self) -> &'static str {
        match self {
            Self::List => "which rows, in which order, and how many on a page",
            Self::Count => "which rows are counted",
        }
    }

    fn on(self) -> On {
        match self {
            Self::List => On::List,
            Self::Count => On::Count,
        }
    }
}

/// The job for `src/query.rs`.
pub fn jobs<'a>(context: &'a Context<'a>, jobs: &mut Vec<Job<'a>>) {
    if any(context) {
        jobs.push(Job { path: "src/query.rs".to_owned(), tokens: Box::new(move || file(context)) });
    }
}

/// Returns true if the crate has query types at all.
pub fn any(context: &Context<'_>) -> bool {
    types(context).next().is_some()
}

/// The query types that have members.
fn types(context: &Context<'_>) -> impl Iterator<Item = SharedQueryType> {
    let queries = &context.profile.shared_query;
    [SharedQueryType::List, SharedQueryType::Count]
        .into_iter()
        .filter(|shared| queries.values().any(|query| query.on.contains(&shared.on())))
}

fn file(context: &Context<'_>) -> TokenStream {
    let types = types(context).map(|shared| query_type(context, shared));
    let mut imports = Imports::default();
    imports.runtime.extend(["Query", "QueryPairs"]);
    let imports = imports.tokens(&[]);
    quote! {
        //! Parameters of list and count operations that choose rows, order and page.
        #imports
        #(#types)*
    }
}

fn query_type(context: &Context<'_>, shared: SharedQueryType) -> TokenStream {
    let rust = format_ident!("{}", shared.rust());
    let mut members = Vec::new();
    let mut pushes = Vec::new();
    let fields = context.profile.shared_query.iter().filter(|(_, query)| query.on.contains(&shared.on()));
    for (name, query) in fields {
        let ident = format_ident!("{}", field_name(name));
        let about = docs(&query.description);
        let ty = context.shared_type(name);
        let (ty, value) = match ty {
            Type::Integer | Type::Long | Type::Unsigned => (quote!(i64), quote!(self.#ident)),
            Type::Boolean => (quote!(bool), quote!(self.#ident)),
            _ => (quote!(String), quote!(self.#ident.as_deref())),
        };
        members.push(quote!(#about pub #ident: Option<#ty>,));
        pushes.push(quote!(pairs.push_opt(#name, #value);));
    }
    let about = docs(shared.docs());
    quote! {
        #about
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct #rust { #(#members)* }

        impl Query for #rust {
            fn write(&self, pairs: &mut QueryPairs) {
                #(#pushes)*
            }
        }
    }
}

impl Context<'_> {
    /// The type that the document gives to a shared query parameter.
    pub fn shared_type(&self, name: &str) -> &Type {
        let found = self
            .api
            .operations
            .values()
            .flat_map(|operation| operation.parameters_in(ParameterLocation::Query));
        found
            .into_iter()
            .find(|parameter| parameter.name == name)
            .map_or(&Type::Any, |parameter| &parameter.ty)
    }
}
