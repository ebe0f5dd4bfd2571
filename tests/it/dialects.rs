//! Tests every tool in every dialect: the linter must find nothing, and arguments that a model sends in the dialect
//! must be decoded to the form in the tool's own schema.

use std::collections::BTreeMap;
use std::path::Path;

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::catalog::BodyFormat;
use connectwise_psa::runtime::dialect::{self, Dialect};
use connectwise_psa::runtime::{ExecuteOptions, Tool};
use e2e::client;
use serde_json::{Map, Value, json};
use toolcrate_testing::{draw, random};

/// Number of argument draws per tool and dialect.
const DRAWS: u64 = 2;

#[test]
fn every_tool_is_valid_in_every_dialect() {
    println!("{:<14} {:>6} {:>9}  bytes", "dialect", "valid", "findings");
    let mut wrong = Vec::new();
    let mut strict = 0;
    for dialect in Dialect::ALL {
        let (mut valid, mut findings, mut bytes) = (0, 0, 0);
        for tool in CATALOG.tools() {
            bytes += tool.declaration(dialect).value.to_string().len();
            let found = dialect::lint(tool, dialect);
            findings += found.len();
            valid += usize::from(found.is_empty());
            if let Some(first) = found.first() {
                wrong.push(format!(
                    "{dialect} {}: {} {} {}",
                    tool.name(),
                    first.rule,
                    first.pointer,
                    first.message
                ));
            }
        }
        println!("{:<14} {valid:>6} {findings:>9}  {bytes}", dialect.as_str());
        match dialect {
            Dialect::OpenAiStrict => strict = valid,
            dialect => {
                assert_eq!(valid, CATALOG.tools().len(), "{dialect}: {:#?}", &wrong[..wrong.len().min(20)])
            }
        }
    }
    // Tools that can't be strict are reported, and declared without it.
    wrong.iter().for_each(|tool| println!("{tool}"));
    assert!(strict * 10 >= CATALOG.tools().len() * 9, "{strict} tools are strict");
}

#[test]
fn routes_are_unique() {
    let mut routes = BTreeMap::new();
    for tool in CATALOG.tools() {
        let route = dialect::route(tool);
        let before = routes.insert((route.resource.clone(), route.method.clone()), tool.name());
        assert_eq!(before, None, "{route:?} is also {}", tool.name());
    }
    assert_eq!(routes.len(), CATALOG.tools().len());
    let of = |name: &str| {
        let route = dialect::route(CATALOG.get(name).expect(name));
        format!("{} {}", route.resource, route.method)
    };
    assert_eq!(of("list_all_tickets"), "service_tickets list");
    assert_eq!(of("create_a_procurement_purchaseorder"), "procurement_purchaseorders create");
    assert_eq!(of("create_a_ticket_note"), "service_tickets__notes create");
    assert_eq!(of("update_a_procurement_purchaseorder_by_id"), "procurement_purchaseorders update");
}

/// Returns the schema that a model sees in a dialect, without the cursor argument.
fn seen(tool: Tool, dialect: Dialect) -> Value {
    let declared = tool.declaration(dialect).value;
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for schema in dialect::declared_schemas(dialect, &declared) {
        properties.extend(schema["properties"].as_object().cloned().expect("an object with properties"));
        required.extend(schema["required"].as_array().cloned().unwrap_or_default());
    }
    dialect.cursor_argument().and_then(|argument| properties.shift_remove(argument));
    json!({"type": "object", "properties": properties, "required": required})
}

#[test]
fn docs_list_all_dialects() {
    let names = Dialect::ALL.map(|dialect| format!("`{dialect}`"));
    let (last, others) = names.split_last().expect("there are dialects");
    let lists = ["and", "or"].map(|conjunction| format!("{}, {conjunction} {last}", others.join(", ")));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let mut found = 0;
    for folder in [root.to_owned(), root.join("docs")] {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_none_or(|extension| extension != "md") {
                continue;
            }
            let document = std::fs::read_to_string(&path).expect("a document");
            // A paragraph that mentions both forms of one provider lists all dialects.
            for paragraph in
                document.split("\n\n").filter(|text| others[1..3].iter().all(|name| text.contains(name)))
            {
                let words: Vec<&str> = paragraph.split_whitespace().collect();
                let is_complete = lists.iter().any(|list| words.join(" ").contains(list));
                assert!(is_complete, "{}: expected {}", path.display(), lists[0]);
                found += 1;
            }
        }
    }
    assert!(found > 0, "no document lists the dialects");
}

