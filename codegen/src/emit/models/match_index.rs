//! Emits expressions that select a value by index.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// Returns an expression that selects one of `values` by `index`; the last one for any index past the end.
pub(super) fn by_index(values: &[TokenStream]) -> TokenStream {
    match values {
        [] => quote!(unreachable!("it has no fields")),
        [only] => only.clone(),
        [first @ .., last] => {
            let numbers = (0..first.len()).map(Literal::usize_unsuffixed);
            quote!(match index { #(#numbers => #first,)* _ => #last, })
        }
    }
}
