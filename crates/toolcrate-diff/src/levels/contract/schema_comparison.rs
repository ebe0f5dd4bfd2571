//! Compares schemas keyword by keyword.

use std::collections::BTreeSet;

use serde_json::Value;

use super::document::{is_word, members, schema_name, texts, without_words};
use super::found_changes::{Area, FoundChanges};
use crate::change::Change;
use crate::change_kind::DiffKind;
use crate::schema_pairs::SchemaPairs;

/// Maximum length of a value in a sentence.
const MAX_VALUE_LENGTH: usize = 80;

/// A schema's location, and the clients it affects.
#[derive(Clone, Debug)]
pub struct SchemaPlace {
    /// The area that it belongs to.
    pub area: Area,
    /// The schema or operation.
    pub subject: String,
    /// The affected part of the subject.
    pub member: Option<String>,
    /// JSON pointer into the new document.
    pub pointer: String,
    /// True if it is part of requests.
    pub sent: bool,
    /// True if it is part of responses.
    pub returned: bool,
}

impl SchemaPlace {
    fn property(&self, name: &str) -> Self {
        let member = match &self.member {
            Some(member) => format!("{member}.{name}"),
            None => name.to_owned(),
        };
        Self {
            member: Some(member),
            pointer: format!("{}/properties/{}", self.pointer, name.replace('~', "~0").replace('/', "~1")),
            ..self.clone()
        }
    }

    fn change(&self, kind: DiffKind) -> Change {
        let change = Change::new(kind, &self.subject, &self.pointer);
        match &self.member {
            Some(member) => change.member(member),
            None => change,
        }
    }
}

/// Compares the schemas of two documents.
pub struct KeywordComparison<'a, 'f> {
    /// The schemas that exist in both documents.
    pub schemas: &'a SchemaPairs<'a>,
    /// The old and the new document.
    pub documents: (&'a Value, &'a Value),
    /// The changes found so far, to which new ones are added.
    pub found: FoundChanges<'f>,
}

impl KeywordComparison<'_, '_> {
    /// Returns true if two references point to the same schema, or to equivalent schemas.
    fn are_same(&self, old: &str, new: &str) -> bool {
        old == new || self.schemas.are_same(old, new) || {
            let schema = |document: &'_ Value, name: &str| document["components"]["schemas"][name].clone();
            let (old_document, new_document) = self.documents;
            let (a, b) = (schema(old_document, old), schema(new_document, new));
            self.are_alike(&a, &b, &mut BTreeSet::from([(old.to_owned(), new.to_owned())]))
        }
    }

