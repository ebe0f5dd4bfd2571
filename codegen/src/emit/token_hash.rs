//! Hashes Rust token streams, ignoring their source locations.

use std::fmt::{self, Write as _};
use std::hash::{DefaultHasher, Hasher};

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// Returns a hash of tokens that ignores their spans.
pub fn token_hash(tokens: &TokenStream) -> u64 {
    let mut hash = TokenHasher(DefaultHasher::new());
    hash.add(tokens);
    hash.0.finish()
}

struct TokenHasher(DefaultHasher);

impl TokenHasher {
    fn add(&mut self, tokens: &TokenStream) {
        for token in tokens.clone() {
            match token {
                TokenTree::Group(group) => {
                    self.0.write_u8(match group.delimiter() {
                        Delimiter::Parenthesis => 1,
                        Delimiter::Brace => 2,
                        Delimiter::Bracket => 3,
                        Delimiter::None => 4,
                    });
                    self.add(&group.stream());
                    self.0.write_u8(5);
                }
                TokenTree::Ident(ident) => self.add_text(6, format_args!("{ident}")),
                TokenTree::Literal(literal) => self.add_text(7, format_args!("{literal}")),
                TokenTree::Punct(punct) => {
                    self.0.write_u8(if punct.spacing() == Spacing::Joint { 8 } else { 9 });
                    self.0.write_u32(punct.as_char().into());
                }
            }
        }
    }

    fn add_text(&mut self, kind: u8, text: fmt::Arguments<'_>) {
        self.0.write_u8(kind);
        // Writing to a hash can't fail.
        let _ = self.write_fmt(text);
        self.0.write_u8(0xff);
    }
}

impl fmt::Write for TokenHasher {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn different_tokens_have_different_hashes() {
        let same = [quote!(a.b(1)), quote!(a.b(1))];
        assert_eq!(token_hash(&same[0]), token_hash(&same[1]));
        let all = [
            quote!(a.b(1)),
            quote!(a.b[1]),
            quote!(a.b(1,)),
            quote!(a.b("1")),
            quote!(ab(1)),
            quote!(a b (1)),
            quote!(a.b() 1),
            quote!(a: b),
            quote!(a::b),
            quote!((a)(b)),
            quote!((a(b))),
        ];
        for (index, tokens) in all.iter().enumerate() {
            for other in &all[..index] {
                assert_ne!(token_hash(tokens), token_hash(other), "{tokens} {other}");
            }
        }
    }
}
