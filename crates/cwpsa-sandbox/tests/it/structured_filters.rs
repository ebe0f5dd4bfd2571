//! Checks that structured filters compiled by the runtime have the same meaning in the sandbox: evaluating a filter as
//! data must select the same records as evaluating the compiled conditions as a query.

use connectwise_psa::runtime::serde_json::{Map, json};
use connectwise_psa::runtime::{Client, Secret, Value};
use connectwise_psa::{API, CATALOG, Credentials};
use cwpsa_sandbox::query::{FieldNames, RecordSearch, SearchParameters, ValueKind};
use proptest::prelude::*;
use url::Url;

/// The names of contact fields used by the filters below.
struct ContactNames;

impl FieldNames for ContactNames {
    fn kind(&self, path: &str) -> Option<ValueKind> {
        Some(match path {
            "id" | "company/id" => ValueKind::Number,
            "firstName" | "company/identifier" | "communicationItems/value" => ValueKind::Text,
            "inactiveFlag" => ValueKind::Boolean,
            "gender" => ValueKind::Choice(vec!["Female".to_owned(), "Male".to_owned()]),
            _ => return None,
        })
    }
}

fn client() -> Client {
    let credentials = Credentials {
        company_id: "acme".to_owned(),
        public_key: "public".to_owned(),
        private_key: Secret::from("private"),
        client_id: Secret::from("00000000-0000-0000-0000-000000000000"),
    };
    Client::builder(&API).base_url("http://127.0.0.1:1").credentials(credentials).build().expect("a client")
}

/// Returns the conditions that the runtime sends for a filter, as parsed by the server.
fn search(client: &Client, filter: &Value) -> RecordSearch {
    let tool = CATALOG.resolve("list_all_connect_wise_psa_company_contacts").expect("a tool");
    let prepared = client.prepare(tool, &json!({"filter": filter}));
    let prepared = prepared.unwrap_or_else(|error| panic!("{filter}: {error:?}"));
    let url = Url::parse(&prepared.url).expect("a URL");
    let parameter =
        |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let conditions = parameter("conditions");
    let child = parameter("childConditions");
    let custom = parameter("customFieldConditions");
    let text = SearchParameters {
        conditions: conditions.as_deref(),
        child_conditions: child.as_deref(),
        custom_field_conditions: custom.as_deref(),
        order_by: None,
    };
    RecordSearch::parse(&text, &ContactNames).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

/// Returns true if a record passes the filter as data, and `None` if the result is unknown because of a null.
fn holds(filter: &Map<String, Value>, record: &Value) -> Option<bool> {
    let object = |value: &Value| value.as_object().cloned().expect("a filter");
    let parts = filter.iter().map(|(name, value)| match name.as_str() {
        "and" => all(value.as_array()?.iter().map(|part| holds(&object(part), record))),
        "or" => some(value.as_array()?.iter().map(|part| holds(&object(part), record))),
        "not" => holds(&object(value), record).map(|holds| !holds),
        field => {
            let pointer = format!("/{field}");
            let found = record.pointer(&pointer).unwrap_or(&Value::Null);
            all(object(value).iter().map(|(operator, value)| test(found, operator, value)))
        }
    });
    all(parts)
}

fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut open = false;
    for part in parts {
        match part {
            Some(false) => return Some(false),
            Some(true) => {}
            None => open = true,
        }
    }
    (!open).then_some(true)
}

fn some(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    all(parts.map(|part| part.map(|part| !part))).map(|none| !none)
}

fn test(found: &Value, operator: &str, value: &Value) -> Option<bool> {
    if value.is_null() {
        return Some(found.is_null() == (operator == "="));
    }
    if found.is_null() {
        return None;
    }
    let folded =
        |value: &Value| value.as_str().map_or_else(|| value.clone(), |text| text.to_lowercase().into());
    let (found, value) = (folded(found), folded(value));
    let order = found.as_i64().cmp(&value.as_i64());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Some(match operator {
        "=" => found == value,
        "!=" => found != value,
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        ">=" => order.is_ge(),
        "contains" => text(&found).contains(&text(&value)),
        "not contains" => !text(&found).contains(&text(&value)),
        "like" => like(&text(&found), &text(&value)),
        "not like" => !like(&text(&found), &text(&value)),
        "in" => value.as_array().is_some_and(|values| values.iter().any(|value| folded_eq(&found, value))),
        "not in" => {
            !value.as_array().is_some_and(|values| values.iter().any(|value| folded_eq(&found, value)))
        }
        other => panic!("{other}"),
    })
}

fn folded_eq(found: &Value, value: &Value) -> bool {
    match (found, value) {
        (Value::String(a), Value::String(b)) => *a == b.to_lowercase(),
        (a, b) => a == b,
    }
}

/// Matches wildcards character by character.
fn like(text: &str, pattern: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*' | '%') => {
            let rest = &pattern[1..];
            text.char_indices().any(|(at, _)| like(&text[at..], rest)) || like("", rest)
        }
        Some(c) => text.strip_prefix(c).is_some_and(|text| like(text, &pattern[c.len_utf8()..])),
    }
}

