//! Compares the parts of operations that the generator's model leaves out: styles, media types, encodings, additional
//! responses, and headers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::document::{media_type, members, resolve, schema_name, without_words};
use super::found_changes::Area;
use super::schema_comparison::{KeywordComparison, SchemaPlace, words};
use crate::change::Change;
use crate::change_kind::DiffKind;

/// An operation in both documents.
#[derive(Clone, Copy)]
pub struct OperationPair<'a> {
    /// The old document.
    pub old_document: &'a Value,
    /// The new document.
    pub new_document: &'a Value,
    /// The old path item.
    pub old_item: &'a Value,
    /// The new path item.
    pub new_item: &'a Value,
    /// The old operation.
    pub old: &'a Value,
    /// The new operation.
    pub new: &'a Value,
    /// The operation's key in the new document.
    pub key: &'a str,
    /// JSON pointer into the new document.
    pub pointer: &'a str,
}

impl OperationPair<'_> {
    fn change(&self, kind: DiffKind) -> Change {
        Change::new(kind, self.key, self.pointer)
    }

    fn schema_place(&self, area: Area, member: Option<String>) -> SchemaPlace {
        SchemaPlace {
            area,
            subject: self.key.to_owned(),
            member,
            pointer: self.pointer.to_owned(),
            sent: area != Area::Response,
            returned: area == Area::Response,
        }
    }

    /// Compares the operation.
    pub fn compare(&self, schemas: &mut KeywordComparison<'_, '_>) {
        self.parameters(schemas);
        self.body(schemas);
        self.responses(schemas);
        let callbacks = (&self.old["callbacks"], &self.new["callbacks"]);
        if without_words(callbacks.0) != without_words(callbacks.1) {
            let say = |value: &Value| if value.is_null() { "none" } else { "others" };
            let change = self.change(DiffKind::DetailChanged).member("callbacks");
            schemas.found.add(change.was(say(callbacks.0)).is(say(callbacks.1)).breaks_if(true));
        }
    }

    fn parameters(&self, schemas: &mut KeywordComparison<'_, '_>) {
        let old = parameters(self.old_document, self.old_item, self.old);
        let new = parameters(self.new_document, self.new_item, self.new);
        for (key, a) in &old {
            let Some(b) = new.get(key) else { continue };
            let (name, location) = key;
            let change = |kind| self.change(kind).member(*name);
            if a["deprecated"].as_bool().unwrap_or_default() != b["deprecated"].as_bool().unwrap_or_default()
            {
                let is_deprecated = b["deprecated"].as_bool().unwrap_or_default();
                let kind = if is_deprecated {
                    DiffKind::ParameterDeprecated
                } else {
                    DiffKind::ParameterUndeprecated
                };
                schemas.found.add(change(kind));
            }
            let (was, is) = (style(self.old_document, a, location), style(self.new_document, b, location));
            if was != is {
                let change = change(DiffKind::ParameterStyleChanged);
                schemas.found.add(change.was(was).is(is).breaks_if(true));
            }
            let place = self.schema_place(Area::Parameter, Some((*name).to_owned()));
            schemas.compare(&a["schema"], &b["schema"], &place);
        }
    }

    fn body(&self, schemas: &mut KeywordComparison<'_, '_>) {
        let old = resolve(self.old_document, &self.old["requestBody"]);
        let new = resolve(self.new_document, &self.new["requestBody"]);
        if old.is_null() || new.is_null() || schemas.found.is_known(Area::Body, self.key, None, false) {
            return;
        }
        let (old, new) = (content(old), content(new));
        for media in old.keys().filter(|media| !new.contains_key(*media)) {
            let change = self.change(DiffKind::BodyMediaTypeRemoved);
            schemas.found.add(change.was(media).breaks_if(true));
        }
        for media in new.keys().filter(|media| !old.contains_key(*media)) {
            schemas.found.add(self.change(DiffKind::BodyMediaTypeAdded).is(media));
        }
        for (media, a) in &old {
            let Some(b) = new.get(media) else { continue };
            self.encodings(&a["encoding"], &b["encoding"], schemas);
            schemas.compare(&a["schema"], &b["schema"], &self.schema_place(Area::Body, None));
        }
    }

    fn encodings(&self, old: &Value, new: &Value, schemas: &mut KeywordComparison<'_, '_>) {
        let names: BTreeSet<&str> = members(old).chain(members(new)).map(|(name, _)| name).collect();
        for name in names {
            let (was, is) = (without_words(&old[name]), without_words(&new[name]));
            if was != is {
                let say = |encoding: &Value| match encoding {
                    Value::Null => "its type says".to_owned(),
                    encoding => encoding.to_string(),
                };
                let change = self.change(DiffKind::BodyEncodingChanged).member(name);
                schemas.found.add_once(change.was(say(&was)).is(say(&is)).breaks_if(true));
            }
        }
    }

    fn responses(&self, schemas: &mut KeywordComparison<'_, '_>) {
        let old = Responses::new(self.old_document, self.old);
        let new = Responses::new(self.new_document, self.new);
        for (status, a) in &old.successes {
            match new.successes.get(status) {
                Some(b) => self.success(status, a, b, schemas),
                None => self.alternative(status, a, &new, schemas, true),
            }
        }
        for (status, b) in new.successes.iter().filter(|(status, _)| !old.successes.contains_key(*status)) {
            self.alternative(status, b, &old, schemas, false);
        }
        for (status, a) in &old.errors {
            let Some(b) = new.errors.get(status) else {
                schemas.found.add(self.change(DiffKind::ErrorRemoved).was(*status));
                continue;
            };
            let (was, is) = (self.describe(a, schemas, true), self.describe(b, schemas, false));
            if was != is {
                let change = self.change(DiffKind::ErrorRetyped).member(*status);
                schemas.found.add(change.was(was).is(is).breaks_if(true));
            }
        }
        for status in new.errors.keys().filter(|status| !old.errors.contains_key(*status)) {
            schemas.found.add(self.change(DiffKind::ErrorAdded).is(*status));
        }
        for (status, a) in old.successes.iter().chain(&old.errors) {
            if let Some(b) = new.successes.get(status).or_else(|| new.errors.get(status)) {
                self.headers(&a["headers"], &b["headers"], schemas);
            }
        }
    }

    /// Compares a successful response that exists in both documents.
    fn success(&self, status: &str, old: &Value, new: &Value, schemas: &mut KeywordComparison<'_, '_>) {
        if schemas.found.is_known(Area::Response, self.key, None, false) {
            return;
        }
        let (old, new) = (content(old), content(new));
        let change = |kind| self.change(kind).member(status);
        for media in old.keys().filter(|media| !new.contains_key(*media)) {
            let change = change(DiffKind::AnswerMediaTypeRemoved);
            schemas.found.add(change.was(media).breaks_if(true));
        }
        for media in new.keys().filter(|media| !old.contains_key(*media)) {
            schemas.found.add(change(DiffKind::AnswerMediaTypeAdded).is(media));
        }
        for (media, a) in &old {
            // Any other content type is a file.
            let is_read = media.contains("json") || a["schema"]["properties"].is_object();
            if let Some(b) = new.get(media).filter(|_| is_read) {
                schemas.compare(
                    &a["schema"],
                    &b["schema"],
                    &self.schema_place(Area::Response, Some(status.to_owned())),
                );
            }
        }
    }

    /// Reports a status that only one document has, if its response differs from all others.
    fn alternative(
        &self,
        status: &str,
        response: &Value,
        others: &Responses<'_>,
        schemas: &mut KeywordComparison<'_, '_>,
        is_old: bool,
    ) {
        if content(response).is_empty() {
            return;
        }
        let text = self.describe(response, schemas, is_old);
        let mut known = others.successes.values().map(|other| self.describe(other, schemas, !is_old));
        if known.any(|known| known == text) {
            return;
        }
        let change = if is_old {
            self.change(DiffKind::AnswerAlternativeRemoved).was(text)
        } else {
            self.change(DiffKind::AnswerAlternativeAdded).is(text).breaks_if(true)
        };
        schemas.found.add(change.member(status));
    }

    fn headers(&self, old: &Value, new: &Value, schemas: &mut KeywordComparison<'_, '_>) {
        let (old, new) = (headers(self.old_document, old), headers(self.new_document, new));
        for (name, was) in &old {
            let change = |kind| self.change(kind).member(name).was(was);
            match new.get(name) {
                None => {
                    let change = change(DiffKind::AnswerHeaderRemoved);
                    schemas.found.add_once(change.breaks_if(true));
                }
                Some(is) if is != was => {
                    let change = change(DiffKind::AnswerHeaderRetyped).is(is);
                    schemas.found.add_once(change.breaks_if(true));
                }
                Some(_) => {}
            }
        }
        for (name, is) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
            schemas.found.add_once(self.change(DiffKind::AnswerHeaderAdded).member(name).is(is));
        }
    }

    /// Describes a response in words, with the new document's names.
    fn describe(&self, response: &Value, schemas: &KeywordComparison<'_, '_>, is_old: bool) -> String {
        let parts: Vec<String> = content(response)
            .iter()
            .map(|(media, content)| {
                let schema = &content["schema"];
                let text = match schema_name(schema) {
                    Some(name) if is_old => schemas.schemas.new_name(name).unwrap_or(name).to_owned(),
                    Some(name) => name.to_owned(),
                    None if schema.is_null() => "any value".to_owned(),
                    None if schema["properties"].is_object() => without_words(schema).to_string(),
                    None => words(schema),
                };
                format!("{text} ({media})")
            })
            .collect();
        if parts.is_empty() { "nothing".to_owned() } else { parts.join(" or ") }
    }
}

