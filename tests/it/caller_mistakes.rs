//! Tests mistakes that callers make. Either the arguments are converted and the conversion is reported, or the call is
//! rejected with an error that contains enough information to correct it: a program that reads only `fields[].pointer`
//! and `fix` must succeed with its second call.
//!
//! Generates docs/what-callers-send.md; `UPDATE_GOLDEN=1` updates it.

mod rows;

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::{Client, Error, ExecuteOptions, Outcome, Reinterpretation};
use e2e::{client, sandbox};
use rows::{Mistake, SECTIONS};
use serde_json::{Value, json};

const PAGE: &str = "../docs/what-callers-send.md";

/// Applies an error's fixes to the rejected arguments. It has no code for any particular mistake.
fn retry(mut arguments: Value, error: &Value) -> Result<Value, String> {
    for field in error["error"]["fields"].as_array().into_iter().flatten() {
        let pointer = field["pointer"].as_str().ok_or("a field without a pointer")?;
        let fix = field["fix"].as_array().ok_or_else(|| format!("{pointer} has no fix: {field}"))?;
        for operation in fix {
            apply(&mut arguments, operation).ok_or_else(|| format!("{operation} does not apply"))?;
        }
    }
    Ok(arguments)
}

/// Applies a JSON Patch operation.
fn apply(document: &mut Value, operation: &Value) -> Option<()> {
    let text = |name: &str| operation[name].as_str();
    match text("op")? {
        "add" => add(document, text("path")?, operation["value"].clone()),
        "replace" => {
            *document.pointer_mut(text("path")?)? = operation["value"].clone();
            Some(())
        }
        "remove" => remove(document, text("path")?).map(drop),
        "move" => {
            let value = remove(document, text("from")?)?;
            add(document, text("path")?, value)
        }
        _ => None,
    }
}

fn split(pointer: &str) -> Option<(&str, String)> {
    let (parent, name) = pointer.rsplit_once('/')?;
    Some((parent, name.replace("~1", "/").replace("~0", "~")))
}

fn add(document: &mut Value, pointer: &str, value: Value) -> Option<()> {
    let (parent, name) = split(pointer)?;
    match document.pointer_mut(parent)? {
        Value::Object(fields) => drop(fields.insert(name, value)),
        Value::Array(items) => items.insert(name.parse().ok()?, value),
        _ => return None,
    }
    Some(())
}

fn remove(document: &mut Value, pointer: &str) -> Option<Value> {
    let (parent, name) = split(pointer)?;
    match document.pointer_mut(parent)? {
        Value::Object(fields) => fields.shift_remove(&name),
        Value::Array(items) => Some(items.remove(name.parse().ok()?)),
        _ => None,
    }
}

/// Calls a tool by the name that a caller wrote.
async fn call(client: &Client, tool: &str, arguments: &Value) -> Result<(Value, Outcome), Error> {
    let tool = CATALOG.resolve(tool)?;
    let prepared = client.prepare_call(tool, arguments, &ExecuteOptions::default())?;
    let arguments = Value::Object(prepared.arguments().clone());
    Ok((arguments, prepared.send().await?))
}

/// Makes a mistake's call, and retries it if it is rejected. Returns the result of the first call for the table.
async fn try_mistake(client: &Client, mistake: &Mistake) -> Result<String, String> {
    let sent = mistake.sent();
    match call(client, mistake.tool, &sent).await {
        Ok((arguments, outcome)) => {
            check(mistake, &arguments)?;
            let reports = &outcome.reinterpretations;
            if reports.is_empty() && !mistake.means_the_same {
                return Err("what was read is not reported".to_owned());
            }
            Ok(converted(reports))
        }
        Err(error) => {
            let error = error.to_json();
            let fixed = retry(sent, &error)?;
            let second = call(client, mistake.tool, &fixed).await;
            let (arguments, _) = second.map_err(|error| format!("{fixed} is rejected: {error}"))?;
            check(mistake, &arguments)?;
            Ok(rejected(&error, mistake.is_relative))
        }
    }
}

fn check(mistake: &Mistake, arguments: &Value) -> Result<(), String> {
    match mistake.meant() {
        Some(meant) if meant != *arguments => Err(format!("{arguments} was called, but {meant} is meant")),
        _ => Ok(()),
    }
}

