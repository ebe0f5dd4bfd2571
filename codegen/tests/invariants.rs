//! What holds for every tool of both real releases, read from the emitted catalogue the way the runtime does.

mod support;

use std::collections::BTreeSet;

use serde_json::Value;
use toolcrate_runtime::{Api, Catalogue, ErrorShape, Paging, PatchPaths};

static API: Api = Api {
    name: "Test",
    user_agent: "test",
    accept: "application/json",
    paging: Paging::None,
    errors: ErrorShape {
        code: &[],
        message: &[],
        list: &[],
        item_code: &[],
        item_message: &[],
        item_field: &[],
    },
    patch_paths: PatchPaths::Pointer,
    trim: &[],
    fields_parameter: None,
    filter: None,
    custom_fields: None,
};

/// The catalogue of a release. Its texts are leaked, as they are static in a real program.
fn catalogue(release: &str) -> &'static Catalogue {
    let (profile, mut overlay) = support::settings();
    if release != "2025.1" {
        overlay.references.clear();
        overlay.lifecycles.clear();
    }
    let files = support::files(&support::release(release), &profile, &overlay).unwrap();
    let text = |path: &str| -> &'static str { Box::leak(files[path].clone().into_boxed_str()) };
    let modules: Vec<(&'static str, &'static str)> = files
        .keys()
        .filter_map(|path| path.strip_prefix("catalogue/tools/")?.strip_suffix(".jsonl"))
        .map(|module| -> (&'static str, &'static str) {
            let path = format!("catalogue/tools/{module}.jsonl");
            (Box::leak(module.to_owned().into_boxed_str()), text(&path))
        })
        .collect();
    let catalogue = Catalogue::new(
        &API,
        Box::leak(modules.into_boxed_slice()),
        text("catalogue/shapes.jsonl"),
        text("catalogue/schemas.jsonl"),
    );
    Box::leak(Box::new(catalogue))
}

/// What is wrong with a node of an input schema, place by place.
fn problems(node: &Value, place: &str, found: &mut Vec<String>) {
    let Some(members) = node.as_object() else {
        found.push(format!("{place} is no object"));
        return;
    };
    for forbidden in ["$ref", "$defs", "oneOf", "anyOf", "allOf", "nullable"] {
        if members.contains_key(forbidden) {
            found.push(format!("{place} has {forbidden}"));
        }
    }
    let kinds: Vec<&str> = match &node["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    };
    if kinds.is_empty() {
        found.push(format!("{place} has no type"));
    }
    if kinds.contains(&"array") {
        problems(&node["items"], &format!("{place}/items"), found);
    }
    if let Some(values) = node["enum"].as_array()
        && (values.is_empty() || !values.iter().all(Value::is_string))
    {
        found.push(format!("{place} has an enum that is not of text"));
    }
    for (name, child) in node["properties"].as_object().into_iter().flatten() {
        problems(child, &format!("{place}/{name}"), found);
    }
    if node["additionalProperties"].is_object() {
        problems(&node["additionalProperties"], &format!("{place}/*"), found);
    }
    for name in node["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if node["properties"].get(name).is_none() {
            found.push(format!("{place} requires {name}, which it does not have"));
        }
    }
}

#[test]
fn every_tool_of_both_releases_is_sound() {
    for (release, count) in [("2022.1", 2814), ("2025.1", 3053)] {
        let catalogue = catalogue(release);
        let mut names = BTreeSet::new();
        let mut found = Vec::new();
        for tool in catalogue.tools() {
            let mut wrong = Vec::new();
            let schema = tool.input_schema_value();
            problems(&schema, "", &mut wrong);
            if schema["type"] != "object" || schema["additionalProperties"] != false {
                wrong.push("the root is no closed object".to_owned());
            }
            if let Err(error) = jsonschema::draft202012::meta::validate(&schema) {
                wrong.push(format!("no JSON Schema: {error}"));
            }
            if let Err(error) = jsonschema::draft202012::meta::validate(&tool.output_schema()) {
                wrong.push(format!("the answer has no JSON Schema: {error}"));
            }
            let line: Value = serde_json::from_str(tool.line()).unwrap();
            let arguments = line["request"]["arguments"].as_object().unwrap();
            for placeholder in line["request"]["path"].as_str().unwrap().split('{').skip(1) {
                let placeholder = placeholder.split('}').next().unwrap();
                let bound = arguments.values().filter(|to| to["in"] == "path" && to["name"] == placeholder);
                if bound.count() != 1 {
                    wrong.push(format!("{{{placeholder}}} is not bound to one argument"));
                }
            }
            for name in [tool.name(), tool.short_name()] {
                if !toolcrate_codegen::name::is_tool_name(name) || !names.insert(name) {
                    wrong.push(format!("the name {name} is taken or none"));
                }
            }
            if tool.short_name().len() > 46 || tool.description().len() < 15 || tool.title().is_empty() {
                wrong.push("the short name is too long, or the words are missing".to_owned());
            }
            found.extend(wrong.into_iter().map(|wrong| format!("{}: {wrong}", tool.name())));
        }
        assert_eq!(catalogue.len(), count);
        assert!(found.is_empty(), "{} problems:\n{}", found.len(), found[..found.len().min(30)].join("\n"));
        println!("release {release}: {count} of {count} tools are sound");
    }
}
