//! Finds the next page of a list, using a `Link` header, the next page number, or a cursor in the response. Each of
//! them only changes query parameters, so the next request always goes to the same path on the same server.

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use serde_core::de::IgnoredAny;
use serde_json::Value;

use super::link;
use crate::api::{ONLY_LIST, Paging};
use crate::call::Call;
use crate::query_pairs::QueryPairs;
use crate::request::Request;
use toolcrate_catalog::Method;

/// How to request the next page of a list: query parameters to set or replace.
///
/// It can be stored as text and parsed again, to continue a list in another process:
///
/// ```
/// # use toolcrate_runtime::Next;
/// let next: Next = "page=3&pageSize=1000".parse()?;
/// assert_eq!(next.to_string(), "page=3&pageSize=1000");
/// # Ok::<(), toolcrate_runtime::ParseNextError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next(QueryPairs);

/// The error for text that isn't a valid page position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParseNextError;

impl fmt::Display for ParseNextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected query parameters such as page=3&pageSize=1000")
    }
}

impl std::error::Error for ParseNextError {}

impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.encoded())
    }
}

impl FromStr for Next {
    type Err = ParseNextError;

    fn from_str(text: &str) -> Result<Self, ParseNextError> {
        let pairs = link::query(&format!("?{text}")).ok_or(ParseNextError)?;
        let is_named = pairs.iter().all(|(name, _)| !name.is_empty()) && text.contains('=');
        if is_named { Ok(Self(pairs)) } else { Err(ParseNextError) }
    }
}

impl Next {
    /// Returns the query parameters.
    pub fn pairs(&self) -> &QueryPairs {
        &self.0
    }

    /// Changes a call's query; other parameters are left unchanged.
    pub(crate) fn apply(&self, query: &mut QueryPairs) {
        for (name, value) in self.0.iter() {
            query.set(name, value);
        }
    }
}

impl<T> Request<T> {
    /// Returns the request for the next page.
    #[must_use]
    pub fn next_page(mut self, next: &Next) -> Self {
        self.call.continue_at(next.pairs());
        self
    }
}

/// Returns the items of a list that the response contains in a field, as a separate body, so callers don't need to
/// know where the API puts them.
pub(crate) fn list_items(paging: &Paging, call: &Call, body: &[u8]) -> Option<Bytes> {
    if call.method != Method::Get {
        return None;
    }
    Some(Bytes::from(rows(paging, call, body)?.to_string()))
}

/// Returns the items that a response contains in a field.
fn rows(paging: &Paging, call: &Call, body: &[u8]) -> Option<Value> {
    let items = paging.items()?;
    let mut answer: Value = serde_json::from_slice(body).ok()?;
    if items != ONLY_LIST {
        return Some(answer.pointer_mut(items).filter(|rows| rows.is_array())?.take());
    }
    // A call that can't select a page may return a list without being a list operation.
    if !call.is_list {
        return None;
    }
    let mut lists = answer.as_object_mut()?.values_mut().filter(|value| value.is_array());
    let rows = lists.next()?.take();
    lists.next().is_none().then_some(rows)
}

/// Returns how to request the page after this response. A page without items is always the last one.
pub(crate) fn next_page(
    paging: &Paging,
    call: &Call,
    headers: &http::HeaderMap,
    body: &[u8],
) -> Option<Next> {
    if call.method == Method::Head || body.trim_ascii() == b"[]" {
        return None;
    }
    if let Some(next) = link::next_query(headers) {
        return next.map(Next);
    }
    match *paging {
        Paging::None => None,
        Paging::Header { parameter, header, .. } => {
            let cursor = headers.get(header)?.to_str().ok()?.trim();
            (!cursor.is_empty()).then(|| single(parameter, cursor.to_owned()))
        }
        Paging::Offset { offset, limit, max_size, .. } => {
            let count = count(paging, call, body)?;
            let asked = call.query.get(limit).and_then(|text| text.parse::<usize>().ok());
            let before = call.query.get(offset).and_then(|text| text.parse::<usize>().ok()).unwrap_or(0);
            is_full(count, asked, max_size).then(|| single(offset, (before + count).to_string()))
        }
        Paging::Page { page, size, max_size } | Paging::PageIn { page, size, max_size, .. } => {
            let count = count(paging, call, body)?;
            let asked = call.query.get(size).and_then(|text| text.parse::<usize>().ok());
            let number = call.query.get(page).and_then(|text| text.parse::<u64>().ok()).unwrap_or(1);
            is_full(count, asked, max_size).then(|| single(page, (number + 1).to_string()))
        }
        Paging::Cursor { parameter, next, .. } => {
            let value: Value = serde_json::from_slice(body).ok()?;
            match value.pointer(next)? {
                Value::String(text) if text.is_empty() => None,
                // For a complete URL, only its query is used.
                Value::String(text) if text.contains("://") || text.starts_with(['/', '?']) => {
                    link::query(text).map(Next)
                }
                Value::String(text) => Some(single(parameter, text.clone())),
                Value::Number(number) => Some(single(parameter, number.to_string())),
                _ => None,
            }
        }
    }
}

/// Returns true if a page with this number of items is probably not the last one.
fn is_full(count: usize, asked: Option<usize>, max_size: u32) -> bool {
    match asked {
        // Servers cap excessive sizes, usually silently.
        Some(asked) => count >= asked.min(max_size as usize).max(1),
        // Page sizes chosen by servers are round numbers; any other count is a remainder.
        None => count >= 10 && count.is_multiple_of(5),
    }
}

