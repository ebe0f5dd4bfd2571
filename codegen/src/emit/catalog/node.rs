//! Emits the JSON Schemas for tool inputs. References are inlined, every node has a type, and recursion is replaced
//! with a note in the description.

use serde_json::map::Entry;
use serde_json::{Map, Value, json};

use super::words::{ArgumentDescriber, join};
use crate::emit::context::Context;
use crate::emit::writable::is_writable;
use crate::ir::{Field, JsonKind, Limits, Shape, Type, Union};
use crate::relate::Reference;

/// Maximum depth to which objects are expanded; anything deeper is an object with a note.
const DEPTH: usize = 4;
/// The pattern of base64.
const BASE64: &str = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$";

/// The start of a relation: the path of fields from the arguments, `a/b`.
pub type LocatedReference<'a> = (String, &'a Reference);

/// Writes nodes, and collects the references in them.
pub struct Writer<'a> {
    context: &'a Context<'a>,
    stack: Vec<&'a str>,
    path: Vec<String>,
    /// References by path.
    pub references: Vec<LocatedReference<'a>>,
    /// True if a value of any type may be null.
    takes_null: bool,
    describer: ArgumentDescriber<'a>,
}

impl<'a> Writer<'a> {
    /// Creates a writer that starts outside any schema.
    pub fn new(context: &'a Context<'a>) -> Self {
        Self {
            context,
            stack: Vec::new(),
            path: Vec::new(),
            references: Vec::new(),
            takes_null: false,
            describer: ArgumentDescriber::new(context),
        }
    }

    /// Creates a writer for responses, in which null is a value like any other.
    pub fn of_answer(context: &'a Context<'a>) -> Self {
        Self { takes_null: true, ..Self::new(context) }
    }

    /// Returns the properties and required names of the schema `name`, as a caller may set them.
    pub fn properties(&mut self, name: &'a str) -> (Map<String, Value>, Vec<String>) {
        let top = self.stack.is_empty();
        self.stack.push(name);
        let mut properties = Map::new();
        let mut required = Vec::new();
        let fields: &'a [Field] = self.context.api.schemas[name].fields();
        for field in fields {
            if !is_writable(self.context, name, field, top) {
                continue;
            }
            self.path.push(field.name.clone());
            properties.insert(field.name.clone(), self.member(name, field));
            self.path.pop();
            if field.required || top && self.context.is_required(name, field) {
                required.push(field.name.clone());
            }
        }
        self.stack.pop();
        (properties, required)
    }

    /// Returns the node of the `id` with which a body of type `schema` identifies the record to attach.
    pub fn attached_id(&mut self, schema: &'a str, reference: &'a Reference) -> Option<Value> {
        let field = self.context.api.schemas[schema].fields().iter().find(|field| field.name == "id")?;
        let mut node = self.member(schema, field);
        if let Value::Object(members) = &mut node {
            let words = members.get("description").and_then(Value::as_str);
            let mut words = words.unwrap_or("Record to attach.").to_owned();
            self.add_source(&mut words, reference);
            members.insert("description".to_owned(), json!(words));
        }
        self.references.push(("id".to_owned(), reference));
        Some(node)
    }

    /// Adds a value's source to its description.
    fn add_source(&self, words: &mut String, reference: &Reference) {
        if let Some(source) = &reference.source {
            join(words, &self.describer.find_it(source.operation));
        }
    }

    /// Returns the node of a field of `schema`, with the overlay's description if there is one.
    fn member(&mut self, schema: &str, field: &'a Field) -> Value {
        if self.context.is_custom_fields(field) {
            return json!({"type": "object", "description": "Custom fields by caption."});
        }
        let words = self.describer.member(schema, field, self.stack.len() == 1);
        self.node(&field.ty, &field.limits, &words)
    }

