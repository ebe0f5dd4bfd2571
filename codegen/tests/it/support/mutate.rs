//! Makes random changes to a document.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A change at a location in a document. Locations are selected by numbers, modulo the number of locations.
#[derive(Clone, Debug)]
pub enum Mutation {
    /// Removes the property or item.
    Remove(usize),
    /// Replaces the value.
    Replace(usize, Value),
    /// Copies the value of another location to this one.
    Copy(usize, usize),
    /// Renames the property.
    Rename(usize, String),
    /// Empties the value.
    Empty(usize),
    /// Nests the value this many times.
    Nest(usize, u8, bool),
}

/// Returns a strategy for any change.
pub fn any_mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<usize>;
    let text = prop_oneof![
        Just(String::new()),
        prop::sample::select(vec![
            "{id}",
            "self",
            "type",
            "#/components/schemas/Order",
            "id",
            "$ref",
            "a/b",
            "\"",
            "\\",
            "[",
            "日本",
            "_",
            "--",
            "query",
            "body",
            "Option",
            "string",
            "object",
            "date-time",
            "/{a}/{a}{b",
            "2",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,12}",
    ];
    let value = prop::sample::select(vec![
        Value::Null,
        json!(true),
        json!(-1.5e300),
        json!(0),
        json!([]),
        json!({}),
        json!("object"),
        json!({"$ref": "#/components/schemas/Order"}),
        json!({"type": "string", "enum": ["a", "A", "", "a b", "a-b", "Self"]}),
        json!({"type": "string", "pattern": "(?<x>[", "minLength": 9, "maxLength": 1}),
        json!({"type": "array", "items": {"type": "array", "items": {"enum": ["a", "A", ""]}}}),
        json!({"type": "object", "additionalProperties": {"type": "object", "properties": {"a": {}}}}),
        json!({"type": "object", "properties": {"id": {"type": "integer"}, "ID": {"type": "integer"}}}),
        json!({"allOf": [{"type": "string"}, {"type": "object"}]}),
        json!({"oneOf": [{"type": "string"}, {"type": "object"}]}),
    ]);
    prop_oneof![
        3 => at().prop_map(Mutation::Remove),
        2 => (at(), value).prop_map(|(at, value)| Mutation::Replace(at, value)),
        2 => (at(), text.clone()).prop_map(|(at, text)| Mutation::Replace(at, Value::String(text))),
        2 => (at(), at()).prop_map(|(from, to)| Mutation::Copy(from, to)),
        2 => (at(), text).prop_map(|(at, text)| Mutation::Rename(at, text)),
        1 => at().prop_map(Mutation::Empty),
        1 => (at(), 1u8..30, any::<bool>()).prop_map(|(at, depth, all)| Mutation::Nest(at, depth, all)),
    ]
}

/// Applies `mutation` to `document`.
pub fn mutate(document: &mut Value, mutation: &Mutation) {
    let places = places(document);
    // The first location is the document itself.
    let place = |at: &usize| &places[1 + at % (places.len() - 1)];
    if places.len() == 1 {
        return;
    }
    let mut set = |place: &str, change: &dyn Fn(Value) -> Value| {
        let at = document.pointer_mut(place).unwrap();
        *at = change(at.take());
    };
    match mutation {
        Mutation::Replace(at, value) => set(place(at), &|_| value.clone()),
        Mutation::Empty(at) => set(place(at), &|old| if old.is_array() { json!([]) } else { json!({}) }),
        Mutation::Nest(at, depth, true) => {
            set(place(at), &|old| (0..*depth).fold(old, |inner, _| json!({"allOf": [inner]})));
        }
        Mutation::Nest(at, depth, false) => {
            set(place(at), &|old| (0..*depth).fold(old, |inner, _| json!({"type": "array", "items": inner})));
        }
        Mutation::Copy(from, to) => {
            let copied = document.pointer(place(from)).unwrap().clone();
            *document.pointer_mut(place(to)).unwrap() = copied;
        }
        Mutation::Remove(at) => edit(document, place(at), &mut |members, name| {
            members.shift_remove(name);
        }),
        Mutation::Rename(at, to) => edit(document, place(at), &mut |members, name| {
            // The change is made in place, because order is sometimes significant.
            let old = std::mem::take(members);
            members.extend(
                old.into_iter().map(|(key, value)| (if key == name { to.clone() } else { key }, value)),
            );
        }),
    }
}

/// Applies `change` to the object that contains `place`; a list item is simply removed.
fn edit(document: &mut Value, place: &str, change: &mut dyn FnMut(&mut Map<String, Value>, &str)) {
    let (parent, name) = place.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Object(members) => change(members, &name.replace("~1", "/").replace("~0", "~")),
        Value::Array(items) => drop(items.remove(name.parse().unwrap())),
        _ => unreachable!("only objects and lists hold something"),
    }
}

/// Returns pointers to everything in `document`, itself first.
fn places(document: &Value) -> Vec<String> {
    fn walk(value: &Value, place: String, places: &mut Vec<String>) {
        match value {
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    walk(item, format!("{place}/{at}"), places);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    walk(member, format!("{place}/{}", name.replace('~', "~0").replace('/', "~1")), places);
                }
            }
            _ => {}
        }
        places.push(place);
    }
    let mut places = Vec::new();
    walk(document, String::new(), &mut places);
    places.reverse();
    places
}

#[test]
fn each_kind_of_mutation_is_applied() {
    let changed = |mutation| {
        let mut document = json!({"a": {"b": 1, "c/d": [2, 3]}});
        mutate(&mut document, &mutation);
        document.to_string()
    };
    // Locations, after the document: a, its properties from the last, their items from the last.
    assert_eq!(
        places(&json!({"a": {"b": 1, "c/d": [2, 3]}}))[1..],
        ["/a", "/a/c~1d", "/a/c~1d/1", "/a/c~1d/0", "/a/b"]
    );
    assert_eq!(changed(Mutation::Remove(1)), r#"{"a":{"b":1}}"#);
    assert_eq!(changed(Mutation::Remove(2)), r#"{"a":{"b":1,"c/d":[2]}}"#);
    assert_eq!(changed(Mutation::Remove(4 + 5)), r#"{"a":{"c/d":[2,3]}}"#);
    assert_eq!(changed(Mutation::Rename(4, "x".into())), r#"{"a":{"x":1,"c/d":[2,3]}}"#);
    assert_eq!(changed(Mutation::Replace(0, json!(7))), r#"{"a":7}"#);
    assert_eq!(changed(Mutation::Empty(1)), r#"{"a":{"b":1,"c/d":[]}}"#);
    assert_eq!(changed(Mutation::Copy(1, 4)), r#"{"a":{"b":[2,3],"c/d":[2,3]}}"#);
    assert_eq!(changed(Mutation::Nest(4, 2, true)), r#"{"a":{"b":{"allOf":[{"allOf":[1]}]},"c/d":[2,3]}}"#);
}
