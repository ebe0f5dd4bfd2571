//! Checks the invariants of every tool in the two real releases; see [`tool_checks`].

use serde_json::{Value, json};
use toolcrate_codegen::emit::Files;
use toolcrate_testing::specs::{self, read_release};
use toolcrate_testing::tool_checks;

use crate::support;

fn files(release: &str) -> Files {
    let (profile, overlay) = support::settings_for(release);
    support::files(&read_release(release), &profile, &overlay).unwrap_or_else(|errors| panic!("{errors}"))
}

fn every_tool_is_sound(release: &str) {
    let catalog = tool_checks::catalog(&files(release));
    let found = tool_checks::problems(catalog);
    assert!(found.is_empty(), "{} problems:\n{}", found.len(), found[..found.len().min(30)].join("\n"));
    assert_eq!(catalog.len(), specs::count_operations(&specs::parse_release(release)));
}

#[test]
fn every_2022_1_tool_is_valid() {
    every_tool_is_sound("2022.1");
}

#[test]
fn every_2025_1_tool_is_valid() {
    every_tool_is_sound("2025.1");
}

/// The checks detect what they are for.
#[test]
fn invalid_tools_are_reported() {
    let good = json!({
        "type": "object", "additionalProperties": false, "required": ["a"],
        "properties": {"a": {"type": "array", "items": {"type": "string", "enum": ["x"]}}},
    });
    assert_eq!(tool_checks::schema_problems(&good), Vec::<String>::new());
    let broken: [(&str, Value, &str); 9] = [
        ("/additionalProperties", json!(true), "no closed object"),
        ("/type", json!("array"), "no closed object"),
        ("/required/0", json!("b"), "requires b"),
        ("/required", json!(["a", "a"]), "twice"),
        ("/properties/a/type", json!(null), "/a has no type"),
        ("/properties/a/items", json!(null), "/a/items is not an object"),
        ("/properties/a/items", json!({"$ref": "#"}), "$ref"),
        ("/properties/a/items/enum", json!(["x", 1]), "enum"),
        ("/properties/a/items", json!({"type": "string", "pattern": "["}), "can't be used"),
    ];
    for (place, value, expected) in broken {
        let mut schema = good.clone();
        *schema.pointer_mut(place).unwrap() = value;
        let wrong = tool_checks::schema_problems(&schema).join("\n");
        assert!(wrong.contains(expected), "{place}: {wrong}");
    }
}
