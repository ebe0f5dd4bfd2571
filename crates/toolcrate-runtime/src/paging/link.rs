//! Parses the `Link` header (RFC 8288). Only the query of each URL in it is used: servers behind a proxy report hosts
//! that can't be reached, and credentials must not be sent to another host because of a header.
//!
//! The existing crates (`parse_link_header`, `http-link`) aren't used because they reject the entire header at the
//! first malformed or relative URL, which real servers do send.

use http::HeaderMap;
use http::header::LINK;
use url::form_urlencoded;

use crate::query_pairs::QueryPairs;

/// Returns the query of the link to the next page: `None` if there is no `Link` header, and `Some(None)` if there is
/// one without a next page.
pub(super) fn next_query(headers: &HeaderMap) -> Option<Option<QueryPairs>> {
    related_query(headers, "next")
}

/// Returns the query of the link to the last page, if there is one.
pub(super) fn last_query(headers: &HeaderMap) -> Option<QueryPairs> {
    related_query(headers, "last").flatten()
}

fn related_query(headers: &HeaderMap, relation: &str) -> Option<Option<QueryPairs>> {
    let mut present = false;
    for value in headers.get_all(LINK) {
        present = true;
        let text = String::from_utf8_lossy(value.as_bytes());
        if let Some(address) =
            links(&text).find(|(_, relations)| has_relation(relations, relation)).map(|(address, _)| address)
        {
            return Some(query(address));
        }
    }
    present.then_some(None)
}

/// Returns the query of an absolute or relative URL.
pub(super) fn query(address: &str) -> Option<QueryPairs> {
    let (_, query) = address.split('#').next()?.split_once('?')?;
    let mut pairs = QueryPairs::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        pairs.push_text(name.into_owned().into(), value.into_owned());
    }
    (!pairs.is_empty()).then_some(pairs)
}

/// Returns the links in a header: each URL, and the text of its parameters.
fn links(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once('<')?;
        let (address, after) = after.split_once('>')?;
        let (parameters, after) = after.split_at(unquoted(after, ','));
        rest = after;
        Some((address.trim(), parameters))
    })
}

/// Returns the index of `wanted` outside quotes, or the length of the text.
fn unquoted(text: &str, wanted: char) -> usize {
    let mut quoted = false;
    let index = text.find(|c| {
        quoted ^= c == '"';
        c == wanted && !quoted
    });
    index.unwrap_or(text.len())
}

fn has_relation(parameters: &str, relation: &str) -> bool {
    let mut rest = parameters;
    while !rest.is_empty() {
        let (parameter, after) = rest.split_at(unquoted(rest, ';'));
        rest = after.strip_prefix(';').unwrap_or_default();
        let Some((name, value)) = parameter.split_once('=') else { continue };
        let mut relations = value.trim().trim_matches('"').split_whitespace();
        if name.trim().eq_ignore_ascii_case("rel") && relations.any(|rel| rel.eq_ignore_ascii_case(relation))
        {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&str]) -> Option<Option<String>> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(LINK, value.parse().expect("a header value"));
        }
        next_query(&headers).map(|pairs| pairs.map(|pairs| pairs.encoded()))
    }

    #[test]
    fn next_link_is_found_in_any_spelling() {
        let query = |text: &str| Some(Some(text.to_owned()));
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[""]), Some(None));
        assert_eq!(read(&["<https://h/a?p=1>; rel=\"first\""]), Some(None));
        assert_eq!(read(&["<https://h/a?p=1,2&q=a+b>; rel=\"next\""]), query("p=1%2C2&q=a%20b"));
        assert_eq!(read(&["<?p=1>; title=\"a, <b>; rel=next\"; rel=last, <?p=2>; REL=next"]), query("p=2"));
        assert_eq!(read(&["<?p=1>; rel=last", "<?p=2>;rel=\"prefetch next\""]), query("p=2"));
        assert_eq!(read(&["<>; rel=\"next\""]), Some(None));
    }
}
