//! Lists and counts: which records are asked for, in which order, and one page of them.

use serde_json::Value;

use crate::api::{Asked, CollectionId, api};
use crate::problem::Problem;
use crate::query::{QueryError, Search, SearchText};
use crate::rules::{Test, View, rules};
use crate::store::{Object, Probe, Row, State};

/// The largest page; more is cut without a word.
const LARGEST: usize = 1000;
const USUAL: usize = 25;

/// What a list is asked for.
#[derive(Default)]
pub(crate) struct Query<'a> {
    pub(crate) conditions: Option<&'a str>,
    pub(crate) child_conditions: Option<&'a str>,
    pub(crate) custom_field_conditions: Option<&'a str>,
    pub(crate) order_by: Option<&'a str>,
    pub(crate) fields: Option<&'a str>,
    page: Option<usize>,
    page_size: Option<usize>,
    page_id: Option<i64>,
    forward_only: bool,
    query: &'a [(String, String)],
}

/// The value of a parameter of the query; letter case doesn't matter.
pub(crate) fn parameter<'q>(query: &'q [(String, String)], name: &str) -> Option<&'q str> {
    query.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

impl<'a> Query<'a> {
    pub(crate) fn new(query: &'a [(String, String)], forward_only: bool) -> Self {
        let text = |name: &str| parameter(query, name).filter(|text| !text.trim().is_empty());
        let number = |name: &str| text(name).and_then(|text| text.trim().parse::<usize>().ok());
        let page_id = text("pageId").and_then(|text| text.trim().parse().ok());
        Self {
            conditions: text("conditions"),
            child_conditions: text("childConditions"),
            custom_field_conditions: text("customFieldConditions"),
            order_by: text("orderBy"),
            fields: text("fields"),
            page: number("page"),
            page_size: number("pageSize"),
            page_id,
            forward_only: forward_only || page_id.is_some(),
            query,
        }
    }

    fn page(&self) -> usize {
        self.page.unwrap_or(1).max(1)
    }

    fn page_size(&self) -> usize {
        match self.page_size {
            None | Some(0) => USUAL,
            Some(size) => size.min(LARGEST),
        }
    }

    fn search(&self, collection: CollectionId) -> Result<(Search, Vec<String>), Problem> {
        let names = Asked::new(api().of(collection).resource());
        let text = SearchText {
            conditions: self.conditions,
            child_conditions: self.child_conditions,
            custom_field_conditions: self.custom_field_conditions,
            order_by: self.order_by.filter(|_| !self.forward_only),
        };
        let refused = |error: QueryError| Problem::new(400, error.code, error.message);
        let search = Search::parse(&text, &names).map_err(refused)?;
        let mut paths = names.paths();
        if self.custom_field_conditions.is_some() {
            paths.push("customFields".to_owned());
        }
        Ok((search, paths))
    }

    fn filters(&self) -> bool {
        self.conditions.is_some() || self.child_conditions.is_some() || self.custom_field_conditions.is_some()
    }
}

/// One page of a list.
pub(crate) struct Page<'s> {
    pub(crate) rows: Vec<&'s Row>,
    pub(crate) links: Option<Vec<(&'static str, String)>>,
}

/// The records that a query finds, all of them, in the order of their ids.
pub(crate) fn found<'s>(
    state: &'s State,
    collection: CollectionId,
    ids: &[i64],
    query: &Query<'_>,
) -> Result<Vec<&'s Row>, Problem> {
    Ok(searched(state, collection, ids, query)?.0)
}

type Searched<'s> = (Vec<&'s Row>, Search, Vec<String>);

fn searched<'s>(
    state: &'s State,
    collection: CollectionId,
    ids: &[i64],
    query: &Query<'_>,
) -> Result<Searched<'s>, Problem> {
    let source = rules().view(collection).map_or(collection, |view| view.of);
    let (search, paths) = query.search(source)?;
    let mut rows = scope(state, collection, ids);
    for name in rules().query_filters(collection) {
        if let Some(value) = parameter(query.query, name) {
            rows.retain(|row| info(&row.record, name).is_some_and(|known| known.eq_ignore_ascii_case(value)));
        }
    }
    if query.filters() {
        rows = super::filter::filter(rows, &search, &paths);
    }
    Ok((rows, search, paths))
}

