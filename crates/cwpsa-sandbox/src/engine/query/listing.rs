//! Lists and counts records: selects and orders the requested records, and returns one page of them.

use serde_json::Value;

use super::error::QueryError;
use super::scan;
use super::search::{RecordSearch, SearchParameters};
use crate::api::{CollectionId, QueriedFields, api};
use crate::connectwise::error::ApiError;
use crate::connectwise::fields::{CUSTOM_FIELDS, INFO};
use crate::engine::store::{ProjectionBuffer, RecordObject, StoredRow, TenantState};

/// The maximum page size. Reports differ on whether the API rejects or reduces larger sizes; the sandbox
/// rejects them.
const MAX_PAGE_SIZE: usize = 1000;
const DEFAULT_PAGE_SIZE: usize = 25;

/// A list's query parameters.
#[derive(Default)]
pub(crate) struct ListParameters<'a> {
    pub(crate) conditions: Option<&'a str>,
    pub(crate) child_conditions: Option<&'a str>,
    pub(crate) custom_field_conditions: Option<&'a str>,
    pub(crate) order_by: Option<&'a str>,
    pub(crate) fields: Option<&'a str>,
    page: Option<usize>,
    page_size: Option<&'a str>,
    page_id: Option<i64>,
    forward_only: bool,
    query: &'a [(String, String)],
}

/// Returns a query parameter, ignoring the case of its name.
pub(crate) fn parameter<'q>(query: &'q [(String, String)], name: &str) -> Option<&'q str> {
    query.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

impl<'a> ListParameters<'a> {
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
            page_size: text("pageSize"),
            page_id,
            forward_only: forward_only || page_id.is_some(),
            query,
        }
    }

    fn page(&self) -> usize {
        self.page.unwrap_or(1).max(1)
    }

    fn page_size(&self) -> Result<usize, ApiError> {
        let Some(text) = self.page_size else { return Ok(DEFAULT_PAGE_SIZE) };
        let size = text.trim().parse().ok().filter(|size| (1..=MAX_PAGE_SIZE).contains(size));
        size.ok_or_else(|| ApiError::invalid_page_size(MAX_PAGE_SIZE))
    }

    fn search(&self, collection: CollectionId) -> Result<(RecordSearch, Vec<String>), ApiError> {
        let names = QueriedFields::new(api().collection(collection).resource());
        let text = SearchParameters {
            conditions: self.conditions,
            child_conditions: self.child_conditions,
            custom_field_conditions: self.custom_field_conditions,
            order_by: self.order_by.filter(|_| !self.forward_only),
        };
        let rejected = |error: QueryError| ApiError::new(400, error.code, error.message);
        let search = RecordSearch::parse(&text, &names).map_err(rejected)?;
        let mut paths = names.paths();
        if self.custom_field_conditions.is_some() {
            paths.push(CUSTOM_FIELDS.to_owned());
        }
        Ok((search, paths))
    }

    fn has_conditions(&self) -> bool {
        self.conditions.is_some() || self.child_conditions.is_some() || self.custom_field_conditions.is_some()
    }
}

/// A page of a list, and the links to others.
pub(crate) struct ListPage<'s> {
    pub(crate) rows: Vec<&'s StoredRow>,
    pub(crate) links: Option<Vec<(&'static str, String)>>,
}

/// Returns all matching records, ordered by ID.
pub(crate) fn find_all<'s>(
    state: &'s TenantState,
    collection: CollectionId,
    ids: &[i64],
    query: &ListParameters<'_>,
) -> Result<Vec<&'s StoredRow>, ApiError> {
    Ok(search(state, collection, ids, query)?.0)
}

type SearchResult<'s> = (Vec<&'s StoredRow>, RecordSearch, Vec<String>);

