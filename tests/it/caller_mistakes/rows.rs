//! The callers' mistakes to test, one per row of the generated page.

use serde_json::Value;

/// A call that doesn't exactly match the schema.
pub(crate) struct Mistake {
    pub(crate) what: &'static str,
    pub(crate) tool: &'static str,
    /// The arguments as JSON.
    pub(crate) sent: &'static str,
    /// The intended arguments, as JSON; empty if they depend on the time.
    meant: &'static str,
    /// True if the arguments only spell the same value differently, which isn't worth a report.
    pub(crate) means_the_same: bool,
    /// True if the fix depends on the time.
    pub(crate) is_relative: bool,
}

impl Mistake {
    const fn new(what: &'static str, tool: &'static str, sent: &'static str, meant: &'static str) -> Self {
        Self { what, tool, sent, meant, means_the_same: false, is_relative: false }
    }

    const fn same(what: &'static str, tool: &'static str, sent: &'static str, meant: &'static str) -> Self {
        Self { means_the_same: true, ..Self::new(what, tool, sent, meant) }
    }

    const fn relative(what: &'static str, tool: &'static str, sent: &'static str) -> Self {
        Self { is_relative: true, ..Self::new(what, tool, sent, "") }
    }

    pub(crate) fn sent(&self) -> Value {
        serde_json::from_str(self.sent).expect(self.what)
    }

    pub(crate) fn meant(&self) -> Option<Value> {
        (!self.meant.is_empty()).then(|| serde_json::from_str(self.meant).expect(self.what))
    }
}

const GET: &str = "get_single_ticket_by_id";
const LIST: &str = "list_all_tickets";
const CREATE: &str = "create_a_ticket";
const UPDATE: &str = "update_a_ticket_by_id";
const CONTACT: &str = "update_a_company_contact_by_id";

const NEW: &str = r#"{"summary":"x","company":{"id":250}}"#;
const DATED: &str = r#"{"summary":"x","company":{"id":250},"requiredDate":"2026-12-24T00:00:00Z"}"#;

/// All mistakes by kind.
pub(crate) const SECTIONS: &[(&str, &[Mistake])] = &[
    ("Types", TYPES),
    ("Empty values", NOTHING),
    ("References", REFERENCES),
    ("Dates", DATES),
    ("Argument names", NAMES),
    ("Filters", FILTERS),
    ("Tool names", TOOLS),
];