/// An operation's responses by status.
struct Responses<'a> {
    successes: BTreeMap<&'a str, &'a Value>,
    errors: BTreeMap<&'a str, &'a Value>,
}

impl<'a> Responses<'a> {
    fn new(document: &'a Value, operation: &'a Value) -> Self {
        let all: BTreeMap<&str, &Value> = members(&operation["responses"])
            .map(|(status, response)| (status, resolve(document, response)))
            .collect();
        let (mut successes, mut errors): (BTreeMap<_, _>, BTreeMap<_, _>) =
            all.into_iter().partition(|(status, _)| status.starts_with('2'));
        // If no success is declared, the default counts as one.
        if successes.is_empty() {
            successes.extend(errors.remove_entry("default"));
        }
        Self { successes, errors }
    }
}

/// Returns the contents of a body or a response by media type.
fn content(of: &Value) -> BTreeMap<String, &Value> {
    members(&of["content"]).map(|(media, content)| (media_type(media), content)).collect()
}

/// Returns an operation's parameters by name and location.
fn parameters<'a>(
    document: &'a Value,
    item: &'a Value,
    operation: &'a Value,
) -> BTreeMap<(&'a str, &'a str), &'a Value> {
    let lists = [&item["parameters"], &operation["parameters"]];
    let all =
        lists.into_iter().filter_map(Value::as_array).flatten().map(|parameter| resolve(document, parameter));
    all.filter_map(|parameter| Some(((parameter["name"].as_str()?, parameter["in"].as_str()?), parameter)))
        .collect()
}

