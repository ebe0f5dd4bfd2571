//! Tests for query semantics, for queries that are rejected, and for hostile input.

use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json::json;
use proptest::prelude::*;

use super::field_names::{FieldNames, ValueKind};
use super::moment::QueryMoment;
use super::number::QueryNumber;
use super::search::{RecordSearch, SearchParameters};
use super::syntax;
use super::syntax::{ConditionExpression, ConditionLiteral, ConditionOperator, ConditionTest};

/// The field names of a small ticket.
struct TicketFields;

impl FieldNames for TicketFields {
    fn kind(&self, path: &str) -> Option<ValueKind> {
        Some(match path.to_ascii_lowercase().as_str() {
            "id" | "company/id" | "budgethours" | "board/id" => ValueKind::Number,
            "summary" | "resources" | "company/identifier" | "status/name" | "contact/name" => {
                ValueKind::Text
            }
            "closedflag" => ValueKind::Boolean,
            "requireddate" => ValueKind::Date,
            "impact" => ValueKind::Choice(vec!["Low".into(), "Medium".into(), "High".into()]),
            _ => return None,
        })
    }

    fn child_kind(&self, path: &str) -> Option<ValueKind> {
        match path {
            "communicationItems/value" | "communicationItems/communicationType" | "types/name" => {
                Some(ValueKind::Text)
            }
            "types/id" => Some(ValueKind::Number),
            _ => None,
        }
    }
}

fn tickets() -> Vec<Value> {
    vec![
        json!({
            "id": 1, "summary": "Disk \"C:\\\" is full", "closedFlag": false, "impact": "High",
            "budgetHours": 1.5, "company": {"id": 2, "identifier": "AcmeCorp"}, "status": {"name": "New"},
            "requiredDate": "2024-05-01T08:00:00Z", "board": {"id": 3},
            "_info": {"lastUpdated": "2024-05-02T10:00:00Z", "enteredBy": "zAdmin"},
            "communicationItems": [
                {"value": "john@x.com", "communicationType": "Email"},
                {"value": "555", "communicationType": "Phone"},
            ],
            "types": [{"id": 1, "name": "Client"}],
            "customFields": [
                {"id": 5, "caption": "Region", "value": "West"}, {"id": 6, "caption": "Seats", "value": 25},
                {"id": 7, "caption": "VIP", "value": true},
                {"id": 8, "caption": "Renewal", "value": "2024-06-01T00:00:00Z"},
            ],
        }),
        json!({
            "id": 2, "summary": "O'Brien's printer", "closedFlag": true, "impact": "Low", "budgetHours": 10,
            "company": {"id": 4, "identifier": "GLOBEX"}, "status": {"name": "Closed"}, "board": {"id": 5},
            "requiredDate": "2024-05-02", "_info": {"lastUpdated": "2024-05-01T10:00:00Z"},
            "communicationItems": [{"value": "jane@x.com", "communicationType": "Email"}],
            "customFields": [
                {"id": 5, "caption": "Region", "value": "East"}, {"id": 6, "caption": "Seats", "value": null},
                {"id": 9, "caption": "Note", "value": "West"},
            ],
        }),
        json!({"id": 3, "summary": null, "closedFlag": false, "status": {"name": "Überprüft"}, "board": null}),
    ]
}

fn found(parameters: SearchParameters<'_>) -> Vec<i64> {
    let search = RecordSearch::parse(&parameters, &TicketFields)
        .unwrap_or_else(|error| panic!("{parameters:?}: {error}"));
    let records = tickets();
    records
        .iter()
        .filter(|record| search.matches(*record))
        .filter_map(|record| record["id"].as_i64())
        .collect()
}

fn refused(parameters: SearchParameters<'_>) -> String {
    let error = RecordSearch::parse(&parameters, &TicketFields).expect_err("it is wrong");
    assert_eq!(error.code, "ApiFindCondition");
    error.message
}

fn conditions(text: &str) -> SearchParameters<'_> {
    SearchParameters { conditions: Some(text), ..SearchParameters::default() }
}

