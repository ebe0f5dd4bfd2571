//! The fields of a record type, with their names, types, and searchable paths. They are read from the catalog.

use std::collections::HashMap;
use std::sync::{OnceLock, RwLock};

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::catalog::{FilterKind, FilterScalar};
use serde_json::Value;

use crate::engine::query::ValueKind;

/// An API schema.
#[derive(Debug, Default)]
pub(crate) struct Resource {
    pub(crate) name: String,
    pub(crate) members: Vec<(String, Member)>,
    /// Lowercase paths, and the kinds of values they can be compared with.
    pub(crate) kinds: HashMap<String, ValueKind>,
}

/// The type of a field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Member {
    Integer,
    Number,
    Boolean,
    Text,
    /// Strings by name.
    Map,
    /// An object with a named schema.
    Object(String),
    List(Box<Member>),
    /// Any value.
    Any,
}

impl Resource {
    pub(crate) fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|(known, _)| known == name).map(|(_, member)| member)
    }

    /// Returns an ID as its records represent it: a number or, in a few schemas, a string.
    pub(crate) fn id(&self, id: i64) -> Value {
        match self.member("id") {
            Some(Member::Text) => Value::from(id.to_string()),
            _ => Value::from(id),
        }
    }

    /// Returns the type at a field path, matched case-insensitively and through lists.
    pub(crate) fn at(&self, path: &str) -> Option<Member> {
        let (first, rest) = path.split_once('/').map_or((path, None), |(first, rest)| (first, Some(rest)));
        let (_, member) = self.members.iter().find(|(name, _)| name.eq_ignore_ascii_case(first))?;
        let Some(rest) = rest else { return Some(member.clone()) };
        match through_lists(member) {
            Member::Object(name) => resource(name).at(rest),
            Member::Map => Some(Member::Text),
            _ => None,
        }
    }
}

fn through_lists(member: &Member) -> &Member {
    match member {
        Member::List(item) => through_lists(item),
        other => other,
    }
}

/// Returns the schema with this name, or an empty one if the catalog has none.
pub(crate) fn resource(name: &str) -> &'static Resource {
    static KNOWN: OnceLock<RwLock<HashMap<String, &'static Resource>>> = OnceLock::new();
    let known = KNOWN.get_or_init(RwLock::default);
    if let Some(found) = known.read().ok().and_then(|known| known.get(name).copied()) {
        return found;
    }
    // There are only as many as the catalog has schemas, which live equally long.
    let found: &'static Resource = Box::leak(Box::new(parse(name).unwrap_or_default()));
    if let Ok(mut known) = known.write() {
        return known.entry(name.to_owned()).or_insert(found);
    }
    found
}

fn parse(name: &str) -> Option<Resource> {
    let schema = CATALOG.schemas().get(name)?.schema.to_value();
    let properties = schema.get("properties").and_then(Value::as_object);
    let members = properties.into_iter().flatten().map(|(name, node)| (name.clone(), member(node))).collect();
    let fields = CATALOG.filters().get(name).into_iter().flat_map(|filter| &filter.fields);
    let kinds = fields.map(|(path, kind)| (path.to_ascii_lowercase(), self::kind(kind))).collect();
    Some(Resource { name: name.to_owned(), members, kinds })
}

/// Returns the type that a schema node describes.
pub(crate) fn member(node: &Value) -> Member {
    if let Some(reference) = node.get("$ref").and_then(Value::as_str) {
        let name = reference.rsplit_once("/").map_or(reference, |(_, name)| name);
        return Member::Object(name.replace("~1", "/").replace("~0", "~"));
    }
    if let Some(first) = node.get("anyOf").and_then(|nodes| nodes.get(0)) {
        return member(first);
    }
    let kinds: Vec<&str> = match node.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => {
            kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect()
        }
        _ => Vec::new(),
    };
    match kinds[..] {
        ["integer"] => Member::Integer,
        ["number"] => Member::Number,
        ["boolean"] => Member::Boolean,
        ["string"] => Member::Text,
        ["array"] => Member::List(Box::new(node.get("items").map_or(Member::Any, member))),
        ["object"] if node.get("additionalProperties").is_some_and(Value::is_object) => Member::Map,
        _ => Member::Any,
    }
}

fn kind(kind: &FilterKind<'_>) -> ValueKind {
    match kind {
        FilterKind::Choice(choices) => {
            ValueKind::Choice(choices.iter().map(|choice| choice.to_string()).collect())
        }
        FilterKind::Scalar(FilterScalar::Integer | FilterScalar::Number) => ValueKind::Number,
        FilterKind::Scalar(FilterScalar::Boolean) => ValueKind::Boolean,
        FilterKind::Scalar(FilterScalar::Date | FilterScalar::DateTime) => ValueKind::Date,
        FilterKind::Scalar(FilterScalar::Text) => ValueKind::Text,
    }
}
