//! The outcome of a tool call: the response as JSON without properties that would only waste tokens, and the arguments
//! for the next page.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use toolcrate_catalog::{ArgumentLocation, RequestRecord, ResponseContent};

use super::catalog::Tool;
use super::coercion::Reinterpretation;
use super::page_state::{SKIP, is_page_state};
use super::truncate::{Omitted, cut, drop_empty, json_size, page_after};
use super::validator::ToolValidator;
use crate::api::{Api, CustomFields, Paging};
use crate::call::Call;
use crate::client::ApiResponse;
use crate::cursor::CursorKey;
use crate::custom_fields::from_api;
use crate::dialect::Dialect;
use crate::download::Download;
use crate::error::Error;
use crate::model::ValueMut;
use crate::paging::Next;
use crate::query_pairs::QueryPairs;
use crate::rate_limit::RateLimit;

/// How a tool is executed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExecuteOptions {
    /// Keeps properties that are otherwise dropped from responses.
    pub keep_trimmed: bool,
    /// Leaves custom fields in the API's list format.
    pub keep_custom_fields: bool,
    /// The dialect of the arguments. Every dialect also accepts the tool's own format, except for null, which means
    /// absent in strict mode.
    pub dialect: Dialect,
    /// Drops properties that are null, an empty string, or an empty list or object. Properties that the caller
    /// requested are kept.
    pub drop_empty: bool,
    /// The maximum size of a list's JSON in bytes. A larger list first loses its empty properties, then its last rows;
    /// see [`Outcome::omitted`].
    pub max_bytes: Option<usize>,
    /// The maximum number of rows in a list; a longer list loses its last rows. See [`Outcome::omitted`].
    pub max_rows: Option<usize>,
    /// The number of rows to leave out at the start of a list, from [`Omitted::skip`].
    pub skip: usize,
}

/// The result of a tool call.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// The arguments that were converted.
    pub reinterpretations: Vec<Reinterpretation>,
    /// Warnings for the caller: an argument had no effect, the tool was renamed, or the result was omitted.
    pub warnings: Vec<String>,
    /// The HTTP status (2xx).
    pub status: u16,
    /// The response body: JSON, `null` if it is empty or, for a file, an object with `media_type`, `file_name`, `size`
    /// (in bytes) and `content_base64`.
    pub value: Value,
    /// The list's next page, as query parameters.
    pub paging: Option<Next>,
    /// The rate limit's state.
    pub rate_limit: RateLimit,
    /// The server's request ID, which its support may ask for.
    pub request_id: Option<String>,
    /// The IDs of the custom fields in `value`, by caption.
    pub custom_fields: BTreeMap<String, Value>,
    /// The rows omitted because of limits.
    pub omitted: Option<Omitted>,
    /// True if the record in `value` exceeded a limit and was reduced to its ID, or to null if it has none.
    pub is_body_omitted: bool,
    next_arguments: Option<Map<String, Value>>,
    /// The position of the next page, independent of other arguments: the contents of a cursor.
    page_state: Option<Map<String, Value>>,
    next_cursor: Option<String>,
}

impl Outcome {
    /// Returns the arguments for fetching what follows: rows left out because of the budget, or else the next page.
    /// `None` if nothing follows, or if the tool has no argument for it.
    pub fn next_arguments(&self) -> Option<&Map<String, Value>> {
        self.next_arguments.as_ref()
    }

    /// Returns an opaque string that fetches what follows, for the argument `next_cursor` in the `truto` dialect. It is
    /// signed, and valid for this tool with the same [`CursorKey`]. It also continues where rows were left out that no
    /// argument of the tool can fetch. `None` if nothing follows, or if the tool isn't a list.
    pub fn next_cursor(&self) -> Option<&str> {
        self.next_cursor.as_deref()
    }

    /// Signs a list cursor.
    pub(super) fn seal_cursor(&mut self, key: &CursorKey, tool: Tool, check: &ToolValidator) {
        let state = self.page_state.take().filter(|_| check.is_list(tool));
        self.next_cursor = state.map(|state| key.seal(tool.name(), &state));
    }
}

/// Converts responses to outcomes.
pub(super) struct OutcomeReader {
    content: ResponseContent,
    trim: Vec<&'static str>,
    /// The properties requested by the caller, by path.
    listed: Vec<String>,
    custom: Option<&'static CustomFields>,
    options: ExecuteOptions,
}

