//! Makes edits that change the meaning of a document. Each edit has its own location, and names the change that the
//! comparison must report as breaking or compatible.
//!
//! Whether an edit is breaking depends on where the document refers to the edited part. The generator isn't used to
//! determine it.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

/// The kind of an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Edit {
    RemoveOperation,
    MoveOperation,
    DeprecateOperation,
    RewordOperation,
    RemoveParameter,
    AddParameter,
    AddRequiredParameter,
    RequireParameter,
    LoosenParameter,
    RemoveProperty,
    RenameProperty,
    AddProperty,
    AddRequiredProperty,
    RequireProperty,
    FreeProperty,
    RetypeProperty,
    TightenProperty,
    RewordProperty,
    ReadOnlyProperty,
    NullableProperty,
    RemoveValue,
    AddValue,
}

impl Edit {
    /// All edits.
    pub const ALL: [Self; 22] = [
        Self::RemoveOperation,
        Self::MoveOperation,
        Self::DeprecateOperation,
        Self::RewordOperation,
        Self::RemoveParameter,
        Self::AddParameter,
        Self::AddRequiredParameter,
        Self::RequireParameter,
        Self::LoosenParameter,
        Self::RemoveProperty,
        Self::RenameProperty,
        Self::AddProperty,
        Self::AddRequiredProperty,
        Self::RequireProperty,
        Self::FreeProperty,
        Self::RetypeProperty,
        Self::TightenProperty,
        Self::RewordProperty,
        Self::ReadOnlyProperty,
        Self::NullableProperty,
        Self::RemoveValue,
        Self::AddValue,
    ];
}

/// The change that must be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The kind's ID; one of several.
    pub kinds: &'static [&'static str],
    /// The subject.
    pub subject: String,
    /// The member; for a renamed one, the new name.
    pub member: Option<String>,
    /// True if the edit is a breaking change.
    pub breaks: bool,
}

/// Returns a strategy for any edit, and numbers that select its location.
pub fn any_edit() -> impl Strategy<Value = (Edit, Index, Index)> {
    (prop::sample::select(Edit::ALL.to_vec()), any::<Index>(), any::<Index>())
}

/// How a schema is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Use {
    sent_whole: bool,
    sent_in_part: bool,
    answered: bool,
    in_query: bool,
}

impl Use {
    fn is_sent(self) -> bool {
        self.sent_whole || self.sent_in_part
    }
}

/// Returns how each schema in the document is used, directly or through others.
pub fn uses(document: &Value) -> BTreeMap<String, Use> {
    let mut uses: BTreeMap<String, Use> = BTreeMap::new();
    for (_, method, operation) in operations(document) {
        let mut mark = |part: &Value, set: &dyn Fn(&mut Use)| {
            for name in reached(document, part) {
                set(uses.entry(name).or_default());
            }
        };
        // A 204 has no body, whatever the document says.
        let responses = operation["responses"].as_object().into_iter().flatten();
        for (_, response) in responses.filter(|(status, _)| *status != "204") {
            mark(response, &|of| of.answered = true);
        }
        mark(&operation["parameters"], &|of| of.sent_whole = true);
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        for parameter in parameters.filter(|parameter| parameter["in"] == "query") {
            mark(parameter, &|of| of.in_query = true);
        }
        if method == "patch" {
            // The body is a list of changes to the returned record.
            mark(&operation["responses"], &|of| of.sent_in_part = true);
        } else {
            mark(&operation["requestBody"], &|of| of.sent_whole = true);
        }
    }
    uses
}

/// Returns the schemas that `part` refers to, directly or through others.
fn reached(document: &Value, part: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![part];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => {
                let Some(name) = text.strip_prefix("#/components/schemas/") else { continue };
                if found.insert(name.to_owned()) {
                    open.push(&document["components"]["schemas"][name]);
                }
            }
            Value::Array(items) => open.extend(items),
            Value::Object(members) => open.extend(members.values()),
            _ => {}
        }
    }
    found
}