/// Returns the number of items on a page.
fn count(paging: &Paging, call: &Call, body: &[u8]) -> Option<usize> {
    items(body).or_else(|| Some(rows(paging, call, body)?.as_array()?.len()))
}

fn single(name: &'static str, value: String) -> Next {
    let mut pairs = QueryPairs::new();
    pairs.push_text(name.into(), value);
    Next(pairs)
}

/// Returns the number of items in a list, without decoding them.
fn items(body: &[u8]) -> Option<usize> {
    if !body.trim_ascii_start().starts_with(b"[") {
        return None;
    }
    serde_json::from_slice::<Vec<IgnoredAny>>(body).ok().map(|items| items.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: Paging = Paging::Page { page: "page", size: "pageSize", max_size: 100 };

    fn list(count: usize) -> Vec<u8> {
        serde_json::to_vec(&vec![1; count]).expect("JSON")
    }

    fn after(
        paging: Paging,
        query: &[(&'static str, &str)],
        link: Option<&str>,
        body: &[u8],
    ) -> Option<String> {
        let mut call = Call::new(Method::Get, "/orders".into());
        call.is_list = true;
        for (name, value) in query {
            call.query.push(*name, *value);
        }
        let mut headers = http::HeaderMap::new();
        if let Some(link) = link {
            headers.insert("link", link.parse().expect("a header value"));
        }
        next_page(&paging, &call, &headers, body).map(|next| next.pairs().encoded())
    }

    #[test]
    fn link_header_takes_precedence_over_page_counting() {
        let page = |number: &str| Some(format!("page={number}"));
        let link = Some("<https://elsewhere/x?page=3>; rel=\"next\", <?page=9>; rel=\"last\"");
        assert_eq!(after(PAGE, &[("page", "2")], link, &list(1)), page("3"));
        assert_eq!(after(PAGE, &[], Some("<?page=1>; rel=\"first\""), &list(100)), None);
        assert_eq!(after(PAGE, &[], Some(""), &list(100)), None);
        assert_eq!(after(PAGE, &[], link, b" [] "), None);
        assert_eq!(after(PAGE, &[("pageSize", "3")], None, &list(3)), page("2"));
        assert_eq!(after(PAGE, &[("pageSize", "3"), ("page", "4")], None, &list(3)), page("5"));
        assert_eq!(after(PAGE, &[("pageSize", "3")], None, &list(2)), None);
        assert_eq!(after(PAGE, &[("pageSize", "5000")], None, &list(100)), page("2"));
        assert_eq!(after(PAGE, &[], None, &list(25)), page("2"));
        assert_eq!(after(PAGE, &[], None, &list(24)), None);
        assert_eq!(after(PAGE, &[], None, br#"{"id":1}"#), None);
        assert_eq!(after(Paging::None, &[], None, &list(100)), None);
    }

    #[test]
    fn next_marker_can_be_a_string_a_number_or_a_url() {
        let cursor = Paging::Cursor { parameter: "after", next: "/meta/next", items: "/data" };
        let cases = [
            (r#"{"meta":{"next":"abc="}}"#, Some("after=abc%3D")),
            (r#"{"meta":{"next":7}}"#, Some("after=7")),
            (r#"{"meta":{"next":"https://host/orders?skip=20&top=10"}}"#, Some("skip=20&top=10")),
            (r#"{"meta":{"next":null}}"#, None),
            (r#"{"meta":{"next":""}}"#, None),
            (r#"{"data":[]}"#, None),
        ];
        for (body, expected) in cases {
            assert_eq!(after(cursor, &[], None, body.as_bytes()).as_deref(), expected, "{body}");
        }
    }

    #[test]
    fn items_are_counted_in_any_envelope() {
        let body =
            |count: usize| format!("{{\"orders\":{},\"more\":true}}", serde_json::json!(vec![1; count]));
        let offset = Paging::Offset { offset: "offset", limit: "limit", max_size: 100, items: "*" };
        assert_eq!(after(offset, &[("limit", "3")], None, body(3).as_bytes()).as_deref(), Some("offset=3"));
        let query = [("limit", "3"), ("offset", "6")];
        assert_eq!(after(offset, &query, None, body(3).as_bytes()).as_deref(), Some("offset=9"));
        assert_eq!(after(offset, &query, None, body(2).as_bytes()), None);
        let numbered = Paging::PageIn { page: "page", size: "size", max_size: 100, items: "/orders" };
        assert_eq!(after(numbered, &[("size", "3")], None, body(3).as_bytes()).as_deref(), Some("page=2"));
        assert_eq!(after(numbered, &[("size", "3")], None, b"{}"), None);
        let call = Call { is_list: true, ..Call::new(Method::Get, "/orders".into()) };
        assert_eq!(list_items(&offset, &call, body(2).as_bytes()).as_deref(), Some(&b"[1,1]"[..]));
        let two = br#"{"a":[],"b":[]}"#;
        assert_eq!(list_items(&offset, &call, two), None);
        assert_eq!(list_items(&offset, &Call::new(Method::Get, "/orders".into()), body(2).as_bytes()), None);
    }

    #[test]
    fn cursor_can_come_from_a_header() {
        let paging = Paging::Header { parameter: "after", header: "x-next", items: "" };
        let call = Call::new(Method::Get, "/orders".into());
        let next = |value: &'static str| {
            let headers = http::HeaderMap::from_iter([(
                http::HeaderName::from_static("x-next"),
                http::HeaderValue::from_static(value),
            )]);
            next_page(&paging, &call, &headers, &list(1)).map(|next| next.to_string())
        };
        assert_eq!(next("n2").as_deref(), Some("after=n2"));
        assert_eq!(next(""), None);
    }
}
