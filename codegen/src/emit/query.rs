//! Emits the query types that many operations share (`ListQuery`, `CountQuery`), as configured in the profile.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use toolcrate_catalog::OperationKind;

use super::context::Context;
use super::rust::{Imports, Job, docs};
use crate::config::{On, SharedQuery};
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
                "Chooses the rows of a list, their order and the page: by default, the first page of all rows."
            }
            Self::Count => "Chooses the rows that are counted: by default, all.",
        }
    }

    /// Returns the sentence about its filter.
    fn filter_docs(self) -> &'static str {
        match self {
            Self::List => {
                "Returns only the rows that `filter` matches, besides earlier filters. Fields and values are checked \
                 against the rows of the list when the request is sent."
            }
            Self::Count => {
                "Counts only the rows that `filter` matches, besides earlier filters. Fields and values are checked \
                 against the rows that are counted when the request is sent."
            }
        }
    }

    /// Returns the documentation of a parameter of this type.
    pub fn about(self) -> &'static str {
        match self {
            Self::List => "which records, in which order, and how many per page",
            Self::Count => "which records are counted",
        }
    }

    fn on(self) -> On {
        match self {
            Self::List => On::List,
            Self::Count => On::Count,
        }
    }
}

/// Adds the task for `src/query.rs`.
pub fn jobs<'a>(context: &'a Context<'a>, jobs: &mut Vec<Job<'a>>) {
    if any(context) {
        jobs.push(Job { path: "src/query.rs".to_owned(), tokens: Box::new(move || file(context)) });
    }
}

/// Returns true if the crate has query types at all.
pub fn any(context: &Context<'_>) -> bool {
    types(context).next().is_some()
}

/// Returns the query types with at least one field.
fn types(context: &Context<'_>) -> impl Iterator<Item = SharedQueryType> {
    let queries = &context.profile.shared_query;
    [SharedQueryType::List, SharedQueryType::Count]
        .into_iter()
        .filter(|shared| queries.values().any(|query| query.on.contains(&shared.on())))
}

fn file(context: &Context<'_>) -> TokenStream {
    let mut imports = Imports::default();
    imports.runtime.extend(["Query", "QueryPairs"]);
    let types: Vec<TokenStream> =
        types(context).map(|shared| query_type(context, shared, &mut imports)).collect();
    let conversion = conversion(context);
    let imports = imports.tokens(&[]);
    quote! {
        //! Parameters of list and count operations that select rows, order and page.
        #imports
        #(#types)*
        #conversion
    }
}

/// The type of a query parameter, which determines how it is set and serialized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ParameterRole {
    /// Fields to sort by.
    Order,
    /// Fields to return.
    Fields,
    Integer,
    Boolean,
    Text,
}

impl ParameterRole {
    fn new(context: &Context<'_>, name: &str) -> Self {
        let profile = context.profile;
        match context.shared_type(name) {
            _ if profile.order_parameter.as_deref() == Some(name) => Self::Order,
            _ if profile.fields_parameter.as_deref() == Some(name) => Self::Fields,
            Type::Integer | Type::Long | Type::Unsigned => Self::Integer,
            Type::Boolean => Self::Boolean,
            _ => Self::Text,
        }
    }

    /// Returns the type of the struct's field.
    fn rust_type(self) -> TokenStream {
        match self {
            Self::Order => quote!(Vec<SortField>),
            Self::Fields => quote!(Vec<String>),
            Self::Integer => quote!(Option<i64>),
            Self::Boolean => quote!(Option<bool>),
            Self::Text => quote!(Option<String>),
        }
    }

