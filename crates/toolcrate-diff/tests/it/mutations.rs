//! Removes and changes each part of a document that contains every OpenAPI construct. Every mutation must be found in
//! both directions, unless it has no meaning.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use toolcrate_diff::{DiffReport, DiffSettings, Severity, Snapshot, SpecSource, compare, read};

/// Properties that contain text, or that the document's format requires.
const WORDS: [&str; 7] = ["description", "info", "openapi", "operationId", "title", "summary", "paths"];

/// Returns true if a mutation has no effect on callers. A path placeholder already implies everything about its
/// parameter except the type, any content type other than JSON is a file, and the text of scopes is only a description.
fn is_meaningless(pointer: &str) -> bool {
    let is_placeholder =
        pointer.contains("{id}") && pointer.contains("/parameters") && !pointer.contains("/schema");
    is_placeholder
        || pointer.contains("text~1csv/schema")
        || pointer.contains("/scopes")
        || pointer.ends_with("/1/explode")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn base() -> Value {
    let text = std::fs::read_to_string(folder().join("mutations/base.yaml")).unwrap();
    toolcrate_codegen::config::parse_yaml(&text).unwrap()
}

fn snapshots(old: &Value, new: &Value, settings: &DiffSettings) -> (Snapshot, Snapshot) {
    let source = |document: &Value| SpecSource {
        file: "spec.json".into(),
        bytes: serde_json::to_vec(document).unwrap(),
    };
    read(&source(old), &source(new), settings).unwrap_or_else(|errors| panic!("{errors}"))
}

fn report(old: &Value, new: &Value, settings: &DiffSettings) -> DiffReport {
    let (old, new) = snapshots(old, new, settings);
    compare(&old, &new, &settings.profile)
}

/// Collects pointers to all parts below `value`, except text. Properties may have the same names.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    let escape = |name: &str| name.replace('~', "~0").replace('/', "~1");
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| {
                at.ends_with("/properties") || !WORDS.contains(&name.as_str()) || name == &"paths"
            })
            .map(|(name, member)| (escape(name), member))
            .collect(),
        Value::Array(items) => items.iter().enumerate().map(|(at, item)| (at.to_string(), item)).collect(),
        _ => Vec::new(),
    };
    for (name, child) in children {
        let pointer = format!("{at}/{name}");
        if pointer != "/paths" {
            found.push(pointer.clone());
        }
        pointers(child, &pointer, found);
    }
}

/// Returns the document without the part.
fn without(document: &Value, pointer: &str) -> Value {
    let mut mutated = document.clone();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let name = name.replace("~1", "/").replace("~0", "~");
    match mutated.pointer_mut(parent).unwrap() {
        Value::Object(members) => drop(members.remove(&name)),
        Value::Array(items) => drop(items.remove(name.parse().unwrap())),
        _ => unreachable!("only these have parts"),
    }
    mutated
}

/// Returns the document with a different value for the part, if it is a scalar.
fn changed(document: &Value, pointer: &str) -> Option<Value> {
    let other = match document.pointer(pointer)? {
        Value::Bool(flag) => json!(!flag),
        Value::Number(number) => json!(number.as_f64()? + 1.0),
        Value::String(text) => json!(match text.as_str() {
            "integer" | "number" | "boolean" | "array" | "object" => "string",
            "string" => "integer",
            "#/components/schemas/Job" => "#/components/schemas/Problem",
            reference if reference.starts_with("#/components/schemas/") && !pointer.contains("/mapping/") => {
                "#/components/schemas/Job"
            }
            "#/components/schemas/Saw" => "#/components/schemas/Drill",
            "#/components/schemas/Drill" => "#/components/schemas/Saw",
            "apiKey" => "http",
            "form" | "deepObject" => "form",
            "header" => "query",
            "query" | "cookie" => "header",
            text => return Some(replaced(document, pointer, json!(format!("{text}2")))),
        }),
        _ => return None,
    };
    Some(replaced(document, pointer, other))
}

fn replaced(document: &Value, pointer: &str, value: Value) -> Value {
    let mut mutated = document.clone();
    *mutated.pointer_mut(pointer).unwrap() = value;
    mutated
}

