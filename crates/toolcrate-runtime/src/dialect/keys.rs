//! Names of arguments that a dialect doesn't take, and what stands for them. The same function gives the names
//! for declaring a tool and for reading what a model sent.

use serde_json::{Map, Value, json};

use super::{properties, required};

/// The most characters of a name.
const LONGEST: usize = 64;

/// Whether Anthropic takes a name as an argument.
pub(super) fn is_plain(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    (1..=LONGEST).contains(&name.len()) && name.chars().all(fits)
}

/// For each argument that Anthropic would refuse: its name and what stands for it.
pub(super) fn anthropic(schema: &Value) -> Vec<(String, String)> {
    replaced(schema, is_plain, |name| {
        let plain = |c: char| if is_plain(c.encode_utf8(&mut [0; 4])) { c } else { '_' };
        let name: String = name.chars().map(plain).take(LONGEST - 4).collect();
        if name.is_empty() { "_".to_owned() } else { name }
    })
}

/// For each argument whose name is `taken`: its name and what stands for it.
pub(super) fn reserved(schema: &Value, taken: &[&str]) -> Vec<(String, String)> {
    replaced(schema, |name| !taken.contains(&name), |name| format!("{name}_value"))
}

fn replaced(
    schema: &Value,
    fits: impl Fn(&str) -> bool,
    other: impl Fn(&str) -> String,
) -> Vec<(String, String)> {
    let mut names: Vec<String> = properties(schema).map(|(name, _)| name.clone()).collect();
    let mut pairs = Vec::new();
    for (name, _) in properties(schema).filter(|(name, _)| !fits(name)) {
        let base = other(name);
        let numbered = (2..).map(|number| format!("{base}_{number}"));
        let free = std::iter::once(base.clone()).chain(numbered).find(|free| !names.contains(free));
        let Some(free) = free else { unreachable!("there is always a further number") };
        names.push(free.clone());
        pairs.push((name.clone(), free));
    }
    pairs
}

/// The schema with arguments renamed.
pub(super) fn rename(schema: &Value, pairs: &[(String, String)]) -> Value {
    let mut schema = schema.clone();
    if pairs.is_empty() {
        return schema;
    }
    let new = |name: &str| {
        pairs.iter().find(|(old, _)| old == name).map_or(name.to_owned(), |(_, new)| new.clone())
    };
    let members: Map<String, Value> =
        properties(&schema).map(|(name, member)| (new(name), member.clone())).collect();
    let names: Vec<String> = required(&schema).into_iter().map(new).collect();
    schema["properties"] = Value::Object(members);
    schema["required"] = json!(names);
    schema
}

/// The arguments under their own names.
pub(super) fn restore(arguments: Map<String, Value>, pairs: &[(String, String)]) -> Map<String, Value> {
    let old = |name: String| match pairs.iter().find(|(_, new)| *new == name) {
        Some((old, _)) => old.clone(),
        None => name,
    };
    arguments.into_iter().map(|(name, value)| (old(name), value)).collect()
}
