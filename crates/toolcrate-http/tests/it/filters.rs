//! Tests filters on the tools of the library API.

use axum::http::{HeaderMap, HeaderValue};
use serde_json::{Map, Value, json};
use toolcrate_executor::{ToolClass, ToolFilter, Toolsets};
use toolcrate_http::{FilterWords, MethodFilter, ToolFilterParams, ToolFilterParamsError};

use crate::city_library::CATALOG;

const OTHERS: [(&str, &str); 2] = [("tools", "x-tools-offer"), ("output", "x-tools-output")];

fn parse(query: &str) -> Result<ToolFilterParams, ToolFilterParamsError> {
    ToolFilterParams::parse(query, &HeaderMap::new(), &OTHERS)
}

fn filter(query: &str) -> Result<Option<ToolFilter>, ToolFilterParamsError> {
    parse(query)?.filter(&CATALOG, &Toolsets::default())
}

#[test]
fn query_parameters_select_tools() {
    let tools = filter("module=books&class=read,custom").unwrap().unwrap();
    assert!(tools.tools().count() > 0 && tools.tools().all(|tool| tool.class() != ToolClass::Write));
    assert!(filter("").unwrap().is_none() && filter("read_only=true").unwrap().is_some());
    let key = |query| parse(query).unwrap().key();
    assert_eq!(key("module=books&class=read"), key("class=read&module=books"));
    assert_ne!(key("module=books"), key("class=read"));
    let choices = [("all", 1), ("search", 2)];
    assert_eq!(parse("tools=ALL").unwrap().choice("tools", &choices), Ok(Some(1)));
    assert_eq!(parse("").unwrap().choice("tools", &choices), Ok(None));
    assert!(parse("output=true").unwrap().flag("output").unwrap());
}

#[test]
fn headers_apply_if_the_query_has_no_value() {
    let mut headers = HeaderMap::new();
    headers.append("x-tools-class", "write".parse().unwrap());
    headers.append("x-tools-module", "books".parse().unwrap());
    headers.append("x-tools-offer", "all".parse().unwrap());
    headers.append("x-tools-read-only", "true".parse().unwrap());
    let parameters = ToolFilterParams::parse("class=read", &headers, &OTHERS).unwrap();
    for (parameter, value) in
        [("class", "read"), ("module", "books"), ("tools", "all"), ("read_only", "true")]
    {
        assert_eq!(parameters.values(parameter), [value]);
    }
    headers.append("x-tools-name", HeaderValue::from_bytes(b"\xff").unwrap());
    let error = ToolFilterParams::parse("", &headers, &OTHERS).unwrap_err();
    assert_eq!(error.to_string(), "x-tools-name: expected a string");
}

#[test]
fn invalid_parameters_are_errors() {
    for (query, message) in [
        (
            "modul=books",
            "unknown parameter \"modul\" (expected tools, output, class, module, name, toolset, read_only)",
        ),
        ("module=bocks", "unknown module \"bocks\" (expected books)"),
        ("class=reads", "class: expected one of read, write, custom"),
        ("read_only=yes", "read_only: expected true or false"),
        ("name=nothing_like_it", "no tools match this selection"),
    ] {
        assert_eq!(filter(query).unwrap_err().to_string(), message);
    }
    let error = parse("tools=some").unwrap().choice("tools", &[("all", ())]).unwrap_err();
    assert_eq!(error.to_string(), "tools: expected one of all");
}

#[test]
fn methods_are_a_union_and_tags_narrow_it() {
    let count = |methods: Value, tags: Value| {
        let fields = Map::from_iter([("methods".to_owned(), methods), ("tags".to_owned(), tags)]);
        let filter = MethodFilter::parse(&fields).unwrap();
        CATALOG.tools().filter(|tool| filter.allows(*tool)).count()
    };
    assert_eq!(count(Value::Null, json!([])), CATALOG.len());
    let (reads, writes) = (count(json!("read"), Value::Null), count(json!(["write"]), Value::Null));
    assert!(reads > 0 && writes > 0);
    assert_eq!(reads + writes + count(json!("custom"), Value::Null), CATALOG.len());
    assert_eq!(count(json!(["list", "get"]), Value::Null), reads);
    assert_eq!(count(json!("read, write"), Value::Null), reads + writes);
    assert_eq!(count(json!("READ"), json!("BOOKS")), reads);
    assert_eq!((count(Value::Null, json!("loans")), count(json!("nothing"), Value::Null)), (0, 0));
}

#[test]
fn unknown_methods_and_tags_are_errors_that_name_the_known_ones() {
    let words = FilterWords::new(&CATALOG);
    let check = |methods: &[&str], tags: &[&str]| {
        let owned = |words: &[&str]| words.iter().copied().map(str::to_owned).collect();
        words.check(&MethodFilter { methods: owned(methods), tags: owned(tags) })
    };
    assert_eq!(check(&[], &[]), Ok(()));
    assert_eq!(check(&["READ", "write", "custom", "list", "create"], &["Books", "books"]), Ok(()));
    let error = check(&["read", "reads"], &["books"]).unwrap_err().to_string();
    assert!(
        error.starts_with("methods: unknown method \"reads\" (expected read, write, custom, "),
        "{error}"
    );
    assert!(error.contains("create") && error.ends_with("; did you mean read?"), "{error}");
    let error = check(&[], &["bocks"]).unwrap_err().to_string();
    assert!(error.starts_with("tags: unknown tag \"bocks\" (expected one of the"), "{error}");
    assert!(error.ends_with("; did you mean books?"), "{error}");
    let error = check(&[&"x".repeat(10_000)], &[]).unwrap_err().to_string();
    assert!(error.len() < 500, "{error}");
}
