//! Records as JSON text. Links are stored without the API's root, which only the caller knows; it is put
//! before them here. A record's own links to what hangs below it are added here too.

use std::borrow::Cow;

use serde_json::Value;

use super::node::{Node, Object};

/// How links are written.
#[derive(Clone, Copy)]
pub(crate) struct Hrefs<'a> {
    /// The API's root as the caller sees it.
    pub(crate) root: &'a str,
    /// The path of the record.
    pub(crate) path: Option<&'a str>,
    /// Names and paths of what hangs below.
    pub(crate) children: &'a [(String, String)],
}

/// Writes a record.
pub(crate) fn render(
    record: &Object,
    hrefs: Hrefs<'_>,
    only: Option<&dyn Fn(&str) -> bool>,
    out: &mut Vec<u8>,
) {
    out.push(b'{');
    let mut first = true;
    let mut info = false;
    for (name, node) in record.members() {
        if only.is_some_and(|only| !only(name)) {
            continue;
        }
        comma(&mut first, out);
        text(name, out);
        out.push(b':');
        match node {
            Node::Object(object) if name == "_info" => {
                info = true;
                out.push(b'{');
                let mut first = true;
                for (name, node) in object.members() {
                    comma(&mut first, out);
                    member(name, node, hrefs.root, out);
                }
                own(hrefs, &mut first, out);
                out.push(b'}');
            }
            node => value(node, hrefs.root, out),
        }
    }
    if !info && hrefs.path.is_some() && !hrefs.children.is_empty() && only.is_none_or(|only| only("_info")) {
        comma(&mut first, out);
        out.extend_from_slice(b"\"_info\":{");
        own(hrefs, &mut true, out);
        out.push(b'}');
    }
    out.push(b'}');
}

fn comma(first: &mut bool, out: &mut Vec<u8>) {
    if !std::mem::take(first) {
        out.push(b',');
    }
}

/// The links of the record itself.
fn own(hrefs: Hrefs<'_>, first: &mut bool, out: &mut Vec<u8>) {
    let Some(path) = hrefs.path else { return };
    for (name, below) in hrefs.children {
        comma(first, out);
        text(name, out);
        out.push(b':');
        text(&format!("{}{path}{below}", hrefs.root), out);
    }
}

fn member(name: &str, node: &Node, root: &str, out: &mut Vec<u8>) {
    text(name, out);
    out.push(b':');
    match node {
        Node::Text(link) if is_link(name, link) => text(&format!("{root}{link}"), out),
        node => value(node, root, out),
    }
}

fn is_link(name: &str, link: &str) -> bool {
    link.starts_with('/') && name.ends_with("_href")
}

fn value(node: &Node, root: &str, out: &mut Vec<u8>) {
    match node {
        Node::Null => out.extend_from_slice(b"null"),
        Node::Boolean(true) => out.extend_from_slice(b"true"),
        Node::Boolean(false) => out.extend_from_slice(b"false"),
        Node::Integer(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Node::Float(_) => out.extend_from_slice(node.value().to_string().as_bytes()),
        Node::Text(value) => text(value, out),
        Node::List(items) => {
            out.push(b'[');
            let mut first = true;
            for item in items.iter() {
                comma(&mut first, out);
                value(item, root, out);
            }
            out.push(b']');
        }
        Node::Object(object) => {
            out.push(b'{');
            let mut first = true;
            for (name, node) in object.members() {
                comma(&mut first, out);
                member(name, node, root, out);
            }
            out.push(b'}');
        }
    }
}

fn text(text: &str, out: &mut Vec<u8>) {
    if text.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
        return;
    }
    // Writing to memory can't fail, and text is always JSON.
    out.extend_from_slice(serde_json::to_string(text).map_or(Cow::Borrowed("null"), Cow::Owned).as_bytes());
}

/// A value with the root put before its links.
pub(crate) fn rooted(value: &mut Value, root: &str) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(link) if is_link(name, link) => link.insert_str(0, root),
                    other => rooted(other, root),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rooted(item, root)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::store::Pool;

    #[test]
    fn links_get_their_root_and_text_is_escaped() {
        let mut pool = Pool::default();
        let value = json!({"id": 1, "name": "a \"b\"\n", "cost": 2.0, "board": {"id": 2, "_info": {"board_href": "/boards/2"}},
            "tags": [true, "x"], "_info": {"lastUpdated": "l"}});
        let record = pool.record(value.as_object().expect("an object"));
        let children = [("notes_href".to_owned(), "/notes".to_owned())];
        let hrefs = Hrefs { root: "http://h", path: Some("/tickets/1"), children: &children };
        let mut out = Vec::new();
        render(&record, hrefs, None, &mut out);
        let written: Value = serde_json::from_slice(&out).expect("JSON");
        let mut expected = value;
        rooted(&mut expected, "http://h");
        assert_eq!(expected["board"]["_info"]["board_href"], "http://h/boards/2");
        expected["_info"]["notes_href"] = json!("http://h/tickets/1/notes");
        assert_eq!(written, expected);
    }
}