const TYPES: &[Mistake] = &[
    Mistake::new("a number as a string", GET, r#"{"id":"8812"}"#, r#"{"id":8812}"#),
    Mistake::new("a number as a string that ends in .0", GET, r#"{"id":"8812.0"}"#, r#"{"id":8812}"#),
    Mistake::same("a whole number as a float", GET, r#"{"id":8812.0}"#, r#"{"id":8812}"#),
    Mistake::new("a page size as a string", LIST, r#"{"pageSize":"1"}"#, r#"{"pageSize":1}"#),
    Mistake::new(
        "a boolean as a Python-style string",
        UPDATE,
        r#"{"id":8812,"approved":"True"}"#,
        r#"{"id":8812,"approved":true}"#,
    ),
    Mistake::new(
        "a number instead of a string",
        UPDATE,
        r#"{"id":8812,"poNumber":4711}"#,
        r#"{"id":8812,"poNumber":"4711"}"#,
    ),
    Mistake::new(
        "an enum value in lower case",
        UPDATE,
        r#"{"id":8812,"impact":"high"}"#,
        r#"{"id":8812,"impact":"High"}"#,
    ),
    Mistake::new(
        "an enum value with spaces",
        UPDATE,
        r#"{"id":8812,"billTime":"do not bill"}"#,
        r#"{"id":8812,"billTime":"DoNotBill"}"#,
    ),
    Mistake::new(
        "a JSON string instead of an object",
        CREATE,
        r#"{"summary":"x","company":"{\"id\": 250}"}"#,
        NEW,
    ),
    Mistake::new(
        "a JSON string instead of a list",
        CONTACT,
        r#"{"id":501,"types":"[{\"id\": 1}]"}"#,
        r#"{"id":501,"types":[{"id":1}]}"#,
    ),
    Mistake::new(
        "a single item instead of a list",
        UPDATE,
        r#"{"id":8812,"clear":"poNumber"}"#,
        r#"{"id":8812,"clear":["poNumber"]}"#,
    ),
    Mistake::same("all arguments as a JSON string", GET, r#""{\"id\": 8812}""#, r#"{"id":8812}"#),
    Mistake::new(
        "`yes` instead of `true`",
        UPDATE,
        r#"{"id":8812,"approved":"yes"}"#,
        r#"{"id":8812,"approved":true}"#,
    ),
    Mistake::new(
        "1 instead of `true`",
        UPDATE,
        r#"{"id":8812,"approved":1}"#,
        r#"{"id":8812,"approved":true}"#,
    ),
    Mistake::new("an ID with a number sign", GET, r##"{"id":"#8812"}"##, r#"{"id":8812}"#),
    Mistake::new(
        "a number with a currency symbol and separators",
        UPDATE,
        r#"{"id":8812,"billingAmount":"$1,200.50"}"#,
        r#"{"id":8812,"billingAmount":1200.5}"#,
    ),
    Mistake::new("a Python literal", CREATE, r#"{"summary":"x","company":"{'id': 250}"}"#, NEW),
    Mistake::new(
        "JSON in a Markdown code block",
        CREATE,
        r#"{"summary":"x","company":"```json\n{\"id\": 250}\n```"}"#,
        NEW,
    ),
    Mistake::new(
        "a list with one item instead of the item",
        CREATE,
        r#"{"summary":"x","company":[{"id":250}]}"#,
        NEW,
    ),
    Mistake::new(
        "a sort order as an object",
        LIST,
        r#"{"orderBy":{"id":"desc"}}"#,
        r#"{"orderBy":"id desc"}"#,
    ),
    Mistake::new(
        "a list instead of a comma-separated string",
        LIST,
        r#"{"fields":["id","summary"]}"#,
        r#"{"fields":"id,summary"}"#,
    ),
    Mistake::new("a number written as a word", LIST, r#"{"pageSize":"ten"}"#, "{}"),
    Mistake::new("a number that is too large", LIST, r#"{"pageSize":5000}"#, r#"{"pageSize":1000}"#),
    Mistake::new("page numbers starting at 0", LIST, r#"{"page":0}"#, r#"{"page":1}"#),
    Mistake::new(
        "a misspelled enum value",
        UPDATE,
        r#"{"id":8812,"severity":"Hihg"}"#,
        r#"{"id":8812,"severity":"High"}"#,
    ),
    Mistake::new(
        "a string that is too long",
        UPDATE,
        r#"{"id":8812,"zip":"10115 Berlin, Germany"}"#,
        r#"{"id":8812,"zip":"10115 Berlin"}"#,
    ),
];

const NOTHING: &[Mistake] = &[
    Mistake::same(
        "null for every optional argument",
        CONTACT,
        r#"{"id":501,"title":"Genius","company":null,"site":null}"#,
        r#"{"id":501,"title":"Genius"}"#,
    ),
    Mistake::same(
        "null within a reference",
        CREATE,
        r#"{"summary":"x","company":{"id":250,"identifier":null,"name":null}}"#,
        NEW,
    ),
    Mistake::new(
        "an empty string for an optional ID",
        CREATE,
        r#"{"summary":"x","company":{"id":250},"parentTicketId":""}"#,
        NEW,
    ),
    Mistake::new(
        "an empty string for an optional reference",
        CREATE,
        r#"{"summary":"x","company":{"id":250},"board":""}"#,
        NEW,
    ),
    Mistake::new(
        "the string `null`",
        CREATE,
        r#"{"summary":"x","company":{"id":250},"budgetHours":"null"}"#,
        NEW,
    ),
    Mistake::new("an empty reference", CREATE, r#"{"summary":"x","company":{"id":250},"board":{}}"#, NEW),
    Mistake::new(
        "a reference with an empty name",
        CREATE,
        r#"{"summary":"x","company":{"id":250},"board":{"name":""}}"#,
        NEW,
    ),
];

const REFERENCES: &[Mistake] = &[
    Mistake::new("only an ID", CREATE, r#"{"summary":"x","company":250}"#, NEW),
    Mistake::new("only an ID, as a string", CREATE, r#"{"summary":"x","company":"250"}"#, NEW),
    Mistake::new("an ID in an object, as a string", CREATE, r#"{"summary":"x","company":{"id":"250"}}"#, NEW),
    Mistake::new(
        "only a name",
        CREATE,
        r#"{"summary":"x","company":"Acme Corp"}"#,
        r#"{"summary":"x","company":{"name":"Acme Corp"}}"#,
    ),
    Mistake::new(
        "only an identifier",
        CREATE,
        r#"{"summary":"x","company":"AcmeCorp"}"#,
        r#"{"summary":"x","company":{"identifier":"AcmeCorp"}}"#,
    ),
    Mistake::new(
        "a one-word name",
        CREATE,
        r#"{"summary":"x","company":"Hooli"}"#,
        r#"{"summary":"x","company":{"name":"Hooli"}}"#,
    ),
    Mistake::new(
        "a reference copied from a result",
        UPDATE,
        r#"{"id":8812,"priority":{"id":1,"name":"Critical","color":"Red","sortOrder":1,"level":"1","defaultFlag":false}}"#,
        r#"{"id":8812,"priority":{"id":1,"name":"Critical"}}"#,
    ),
    Mistake::new("an ID as a separate argument", CREATE, r#"{"summary":"x","company_id":250}"#, NEW),
    Mistake::new("an ID's path as an argument name", CREATE, r#"{"summary":"x","company/id":250}"#, NEW),
    Mistake::new(
        "a name as a separate argument",
        CREATE,
        r#"{"summary":"x","company":{"id":250},"boardName":"Help Desk"}"#,
        r#"{"summary":"x","company":{"id":250},"board":{"name":"Help Desk"}}"#,
    ),
    Mistake::new(
        "a record instead of an ID",
        GET,
        r#"{"id":{"id":8812,"summary":"New laptop"}}"#,
        r#"{"id":8812}"#,
    ),
    Mistake::new(
        "an ID with the reference's name as a prefix",
        CREATE,
        r#"{"summary":"x","company":{"companyId":250}}"#,
        NEW,
    ),
];

const DATES: &[Mistake] = &[
    Mistake::new(
        "a timestamp with milliseconds",
        CREATE,
        r#"{"summary":"x","company":{"id":250},"requiredDate":"2026-12-24T00:00:00.000Z"}"#,
        DATED,
    ),
    Mistake::new(
        "a time zone other than UTC",
        CREATE,
        r#"{"summary":"x","company":{"id":250},"requiredDate":"2026-12-24T01:00:00+01:00"}"#,
        DATED,
    ),
    Mistake::new(
        "a date without a time",
        CREATE,
        r#"{"summary":"x","company":{"id":250},"requiredDate":"2026-12-24"}"#,
        DATED,
    ),
    Mistake::new(
        "a space instead of `T`, and no seconds",
        CREATE,
        r#"{"summary":"x","company":{"id":250},"requiredDate":"2026-12-24 00:00Z"}"#,
        DATED,
    ),
    Mistake::new(
        "a date in HTTP format",
        CREATE,
        r#"{"summary":"x","company":{"id":250},"requiredDate":"Thu, 24 Dec 2026 00:00:00 GMT"}"#,
        DATED,
    ),
    Mistake::new(
        "no time zone",
        CREATE,
        r#"{"summary":"x","company":{"id":250},"requiredDate":"2026-12-24T00:00:00"}"#,
        DATED,
    ),
    Mistake::new(
        "a date in US format",
        CREATE,
        r#"{"summary":"x","company":{"id":250},"requiredDate":"12/24/2026"}"#,
        DATED,
    ),
    Mistake::new(
        "a date in European format",
        CREATE,
        r#"{"summary":"x","company":{"id":250},"requiredDate":"24.12.2026"}"#,
        DATED,
    ),
    Mistake::new(
        "a date with the month's name",
        CREATE,
        r#"{"summary":"x","company":{"id":250},"requiredDate":"December 24, 2026"}"#,
        DATED,
    ),
    Mistake::new(
        "seconds since 1970",
        CREATE,
        r#"{"summary":"x","company":{"id":250},"requiredDate":1798070400}"#,
        DATED,
    ),
    Mistake::relative(
        "a relative day",
        CREATE,
        r#"{"summary":"x","company":{"id":250},"requiredDate":"next friday"}"#,
    ),
    Mistake::relative(
        "a time span",
        CREATE,
        r#"{"summary":"x","company":{"id":250},"requiredDate":"in 3 days"}"#,
    ),
];

const NAMES: &[Mistake] = &[
    Mistake::new(
        "argument names in a different case",
        LIST,
        r#"{"page_size":5,"OrderBy":"id desc"}"#,
        r#"{"pageSize":5,"orderBy":"id desc"}"#,
    ),
    Mistake::new(
        "arguments added by the agent host",
        GET,
        r#"{"id":8812,"toolCallId":"call_1","sessionId":"s","action":"sendMessage","chatInput":"hello"}"#,
        r#"{"id":8812}"#,
    ),
    Mistake::new("a misspelled name", CREATE, r#"{"sumary":"x","company":{"id":250}}"#, NEW),
    Mistake::new("an argument that doesn't exist", LIST, r#"{"pageSize":1,"foo":1}"#, r#"{"pageSize":1}"#),
    Mistake::new("another name for the page size", LIST, r#"{"per_page":3}"#, r#"{"pageSize":3}"#),
    Mistake::new("the record's ID under another name", GET, r#"{"ticketId":8812}"#, r#"{"id":8812}"#),
    Mistake::new(
        "several problems",
        LIST,
        r#"{"filter":{"sumary":"x"},"pageSize":"ten","foo":1}"#,
        r#"{"filter":{"summary":"x"}}"#,
    ),
    Mistake::new(
        "arguments wrapped in an object",
        CREATE,
        r#"{"body":{"summary":"x","company":{"id":250}}}"#,
        NEW,
    ),
    Mistake::new(
        "arguments wrapped in a JSON string",
        CREATE,
        r#"{"input":"{\"summary\":\"x\",\"company\":{\"id\":250}}"}"#,
        NEW,
    ),
    Mistake::new(
        "some arguments wrapped in an object, one misspelled",
        UPDATE,
        r#"{"id":8812,"ticket":{"impact":"High","severty":"Low"}}"#,
        r#"{"id":8812,"impact":"High","severity":"Low"}"#,
    ),
    Mistake::new(
        "a misspelled field to clear",
        UPDATE,
        r#"{"id":8812,"clear":["poNumbr"]}"#,
        r#"{"id":8812,"clear":["poNumber"]}"#,
    ),
];

const FILTERS: &[Mistake] = &[
    Mistake::new(
        "nested fields",
        LIST,
        r#"{"filter":{"board":{"name":"Help Desk"}}}"#,
        r#"{"filter":{"board/name":"Help Desk"}}"#,
    ),
    Mistake::new(
        "field paths with dots",
        LIST,
        r#"{"filter":{"board.name":"Help Desk"}}"#,
        r#"{"filter":{"board/name":"Help Desk"}}"#,
    ),
    Mistake::new(
        "a filter as a JSON string",
        LIST,
        r#"{"filter":"{\"id\": 8812}"}"#,
        r#"{"filter":{"id":8812}}"#,
    ),
    Mistake::same(
        "operators as abbreviations",
        LIST,
        r#"{"filter":{"id":{"gte":8812}}}"#,
        r#"{"filter":{"id":{"gte":8812}}}"#,
    ),
    Mistake::new(
        "a `conditions` expression as `filter`",
        LIST,
        r#"{"filter":"board/name='Help Desk'"}"#,
        r#"{"conditions":"board/name='Help Desk'"}"#,
    ),
    Mistake::new(
        "a programming language operator in `filter`",
        LIST,
        r#"{"filter":"id == 8812"}"#,
        r#"{"conditions":"id = 8812"}"#,
    ),
    Mistake::new(
        "a filter object as `conditions`",
        LIST,
        r#"{"conditions":{"id":8812}}"#,
        r#"{"filter":{"id":8812}}"#,
    ),
    Mistake::new(
        "a field to filter by as an argument",
        LIST,
        r#"{"status":"New","boardName":"Help Desk"}"#,
        r#"{"filter":{"status":"New","board/name":"Help Desk"}}"#,
    ),
    Mistake::new("a misspelled field", LIST, r#"{"filter":{"sumary":"x"}}"#, r#"{"filter":{"summary":"x"}}"#),
    Mistake::new(
        "an operator spelled out",
        LIST,
        r#"{"filter":{"id":{"greater_than":8812}}}"#,
        r#"{"filter":{"id":{">":8812}}}"#,
    ),
    Mistake::new(
        "a value of the wrong type",
        LIST,
        r##"{"filter":{"id":"#8812"}}"##,
        r#"{"filter":{"id":8812}}"#,
    ),
    Mistake::new("a filter without a comparison", LIST, r#"{"filter":{"id":{}}}"#, r#"{"filter":{}}"#),
    Mistake::new(
        "`conditions` that escape from their parentheses",
        LIST,
        r#"{"conditions":"id > 0) or (id > 0","filter":{"id":1}}"#,
        r#"{"filter":{"id":1}}"#,
    ),
];

const TOOLS: &[Mistake] = &[
    Mistake::new(
        "a prefix added by Claude",
        "mcp__connectwise__get_single_ticket_by_id",
        r#"{"id":8812}"#,
        r#"{"id":8812}"#,
    ),
    Mistake::new(
        "the server name and a dot",
        "connectwise.get_single_ticket_by_id",
        r#"{"id":8812}"#,
        r#"{"id":8812}"#,
    ),
    Mistake::new(
        "the server name and an underscore",
        "connectwise_get_single_ticket_by_id",
        r#"{"id":8812}"#,
        r#"{"id":8812}"#,
    ),
    Mistake::new(
        "a namespace and a call number",
        "functions.get_single_ticket_by_id:0",
        r#"{"id":8812}"#,
        r#"{"id":8812}"#,
    ),
    Mistake::new("camel case", "getSingleTicketById", r#"{"id":8812}"#, r#"{"id":8812}"#),
    Mistake::new("hyphens", "get-single-ticket-by-id", r#"{"id":8812}"#, r#"{"id":8812}"#),
];
