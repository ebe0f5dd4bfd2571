//! Mutated specs: members removed, types swapped, strings garbled, nested deep. Whatever comes, the result is
//! an error or a crate, never a panic.

mod support;

use std::sync::OnceLock;

use proptest::prelude::*;
use serde_json::{Value, json};
use toolcrate_codegen::config::{self, Overlay, Profile};

/// Specs to mutate: the golden ones, and slices of the real one.
fn originals() -> &'static [Value] {
    static ORIGINALS: OnceLock<Vec<Value>> = OnceLock::new();
    ORIGINALS.get_or_init(|| {
        let golden = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
        let mut specs: Vec<Value> = ["dirt", "files", "library", "orders", "shapes"]
            .iter()
            .map(|case| config::read_yaml(&golden.join(case).join("spec.yaml")).unwrap())
            .collect();
        let real: Value = serde_json::from_slice(&support::release("2025.1")).unwrap();
        specs.extend([100, 700, 1200].map(|start| slice(&real, start, 40)));
        specs
    })
}

/// `count` paths of `spec` from the one at `start`, with the schemas that they need.
fn slice(spec: &Value, start: usize, count: usize) -> Value {
    let paths: serde_json::Map<String, Value> = spec["paths"]
        .as_object()
        .unwrap()
        .iter()
        .skip(start)
        .take(count)
        .map(|(path, item)| (path.clone(), item.clone()))
        .collect();
    let mut schemas = serde_json::Map::new();
    let mut open = vec![Value::Object(paths.clone())];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => {
                let Some(name) = text.strip_prefix("#/components/schemas/") else { continue };
                let schema = &spec["components"]["schemas"][name];
                if schema.is_object() && !schemas.contains_key(name) {
                    schemas.insert(name.to_owned(), schema.clone());
                    open.push(schema.clone());
                }
            }
            Value::Array(items) => open.extend(items),
            Value::Object(members) => open.extend(members.into_iter().map(|(_, value)| value)),
            _ => {}
        }
    }
    json!({"openapi": spec["openapi"], "info": spec["info"], "paths": paths, "components": {"schemas": schemas}})
}

/// A change at some place of a document.
#[derive(Clone, Debug)]
enum Mutation {
    Remove,
    Replace(Value),
    Garble(String),
    Rename(String),
    Empty,
    Nest(u8),
}

fn mutation() -> impl Strategy<Value = (usize, Mutation)> {
    let text = prop_oneof![
        Just(String::new()),
        Just("{id}".to_owned()),
        Just("#/components/schemas/Thing".to_owned()),
        Just("self".to_owned()),
        "\\PC{0,12}",
    ];
    let value = prop_oneof![
        Just(Value::Null),
        Just(json!(true)),
        Just(json!(-1.5e300)),
        Just(json!([])),
        Just(json!({})),
        Just(json!("object")),
        Just(json!({"$ref": "#/components/schemas/Order"})),
        Just(json!({"type": "array", "items": {"type": "array", "items": {"enum": ["a", "A", ""]}}})),
    ];
    let kind = prop_oneof![
        Just(Mutation::Remove),
        value.prop_map(Mutation::Replace),
        text.clone().prop_map(Mutation::Garble),
        text.prop_map(Mutation::Rename),
        Just(Mutation::Empty),
        (1u8..60).prop_map(Mutation::Nest),
    ];
    (any::<usize>(), kind)
}

/// Applies `mutation` at the place with the number `at` (counted through the whole document).
fn mutate(value: &mut Value, at: &mut usize, mutation: &Mutation) -> bool {
    if *at == 0 {
        *value = match mutation {
            Mutation::Remove => Value::Null,
            Mutation::Replace(other) => other.clone(),
            Mutation::Garble(text) => json!(text),
            Mutation::Empty if value.is_array() => json!([]),
            Mutation::Empty => json!({}),
            Mutation::Nest(depth) => (0..*depth).fold(value.take(), |inner, _| json!({"allOf": [inner]})),
            Mutation::Rename(_) => value.take(),
        };
        return true;
    }
    *at -= 1;
    match value {
        Value::Array(items) => items.iter_mut().any(|item| mutate(item, at, mutation)),
        Value::Object(members) => {
            let here = *at == 0;
            let names: Vec<String> = members.keys().cloned().collect();
            for name in names {
                if here && matches!(mutation, Mutation::Remove) {
                    members.shift_remove(&name);
                    return true;
                }
                if let (true, Mutation::Rename(to)) = (here, mutation) {
                    let child = members.shift_remove(&name).unwrap_or_default();
                    members.insert(to.clone(), child);
                    return true;
                }
                if mutate(&mut members[&name], at, mutation) {
                    return true;
                }
            }
            false
        }
        _ => false,
    }
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

fn profile() -> Profile {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/orders/toolcrate.yaml");
    config::read_yaml(&path).unwrap()
}

/// An error, or files that are Rust and JSON.
fn check(spec: &[u8]) -> Result<(), TestCaseError> {
    let overlay = Overlay { reference_suffix: Some("Reference".to_owned()), ..Overlay::default() };
    let Ok(files) = support::files(spec, &profile(), &overlay) else { return Ok(()) };
    for (path, text) in files {
        if path.ends_with(".rs") {
            prop_assert!(syn::parse_file(&text).is_ok(), "{path} is no Rust:\n{text}");
        } else if path.ends_with(".jsonl") {
            for line in text.lines() {
                prop_assert!(serde_json::from_str::<Value>(line).is_ok(), "{path} is no JSON: {line}");
            }
        }
    }
    Ok(())
}

/// How many specs are tried; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(300)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_specs_never_panic(original in any::<usize>(), mutations in prop::collection::vec(mutation(), 1..6), yaml in any::<bool>()) {
        let originals = originals();
        let mut spec = originals[original % originals.len()].clone();
        for (at, mutation) in &mutations {
            let mut at = at % count(&spec);
            mutate(&mut spec, &mut at, mutation);
        }
        let bytes = if yaml { serde_yaml::to_string(&spec).unwrap().into_bytes() } else { serde_json::to_vec(&spec).unwrap() };
        check(&bytes)?;
    }

    #[test]
    fn cut_off_and_garbled_text_never_panics(original in 0usize..5, cut in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = serde_json::to_vec(&originals()[original]).unwrap();
        let at = cut.index(bytes.len());
        check(&bytes[..at])?;
        bytes[at] = byte;
        check(&bytes)?;
    }
}