#[test]
fn arguments_in_a_dialect_are_accepted_by_the_tool() {
    let client = client("https://localhost").expect("a client");
    let mut wrong = Vec::new();
    let mut accepted = 0;
    for (number, tool) in CATALOG.tools().enumerate() {
        let record = tool.details();
        let filter = tool.filter_fields().into_iter().next();
        for dialect in Dialect::ALL {
            let options = ExecuteOptions { dialect, ..ExecuteOptions::default() };
            let schema = seen(tool, dialect);
            for draw in 0..DRAWS {
                let mut random = random::Random::new(number as u64 * 1000 + draw);
                let mut arguments = random.arguments(&schema);
                draw::choose(&record, &schema, &mut random, &mut arguments);
                draw::clear(&record, &schema, &mut random, &mut arguments);
                draw::realistic(&mut arguments, filter.as_deref());
                if dialect == Dialect::Truto {
                    as_query(&mut arguments, &tool.declaration(dialect).value["query_schema"]);
                }
                match client.prepare_with(tool, &arguments, &options) {
                    Ok(_) => accepted += 1,
                    // An update drawn only from the schema may be empty.
                    Err(error) if error.to_string().contains("at least one field to change") => accepted += 1,
                    Err(error) => {
                        let arguments = Value::Object(arguments).to_string();
                        wrong.push(format!("{dialect} {}: {error} {:.300}", tool.name(), arguments));
                    }
                }
            }
        }
    }
    println!("{accepted} drawn arguments were taken, {} were not", wrong.len());
    wrong.iter().take(30).for_each(|line| println!("{line}"));
    assert_eq!(wrong.len(), 0);
    assert_eq!(accepted, CATALOG.tools().len() * Dialect::ALL.len() * DRAWS as usize);
}

#[test]
fn one_filter_works_in_every_dialect() {
    let client = client("https://localhost").expect("a client");
    let tool = CATALOG.get("list_all_tickets").expect("a tool");
    let expected = "closedFlag = false and budgetHours > 1.5 and id in (1, 2)";
    let object = json!({"closedFlag": false, "budgetHours": {">": 1.5}, "id": {"in": [1, 2]}});
    let tests = json!([
        {"field": "closedFlag", "op": "=", "value": false, "values": null},
        {"field": "budgetHours", "op": ">", "value": 1.5, "values": null},
        {"field": "id", "op": "in", "value": null, "values": ["1", "2"]},
    ]);
    let texts = json!([
        {"field": "closedFlag", "op": "=", "value": "false"},
        {"field": "budgetHours", "op": ">", "value": "1.5"},
        {"field": "id", "op": "in", "values": ["1", "2"]},
    ]);
    let query =
        json!({"closedFlag": "false", "budgetHours": {">": "1.5"}, "id": {"in": {"0": "1", "1": "2"}}});
    for dialect in Dialect::ALL {
        let filter = match dialect {
            Dialect::OpenAiStrict => &tests,
            Dialect::Gemini => &texts,
            Dialect::Truto => &query,
            _ => &object,
        };
        let options = ExecuteOptions { dialect, ..ExecuteOptions::default() };
        let request = client.prepare_with(tool, &json!({"filter": filter}), &options).expect("a request");
        let url: Vec<String> = request
            .url
            .split(['?', '&'])
            .filter(|part| part.starts_with("conditions="))
            .map(decoded)
            .collect();
        assert_eq!(url, [format!("conditions={expected}")], "{dialect}");
    }
}

