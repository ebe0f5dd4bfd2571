//! Placeholders for tool names in catalog text.
//!
//! Descriptions refer to other tools by their short names in braces, `{list_all_orders}`, because a tool list shows
//! either short or full names. Code that renders a list replaces the placeholders with the names used in that list. A
//! literal brace is doubled.

use std::borrow::Cow;

/// The placeholder for the tool with this short name.
pub fn placeholder(short_name: &str) -> String {
    format!("{{{short_name}}}")
}

/// Escapes text so that every brace is literal.
pub fn escape(text: &str) -> Cow<'_, str> {
    if text.contains(['{', '}']) {
        Cow::Owned(text.replace('{', "{{").replace('}', "}}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Replaces each placeholder in the text with the name that `name` returns for its short name. Placeholders for which
/// it returns `None` are left unchanged.
pub fn render<'t>(text: &'t str, name: impl Fn(&'t str) -> Option<&'t str>) -> Cow<'t, str> {
    if !text.contains(['{', '}']) {
        return Cow::Borrowed(text);
    }
    let mut rendered = String::with_capacity(text.len());
    push_rendered(&mut rendered, text, &name);
    Cow::Owned(rendered)
}

/// Replaces the placeholders in the descriptions of a JSON Schema, and nothing else.
pub fn render_descriptions<'t>(schema: &'t str, name: impl Fn(&'t str) -> Option<&'t str>) -> Cow<'t, str> {
    const KEY: &str = "\"description\":\"";
    let mut rendered = String::new();
    let mut rest = schema;
    while let Some(start) = rest.find(KEY) {
        let (before, after) = rest.split_at(start + KEY.len());
        let (text, after) = after.split_at(end_of_string(after));
        rendered.push_str(before);
        push_rendered(&mut rendered, text, &name);
        rest = after;
    }
    if rendered.is_empty() {
        return Cow::Borrowed(schema);
    }
    rendered.push_str(rest);
    Cow::Owned(rendered)
}

/// The short names in the text's placeholders.
pub fn references(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let (token, after) = split_token(rest)?;
            rest = after;
            if let TextToken::Placeholder(name) = token {
                return Some(name);
            }
        }
    })
}

/// The text without its placeholders.
pub fn strip(text: &str) -> Cow<'_, str> {
    render(text, |_| Some(""))
}

fn push_rendered<'t>(rendered: &mut String, text: &'t str, name: &impl Fn(&'t str) -> Option<&'t str>) {
    let mut rest = text;
    while let Some((token, after)) = split_token(rest) {
        match token {
            TextToken::Text(text) => rendered.push_str(text),
            TextToken::Placeholder(short_name) => match name(short_name) {
                Some(name) => rendered.push_str(name),
                None => rendered.push_str(&placeholder(short_name)),
            },
        }
        rest = after;
    }
}

/// A part of a text.
enum TextToken<'t> {
    Text(&'t str),
    Placeholder(&'t str),
}

/// The first part of a text, and the rest of it.
fn split_token(text: &str) -> Option<(TextToken<'_>, &str)> {
    if text.is_empty() {
        return None;
    }
    let literal = |end: usize, next: usize| Some((TextToken::Text(&text[..end]), &text[next..]));
    match text.find(['{', '}']) {
        None => literal(text.len(), text.len()),
        Some(start) if start > 0 => literal(start, start),
        Some(_) if text.starts_with("{{") || text.starts_with("}}") => literal(1, 2),
        Some(_) => {
            let name = text.strip_prefix('{').and_then(|after| after.split_once('}'));
            match name.filter(|(name, _)| is_name(name)) {
                Some((name, rest)) => Some((TextToken::Placeholder(name), rest)),
                None => literal(1, 1),
            }
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The byte offset of the quote that ends a JSON string; `text` starts after the one that begins it.
fn end_of_string(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full(short_name: &str) -> Option<&'static str> {
        (short_name == "list_all_orders").then_some("list_all_shop_orders")
    }

    #[test]
    fn known_placeholders_are_replaced() {
        let text =
            "Find it with {list_all_orders}, not {other}; /orders/{{id}} and {{{{}} stay, as do { and }.";
        let expected =
            "Find it with list_all_shop_orders, not {other}; /orders/{id} and {{} stay, as do { and }.";
        assert_eq!(render(text, full), expected);
        assert_eq!(references(text).collect::<Vec<_>>(), ["list_all_orders", "other"]);
        assert!(matches!(render("No braces.", full), Cow::Borrowed(_)));
    }

    #[test]
    fn escaped_text_renders_as_itself() {
        for text in ["{list_all_orders}", "{{list_all_orders}}", "}{", "{\"a\":{\"b\":[]}}", "{", "é{é}"] {
            let escaped = escape(text);
            assert_eq!(render(&escaped, |_| None), text);
            assert_eq!(references(&escaped).count(), 0, "{text}");
        }
    }

    #[test]
    fn only_descriptions_of_a_schema_are_rendered() {
        let schema = r#"{"properties":{"description":{"type":"string","description":"A \"{list_all_orders}\"."},"a":{"pattern":"{{2}}","enum":["{list_all_orders}"]}}}"#;
        let expected = r#"{"properties":{"description":{"type":"string","description":"A \"list_all_shop_orders\"."},"a":{"pattern":"{{2}}","enum":["{list_all_orders}"]}}}"#;
        assert_eq!(render_descriptions(schema, full), expected);
        assert!(matches!(render_descriptions("{}", full), Cow::Borrowed(_)));
    }
}
