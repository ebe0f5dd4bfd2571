//! The next page of a list: by a `Link` header, by the next page number, or by a cursor in the response. Each
//! of them results in query parameters to change, so that the next request never leaves the path and the server.

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use serde_core::de::IgnoredAny;
use serde_json::Value;

use super::link;
use crate::api::Paging;
use crate::call::Call;
use crate::query_pairs::QueryPairs;
use crate::request::Request;
use toolcrate_catalog::Method;

/// How to request the next page of a list: query parameters to set or to replace.
///
/// It can be stored as text and read again, to continue a list in another process:
///
/// ```
/// # use toolcrate_runtime::Next;
/// let next: Next = "page=3&pageSize=1000".parse()?;
/// assert_eq!(next.to_string(), "page=3&pageSize=1000");
/// # Ok::<(), toolcrate_runtime::ParseNextError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next(QueryPairs);

/// The error of a text that is not the position of a page.
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

    /// Changes the query of a call; other parameters stay as they are.
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

/// Returns the items of a list that the response has in a field, as a body of their own, so that callers need not know
/// where an API puts them.
pub(crate) fn list_items(paging: &Paging, call: &Call, body: &[u8]) -> Option<Bytes> {
    let Paging::Cursor { items, .. } = paging else { return None };
    if call.method != Method::Get {
        return None;
    }
    let mut answer: Value = serde_json::from_slice(body).ok()?;
    let rows = answer.pointer_mut(items).filter(|rows| rows.is_array())?.take();
    Some(Bytes::from(rows.to_string()))
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
        Paging::Page { page, size, max_size } => {
            let count = items(body)?;
            let asked = call.query.get(size).and_then(|text| text.parse::<usize>().ok());
            let goes_on = match asked {
                // Servers cap sizes that are too big, most without a word.
                Some(asked) => count >= asked.min(max_size as usize).max(1),
                // Page sizes that servers choose themselves are round; other counts are what was left.
                None => count >= 10 && count % 5 == 0,
            };
            let number = call.query.get(page).and_then(|text| text.parse::<u64>().ok()).unwrap_or(1);
            goes_on.then(|| single(page, (number + 1).to_string()))
        }
        Paging::Cursor { parameter, next, .. } => {
            let value: Value = serde_json::from_slice(body).ok()?;
            match value.pointer(next)? {
                Value::String(text) if text.is_empty() => None,
                // A whole address: only its query counts.
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

fn single(name: &'static str, value: String) -> Next {
    let mut pairs = QueryPairs::new();
    pairs.push_text(name.into(), value);
    Next(pairs)
}

/// Returns the number of items of a list, without decoding them.
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
    fn a_link_decides_and_pages_are_counted_without_one() {
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
    fn a_mark_in_the_answer_is_text_a_number_or_an_address() {
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
}