    /// Returns the node of a type.
    pub fn node(&mut self, ty: &'a Type, limits: &Limits, description: &str) -> Value {
        let mut node = Map::new();
        let mut words = description.to_owned();
        match ty {
            Type::Boolean => set(&mut node, "type", "boolean"),
            Type::Integer | Type::Long | Type::Unsigned => {
                set(&mut node, "type", "integer");
                bounds(&mut node, limits);
                if *ty == Type::Unsigned && limits.minimum.is_none() {
                    node.insert("minimum".into(), json!(0));
                }
            }
            Type::Number => {
                set(&mut node, "type", "number");
                bounds(&mut node, limits);
            }
            Type::Text(format) => {
                set(&mut node, "type", "string");
                if let Some(format) = format.as_deref().filter(|format| is_known_format(format)) {
                    set(&mut node, "format", format);
                }
                lengths(&mut node, limits);
                if format.as_deref() == Some("byte") && limits.pattern.is_none() {
                    set(&mut node, "pattern", BASE64);
                }
            }
            Type::DateTime => {
                set(&mut node, "type", "string");
                set(&mut node, "format", "date-time");
            }
            Type::Binary => {
                set(&mut node, "type", "object");
                node.insert("format".into(), json!("binary"));
                node.insert(
                    "properties".into(),
                    json!({
                        "file_name": {"type": "string", "minLength": 1},
                        "media_type": {"type": "string"},
                        "content_base64": {"type": "string"},
                    }),
                );
                node.insert("required".into(), json!(["file_name", "content_base64"]));
                node.insert("additionalProperties".into(), json!(false));
            }
            Type::Choice(values) => {
                set(&mut node, "type", "string");
                node.insert("enum".into(), json!(values));
            }
            Type::List(item) => {
                set(&mut node, "type", "array");
                node.insert("items".into(), self.node(item, &Limits::default(), ""));
                items(&mut node, limits);
                if limits.unique_items {
                    join(&mut words, "Items must be unique.");
                }
            }
            Type::Map(value) => {
                set(&mut node, "type", "object");
                node.insert("additionalProperties".into(), self.node(value, &Limits::default(), ""));
            }
            Type::Any if self.takes_null => return any(&words),
            Type::Any => {
                let mut node = any_but_null(&words);
                if !limits.values.is_empty() {
                    node["enum"] = json!(limits.values);
                }
                return node;
            }
            Type::Named(name) => self.named(name, limits, &mut node, &mut words),
        }
        if !words.is_empty() && !node.contains_key("description") {
            node.insert("description".into(), json!(words));
        }
        if !limits.values.is_empty() && !matches!(ty, Type::Choice(_) | Type::Named(_)) {
            node.insert("enum".into(), json!(limits.values));
        }
        if let Some(default) = limits.default.as_ref().filter(|default| is_scalar(default)) {
            node.insert("default".into(), default.clone());
        }
        Value::Object(node)
    }

    fn named(&mut self, name: &'a str, limits: &Limits, node: &mut Map<String, Value>, words: &mut String) {
        let schema = &self.context.api.schemas[name];
        if let Shape::Alias(ty) = &schema.shape {
            if let Value::Object(inner) = self.node(ty, limits, words) {
                *node = inner;
            }
            return;
        }
        if let Shape::Union(union) = &schema.shape {
            self.union(name, union, node, words);
            return;
        }
        set(node, "type", "object");
        let related = self.context.related;
        if let Some(reference) = related.references.get(name) {
            let fields = schema.fields().iter().filter(|field| reference.keys.contains(&field.name));
            let mut keys = Map::new();
            for field in fields {
                keys.insert(field.name.clone(), self.node(&field.ty, &field.limits, ""));
            }
            let takes_id = keys.get("id").is_some_and(|id| id["type"] == "integer");
            node.insert("properties".into(), Value::Object(keys));
            match &reference.source {
                // The runtime accepts a number, or digits, as the ID.
                Some(source) if takes_id => join(words, &self.describer.id_or_object(source.operation)),
                _ => self.add_source(words, reference),
            }
            self.references.push((self.path.join("/"), reference));
            return;
        }
        if self.is_cut(name, words) {
            return;
        }
        let (properties, required) = self.properties(name);
        if !properties.is_empty() {
            node.insert("properties".into(), Value::Object(properties));
        }
        if !required.is_empty() {
            node.insert("required".into(), json!(required));
        }
        if let Some(additional) = &schema.additional
            && node.contains_key("properties")
        {
            let additional = match additional {
                Type::Any => json!(true),
                ty => self.node(ty, &Limits::default(), ""),
            };
            node.insert("additionalProperties".into(), additional);
        }
    }

    /// Returns true if the object `name` contains itself or is nested too deeply to be expanded, and adds a note to
    /// `words` in that case.
    fn is_cut(&self, name: &str, words: &mut String) -> bool {
        let is_cut = self.stack.contains(&name) || self.stack.len() >= DEPTH;
        if is_cut {
            join(words, &format!("A nested {name}; its fields are not listed here."));
        }
        is_cut
    }