impl OutcomeReader {
    /// Creates a reader for a call's responses.
    pub(super) fn new(
        api: &'static Api,
        call: &Call,
        content: ResponseContent,
        options: ExecuteOptions,
    ) -> Self {
        let listed = api.fields_parameter.and_then(|parameter| call.query.get(parameter)).unwrap_or_default();
        let names: Vec<&str> = listed.split([',', '/']).map(str::trim).collect();
        let kept = |name: &&&str| !options.keep_trimmed && !names.contains(*name);
        let trim = api.trim.iter().filter(kept).copied().collect();
        let listed = listed.split(',').map(|path| path.trim().to_owned()).collect();
        let custom = api.custom_fields.as_ref().filter(|_| !options.keep_custom_fields);
        Self { content, trim, listed, custom, options }
    }

    /// Stops skipping rows, for the pages after the first.
    pub(super) fn skip_no_more(&mut self) {
        self.options.skip = 0;
    }

    /// Returns the outcome of a response.
    pub(super) fn read(&self, received: ApiResponse) -> Result<Outcome, Error> {
        let mut raw = received.raw;
        let mut value = match self.content {
            ResponseContent::None => Value::Null,
            ResponseContent::Binary => {
                let file = Download::new(raw.headers(), raw.body().clone());
                json!({
                    "media_type": file.media_type,
                    "file_name": file.file_name,
                    "size": file.bytes.len(),
                    "content_base64": STANDARD.encode(&file.bytes),
                })
            }
            ResponseContent::Json if raw.is_empty() => Value::Null,
            ResponseContent::Json => {
                let mut value = Value::Null;
                raw.decode_into(ValueMut::Any(&mut value))?;
                if !self.trim.is_empty() {
                    trim(&mut value, &self.trim);
                }
                value
            }
        };
        let mut custom_fields = BTreeMap::new();
        if let Some(fields) = self.custom.filter(|_| self.content == ResponseContent::Json) {
            from_api(&mut value, fields, &mut custom_fields);
        }
        let omitted = self.fit(&mut value);
        Ok(Outcome {
            reinterpretations: Vec::new(),
            warnings: Vec::new(),
            status: raw.status(),
            value,
            paging: received.next,
            rate_limit: received.rate_limit,
            request_id: received.request_id,
            custom_fields,
            omitted,
            is_body_omitted: false,
            next_arguments: None,
            page_state: None,
            next_cursor: None,
        })
    }
}

impl OutcomeReader {
    /// Reduces a value to the requested size.
    fn fit(&self, value: &mut Value) -> Option<Omitted> {
        if self.content != ResponseContent::Json {
            return None;
        }
        let asked: Vec<&str> = self.listed.iter().map(String::as_str).collect();
        if self.options.drop_empty {
            drop_empty(value, &asked, "");
        }
        let rows = value.as_array_mut()?;
        let skipped = self.options.skip.min(rows.len());
        rows.drain(..skipped);
        let budget = self.options.max_bytes.unwrap_or(usize::MAX);
        let most = self.options.max_rows.unwrap_or(usize::MAX);
        if budget == usize::MAX && rows.len() <= most {
            return None;
        }
        // Each row, with a comma or the closing bracket, plus the opening bracket.
        let is_over = |rows: &[Value]| rows.iter().map(|row| json_size(row) + 1).sum::<usize>() + 1 > budget;
        if !self.options.drop_empty && is_over(rows) {
            rows.iter_mut().for_each(|row| drop_empty(row, &asked, ""));
        }
        let cut = cut(rows, budget, most)?;
        Some(Omitted {
            count: cut.total - cut.kept,
            arguments: None,
            skip: skipped + cut.done,
            too_big: cut.too_big,
            rest: cut.total - cut.done,
            like: cut.like,
            page: skipped + cut.total,
        })
    }
}

impl Outcome {
    /// Finds the arguments for what follows: rows that were left out, or else the next page.
    pub(super) fn find_next(
        &mut self,
        check: &ToolValidator,
        plan: &RequestRecord<'_>,
        sent: &Call,
        arguments: &Map<String, Value>,
    ) {
        self.find_page(check, plan, sent, arguments);
        let Some(omitted) = self.omitted.as_ref().filter(|omitted| omitted.rest > 0) else { return };
        let Some(changes) = self.rest(omitted, check, plan, sent) else {
            // No page starts there, so the same page is fetched again, without its first rows.
            let mut state = page_state(check, plan, &sent.query);
            state.insert(SKIP.to_owned(), Value::from(omitted.skip));
            self.page_state = Some(state);
            return;
        };
        let mut arguments = arguments.clone();
        arguments.extend(changes.clone());
        if let Some(omitted) = &mut self.omitted {
            omitted.arguments = Some(arguments.clone());
        }
        self.next_arguments = Some(arguments);
        self.page_state = Some(changes);
    }

