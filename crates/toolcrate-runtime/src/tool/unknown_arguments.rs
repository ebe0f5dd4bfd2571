//! Fixes for unknown arguments by their usual meaning: the record's ID, the page size, or a field to filter by. Without
//! these, the closest fix would be to omit the argument, which changes which records a call is about.

use serde_json::{Map, Value};

use crate::error::{Fix, FixOperation};
use crate::nearest::letters;
use crate::patch::escape;

/// Other names for a page size.
const PAGE_SIZES: [&str; 11] = [
    "limit",
    "perpage",
    "pagelimit",
    "maxresults",
    "maxrecords",
    "maxitems",
    "resultsperpage",
    "top",
    "take",
    "first",
    "rows",
];
/// Names of arguments that select records. Without such an argument, a list contains records that the caller doesn't
/// want.
const SELECTIONS: [&str; 16] = [
    "after",
    "before",
    "cursor",
    "keyword",
    "keywords",
    "nextcursor",
    "offset",
    "q",
    "query",
    "search",
    "searchterm",
    "since",
    "skip",
    "start",
    "until",
    "where",
];

/// An unknown argument of a call.
pub(super) struct UnknownArgument<'a> {
    pub(super) name: &'a str,
    pub(super) pointer: &'a str,
    pub(super) value: &'a Value,
    /// The schemas of the tool's arguments.
    pub(super) known: &'a Map<String, Value>,
    /// The call's arguments.
    pub(super) given: &'a Map<String, Value>,
}

impl UnknownArgument<'_> {
    /// Renames `ticketId` to `id` if the tool is about a ticket. With the ID of another record, the call would be about
    /// the wrong one.
    pub(super) fn record_id(&self, tool: &str) -> Option<Fix> {
        let is_free = self.known.contains_key("id") && !self.given.contains_key("id");
        let name = letters(self.name);
        let record = name.strip_suffix("id").filter(|record| !record.is_empty() && is_free)?;
        let tool = letters(tool.strip_suffix("_by_id").unwrap_or(tool));
        tool.ends_with(record).then(|| Fix::rename(self.pointer, "/id"))
    }

    /// Renames another name for the page size.
    pub(super) fn page_size(&self, size: &str) -> Option<Fix> {
        let is_free = self.known.contains_key(size) && !self.given.contains_key(size);
        let is_size = PAGE_SIZES.contains(&letters(self.name).as_str());
        (is_size && is_free).then(|| Fix::rename(self.pointer, format!("/{}", escape(size))))
    }

    /// Moves a field to filter by into the filter.
    pub(super) fn filter_field(&self, filter: &str, fields: &[String]) -> Option<Fix> {
        let name = letters(self.name);
        let field = fields.iter().find(|field| letters(field) == name)?;
        let path = format!("/{}", escape(filter));
        match self.given.get(filter) {
            None => Some(Fix::from_operations(vec![
                FixOperation::Remove { path: self.pointer.to_owned() },
                FixOperation::Add { path, value: serde_json::json!({ field: self.value }) },
            ])),
            Some(Value::Object(tests)) if !tests.contains_key(field) => {
                Some(Fix::rename(self.pointer, format!("{path}/{}", escape(field))))
            }
            Some(_) => None,
        }
    }

    /// Returns true if omitting the argument would add unwanted records to a list.
    pub(super) fn selects_records(&self, fields: &[String]) -> bool {
        let name = letters(self.name);
        SELECTIONS.contains(&name.as_str()) || fields.iter().any(|field| letters(field) == name)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn with<T>(name: &str, given: Value, check: impl Fn(&UnknownArgument<'_>) -> T) -> T {
        let known = json!({"id": {}, "pageSize": {}, "filter": {}});
        let pointer = format!("/{name}");
        let value = &given[name];
        check(&UnknownArgument {
            name,
            pointer: &pointer,
            value,
            known: known.as_object().unwrap(),
            given: given.as_object().unwrap(),
        })
    }

    #[test]
    fn id_of_another_record_is_not_the_records_id() {
        let fix = |name: &str, tool: &str| with(name, json!({name: 5}), |argument| argument.record_id(tool));
        assert_eq!(fix("ticketId", "delete_a_ticket_by_id"), Some(Fix::rename("/ticketId", "/id")));
        assert_eq!(fix("note_id", "update_a_ticket_note_by_id"), Some(Fix::rename("/note_id", "/id")));
        assert_eq!(fix("companyId", "delete_a_ticket_by_id"), None);
        assert_eq!(fix("companyId", "get_single_company_contact_by_id"), None);
        assert_eq!(
            with("ticketId", json!({"ticketId": 5, "id": 6}), |argument| argument.record_id("a_ticket")),
            None
        );
    }

    #[test]
    fn page_size_has_other_names() {
        let fix = |name: &str| with(name, json!({name: 5}), |argument| argument.page_size("pageSize"));
        assert_eq!(fix("per_page"), Some(Fix::rename("/per_page", "/pageSize")));
        assert_eq!(fix("limit"), Some(Fix::rename("/limit", "/pageSize")));
        assert_eq!(fix("foo"), None);
    }

    #[test]
    fn fields_move_into_the_filter() {
        let fields = ["status".to_owned(), "board/name".to_owned()];
        let fix = |name: &str, given: Value| {
            let fix = with(name, given, |argument| argument.filter_field("filter", &fields));
            fix.map(|fix| fix.to_json())
        };
        assert_eq!(
            fix("status", json!({"status": "New"})),
            Some(json!([
                {"op": "remove", "path": "/status"},
                {"op": "add", "path": "/filter", "value": {"status": "New"}},
            ]))
        );
        assert_eq!(
            fix("boardName", json!({"boardName": "x", "filter": {"id": 1}})),
            Some(json!([{"op": "move", "from": "/boardName", "path": "/filter/board~1name"}]))
        );
        assert_eq!(fix("status", json!({"status": "New", "filter": {"status": 1}})), None);
        let selects = |name: &str| with(name, json!({name: 1}), |argument| argument.selects_records(&fields));
        assert!(selects("status") && selects("Query") && !selects("foo"));
    }
}