fn operations(document: &Value) -> impl Iterator<Item = (&String, &str, &Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let methods = ["get", "put", "post", "delete", "patch"];
        methods.into_iter().filter_map(move |method| Some((path, method, item.get(method)?)))
    })
}

/// Makes the edit at one of the possible locations for which `is_free` returns true; `None` if there are none.
/// The location is added to `taken`.
pub fn make(
    document: &mut Value,
    edit: Edit,
    (at, which): (Index, Index),
    taken: &mut BTreeSet<String>,
) -> Option<Expected> {
    use Edit::*;
    match edit {
        RemoveOperation | MoveOperation | DeprecateOperation | RewordOperation | RemoveParameter
        | AddParameter | AddRequiredParameter | RequireParameter | LoosenParameter => {
            in_operation(document, edit, at, which, taken)
        }
        _ => in_schema(document, edit, at, which, taken),
    }
}

fn in_operation(
    document: &mut Value,
    edit: Edit,
    at: Index,
    which: Index,
    taken: &mut BTreeSet<String>,
) -> Option<Expected> {
    let chosen = |operation: &Value| -> Vec<usize> {
        let parameters = operation["parameters"].as_array().into_iter().flatten().enumerate();
        let is_query =
            |parameter: &Value| parameter["in"] == "query" && parameter["schema"].get("$ref").is_none();
        let fits = |parameter: &Value| match edit {
            Edit::RemoveParameter => true,
            Edit::RequireParameter => parameter["required"] != true,
            _ => parameter["required"] == true,
        };
        parameters.filter(|(_, item)| is_query(item) && fits(item)).map(|(number, _)| number).collect()
    };
    let needs_parameter =
        matches!(edit, Edit::RemoveParameter | Edit::RequireParameter | Edit::LoosenParameter);
    let possible: Vec<(String, String)> = operations(document)
        .filter(|(path, method, operation)| {
            let key = format!("{} {path}", method.to_uppercase());
            !taken.contains(&key)
                && path.split('/').any(|word| !word.is_empty() && !word.contains('{'))
                && (edit != Edit::MoveOperation || says_something(operation))
                && (!needs_parameter || !chosen(operation).is_empty())
        })
        .map(|(path, method, _)| (path.clone(), method.to_owned()))
        .collect();
    if possible.is_empty() {
        return None;
    }
    let (path, method) = at.get(&possible).clone();
    let key = format!("{} {path}", method.to_uppercase());
    taken.insert(key.clone());
    let expected = |kinds, member: Option<&str>, breaks| {
        Some(Expected { kinds, subject: key.clone(), member: member.map(str::to_owned), breaks })
    };
    let item = document["paths"][&path].as_object_mut().unwrap();
    let operation = item.get_mut(&method).unwrap();
    match edit {
        Edit::RemoveOperation => {
            item.shift_remove(&method);
            drop_if_empty(document, &path);
            expected(&["operation-removed"], None, true)
        }
        Edit::MoveOperation => {
            // One more letter in the last word of the path.
            let mut words: Vec<String> = path.split('/').map(str::to_owned).collect();
            let last = words.iter().rposition(|word| !word.is_empty() && !word.contains('{')).unwrap();
            words[last].push('z');
            let moved = words.join("/");
            let operation = item.shift_remove(&method).unwrap();
            drop_if_empty(document, &path);
            document["paths"][&moved][&method] = operation;
            taken.insert(format!("{} {moved}", method.to_uppercase()));
            // If another operation is equally similar, the operation is reported as removed rather than moved.
            expected(&["operation-moved", "operation-removed"], None, true)
        }
        Edit::DeprecateOperation => {
            let was = operation["deprecated"] == true;
            operation["deprecated"] = json!(!was);
            let kinds: &[&str] = if was { &["operation-undeprecated"] } else { &["operation-deprecated"] };
            expected(kinds, None, false)
        }
        Edit::RewordOperation => {
            operation["summary"] = json!("Does what nobody has thought of before");
            expected(&["operation-reworded"], None, false)
        }
        Edit::AddParameter | Edit::AddRequiredParameter => {
            let required = edit == Edit::AddRequiredParameter;
            let parameter = json!({
                "in": "query", "name": "quiteNewSwitch", "required": required, "schema": {"type": "boolean"},
            });
            let parameters = operation.as_object_mut().unwrap().entry("parameters").or_insert(json!([]));
            parameters.as_array_mut().unwrap().push(parameter);
            expected(&["parameter-added"], Some("quiteNewSwitch"), required)
        }
        _ => {
            let number = *which.get(&chosen(operation));
            let parameters = operation["parameters"].as_array_mut().unwrap();
            let name = parameters[number]["name"].as_str().unwrap().to_owned();
            match edit {
                Edit::RemoveParameter => {
                    parameters.remove(number);
                    expected(&["parameter-removed"], Some(&name), true)
                }
                Edit::RequireParameter => {
                    parameters[number]["required"] = json!(true);
                    expected(&["parameter-required"], Some(&name), true)
                }
                _ => {
                    parameters[number]["required"] = json!(false);
                    expected(&["parameter-optional"], Some(&name), false)
                }
            }
        }
    }
}