    /// Returns the page number and size that start at the first row left out at the end.
    fn rest(
        &self,
        omitted: &Omitted,
        check: &ToolValidator,
        plan: &RequestRecord<'_>,
        sent: &Call,
    ) -> Option<Map<String, Value>> {
        let Paging::Page { page, size, max_size } = check.api.paging else { return None };
        // A list that doesn't continue with a page number isn't counted in pages.
        let counted = self.paging.as_ref().is_none_or(|next| next.pairs().get(page).is_some());
        if !counted {
            return None;
        }
        let number = |name: &str| sent.query.get(name).map(str::parse::<usize>);
        let before = match (number(page), number(size)) {
            (None | Some(Ok(0 | 1)), _) => 0,
            (Some(Ok(page)), Some(Ok(size))) => (page - 1).checked_mul(size.min(max_size as usize))?,
            // The server chose the size, and a page followed by others is a full one.
            (Some(Ok(page)), None) if self.paging.is_some() => (page - 1).checked_mul(omitted.page)?,
            _ => return None,
        };
        let (next, rows) = page_after(before.checked_add(omitted.skip)?, omitted.like, max_size as usize)?;
        let page = argument(check, plan, page)?;
        let size = argument(check, plan, size)?;
        Some(Map::from_iter([(page.to_owned(), Value::from(next)), (size.to_owned(), Value::from(rows))]))
    }

    /// Finds the arguments for the next page: those of this page, with the next page's parameters under the tool's
    /// argument names.
    fn find_page(
        &mut self,
        check: &ToolValidator,
        plan: &RequestRecord<'_>,
        sent: &Call,
        arguments: &Map<String, Value>,
    ) {
        let Some(next) = &self.paging else { return };
        let mut arguments = arguments.clone();
        let mut state = page_state(check, plan, &sent.query);
        for (name, value) in next.pairs().iter() {
            // An unchanged parameter needs no argument; nor does one that a filter was compiled to.
            if sent.query.get(name) == Some(value)
                || check.is_compiled(name) && sent.query.get(name).is_some()
            {
                continue;
            }
            let Some(argument) = argument(check, plan, name) else { return };
            let value = typed(check, argument, value);
            if is_page_state(check, argument, &value) {
                state.insert(argument.to_owned(), value.clone());
            }
            arguments.insert(argument.to_owned(), value);
        }
        self.next_arguments = Some(arguments);
        self.page_state = Some(state);
    }
}

/// Returns the arguments that select the requested page. Absent ones are null, so a cursor takes precedence over any
/// other value for them.
fn page_state(check: &ToolValidator, plan: &RequestRecord<'_>, query: &QueryPairs) -> Map<String, Value> {
    let Some((page, size)) = check.api.paging.numbers() else { return Map::new() };
    let known = [page, size].into_iter().filter_map(|name| Some((name, argument(check, plan, name)?)));
    known
        .map(|(name, argument)| {
            let value = query.get(name).map_or(Value::Null, |value| typed(check, argument, value));
            (argument.to_owned(), value)
        })
        .collect()
}

/// Converts a query value to the type of its argument.
fn typed(check: &ToolValidator, argument: &str, value: &str) -> Value {
    let kind = check.property(argument).and_then(|schema| schema.get("type"));
    let number = value.parse::<i64>().ok().filter(|_| kind.is_some_and(|kind| kind != "string"));
    number.map_or_else(|| Value::from(value), Value::from)
}

/// Returns the tool's argument for this query parameter.
pub(super) fn argument<'p>(
    check: &ToolValidator,
    plan: &'p RequestRecord<'_>,
    parameter: &'p str,
) -> Option<&'p str> {
    let own = plan.arguments.iter().find(|(argument, target)| {
        target.location == ArgumentLocation::Query && target.name_or(argument) == parameter
    });
    match own {
        Some((argument, _)) => Some(argument),
        // Arguments in a shape keep their names.
        None => (check.is_query(parameter) && !plan.arguments.contains_key(parameter)).then_some(parameter),
    }
}

/// Drops properties with these names at every depth.
fn trim(value: &mut Value, names: &[&str]) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !names.contains(&name.as_str()));
            members.values_mut().for_each(|value| trim(value, names));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| trim(value, names)),
        _ => {}
    }
}
