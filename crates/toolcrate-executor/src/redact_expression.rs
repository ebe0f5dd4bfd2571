//! Redacts secrets in expressions, such as `portalPassword = "…"` or `caption = "PIN" and value = "…"`.

use crate::secret_names::{MASK, is_secret};

/// A part of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    /// A name, a keyword or a number.
    Word(&'a str),
    /// A literal without its quotes, the quote, and whether it is closed.
    Quoted(&'a str, char, bool),
    /// Everything else, one character at a time.
    Other(char),
}

/// Masks the literals in an expression that names a secret. Returns `None` if the text isn't such an
/// expression.
pub(crate) fn mask_literals(text: &str) -> Option<String> {
    let tokens = tokens(text);
    let names_secret = |token: &Token<'_>| match token {
        Token::Word(name) | Token::Quoted(name, ..) => name.split(['/', '.']).any(is_secret),
        Token::Other(_) => false,
    };
    if !is_expression(&tokens) || !tokens.iter().any(names_secret) {
        return None;
    }
    let mut masked = String::with_capacity(text.len());
    let mut follows_operator = false;
    for token in &tokens {
        match *token {
            Token::Quoted(literal, quote, is_closed) => {
                masked.push(quote);
                masked.push_str(if names_secret(token) { literal } else { MASK });
                if is_closed {
                    masked.push(quote);
                }
            }
            // Numbers, and words in the position of a literal.
            Token::Word(word) if !names_secret(token) && (follows_operator || is_number(word)) => {
                masked.push_str(MASK);
            }
            Token::Word(word) => masked.push_str(word),
            Token::Other(other) => masked.push(other),
        }
        match token {
            Token::Other(other) if other.is_whitespace() => {}
            Token::Other(other) => follows_operator = matches!(other, '=' | '<' | '>' | ':' | '!' | '~'),
            Token::Word(_) | Token::Quoted(..) => follows_operator = false,
        }
    }
    Some(masked)
}

/// Returns true if the tokens contain an operator, which means that a name is compared with something.
fn is_expression(tokens: &[Token<'_>]) -> bool {
    let is_operator = |token: &Token<'_>| match token {
        Token::Other(other) => matches!(other, '=' | '<' | '>' | ':'),
        Token::Word(word) => {
            ["like", "contains", "in", "is", "eq", "ne"].iter().any(|known| word.eq_ignore_ascii_case(known))
        }
        Token::Quoted(..) => false,
    };
    tokens.iter().any(is_operator)
}

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '/' | '.' | '-' | '@' | '%' | '*');
    let (mut tokens, mut rest) = (Vec::new(), text);
    while let Some(first) = rest.chars().next() {
        if is_word(first) {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            tokens.push(Token::Word(&rest[..end]));
            rest = &rest[end..];
        } else if matches!(first, '"' | '\'' | '`') {
            let inner = &rest[1..];
            let end = closing_quote(inner, first);
            tokens.push(Token::Quoted(&inner[..end.unwrap_or(inner.len())], first, end.is_some()));
            rest = end.map_or("", |end| &inner[end + 1..]);
        } else {
            tokens.push(Token::Other(first));
            rest = &rest[first.len_utf8()..];
        }
    }
    tokens
}

/// Returns the position of the quote that closes a literal, which is neither escaped nor doubled.
fn closing_quote(text: &str, quote: char) -> Option<usize> {
    let mut characters = text.char_indices().peekable();
    while let Some((position, character)) = characters.next() {
        if character == '\\' {
            characters.next();
        } else if character == quote && characters.next_if(|(_, next)| *next == quote).is_none() {
            return Some(position);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_compared_with_secret_fields_are_masked() {
        for (text, masked) in [
            (r#"portalPassword = "a\" b" AND id=5"#, r#"portalPassword = "***" AND id=***"#),
            ("login/apiKey like 'it''s'", "login/apiKey like '***'"),
            (r#"caption="Door PIN" AND value="4711""#, r#"caption="Door PIN" AND value="***""#),
            ("password=hunter2", "password=***"),
            ("pin in (1, 22)", "pin in (***, ***)"),
            ("token = \"unclosed", "token = \"***"),
            ("password: hunter2", "password: ***"),
        ] {
            assert_eq!(mask_literals(text).as_deref(), Some(masked), "{text}");
        }
    }

    #[test]
    fn other_text_is_unchanged() {
        for text in ["board/name = 'Help Desk'", "Reset the password", "he said \"hi\"", "id > 5", ""] {
            assert_eq!(mask_literals(text), None, "{text}");
        }
    }
}