    /// Returns the kinds of all variants, and the members of all objects among them. Combinations are checked only by
    /// the server.
    fn union(&mut self, name: &'a str, union: &'a Union, node: &mut Map<String, Value>, words: &mut String) {
        let mut kinds: Vec<&str> = Vec::new();
        for variant in &union.variants {
            let kind = match variant.signature.kind {
                JsonKind::Boolean => "boolean",
                JsonKind::Number => "number",
                JsonKind::Text => "string",
                JsonKind::List => "array",
                JsonKind::Object => "object",
            };
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        node.insert("type".into(), if let [only] = kinds[..] { json!(only) } else { json!(kinds) });
        if self.is_cut(name, words) {
            if kinds.contains(&"array") {
                node.insert("items".into(), any_but_null(""));
            }
            return;
        }
        self.stack.push(name);
        let UnionMembers { members, required, is_open } = self.union_members(union, node);
        self.stack.pop();
        if !members.is_empty() {
            node.insert("properties".into(), Value::Object(members));
            if is_open {
                node.insert("additionalProperties".into(), json!(true));
            }
        }
        let tag = union.discriminator.as_ref();
        let mut required = required.unwrap_or_default();
        if let Some(tag) = tag.filter(|tag| !required.contains(tag)) {
            required.insert(0, tag.clone());
        }
        if kinds == ["object"] && !required.is_empty() {
            node.insert("required".into(), json!(required));
        }
        let mut tags = union.variants.iter().filter_map(|variant| variant.signature.values.as_ref());
        if let Some(tag) = tag.or_else(|| tags.next().map(|(tag, _)| tag)) {
            join(words, &format!("`{tag}` determines which fields apply."));
        }
    }

    /// Returns the members of all objects among a union's variants. The items of a list variant are added to `node`.
    fn union_members(&mut self, union: &'a Union, node: &mut Map<String, Value>) -> UnionMembers {
        let mut found = UnionMembers::default();
        if let Some(tag) = &union.discriminator {
            let values = union.variants.iter().filter_map(|variant| variant.signature.values.as_ref());
            let values: Vec<&String> = values.flat_map(|(_, values)| values).collect();
            found.members.insert(tag.clone(), json!({"type": "string", "enum": values}));
        }
        for variant in &union.variants {
            let (members, required) = match self.context.api.resolve(&variant.ty) {
                Type::Named(name) => {
                    let schema = &self.context.api.schemas[name];
                    found.is_open |= schema.additional.is_some() || !matches!(schema.shape, Shape::Object(_));
                    self.properties(name)
                }
                Type::List(item) => {
                    node.insert("items".into(), self.node(item, &Limits::default(), ""));
                    continue;
                }
                ty => {
                    found.is_open |= matches!(ty, Type::Map(_));
                    continue;
                }
            };
            let tag = variant.signature.values.as_ref().map(|(tag, _)| tag);
            for (member, own) in members {
                let is_tag = Some(&member) == tag;
                match found.members.entry(member) {
                    Entry::Vacant(vacant) => drop(vacant.insert(own)),
                    Entry::Occupied(mut known) => {
                        let is_known =
                            *known.get() == own || Some(known.key()) == union.discriminator.as_ref();
                        let is_merged = is_known || is_tag && merge_values(known.get_mut(), &own);
                        if !is_merged {
                            known.insert(any_but_null(""));
                        }
                    }
                }
            }
            found.required = Some(match found.required {
                Some(known) => known.into_iter().filter(|name| required.contains(name)).collect(),
                None => required,
            });
        }
        found
    }
}

/// The members of the objects among the variants of a union.
#[derive(Default)]
struct UnionMembers {
    members: Map<String, Value>,
    /// The members that every object requires.
    required: Option<Vec<String>>,
    /// True if an object may have other members.
    is_open: bool,
}

/// Adds the values of `own` to those of `known`, if both list values.
fn merge_values(known: &mut Value, own: &Value) -> bool {
    let (Some(known), Some(own)) =
        (known.get_mut("enum").and_then(Value::as_array_mut), own["enum"].as_array())
    else {
        return false;
    };
    known.extend(own.iter().cloned());
    true
}

fn is_scalar(value: &Value) -> bool {
    value.is_string() || value.is_number() || value.is_boolean()
}

fn set(node: &mut Map<String, Value>, key: &str, text: &str) {
    node.insert(key.to_owned(), Value::String(text.to_owned()));
}

/// Returns a node for any JSON value.
pub fn any(words: &str) -> Value {
    let mut node = json!({
        "type": ["string", "number", "boolean", "object", "array", "null"],
        "items": {"type": ["string", "number", "boolean", "object", "null"]},
    });
    if !words.is_empty() {
        node["description"] = json!(words);
    }
    node
}

/// Returns a node for any JSON value except null, which means that a field is absent: an update must keep fields that
/// it doesn't contain.
fn any_but_null(words: &str) -> Value {
    let mut node = any(words);
    for pointer in ["/type", "/items/type"] {
        if let Some(kinds) = node.pointer_mut(pointer).and_then(Value::as_array_mut) {
            kinds.retain(|kind| kind != "null");
        }
    }
    node
}

/// Returns true for formats defined by JSON Schema.
fn is_known_format(format: &str) -> bool {
    matches!(format, "date" | "time" | "email" | "uuid" | "uri" | "ipv4" | "ipv6" | "hostname")
}

fn lengths(node: &mut Map<String, Value>, limits: &Limits) {
    insert(node, "minLength", limits.min_length);
    insert(node, "maxLength", limits.max_length);
    insert(node, "pattern", limits.pattern.as_deref());
}

fn items(node: &mut Map<String, Value>, limits: &Limits) {
    insert(node, "minItems", limits.min_items);
    insert(node, "maxItems", limits.max_items);
}

fn bounds(node: &mut Map<String, Value>, limits: &Limits) {
    let minimum = if limits.exclusive_minimum { "exclusiveMinimum" } else { "minimum" };
    let maximum = if limits.exclusive_maximum { "exclusiveMaximum" } else { "maximum" };
    insert(node, minimum, limits.minimum.clone());
    insert(node, maximum, limits.maximum.clone());
    insert(node, "multipleOf", limits.multiple_of.clone());
}

fn insert(node: &mut Map<String, Value>, key: &str, limit: Option<impl Into<Value>>) {
    if let Some(limit) = limit {
        node.insert(key.to_owned(), limit.into());
    }
}