/// Describes how a parameter is serialized. For a parameter that is neither a list nor an object, only the
/// relevant keywords count.
fn style(document: &Value, parameter: &Value, location: &str) -> String {
    if let Some((media, _)) = members(&parameter["content"]).next() {
        return format!("text of type {media}");
    }
    let schema = resolve(document, &parameter["schema"]);
    let is_single =
        !matches!(schema["type"].as_str(), Some("array" | "object")) && !schema["properties"].is_object();
    let usual = if ["query", "cookie"].contains(&location) { "form" } else { "simple" };
    let style = parameter["style"].as_str().unwrap_or(usual);
    let explode = parameter["explode"].as_bool().unwrap_or(style == "form");
    let is_raw = parameter["allowReserved"].as_bool().unwrap_or_default();
    let reserved = if is_raw { ", reserved characters as they are" } else { "" };
    match (is_single, style) {
        (true, "label" | "matrix") => format!("a {style}{reserved}"),
        (true, _) => format!("plain text{reserved}"),
        (false, _) => format!("{style}, {}{reserved}", if explode { "exploded" } else { "in one value" }),
    }
}

/// Describes headers in words, by name in lower case.
fn headers(document: &Value, of: &Value) -> BTreeMap<String, String> {
    members(of)
        .map(|(name, header)| {
            let header = resolve(document, header);
            let always = if header["required"].as_bool().unwrap_or_default() { "always " } else { "" };
            (name.to_lowercase(), format!("{always}{}", words(&header["schema"])))
        })
        .collect()
}
