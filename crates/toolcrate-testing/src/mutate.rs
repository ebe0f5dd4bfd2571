//! Makes one argument of a call invalid: of the wrong type, out of range, missing, or unknown to the tool.

use serde_json::{Map, Value, json};

use crate::random::Random;

/// A property that is now invalid.
#[derive(Clone, Debug)]
pub struct Mutation {
    /// JSON pointer into the arguments.
    pub pointer: String,
    /// A description of the mutation.
    pub what: &'static str,
}

/// Makes one property of `arguments` invalid, given that `schema` allows them; `None` if that isn't possible.
pub fn mutate(schema: &Value, arguments: &mut Map<String, Value>, random: &mut Random) -> Option<Mutation> {
    let mut places = Vec::new();
    let mut value = Value::Object(std::mem::take(arguments));
    places_in(schema, &value, "", &mut places);
    let place = places.swap_remove(random.below(places.len()));
    let what = place.what;
    apply(&mut value, &place);
    if let Value::Object(members) = value {
        *arguments = members;
    }
    Some(Mutation { pointer: place.pointer, what })
}

/// A possible mutation and its location.
struct MutationSite {
    pointer: String,
    what: &'static str,
    /// The new value; `None` if the property is removed.
    value: Option<Value>,
}

fn places_in(node: &Value, value: &Value, pointer: &str, places: &mut Vec<MutationSite>) {
    let mut add = |pointer: String, what, value| places.push(MutationSite { pointer, what, value });
    // The properties of a closed object may be implied.
    let closed = node["additionalProperties"] == false || node.get("additionalProperties").is_none();
    match value {
        Value::Object(members) if node["properties"].is_object() => {
            if closed {
                add(
                    format!("{pointer}/noSuchMember"),
                    "a member that the tool does not have",
                    Some(json!(1)),
                );
            }
            for name in node["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                add(format!("{pointer}/{}", escape(name)), "a required member is missing", None);
            }
            for (name, member) in members {
                let Some(node) = node["properties"].get(name) else { continue };
                places_in(node, member, &format!("{pointer}/{}", escape(name)), places);
            }
            return;
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                places_in(&node["items"], item, &format!("{pointer}/{index}"), places);
            }
        }
        _ => {}
    }
    let mut add =
        |what, value| places.push(MutationSite { pointer: pointer.to_owned(), what, value: Some(value) });
    if node["enum"].is_array() {
        add("no value of the list", json!("no such value"));
    }
    if let Some(most) = node["maxLength"].as_u64() {
        add("longer than it may be", json!("x".repeat(most as usize + 1)));
    }
    if let Some(low) = node["minimum"].as_f64() {
        add("less than it may be", json!(low - 1.0));
    }
    if let Some(high) = node["maximum"].as_f64() {
        add("more than it may be", json!(high + 1.0));
    }
    if node.get("type").is_none() || pointer.is_empty() {
        return;
    }
    let wrong = match node["type"].as_str() {
        Some("integer" | "number") => json!("no number"),
        Some("boolean") => json!("perhaps"),
        Some("string") => json!({"no": "text"}),
        // A single item is accepted in place of a list.
        Some("array") if allows_boolean(&node["items"]) => return,
        Some("array" | "object") => json!(true),
        _ => return,
    };
    add("of another kind", wrong);
}

fn allows_boolean(node: &Value) -> bool {
    match &node["type"] {
        Value::String(only) => only == "boolean",
        Value::Array(types) => types.iter().any(|ty| ty == "boolean"),
        _ => true,
    }
}

fn apply(value: &mut Value, place: &MutationSite) {
    let (parent, name) = place.pointer.rsplit_once('/').expect("no place is the root");
    let parent = value.pointer_mut(parent).expect("the place was found in it");
    match (parent, place.value.clone()) {
        (Value::Object(members), Some(value)) => {
            members.insert(name.replace("~1", "/").replace("~0", "~"), value);
        }
        (Value::Object(members), None) => {
            members.remove(&name.replace("~1", "/").replace("~0", "~"));
        }
        (Value::Array(items), Some(value)) => {
            items[name.parse::<usize>().expect("an index")] = value;
        }
        (other, _) => unreachable!("{other} has no members"),
    }
}

fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
