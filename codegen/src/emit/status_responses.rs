//! Emits enums for responses whose content depends on the status.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::context::Context;
use super::rust::{Imports, docs};
use crate::id::OperationId;
use crate::ir::{Content, success_name};

/// Returns the Rust type of a response's content, or `None` if it has no content.
pub(super) fn response_type(
    context: &Context<'_>,
    content: &Content,
    imports: &mut Imports,
) -> Option<TokenStream> {
    match content {
        Content::None => None,
        Content::Binary => {
            imports.runtime.insert("Download");
            Some(quote!(Download))
        }
        Content::Json(ty) => {
            context.imports(ty, imports);
            Some(context.rust_type(ty, None))
        }
    }
}

/// Returns the enum of an operation's responses, if their content differs by status.
pub(super) fn responses(
    context: &Context<'_>,
    id: OperationId,
    imports: &mut Imports,
) -> Option<TokenStream> {
    let rust = format_ident!("{}", context.named.operations[id].response.as_ref()?);
    let mut variants = Vec::new();
    let mut rows = Vec::new();
    let mut rest = None;
    for response in &context.api.operations[id].response.by_status {
        let content = response_type(context, &response.content, imports);
        let content = content.into_iter().collect::<Vec<_>>();
        let Some(status) = response.status else {
            variants.push(quote! {
                /// Any other 2xx status.
                Success(u16 #(, #content)*),
            });
            rest = Some(quote!(_ => Success #((#content))*));
            continue;
        };
        let variant = match success_name(status) {
            Some(name) => format_ident!("{name}"),
            None => format_ident!("Status{status}"),
        };
        let about = docs(&format!("Status {status}."));
        let status = Literal::u16_unsuffixed(status);
        variants.push(quote!(#about #variant #((#content))*,));
        rows.push(quote!(#status => #variant #((#content))*,));
    }
    let rest = rest.unwrap_or_else(|| {
        imports.runtime.insert("RawResponse");
        variants.push(quote! {
            /// Any other 2xx status, which isn't in the spec.
            Other(RawResponse),
        });
        quote!(_ => Other)
    });
    let about = docs(&format!("The responses of {}, by status.", context.function_link(id)));
    Some(quote! {
        #about
        #[derive(Clone, Debug)]
        #[allow(clippy::large_enum_variant)]
        #[non_exhaustive]
        pub enum #rust {
            #(#variants)*
        }

        toolcrate_runtime::impl_responses!(#rust { #(#rows)* #rest });
    })
}
