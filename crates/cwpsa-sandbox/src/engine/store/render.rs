//! Renders records as JSON text.
//!
//! Links are stored without the API's base URL, because callers may reach the server under different URLs. The base URL
//! is added here, and so are links from the record to its child collections.

use std::borrow::Cow;

use serde_json::Value;

use super::value::{RecordObject, RecordValue};
use crate::connectwise::fields::INFO;

/// The context in which links are rendered.
#[derive(Clone, Copy)]
pub(crate) struct LinkContext<'a> {
    /// The API's base URL as the caller sees it.
    pub(crate) base_url: &'a str,
    /// The record's path; `None` to leave out its child links.
    pub(crate) path: Option<&'a str>,
    /// Names and relative paths of child collections.
    pub(crate) children: &'a [(String, String)],
}

/// Renders a record; `only` selects fields.
pub(crate) fn render(
    record: &RecordObject,
    links: LinkContext<'_>,
    only: Option<&dyn Fn(&str) -> bool>,
    out: &mut Vec<u8>,
) {
    out.push(b'{');
    let mut first = true;
    let mut has_info = false;
    for (name, node) in record.fields() {
        if only.is_some_and(|only| !only(name)) {
            continue;
        }
        comma(&mut first, out);
        string(name, out);
        out.push(b':');
        match node {
            RecordValue::Object(object) if name == INFO => {
                has_info = true;
                out.push(b'{');
                let mut first = true;
                for (name, node) in object.fields() {
                    comma(&mut first, out);
                    field(name, node, links.base_url, out);
                }
                child_links(links, &mut first, out);
                out.push(b'}');
            }
            node => value(node, links.base_url, out),
        }
    }
    if !has_info && links.path.is_some() && !links.children.is_empty() && only.is_none_or(|only| only(INFO)) {
        comma(&mut first, out);
        string(INFO, out);
        out.extend_from_slice(b":{");
        child_links(links, &mut true, out);
        out.push(b'}');
    }
    out.push(b'}');
}

fn comma(first: &mut bool, out: &mut Vec<u8>) {
    if !std::mem::take(first) {
        out.push(b',');
    }
}

/// Renders the links to child collections.
fn child_links(links: LinkContext<'_>, first: &mut bool, out: &mut Vec<u8>) {
    let Some(path) = links.path else { return };
    for (name, below) in links.children {
        comma(first, out);
        string(name, out);
        out.push(b':');
        string(&format!("{}{path}{below}", links.base_url), out);
    }
}

fn field(name: &str, node: &RecordValue, base_url: &str, out: &mut Vec<u8>) {
    string(name, out);
    out.push(b':');
    match node {
        RecordValue::Text(link) if is_link(name, link) => string(&format!("{base_url}{link}"), out),
        node => value(node, base_url, out),
    }
}

fn is_link(name: &str, link: &str) -> bool {
    link.starts_with('/') && name.ends_with("_href")
}

fn value(node: &RecordValue, base_url: &str, out: &mut Vec<u8>) {
    match node {
        RecordValue::Null => out.extend_from_slice(b"null"),
        RecordValue::Boolean(true) => out.extend_from_slice(b"true"),
        RecordValue::Boolean(false) => out.extend_from_slice(b"false"),
        RecordValue::Integer(number) => out.extend_from_slice(number.to_string().as_bytes()),
        RecordValue::Float(_) => out.extend_from_slice(node.to_json().to_string().as_bytes()),
        RecordValue::Text(value) => string(value, out),
        RecordValue::List(items) => {
            out.push(b'[');
            let mut first = true;
            for item in items.iter() {
                comma(&mut first, out);
                value(item, base_url, out);
            }
            out.push(b']');
        }
        RecordValue::Object(object) => {
            out.push(b'{');
            let mut first = true;
            for (name, node) in object.fields() {
                comma(&mut first, out);
                field(name, node, base_url, out);
            }
            out.push(b'}');
        }
    }
}

fn string(text: &str, out: &mut Vec<u8>) {
    if text.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
        return;
    }
    // Writing to memory can't fail, and text is always valid JSON.
    out.extend_from_slice(serde_json::to_string(text).map_or(Cow::Borrowed("null"), Cow::Owned).as_bytes());
}

/// Prefixes all links in a value with the base URL.
pub(crate) fn prefix_links(value: &mut Value, base_url: &str) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(link) if is_link(name, link) => link.insert_str(0, base_url),
                    other => prefix_links(other, base_url),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| prefix_links(item, base_url)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::engine::store::interner::Interner;

    #[test]
    fn links_get_the_base_url_and_text_is_escaped() {
        let mut interner = Interner::default();
        let value = json!({"id": 1, "name": "a \"b\"\n", "cost": 2.0, "board": {"id": 2, "_info": {"board_href": "/boards/2"}},
            "tags": [true, "x"], "_info": {"lastUpdated": "l"}});
        let record = interner.record(value.as_object().expect("an object"));
        let children = [("notes_href".to_owned(), "/notes".to_owned())];
        let links = LinkContext { base_url: "http://h", path: Some("/tickets/1"), children: &children };
        let mut out = Vec::new();
        render(&record, links, None, &mut out);
        let written: Value = serde_json::from_slice(&out).expect("JSON");
        let mut expected = value;
        prefix_links(&mut expected, "http://h");
        assert_eq!(expected["board"]["_info"]["board_href"], "http://h/boards/2");
        expected["_info"]["notes_href"] = json!("http://h/tickets/1/notes");
        assert_eq!(written, expected);
    }
}