/// A path without operations is removed.
fn drop_if_empty(document: &mut Value, path: &str) {
    let has_operation = operations(document).any(|(other, ..)| other == path);
    if !has_operation {
        document["paths"].as_object_mut().unwrap().shift_remove(path);
    }
}

/// Returns true if an operation refers to a record, so it can be identified under a new path.
fn says_something(operation: &Value) -> bool {
    operation["responses"].to_string().contains("#/components/schemas/")
}

fn in_schema(
    document: &mut Value,
    edit: Edit,
    at: Index,
    which: Index,
    taken: &mut BTreeSet<String>,
) -> Option<Expected> {
    let uses = uses(document);
    let schemas = document["components"]["schemas"].as_object()?;
    let possible: Vec<(String, Vec<String>)> = schemas
        .iter()
        // Each property of an object in the query is a parameter, and is compared as one.
        .filter(|(name, _)| !taken.contains(*name) && uses.get(*name).is_some_and(|of| !of.in_query))
        .map(|(name, schema)| (name.clone(), members(schema, edit)))
        .filter(|(_, members)| !members.is_empty())
        .collect();
    if possible.is_empty() {
        return None;
    }
    let (name, members) = at.get(&possible).clone();
    let member = which.get(&members).clone();
    taken.insert(name.clone());
    let of = uses[&name];
    let schema = document["components"]["schemas"][&name].as_object_mut()?;
    let is_only_read = schema["properties"][&member]["readOnly"] == true;
    let (sent, sent_whole) = (of.is_sent() && !is_only_read, of.sent_whole && !is_only_read);
    let (kinds, member, breaks) = apply(schema, edit, &member, (sent, sent_whole, of.answered));
    Some(Expected { kinds, subject: name, member: Some(member), breaks })
}

/// Returns the properties of a schema at which the edit can be made.
fn members(schema: &Value, edit: Edit) -> Vec<String> {
    let Some(properties) = schema["properties"].as_object() else { return Vec::new() };
    let is_required = |name: &str| {
        schema["required"].as_array().into_iter().flatten().any(|other| other.as_str() == Some(name))
    };
    let is_plain = |property: &Value, kind: &str| {
        property["type"] == kind && property.get("enum").is_none() && property.get("format").is_none()
    };
    let fits = |name: &str, property: &Value| match edit {
        Edit::RequireProperty => !is_required(name) && property["readOnly"] != true,
        Edit::FreeProperty => is_required(name),
        Edit::RetypeProperty | Edit::NullableProperty => {
            is_plain(property, "string") && property["nullable"] != true
        }
        Edit::TightenProperty => is_plain(property, "string") && property.get("description").is_none(),
        Edit::RewordProperty => property.get("$ref").is_none(),
        Edit::ReadOnlyProperty => {
            is_plain(property, "string") && property["readOnly"] != true && !is_required(name)
        }
        Edit::RemoveValue => property["enum"].as_array().is_some_and(|values| values.len() > 2),
        Edit::AddValue => property["enum"].is_array() && property["type"] == "string",
        _ => true,
    };
    // Other records refer to an ID, and custom fields have a special meaning.
    let chosen = properties.iter().filter(|(name, property)| {
        name.len() > 3 && !name.starts_with('_') && fits(name, property) && property.get("allOf").is_none()
    });
    chosen.map(|(name, _)| name.clone()).collect()
}