fn converted(reports: &[Reinterpretation]) -> String {
    if reports.is_empty() {
        return "Equivalent; not reported.".to_owned();
    }
    let reports = reports.iter().map(|report| match report.pointer.as_str() {
        "" => format!("{}.", report.message),
        pointer => format!("`{pointer}` {}.", code(&report.message)),
    });
    format!("**Converted.** {}", reports.collect::<Vec<_>>().join("<br>"))
}

fn rejected(error: &Value, is_relative: bool) -> String {
    let fields = error["error"]["fields"].as_array().into_iter().flatten();
    let fields = fields.map(|field| {
        let fix = if is_relative { "…".to_owned() } else { field["fix"].to_string() };
        format!("`{}` `{}`", field["pointer"].as_str().unwrap_or_default(), fix)
    });
    format!("**Rejected.** {}", fields.collect::<Vec<_>>().join("<br>"))
}

/// Formats the value in a report as code.
fn code(message: &str) -> String {
    match message.strip_prefix("read as ") {
        Some(value) => format!("read as `{value}`"),
        None => message.to_owned(),
    }
}

#[tokio::test]
async fn every_mistake_is_converted_or_fixed_by_the_second_call() {
    let (server, client) = sandbox().await;
    // A company whose name is a single word and differs from its identifier.
    let company = json!({"identifier": "HooliInc", "name": "Hooli"});
    call(&client, "create_a_company", &company).await.expect("a company");
    let mut page = include_str!("caller_mistakes/page.md").to_owned();
    let (mut count, mut failures) = (0, Vec::new());
    for (title, mistakes) in SECTIONS {
        page.push_str(&format!("\n### {title}\n\n| mistake | call | result |\n| --- | --- | --- |\n"));
        for mistake in *mistakes {
            count += 1;
            match try_mistake(&client, mistake).await {
                Ok(answer) => {
                    let cells = [
                        mistake.what.to_owned(),
                        format!("`{}`<br>`{}`", mistake.tool, mistake.sent),
                        answer,
                    ];
                    let cells = cells.map(|cell| cell.replace('|', "\\|").replace('\n', " "));
                    page.push_str(&format!("| {} |\n", cells.join(" | ")));
                }
                Err(reason) => failures.push(format!("{}: {reason}", mistake.what)),
            }
        }
    }
    server.stop().await;
    assert!(failures.is_empty(), "{} of {count}:\n{}", failures.len(), failures.join("\n"));
    assert!(count >= 40, "{count} mistakes");
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &page).expect("the page is written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "{} is out of date; UPDATE_GOLDEN=1 writes it anew", path.display());
}

#[tokio::test]
async fn all_problems_are_reported_at_once() {
    let client = client("https://localhost").expect("a client");
    let sent = json!({"filter": {"sttus": "x"}, "pageSize": "ten", "foo": 1});
    let error = call(&client, "list_all_tickets", &sent).await.expect_err("three problems");
    let mut pointers: Vec<&str> = error.fields().iter().map(|field| field.pointer.as_str()).collect();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/filter/sttus", "/foo", "/pageSize"]);
}

#[tokio::test]
async fn exact_forms_are_not_reported() {
    let client = client("https://localhost").expect("a client");
    for (tool, arguments) in [
        ("create_a_ticket", json!({"summary": "x", "company": {"identifier": "250"}, "poNumber": "0012"})),
        ("list_all_tickets", json!({"filter": {"board/name": "250"}, "conditions": "id > 5", "pageSize": 5})),
        (
            "update_a_ticket_by_id",
            json!({"id": 5, "requiredDate": "2026-11-29T01:00:00Z", "clear": ["site"]}),
        ),
    ] {
        let tool = CATALOG.get(tool).expect(tool);
        let prepared = client.prepare_call(tool, &arguments, &ExecuteOptions::default()).expect("a call");
        assert_eq!((prepared.reinterpretations(), json!(prepared.arguments())), (&[][..], arguments));
    }
}

#[test]
fn unknown_tool_name_is_rejected_immediately() {
    for name in ["x".repeat(2000), "mcp__a__".repeat(5000), "_".repeat(2000), "a.".repeat(2000)] {
        let error = CATALOG.resolve(&name).expect_err("no tool");
        assert!(error.to_string().len() < 1000, "{error}");
    }
    let error = CATALOG.resolve("lst_all_tickets").expect_err("no tool");
    assert!(
        error
            .next_step()
            .is_some_and(|next| next.starts_with("Did you mean list_all_connect_wise_psa_tickets"))
    );
}