/// The first so many rows in the order that a search asks for; equal ones stay in the order of their ids.
fn ordered<'s>(rows: &[&'s Row], search: &Search, paths: &[String], first: usize) -> Vec<&'s Row> {
    let mut probe = Probe::new(paths);
    let mut keyed: Vec<(Value, usize)> =
        rows.iter().enumerate().map(|(at, row)| (probe.of(&row.record).clone(), at)).collect();
    let compare = |a: &(Value, usize), b: &(Value, usize)| search.compare(&a.0, &b.0).then(a.1.cmp(&b.1));
    // Finding the first page is much cheaper than sorting all of a large table.
    if first < keyed.len() {
        keyed.select_nth_unstable_by(first, compare);
        keyed.truncate(first);
    }
    keyed.sort_unstable_by(compare);
    keyed.into_iter().map(|(_, at)| rows[at]).collect()
}

fn info<'r>(record: &'r Object, name: &str) -> Option<&'r str> {
    record.get("_info")?.as_object()?.get(name)?.as_text()
}

/// The records at a collection's path, before any condition.
fn scope<'s>(state: &'s State, collection: CollectionId, ids: &[i64]) -> Vec<&'s Row> {
    if let Some(view) = rules().view(collection) {
        let all = state.table(view.of).map(|table| table.rows()).unwrap_or_default();
        return all.iter().filter(|row| view.shows(&row.record, ids)).collect();
    }
    let Some(table) = state.table(collection) else { return Vec::new() };
    if api().of(collection).parents.is_empty() {
        return table.rows().iter().collect();
    }
    let parent = ids.last().copied().unwrap_or_default();
    table.under(parent).iter().filter_map(|id| table.get(*id)).collect()
}

/// One page of what a query finds.
pub(crate) fn page<'s>(
    state: &'s State,
    collection: CollectionId,
    ids: &[i64],
    query: &Query<'_>,
) -> Result<Page<'s>, Problem> {
    let size = query.page_size();
    let (mut rows, search, paths) = searched(state, collection, ids, query)?;
    if query.forward_only {
        rows.sort_by_key(|row| row.id);
        let after = query.page_id.unwrap_or_default();
        let start = rows.partition_point(|row| row.id <= after);
        let more = rows.len() - start > size;
        let rows: Vec<&Row> = rows.into_iter().skip(start).take(size).collect();
        let next = rows.last().filter(|_| more).map(|row| ("next", format!("pageId={}", row.id)));
        return Ok(Page { rows, links: Some(next.into_iter().collect()) });
    }
    let total = rows.len();
    let last = total.div_ceil(size).max(1);
    let page = query.page();
    let mut links = Vec::new();
    if last > 1 {
        let to = |page: usize| format!("page={page}");
        if page > 1 {
            links.push(("first", to(1)));
            links.push(("prev", to((page - 1).min(last))));
        }
        if page < last {
            links.push(("next", to(page + 1)));
        }
        links.push(("last", to(last)));
    }
    if search.has_order() {
        rows = ordered(&rows, &search, &paths, page.saturating_mul(size));
    }
    let rows = rows.into_iter().skip((page - 1).saturating_mul(size)).take(size).collect();
    Ok(Page { rows, links: (last > 1).then_some(links) })
}

impl View {
    /// Whether a record is one of those at the path with these ids.
    pub(crate) fn shows(&self, record: &Object, ids: &[i64]) -> bool {
        self.tests.iter().all(|(path, test)| {
            let (first, rest) = (&path[0], &path[1..]);
            let node = rest.iter().try_fold(record.get(first), |node, name| {
                Some(node?.as_object().and_then(|object| object.get(name)))
            });
            match (test, node.flatten()) {
                (Test::Parameter(at), Some(node)) => node.as_integer() == ids.get(*at).copied(),
                (Test::Is(value), Some(node)) => node.value() == *value,
                (_, None) => false,
            }
        })
    }
}

/// The `Link` header.
pub(crate) fn link_header(url: &str, query: &[(String, String)], links: &[(&'static str, String)]) -> String {
    let mut kept = String::new();
    for (name, value) in query {
        if !name.eq_ignore_ascii_case("page") && !name.eq_ignore_ascii_case("pageId") {
            kept.push_str(&format!("{}={}&", encode(name), encode(value)));
        }
    }
    let one = |(relation, to): &(&str, String)| format!("<{url}?{kept}{to}>; rel=\"{relation}\"");
    links.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