fn apply(
    schema: &mut Map<String, Value>,
    edit: Edit,
    member: &str,
    (sent, sent_whole, answered): (bool, bool, bool),
) -> (&'static [&'static str], String, bool) {
    let own = member.to_owned();
    let property = &mut schema["properties"][member];
    match edit {
        Edit::RetypeProperty => {
            property["type"] = json!("boolean");
            (&["property-retyped"], own, sent || answered)
        }
        Edit::NullableProperty => {
            property["nullable"] = json!(true);
            (&["property-nullable"], own, answered)
        }
        Edit::TightenProperty => {
            let was = property["maxLength"].as_u64();
            property["maxLength"] = json!(was.unwrap_or(100) - 1);
            (&["property-tightened"], own, sent)
        }
        Edit::RewordProperty => {
            property["description"] = json!("Words that were never here before.");
            // The limits are in the description, which is now missing.
            (&["property-reworded"], own, false)
        }
        Edit::ReadOnlyProperty => {
            property["readOnly"] = json!(true);
            (&["property-read-only"], own, sent)
        }
        Edit::RemoveValue => {
            property["enum"].as_array_mut().unwrap().pop();
            (&["property-value-removed"], own, sent)
        }
        Edit::AddValue => {
            property["enum"].as_array_mut().unwrap().push(json!("QuiteNewValue"));
            (&["property-value-added"], own, answered)
        }
        Edit::RemoveProperty | Edit::RenameProperty => {
            let properties = schema["properties"].as_object_mut().unwrap();
            let value = properties.shift_remove(member).unwrap();
            let is_own = |name: &Value| name.as_str() == Some(member);
            let renamed = format!("{member}s");
            let is_renamed = edit == Edit::RenameProperty && !properties.contains_key(&renamed);
            if is_renamed {
                properties.insert(renamed.clone(), value);
            }
            if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
                let was = required.iter().any(is_own);
                required.retain(|name| !is_own(name));
                if is_renamed && was {
                    required.push(json!(renamed));
                }
            }
            (&["property-removed", "property-renamed"], own, true)
        }
        Edit::AddProperty | Edit::AddRequiredProperty => {
            let properties = schema["properties"].as_object_mut().unwrap();
            properties.insert("quiteNewMember".to_owned(), json!({"type": "boolean"}));
            let required = edit == Edit::AddRequiredProperty;
            if required {
                let list = schema.entry("required").or_insert(json!([]));
                list.as_array_mut().unwrap().push(json!("quiteNewMember"));
            }
            // A new property can be set, whichever property selected the location.
            let _ = sent;
            (&["property-added"], "quiteNewMember".to_owned(), required && sent_whole)
        }
        Edit::RequireProperty => {
            let list = schema.entry("required").or_insert(json!([]));
            list.as_array_mut().unwrap().push(json!(member));
            (&["property-required"], own, sent_whole)
        }
        Edit::FreeProperty => {
            let list = schema["required"].as_array_mut().unwrap();
            list.retain(|name| name.as_str() != Some(member));
            (&["property-optional"], own, answered)
        }
        other => unreachable!("{other:?} is no edit of a schema"),
    }
}