/// Decodes part of a query.
fn decoded(part: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let pair: String = rest.by_ref().take(2).map(char::from).collect();
                bytes.push(u8::from_str_radix(&pair, 16).unwrap());
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn null_changes_nothing_and_clear_empties_in_every_dialect() {
    let client = client("https://localhost").expect("a client");
    let tool = CATALOG.get("update_a_procurement_purchaseorder_by_id").expect("a tool");
    let replace = json!({"op": "replace", "path": "/internalNotes", "value": "late"});
    let remove = json!({"op": "remove", "path": "/customerCity"});
    for dialect in Dialect::ALL {
        let options = ExecuteOptions { dialect, ..ExecuteOptions::default() };
        let body = |sent: &Value| {
            client.prepare_with(tool, sent, &options).expect("a request").to_json()["body"].clone()
        };
        let mut nulls: Map<String, Value> = properties(&seen(tool, dialect)).collect();
        nulls.extend([("id".to_owned(), json!(1)), ("internalNotes".to_owned(), json!("late"))]);
        assert_eq!(body(&Value::Object(nulls)), json!([replace]), "{dialect}");
        let sent = json!({"id": 1, "internalNotes": "late", "customerCity": null, "clear": ["customerCity"]});
        assert_eq!(body(&sent), json!([replace, remove]), "{dialect}");
        // A reference and its fields.
        let sent = json!({"id": 1, "vendorCompany": {"id": 250, "identifier": null, "name": null}});
        let reference = json!([{"op": "replace", "path": "/vendorCompany", "value": {"id": 250}}]);
        assert_eq!(body(&sent), reference, "{dialect}");
        let raw = json!([{"op": "replace", "path": "/customerCity", "value": null}]);
        assert_eq!(body(&json!({"id": 1, "operations": raw})), raw, "{dialect}");
    }
}

/// Returns the properties that a schema declares, each with null.
fn properties(schema: &Value) -> impl Iterator<Item = (String, Value)> {
    schema["properties"].as_object().into_iter().flatten().map(|(name, _)| (name.clone(), Value::Null))
}

/// Collects every location in a schema that allows null.
fn nullable(node: &Value, pointer: &str, found: &mut Vec<String>) {
    let kinds = &node["type"];
    let in_enum = node["enum"].as_array().is_some_and(|values| values.contains(&Value::Null));
    if kinds == "null" || kinds.as_array().is_some_and(|kinds| kinds.contains(&json!("null"))) || in_enum {
        found.push(pointer.to_owned());
    }
    assert!(!kinds.is_null(), "{pointer} may be anything");
    for (name, node) in node["properties"].as_object().into_iter().flatten() {
        nullable(node, &format!("{pointer}/{name}"), found);
    }
    for keyword in ["items", "additionalProperties"] {
        if node[keyword].is_object() {
            nullable(&node[keyword], &format!("{pointer}/{keyword}"), found);
        }
    }
}

#[test]
fn no_update_accepts_null_and_every_update_can_clear() {
    let mut updates = 0;
    for tool in CATALOG.tools() {
        let record = tool.details();
        if record.request.body != BodyFormat::Patch {
            continue;
        }
        updates += 1;
        for dialect in Dialect::ALL {
            // These dialects declare optional arguments as nullable.
            if matches!(dialect, Dialect::OpenAiStrict | Dialect::Gemini) {
                continue;
            }
            let mut found = Vec::new();
            nullable(&seen(tool, dialect), "", &mut found);
            assert!(found.is_empty(), "{dialect} {}: {found:?}", tool.name());
        }
        let schema = tool.input_schema_value();
        // Tools without fields accept only raw operations.
        let has_members = record.input.shape.is_some();
        assert_eq!(schema["properties"]["clear"]["type"] == "array", has_members, "{}", tool.name());
        assert_eq!(schema["properties"].get("clear").is_some(), has_members, "{}", tool.name());
    }
    assert_eq!(updates, 325);
}

/// Query values arrive as text.
fn as_query(arguments: &mut Map<String, Value>, schema: &Value) {
    for (name, value) in arguments {
        let scalar = value.is_number() || value.is_boolean();
        if schema["properties"].get(name).is_some() && scalar {
            *value = Value::from(value.to_string());
        }
    }
}