    /// Returns true if two schemas differ only in explanatory text. `open` contains the pairs being compared.
    fn are_alike(&self, old: &Value, new: &Value, open: &mut BTreeSet<(String, String)>) -> bool {
        if let (Some(a), Some(b)) = (schema_name(old), schema_name(new)) {
            if a == b || self.schemas.are_same(a, b) || !open.insert((a.to_owned(), b.to_owned())) {
                return true;
            }
            let (old_document, new_document) = self.documents;
            let (a, b) =
                (&old_document["components"]["schemas"][a], &new_document["components"]["schemas"][b]);
            return self.are_alike(a, b, open);
        }
        match (old, new) {
            (Value::Object(a), Value::Object(b)) => {
                let keywords: BTreeSet<&str> =
                    members(old).chain(members(new)).map(|(name, _)| name).collect();
                keywords.into_iter().filter(|name| !is_word(name)).all(|name| {
                    match (a.get(name), b.get(name)) {
                        (Some(a), Some(b)) if name == "properties" => self.are_members_alike(a, b, open),
                        (Some(a), Some(b)) => self.are_alike(a, b, open),
                        _ => false,
                    }
                })
            }
            (Value::Array(a), Value::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.are_alike(a, b, open))
            }
            (a, b) => a == b,
        }
    }

    /// Returns true if two lists of properties differ only in explanatory text.
    fn are_members_alike(&self, old: &Value, new: &Value, open: &mut BTreeSet<(String, String)>) -> bool {
        members(old).count() == members(new).count()
            && members(old).all(|(name, a)| new.get(name).is_some_and(|b| self.are_alike(a, b, open)))
    }

    /// Compares two schemas at the same location.
    pub fn compare(&mut self, old: &Value, new: &Value, place: &SchemaPlace) {
        match (schema_name(old), schema_name(new)) {
            (Some(a), Some(b)) if self.are_same(a, b) => return,
            (None, None) => {}
            _ => return self.detail(place, "type", &words(old), &words(new)),
        }
        let keywords: BTreeSet<&str> = members(old).chain(members(new)).map(|(name, _)| name).collect();
        for keyword in keywords.into_iter().filter(|keyword| !is_word(keyword) && *keyword != "required") {
            self.keyword(keyword, &old[keyword], &new[keyword], place);
        }
        self.required(old, new, place);
        self.alternatives(old, new, place);
    }

    fn keyword(&mut self, keyword: &str, old: &Value, new: &Value, place: &SchemaPlace) {
        if old == new {
            return;
        }
        match keyword {
            "oneOf" | "anyOf" => {}
            "properties" => self.properties(old, new, place),
            "items" if old.is_object() && new.is_object() => self.compare(old, new, place),
            "allOf" => self.parts(old, new, place),
            "additionalProperties" => self.additional(old, new, place),
            "discriminator" => self.discriminator(old, new, place),
            "enum" => {
                let values = |value: &Value| -> BTreeSet<String> {
                    value.as_array().into_iter().flatten().map(Value::to_string).collect()
                };
                if values(old) != values(new) {
                    self.detail(place, keyword, &shortened(old), &shortened(new));
                }
            }
            "default" => {
                let is_parameter = place.area == Area::Parameter;
                let kind = if is_parameter {
                    DiffKind::ParameterDefaultChanged
                } else {
                    DiffKind::PropertyDefaultChanged
                };
                let breaks = !old.is_null() && place.sent;
                self.found.add(place.change(kind).was(value(old)).is(value(new)).breaks_if(breaks));
            }
            "deprecated" => self.flag(
                (old, new),
                place.change(DiffKind::PropertyDeprecated),
                place.change(DiffKind::PropertyUndeprecated),
            ),
            "writeOnly" => self.flag(
                (old, new),
                place.change(DiffKind::PropertyWriteOnly).breaks_if(place.returned),
                place.change(DiffKind::PropertyReadable),
            ),
            // The default is false.
            "nullable" | "readOnly" | "uniqueItems" | "exclusiveMinimum" | "exclusiveMaximum"
                if is_true(old) == is_true(new) => {}
            _ => self.detail(place, keyword, &shortened(old), &shortened(new)),
        }
    }

    fn flag(&mut self, (old, new): (&Value, &Value), on: Change, off: Change) {
        match (is_true(old), is_true(new)) {
            (false, true) => self.found.add(on),
            (true, false) => self.found.add(off),
            _ => {}
        }
    }

    fn properties(&mut self, old: &Value, new: &Value, place: &SchemaPlace) {
        let names: BTreeSet<&str> = members(old).chain(members(new)).map(|(name, _)| name).collect();
        for name in names {
            let place = place.property(name);
            match (old.get(name), new.get(name)) {
                (Some(a), Some(b)) => self.compare(a, b, &place),
                (a, b) => {
                    let words = |schema: Option<&Value>| schema.map_or_else(|| "nothing".to_owned(), words);
                    self.detail(&place, "property", &words(a), &words(b));
                }
            }
        }
    }

    fn required(&mut self, old: &Value, new: &Value, place: &SchemaPlace) {
        // A required name without a property is a mistake, unless another part of the schema defines the
        // property.
        let names = |schema: &'_ Value| -> BTreeSet<String> {
            let is_known = |name: &&str| {
                schema["properties"].get(*name).is_some()
                    || !schema["allOf"].is_null()
                    || schema["properties"].is_null()
            };
            texts(&schema["required"]).into_iter().filter(is_known).map(str::to_owned).collect()
        };
        let (old, new) = (names(old), names(new));
        for name in old.symmetric_difference(&new) {
            let say = |names: &BTreeSet<String>| if names.contains(name) { "required" } else { "optional" };
            self.detail(&place.property(name), "required", say(&old), say(&new));
        }
    }

    /// Compares the parts of an `allOf`.
    fn parts(&mut self, old: &Value, new: &Value, place: &SchemaPlace) {
        let parts = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let (old_parts, new_parts) = (parts(old), parts(new));
        if old_parts.len() != new_parts.len() {
            return self.detail(
                place,
                "allOf",
                &alternatives_in_words(&old_parts),
                &alternatives_in_words(&new_parts),
            );
        }
        for (a, b) in old_parts.iter().zip(&new_parts) {
            self.compare(a, b, place);
        }
    }

    fn additional(&mut self, old: &Value, new: &Value, place: &SchemaPlace) {
        let is_closed = |value: &Value| *value == Value::Bool(false);
        let is_any = |value: &Value| {
            matches!(value, Value::Null | Value::Bool(true)) || *value == serde_json::json!({})
        };
        match (is_closed(old), is_closed(new)) {
            (false, true) => self.found.add(place.change(DiffKind::SchemaClosed).breaks_if(place.sent)),
            (true, false) => self.found.add(place.change(DiffKind::SchemaOpened)),
            _ if is_any(old) && is_any(new) => {}
            _ if old.is_object() && new.is_object() && !is_any(old) && !is_any(new) => {
                self.compare(old, new, &place.property("*"));
            }
            _ => self.detail(&place.property("*"), "type", &words(old), &words(new)),
        }
    }

    fn discriminator(&mut self, old: &Value, new: &Value, place: &SchemaPlace) {
        let describe = |value: &Value, rename: &dyn Fn(&str) -> String| {
            let mapping: BTreeSet<String> = members(&value["mapping"])
                .map(|(value, target)| {
                    let target = target.as_str().unwrap_or_default();
                    let name = target.rsplit('/').next().unwrap_or_default();
                    format!("{value} for {}", rename(name))
                })
                .collect();
            match value["propertyName"].as_str() {
                None => "nothing".to_owned(),
                Some(name) if mapping.is_empty() => format!("`{name}`"),
                Some(name) => format!("`{name}` ({})", mapping.into_iter().collect::<Vec<_>>().join(", ")),
            }
        };
        let (was, is) = (describe(old, &|name| self.new_name(name)), describe(new, &str::to_owned));
        if was != is {
            let change = place.change(DiffKind::SchemaDiscriminatorChanged);
            self.found.add(change.was(was).is(is).breaks_if(true));
        }
    }

    /// Compares the members of `oneOf` and `anyOf`.
    fn alternatives(&mut self, old: &Value, new: &Value, place: &SchemaPlace) {
        let all = |value: &Value, rename: &dyn Fn(&str) -> String| -> BTreeSet<(String, String)> {
            let lists = ["oneOf", "anyOf"].into_iter().filter_map(|name| value[name].as_array());
            lists
                .flatten()
                .map(|item| match schema_name(item) {
                    Some(name) => (rename(name), rename(name)),
                    None => (words(item), without_words(item).to_string()),
                })
                .collect()
        };
        let (old, new) = (all(old, &|name| self.new_name(name)), all(new, &str::to_owned));
        for (words, _) in old.difference(&new) {
            let change = place.change(DiffKind::SchemaAlternativeRemoved);
            self.found.add(change.was(words).breaks_if(place.sent));
        }
        for (words, _) in new.difference(&old) {
            let change = place.change(DiffKind::SchemaAlternativeAdded);
            self.found.add(change.is(words).breaks_if(place.returned));
        }
    }

    fn new_name(&self, old: &str) -> String {
        self.schemas.new_name(old).unwrap_or(old).to_owned()
    }

    /// Reports a difference that no other kind of change covers, unless another level reports it.
    pub fn detail(&mut self, place: &SchemaPlace, keyword: &str, old: &str, new: &str) {
        let of_type = ["type", "format", "enum"].contains(&keyword);
        if old == new || self.found.is_known(place.area, &place.subject, place.member.as_deref(), of_type) {
            return;
        }
        let name = match &place.member {
            Some(member) => format!("{member} ({keyword})"),
            None => keyword.to_owned(),
        };
        let change = Change::new(DiffKind::DetailChanged, &place.subject, &place.pointer);
        self.found.add(change.member(name).was(old).is(new).breaks_if(true));
    }
}