#[test]
fn no_mutation_of_any_construct_goes_unnoticed() {
    let settings = DiffSettings::read(&folder().join("pairs/toolcrate.yaml")).unwrap();
    let document = base();
    assert_eq!(report(&document, &document, &settings).changes, []);
    let mut parts = Vec::new();
    pointers(&document, "", &mut parts);
    let mut unnoticed = Vec::new();
    let mut tried = 0;
    for pointer in parts.iter().filter(|part| !is_meaningless(part)) {
        let removed = Some(("removed", without(&document, pointer)));
        let changed = changed(&document, pointer).map(|mutated| ("changed", mutated));
        for (how, mutated) in removed.into_iter().chain(changed) {
            tried += 1;
            let (old, new) = snapshots(&document, &mutated, &settings);
            for (from, to, direction) in [(&old, &new, ""), (&new, &old, ", back")] {
                let report = compare(from, to, &settings.profile);
                if !report.changes.iter().any(|change| change.severity != Severity::Wording) {
                    unnoticed.push(format!("{pointer} {how}{direction}"));
                }
            }
        }
    }
    assert!(unnoticed.is_empty(), "{} of {tried} mutations:\n{}", unnoticed.len(), unnoticed.join("\n"));
    assert!(tried > 400, "only {tried} mutations");
}

/// Mutations that break clients are classified as breaking; the generator ignores most of them.
#[test]
fn mutations_that_break_clients_are_breaking() {
    let settings = DiffSettings::read(&folder().join("pairs/toolcrate.yaml")).unwrap();
    let document = base();
    let schema = |name: &str| format!("/components/schemas/{name}");
    let list = "/paths/~1repairs/get";
    let cases: Vec<(String, Value, &str)> = vec![
        ("/servers/0/url".into(), json!("https://other.example"), "server-removed"),
        ("/security/0".into(), json!({"key": []}), "security-removed"),
        ("/paths/~1repairs/post/security".into(), json!([{"key": []}]), "security-removed"),
        ("/components/securitySchemes/key/name".into(), json!("X-Other"), "security-removed"),
        (format!("{list}/parameters/0/explode"), json!(true), "parameter-style-changed"),
        (format!("{list}/parameters/2/schema/default"), json!(50), "parameter-default-changed"),
        (format!("{list}/responses/404/content"), json!({}), "error-retyped"),
        (format!("{list}/responses/200/headers"), json!({}), "answer-header-removed"),
        ("/paths/~1repairs~1{id}~1photo/post/requestBody/content/multipart~1form-data/encoding/about/contentType".into(), json!("application/json"), "body-encoding-changed"),
        (format!("{}/properties/urgent/default", schema("Repair")), json!(false), "property-default-changed"),
        (format!("{}/properties/labels/additionalProperties/type", schema("Repair")), json!("integer"), "property-retyped"),
        (format!("{}/discriminator/propertyName", schema("Tool")), json!("sort"), "schema-discriminator-changed"),
        (format!("{}/oneOf/1", schema("Tool")), json!({"$ref": "#/components/schemas/Job"}), "schema-alternative-removed"),
        (format!("{}/properties/what/writeOnly", schema("Repair")), json!(true), "property-write-only"),
        (format!("{}/properties/what/readOnly", schema("Repair")), json!(true), "property-read-only"),
        (format!("{}/additionalProperties", schema("Stock")), json!(false), "schema-closed"),
    ];
    let mut wrong = Vec::new();
    for (pointer, value, kind) in cases {
        let mut mutated = document.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        match mutated.pointer_mut(parent).unwrap() {
            Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
            parent => parent[name] = value,
        }
        let report = report(&document, &mutated, &settings);
        let is_found = |change: &toolcrate_diff::Change| {
            change.kind.id() == kind && change.severity == Severity::Breaking
        };
        if !report.changes.iter().any(is_found) {
            let found: Vec<&str> = report.changes.iter().map(|change| change.kind.id()).collect();
            wrong.push(format!("{pointer}: no breaking {kind} among {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