/// Short strings with few distinct letters, so many match; the letters are those that could break out of
/// quotes.
const TEXT: &str = r#"[abA"'\\*% )(\]\[=é]{0,4}"#;

fn filter() -> impl Strategy<Value = Map<String, Value>> {
    let one = |name: &'static str, operator: &str, value: Value| {
        let operator = operator.to_owned();
        json!({name: {operator: value}}).as_object().cloned().expect("an object")
    };
    let leaf = prop_oneof![
        (
            prop::sample::select(vec!["id", "company/id"]),
            prop::sample::select(vec!["=", "!=", "<", "<=", ">", ">="]),
            -3i64..4
        )
            .prop_map(move |(name, operator, value)| one(name, operator, json!(value))),
        (prop::sample::select(vec!["in", "not in"]), prop::collection::vec(-3i64..4, 1..4))
            .prop_map(move |(operator, values)| one("id", operator, json!(values))),
        (
            prop::sample::select(vec!["firstName", "company/identifier"]),
            prop::sample::select(vec!["=", "!=", "contains", "not contains", "like", "not like"]),
            TEXT,
        )
            .prop_map(move |(name, operator, text)| one(name, operator, json!(text))),
        (prop::sample::select(vec!["in", "not in"]), prop::collection::vec(TEXT, 1..4))
            .prop_map(move |(operator, values)| one("firstName", operator, json!(values))),
        (prop::sample::select(vec!["=", "!="]), any::<bool>()).prop_map(move |(operator, value)| one(
            "inactiveFlag",
            operator,
            json!(value)
        )),
        (prop::sample::select(vec!["=", "!="]), prop::sample::select(vec!["Female", "Male"]))
            .prop_map(move |(operator, value)| one("gender", operator, json!(value))),
        (prop::sample::select(vec!["firstName", "id", "gender"]), prop::sample::select(vec!["=", "!="]))
            .prop_map(move |(name, operator)| one(name, operator, Value::Null)),
    ];
    leaf.prop_recursive(4, 16, 3, |inner| {
        let list = prop::collection::vec(inner.clone().prop_map(Value::Object), 1..4);
        prop_oneof![
            list.clone().prop_map(|parts| Map::from_iter([("and".to_owned(), Value::Array(parts))])),
            list.prop_map(|parts| Map::from_iter([("or".to_owned(), Value::Array(parts))])),
            inner.prop_map(|part| Map::from_iter([("not".to_owned(), Value::Object(part))])),
        ]
    })
}

fn record() -> impl Strategy<Value = Value> {
    let company = (-3i64..4, TEXT).prop_map(|(id, identifier)| json!({"id": id, "identifier": identifier}));
    (
        -3i64..4,
        prop::option::of(TEXT),
        prop::option::of(any::<bool>()),
        prop::option::of(prop::sample::select(vec!["Female", "Male"])),
        prop::option::of(company),
        prop::collection::vec(TEXT, 0..3),
        prop::collection::vec(("[AB]", TEXT), 0..3),
    )
        .prop_map(|(id, name, inactive, gender, company, items, custom)| {
            let items: Vec<Value> = items.into_iter().map(|value| json!({"value": value})).collect();
            let custom: Vec<Value> = custom
                .into_iter()
                .map(|(caption, value)| json!({"caption": caption, "value": value}))
                .collect();
            json!({
                "id": id, "firstName": name, "inactiveFlag": inactive, "gender": gender, "company": company,
                "communicationItems": items, "customFields": custom,
            })
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn filters_match_the_same_records_on_both_sides(
        filter in filter(),
        child in prop::option::of(TEXT),
        custom in prop::collection::vec(("[AB]", TEXT), 0..3),
        records in prop::collection::vec(record(), 8),
    ) {
        let mut whole = filter.clone();
        if let Some(text) = &child {
            whole.insert("communicationItems/value".to_owned(), json!({"=": text}));
        }
        let mut fields = Map::new();
        for (caption, text) in &custom {
            fields.insert(format!("customFields/{caption}"), json!({"=": text}));
        }
        whole.extend(fields.clone());
        let search = search(&client(), &Value::Object(whole.clone()));
        for record in &records {
            let item = |list: &str, test: &dyn Fn(&Value) -> bool| {
                record[list].as_array().is_some_and(|items| items.iter().any(test))
            };
            let equal = |found: &Value, text: &str| {
                found.as_str().is_some_and(|found| found.to_lowercase() == text.to_lowercase())
            };
            let children = child.as_ref().is_none_or(|text| {
                item("communicationItems", &|item| equal(&item["value"], text))
            });
            let customs = fields.iter().all(|(name, value)| {
                let caption = name.trim_start_matches("customFields/");
                item("customFields", &|item| {
                    equal(&item["caption"], caption) && equal(&item["value"], value["="].as_str().unwrap_or_default())
                })
            });
            let expected = holds(&filter, record) == Some(true) && children && customs;
            prop_assert_eq!(search.matches(record), expected, "{} on {}", Value::Object(whole.clone()), record);
        }
    }
}