fn is_true(value: &Value) -> bool {
    value.as_bool() == Some(true)
}

/// Formats a value for a sentence.
fn value(value: &Value) -> String {
    if value.is_null() { "none".to_owned() } else { shortened(value) }
}

/// Returns a value's JSON, shortened.
fn shortened(value: &Value) -> String {
    if value.is_null() {
        return "nothing".to_owned();
    }
    let text = without_words(value).to_string();
    if text.chars().count() <= MAX_VALUE_LENGTH {
        return text;
    }
    // Two different long values must remain different.
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{}… ({hash:016x})", text.chars().take(MAX_VALUE_LENGTH).collect::<String>())
}

/// Describes a schema in a few words.
pub fn words(schema: &Value) -> String {
    match (schema_name(schema), schema["type"].as_str(), schema["format"].as_str()) {
        (Some(name), ..) => name.to_owned(),
        (None, Some("array"), _) => format!("a list of {}", words(&schema["items"])),
        (None, Some(ty), Some(format)) => format!("{ty} ({format})"),
        (None, Some(ty), None) => ty.to_owned(),
        (None, None, _) => match schema.as_object() {
            Some(members) if !members.is_empty() => shortened(schema),
            _ => "any value".to_owned(),
        },
    }
}

fn alternatives_in_words(schemas: &[Value]) -> String {
    schemas.iter().map(words).collect::<Vec<_>>().join(" and ")
}