#[test]
fn conditions_find_records() {
    for (text, ids) in [
        ("id = 1", vec![1]),
        ("id != 1", vec![2, 3]),
        ("id<2 or id>=3", vec![1, 3]),
        ("id <= 2 AND id > 1", vec![2]),
        ("(id = 1)", vec![1]),
        ("id = 1 or id = 2 and closedFlag = false", vec![1]),
        ("(id = 1 or id = 2) and closedFlag = false", vec![1]),
        ("(id=1 or id=2)and closedFlag = True", vec![2]),
        ("id in (3,1)", vec![1, 3]),
        ("ID not in ( 3 , 1 )", vec![2]),
        ("board/id in (3,2)", vec![1]),
        ("board/id not in (3,2)", vec![2]),
        ("impact in ('high', \"LOW\")", vec![1, 2]),
        ("summary contains \"DISK\"", vec![1]),
        ("summary not contains 'disk'", vec![2]),
        (r#"summary contains "\"C:\\\" is""#, vec![1]),
        (r#"summary contains "\C""#, vec![]),
        (r"summary contains 'O\'Brien'", vec![2]),
        ("summary like \"*printer\"", vec![2]),
        ("summary like 'disk%full'", vec![1]),
        ("summary like 'disk'", vec![]),
        ("summary not like '%Print*'", vec![1]),
        ("summary like '.*'", vec![]),
        ("summary = null", vec![3]),
        ("summary != NULL", vec![1, 2]),
        ("summary != 'x'", vec![1, 2]),
        ("summary = \"o'brien's PRINTER\"", vec![2]),
        ("status/name = 'ÜBERPRÜFT'", vec![3]),
        ("status/name like 'über*'", vec![3]),
        ("closedFlag = false", vec![1, 3]),
        ("closedFlag != False", vec![2]),
        ("impact = \"high\"", vec![1]),
        ("budgetHours > 1.49 and budgetHours < 9", vec![1]),
        ("budgetHours = 10.0", vec![2]),
        ("budgetHours >= -0.5", vec![1, 2]),
        ("company/identifier=\"acmecorp\"", vec![1]),
        ("lastUpdated > [2024-05-01T10:00:00Z]", vec![1]),
        ("LastUpdated >= [2024-05-01]", vec![1, 2]),
        ("_info/lastUpdated < [2024-05-02]", vec![2]),
        ("enteredBy = 'zadmin'", vec![1]),
        ("requiredDate = [2024-05-02]", vec![2]),
        ("requiredDate < [2024-05-01T08:00:00.5Z]", vec![1]),
        ("requiredDate <= [2024-05-01T10:00:00+02:00]", vec![1]),
        ("  ", vec![1, 2, 3]),
    ] {
        assert_eq!(found(conditions(text)), ids, "{text}");
    }
}

#[test]
fn child_conditions_apply_to_each_item() {
    let child =
        |text| found(SearchParameters { child_conditions: Some(text), ..SearchParameters::default() });
    for (text, ids) in [
        (
            "communicationItems/value like \"john@x.com\" AND communicationItems/communicationType=\"Email\"",
            vec![1],
        ),
        (
            "communicationItems/value like 'john@x.com' and communicationItems/communicationType='Phone'",
            vec![],
        ),
        ("communicationItems/communicationType = 'Email'", vec![1, 2]),
        ("communicationItems/value = 'jane@x.com' or types/id = 1", vec![1, 2]),
        ("types/name = 'client' and communicationItems/value = '555'", vec![1]),
        ("types/name = null", vec![2, 3]),
    ] {
        assert_eq!(child(text), ids, "{text}");
    }
}

#[test]
fn custom_fields_match_by_caption_and_value() {
    let custom =
        |text| found(SearchParameters { custom_field_conditions: Some(text), ..SearchParameters::default() });
    for (text, ids) in [
        ("caption=\"Region\" AND value=\"West\"", vec![1]),
        ("caption=\"Region\" AND value!=\"West\"", vec![2]),
        ("value='west'", vec![1, 2]),
        ("caption='Seats' and value > 20", vec![1]),
        ("caption='Seats' and value > '9'", vec![1]),
        ("caption='Seats' and value = '25'", vec![1]),
        ("caption='Seats' and value != null", vec![1]),
        ("caption='Seats' and value = null", vec![2]),
        ("caption='VIP' and value = True", vec![1]),
        ("caption='Renewal' and value < [2024-06-02]", vec![1]),
        ("caption='Region' and (value='West' or value='East')", vec![1, 2]),
        ("caption='Region' and value contains 'AS'", vec![2]),
        ("(caption='Region' and value='West') and (caption='Seats' and value=25)", vec![1]),
        ("(caption='Region' and value='East') or (caption='Seats' and value=25)", vec![1, 2]),
    ] {
        assert_eq!(custom(text), ids, "{text}");
    }
    let both = SearchParameters {
        conditions: Some("closedFlag=false"),
        custom_field_conditions: Some("value='west'"),
        ..SearchParameters::default()
    };
    assert_eq!(found(both), [1]);
}

#[test]
fn sorting_uses_several_keys() {
    for (order, ids) in [
        ("id desc", [3, 2, 1]),
        ("closedFlag, id DESC", [3, 1, 2]),
        ("budgetHours asc", [3, 1, 2]),
        ("company/identifier desc , id", [2, 1, 3]),
        ("lastUpdated", [3, 2, 1]),
        ("Summary asc", [3, 1, 2]),
    ] {
        let parameters = SearchParameters { order_by: Some(order), ..SearchParameters::default() };
        let search = RecordSearch::parse(&parameters, &TicketFields)
            .unwrap_or_else(|error| panic!("{order}: {error}"));
        assert!(search.has_order());
        let mut records = tickets();
        records.sort_by(|a, b| search.compare(a, b));
        let found: Vec<i64> = records.iter().filter_map(|record| record["id"].as_i64()).collect();
        assert_eq!(found, ids, "{order}");
    }
}

#[test]
fn rejected_queries_are_reported() {
    for (text, message) in [
        ("assignedTo/id = 1", "assignedTo/id is not a recognized name."),
        ("impact = 'Huge'", "Enum value supplied was invalid"),
        ("id 5", "conditions: expected an operator at character 4, got '5'"),
        ("id not = 5", "conditions: expected contains, like or in at character 8, got '= 5'"),
        ("summary is null", "conditions: expected an operator at character 9, got 'is null'"),
        ("id = 5 and", "conditions: expected a name at character 11, got the end"),
        ("id = 5 id = 6", "conditions: expected and, or, or the end at character 8, got 'id = 6'"),
        ("(id = 5", "conditions: expected and, or, or a closing parenthesis at character 8, got the end"),
        ("id in 5", "conditions: expected a list in parentheses at character 7, got '5'"),
        ("summary = 'ä", "conditions: expected a closing quote at character 13, got the end"),
        (
            "lastUpdated > [yesterday]",
            "conditions: expected a date like [2024-01-31T08:00:00Z] at character 16, got 'yesterday]'",
        ),
        (
            "summary = High",
            "conditions: expected text in quotes, a number, True, False, null or a [date] at character 11, \
             got 'High'",
        ),
        (
            "lastUpdated > '2024-01-01'",
            "lastUpdated: expected a date in brackets like [2024-01-31T08:00:00Z]",
        ),
        ("id = 'five'", "id: expected a number"),
        ("closedFlag = 'no'", "closedFlag: expected True or False"),
        ("closedFlag > True", "closedFlag: true and false can only be compared with = and !="),
        ("id > null", "id: null can only be compared with = and !="),
        ("id contains '5'", "id: `contains` and `like` require a text field"),
        ("types/name = 'Client'", "types/name is not a recognized name."),
    ] {
        assert_eq!(refused(conditions(text)), message, "{text}");
    }
    let deep = format!("{}id = 1{}", "(".repeat(65), ")".repeat(65));
    assert!(refused(conditions(&deep)).contains("at most 64 nested parentheses"));
    let fine = format!("{}id = 1{}", "(".repeat(64), ")".repeat(64));
    assert_eq!(found(conditions(&fine)), [1]);
    let custom =
        SearchParameters { custom_field_conditions: Some("value in (1)"), ..SearchParameters::default() };
    assert!(refused(custom).contains("the `in` operator is supported only in conditions"));
    let order = SearchParameters { order_by: Some("id upwards"), ..SearchParameters::default() };
    assert_eq!(
        refused(order),
        "orderBy: expected asc, desc, a comma, or the end at character 4, got 'upwards'"
    );
    let order = SearchParameters { order_by: Some("nothing"), ..SearchParameters::default() };
    assert_eq!(refused(order), "nothing is not a recognized name.");
}

/// Writes an expression as text, with spaces and case determined by `style`.
fn write(expression: &ConditionExpression, style: u8) -> String {
    let join = |parts: &[ConditionExpression], word: &str| {
        let parts: Vec<String> = parts
            .iter()
            .map(|part| match part {
                ConditionExpression::Comparison(_) => write(part, style),
                _ => format!("({})", write(part, style)),
            })
            .collect();
        parts.join(&format!(" {} ", if style & 1 == 0 { word.to_owned() } else { word.to_uppercase() }))
    };
    match expression {
        ConditionExpression::All(parts) => join(parts, "and"),
        ConditionExpression::Any(parts) => join(parts, "or"),
        ConditionExpression::Comparison(ConditionTest { name, operator, value }) => {
            let operator = match operator {
                ConditionOperator::Equal => "=",
                ConditionOperator::NotEqual => "!=",
                ConditionOperator::Less => "<",
                ConditionOperator::LessOrEqual => "<=",
                ConditionOperator::Greater => ">",
                ConditionOperator::GreaterOrEqual => ">=",
                ConditionOperator::Contains => "contains ",
                ConditionOperator::NotContains => "Not  Contains ",
                ConditionOperator::Like => "LIKE",
                ConditionOperator::NotLike => "not like",
                ConditionOperator::In => "in",
                ConditionOperator::NotIn => "not in",
            };
            let blank = if style & 2 == 0 { " " } else { "\t\n " };
            format!("{name}{blank}{operator}{blank}{}", write_literal(value, style))
        }
    }
}

fn write_literal(literal: &ConditionLiteral, style: u8) -> String {
    match literal {
        ConditionLiteral::Null => "null".to_owned(),
        ConditionLiteral::Boolean(value) => if *value { "True" } else { "false" }.to_owned(),
        ConditionLiteral::Number(number) => number.to_string(),
        ConditionLiteral::Text(text) => {
            let quote = if style & 1 == 0 { '"' } else { '\'' };
            let escaped = text.replace('\\', "\\\\").replace(quote, &format!("\\{quote}"));
            format!("{quote}{escaped}{quote}")
        }
        ConditionLiteral::Date(moment) => format!("[{}]", moment.canonical().expect("whole seconds")),
        ConditionLiteral::List(values) => {
            let values: Vec<String> = values.iter().map(|value| write_literal(value, style)).collect();
            format!("({})", values.join(","))
        }
    }
}

fn literal() -> impl Strategy<Value = ConditionLiteral> {
    prop_oneof![
        Just(ConditionLiteral::Null),
        any::<bool>().prop_map(ConditionLiteral::Boolean),
        any::<i64>().prop_map(|number| ConditionLiteral::Number(QueryNumber::Integer(number))),
        (-1e15..1e15).prop_map(|number: f64| ConditionLiteral::Number(
            QueryNumber::parse(&number.to_string()).expect("a number")
        )),
        "(?s).{0,12}|[\"'\\\\]{0,5}".prop_map(ConditionLiteral::Text),
        (0u16..9999, 1u8..=12, 1u8..=28, 0u8..24).prop_map(|(year, month, day, hour)| {
            let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:00:00Z");
            ConditionLiteral::Date(QueryMoment::parse(&text).expect("a date"))
        }),
    ]
}

fn test_strategy() -> impl Strategy<Value = ConditionExpression> {
    let operators = [
        ConditionOperator::Equal,
        ConditionOperator::NotEqual,
        ConditionOperator::Less,
        ConditionOperator::LessOrEqual,
        ConditionOperator::Greater,
        ConditionOperator::GreaterOrEqual,
        ConditionOperator::Contains,
        ConditionOperator::NotContains,
        ConditionOperator::Like,
        ConditionOperator::NotLike,
    ];
    let single = (prop::sample::select(operators.to_vec()), literal());
    let list = (
        prop::sample::select(vec![ConditionOperator::In, ConditionOperator::NotIn]),
        prop::collection::vec(literal(), 1..4).prop_map(ConditionLiteral::List),
    );
    ("[a-z][a-zA-Z0-9_]{0,8}(/[a-z]{1,5})?|and|or|not|in", prop_oneof![single, list]).prop_map(
        |(name, (operator, value))| ConditionExpression::Comparison(ConditionTest { name, operator, value }),
    )
}

fn expression() -> impl Strategy<Value = ConditionExpression> {
    test_strategy().prop_recursive(5, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(ConditionExpression::All),
            prop::collection::vec(inner, 2..4).prop_map(ConditionExpression::Any),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn formatted_queries_are_parsed_back(expression in expression(), style in 0u8..4) {
        let text = write(&expression, style);
        prop_assert_eq!(syntax::conditions(&text, "conditions"), Ok(expression), "{}", text);
    }

    #[test]
    fn arbitrary_conditions_never_panic(
        text in "(?s).{0,60}|[()idnotr=<>!'\"\\[\\]\\\\ ,/0-9.-]{0,60}|(id|summary|\\(|\\)| and | or |not |in|=|'|\"|x|5|,| ){0,40}",
    ) {
        let records = tickets();
        for parameters in [
            conditions(&text),
            SearchParameters { child_conditions: Some(&text), ..SearchParameters::default() },
            SearchParameters { custom_field_conditions: Some(&text), ..SearchParameters::default() },
            SearchParameters { order_by: Some(&text), ..SearchParameters::default() },
        ] {
            if let Ok(search) = RecordSearch::parse(&parameters, &TicketFields) {
                records.iter().for_each(|record| { search.matches(record); });
                search.compare(&records[0], &records[1]);
            }
        }
    }

    #[test]
    fn quoted_string_matches_itself(text in "(?s).{0,20}|[\"'\\\\ab]{0,8}") {
        let record = json!({"summary": text});
        for operator in ["=", "contains"] {
            let written = format!("summary {operator} {}", write_literal(&ConditionLiteral::Text(text.clone()), 0));
            let search = RecordSearch::parse(&conditions(&written), &TicketFields).expect("right");
            prop_assert!(search.matches(&record), "{}", written);
        }
    }
}