fn search<'s>(
    state: &'s TenantState,
    collection: CollectionId,
    ids: &[i64],
    query: &ListParameters<'_>,
) -> Result<SearchResult<'s>, ApiError> {
    let source = state.overrides.source(collection);
    let (search, paths) = query.search(source)?;
    let mut rows = scope(state, collection, ids);
    for name in state.overrides.query_filters(collection) {
        if let Some(value) = parameter(query.query, name) {
            rows.retain(|row| {
                audit_field(&row.record, name).is_some_and(|known| known.eq_ignore_ascii_case(value))
            });
        }
    }
    if query.has_conditions() {
        rows = scan::filter(rows, &search, &paths);
    }
    Ok((rows, search, paths))
}

/// Returns the first `limit` rows in a search's order; equal ones are ordered by ID.
fn first_in_order<'s>(
    rows: &[&'s StoredRow],
    search: &RecordSearch,
    paths: &[String],
    limit: usize,
) -> Vec<&'s StoredRow> {
    let mut buffer = ProjectionBuffer::new(paths);
    let mut keyed: Vec<(Value, usize)> =
        rows.iter().enumerate().map(|(at, row)| (buffer.fill(&row.record).clone(), at)).collect();
    let compare = |a: &(Value, usize), b: &(Value, usize)| search.compare(&a.0, &b.0).then(a.1.cmp(&b.1));
    // Finding the first page is much cheaper than sorting a large table completely.
    if limit < keyed.len() {
        keyed.select_nth_unstable_by(limit, compare);
        keyed.truncate(limit);
    }
    keyed.sort_unstable_by(compare);
    keyed.into_iter().map(|(_, at)| rows[at]).collect()
}

fn audit_field<'r>(record: &'r RecordObject, name: &str) -> Option<&'r str> {
    record.get(INFO)?.as_object()?.get(name)?.as_text()
}

/// Returns the records at a collection's path, before any conditions.
fn scope<'s>(state: &'s TenantState, collection: CollectionId, ids: &[i64]) -> Vec<&'s StoredRow> {
    if let Some(view) = state.overrides.view(collection) {
        let all = state.table(view.source).map(|table| table.rows()).unwrap_or_default();
        return all.iter().filter(|row| view.contains(&row.record, ids)).collect();
    }
    let Some(table) = state.table(collection) else { return Vec::new() };
    if api().collection(collection).parents.is_empty() {
        return table.rows().iter().collect();
    }
    let parent = ids.last().copied().unwrap_or_default();
    table.children_of(parent).iter().filter_map(|id| table.get(*id)).collect()
}

/// Returns a page of matching records.
pub(crate) fn find_page<'s>(
    state: &'s TenantState,
    collection: CollectionId,
    ids: &[i64],
    query: &ListParameters<'_>,
) -> Result<ListPage<'s>, ApiError> {
    let size = query.page_size()?;
    let (mut rows, search, paths) = search(state, collection, ids, query)?;
    if query.forward_only {
        rows.sort_by_key(|row| row.id);
        let after = query.page_id.unwrap_or_default();
        let start = rows.partition_point(|row| row.id <= after);
        let more = rows.len() - start > size;
        let rows: Vec<&StoredRow> = rows.into_iter().skip(start).take(size).collect();
        let next = rows.last().filter(|_| more).map(|row| ("next", format!("pageId={}", row.id)));
        return Ok(ListPage { rows, links: Some(next.into_iter().collect()) });
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
        rows = first_in_order(&rows, &search, &paths, page.saturating_mul(size));
    }
    let rows = rows.into_iter().skip((page - 1).saturating_mul(size)).take(size).collect();
    Ok(ListPage { rows, links: (last > 1).then_some(links) })
}

/// Builds the `Link` header.
pub(crate) fn link_header(url: &str, query: &[(String, String)], links: &[(&'static str, String)]) -> String {
    let mut other_parameters = String::new();
    for (name, value) in query {
        if !name.eq_ignore_ascii_case("page") && !name.eq_ignore_ascii_case("pageId") {
            other_parameters.push_str(&format!("{}={}&", encode(name), encode(value)));
        }
    }
    let one = |(relation, to): &(&str, String)| format!("<{url}?{other_parameters}{to}>; rel=\"{relation}\"");
    links.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