    /// Returns the methods that set the parameter.
    fn setters(self, ident: &Ident, about: &TokenStream) -> TokenStream {
        match self {
            Self::Order => {
                let descending = format_ident!("{ident}_desc");
                quote! {
                    /// Sorts by a field in ascending order. Fields added later determine the order of equal
                    /// values.
                    #[must_use]
                    pub fn #ident(mut self, field: impl Into<Cow<'static, str>>) -> Self {
                        self.#ident.push(SortField::ascending(field));
                        self
                    }

                    /// Sorts by a field in descending order.
                    #[must_use]
                    pub fn #descending(mut self, field: impl Into<Cow<'static, str>>) -> Self {
                        self.#ident.push(SortField::descending(field));
                        self
                    }
                }
            }
            Self::Fields => quote! {
                /// Returns only these fields. A slash selects a field of an object, as in `status/name`.
                #[must_use]
                pub fn #ident<T: Into<String>>(mut self, fields: impl IntoIterator<Item = T>) -> Self {
                    self.#ident.extend(fields.into_iter().map(Into::into));
                    self
                }
            },
            Self::Integer => quote! {
                #about
                #[must_use]
                pub fn #ident(mut self, #ident: i64) -> Self {
                    self.#ident = Some(#ident);
                    self
                }
            },
            Self::Boolean => quote! {
                #about
                #[must_use]
                pub fn #ident(mut self, #ident: bool) -> Self {
                    self.#ident = Some(#ident);
                    self
                }
            },
            Self::Text => quote! {
                #about
                #[must_use]
                pub fn #ident(mut self, #ident: impl Into<String>) -> Self {
                    self.#ident = Some(#ident.into());
                    self
                }
            },
        }
    }

    /// Returns the statement that writes the parameter `name`.
    fn write(self, name: &str, ident: &Ident) -> TokenStream {
        match self {
            Self::Order => quote!(pairs.push_opt(#name, SortField::to_parameter(&self.#ident));),
            Self::Fields => quote! {
                if !self.#ident.is_empty() {
                    pairs.push(#name, self.#ident.join(","));
                }
            },
            Self::Integer | Self::Boolean => quote!(pairs.push_opt(#name, self.#ident);),
            Self::Text => quote!(pairs.push_opt(#name, self.#ident.as_deref());),
        }
    }

    /// Returns the call that checks the fields against those of the records.
    fn select(self, name: &str, ident: &Ident) -> Option<TokenStream> {
        match self {
            Self::Order => Some(quote!(.order(#name, &self.#ident))),
            Self::Fields => Some(quote!(.fields(#name, &self.#ident))),
            Self::Integer | Self::Boolean | Self::Text => None,
        }
    }
}

/// Returns true if the query types have a filter: the API has one, and no parameter has that name.
fn has_filter(context: &Context<'_>) -> bool {
    let taken = context.profile.shared_query.keys().any(|name| field_name(name) == "filter");
    context.profile.filter.is_some() && !taken
}

/// Returns the parameters of a query type.
fn parameters<'a>(
    context: &'a Context<'_>,
    shared: SharedQueryType,
) -> impl Iterator<Item = (&'a str, Ident, &'a SharedQuery)> {
    let parameters = context.profile.shared_query.iter();
    parameters
        .filter(move |(_, query)| query.on.contains(&shared.on()))
        .map(|(name, query)| (name.as_str(), format_ident!("{}", field_name(name)), query))
}

fn query_type(context: &Context<'_>, shared: SharedQueryType, imports: &mut Imports) -> TokenStream {
    let rust = format_ident!("{}", shared.rust());
    let (mut members, mut setters) = (Vec::new(), Vec::new());
    let (mut pushes, mut selects) = (Vec::new(), Vec::new());
    let has_filter = has_filter(context);
    if has_filter {
        members.push(quote!(filter: Option<Filter>,));
        let about = docs(shared.filter_docs());
        setters.push(quote! {
            #about
            #[must_use]
            pub fn filter(mut self, filter: Filter) -> Self {
                self.filter = Some(match self.filter {
                    Some(other) => other.and(filter),
                    None => filter,
                });
                self
            }
        });
        imports.runtime.insert("Filter");
    }
    for (name, ident, query) in parameters(context, shared) {
        let role = ParameterRole::new(context, name);
        let ty = role.rust_type();
        members.push(quote!(#ident: #ty,));
        setters.push(role.setters(&ident, &docs(&query.description)));
        pushes.push(role.write(name, &ident));
        selects.extend(role.select(name, &ident));
        if role == ParameterRole::Order {
            imports.runtime.insert("SortField");
            imports.text = true;
        }
    }
    let selection = (has_filter || !selects.is_empty()).then(|| {
        imports.runtime.insert("Selection");
        let filter = if has_filter { quote!(self.filter.as_ref()) } else { quote!(None) };
        quote! {
            fn selection(&self) -> Selection {
                Selection::new(#filter)#(#selects)*
            }
        }
    });
    let about = docs(shared.docs());
    quote! {
        #about
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct #rust { #(#members)* }

        impl #rust {
            /// Creates a query without restrictions.
            pub fn new() -> Self {
                Self::default()
            }

            #(#setters)*
        }

        impl Query for #rust {
            fn write(&self, pairs: &mut QueryPairs) {
                #(#pushes)*
            }

            #selection
        }
    }
}

/// Returns the conversion from a list's query to the query for counting the same rows.
fn conversion(context: &Context<'_>) -> Option<TokenStream> {
    let [SharedQueryType::List, SharedQueryType::Count] = types(context).collect::<Vec<_>>()[..] else {
        return None;
    };
    let of_list: Vec<&str> = parameters(context, SharedQueryType::List).map(|(name, ..)| name).collect();
    let mut parts = Vec::new();
    if has_filter(context) {
        parts.push(quote!(filter: query.filter.clone(),));
    }
    for (name, ident, _) in parameters(context, SharedQueryType::Count) {
        parts.push(match of_list.contains(&name) {
            true => quote!(#ident: query.#ident.clone(),),
            false => quote!(#ident: Default::default(),),
        });
    }
    Some(quote! {
        /// Counts the rows that the list would return on all its pages.
        impl From<&ListQuery> for CountQuery {
            fn from(query: &ListQuery) -> Self {
                Self { #(#parts)* }
            }
        }
    })
}

impl Context<'_> {
    /// Returns the type of a shared query parameter in the document.
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
