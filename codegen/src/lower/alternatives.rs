//! Determines how values of a schema with alternatives (`oneOf`, `anyOf`) can be distinguished if the schema has no
//! discriminator.
//!
//! Alternatives can be distinguished by the kind of the JSON value. Objects can also be distinguished by a required
//! property that has different values in each alternative, or by required properties that the other alternatives don't
//! have. Alternatives that differ only in how they restrict a scalar are merged into one.

use std::collections::BTreeSet;

use openapiv3::{
    AdditionalProperties, Components, ReferenceOr, Schema as Source, SchemaKind, Type as SourceType,
};
use serde_json::Value;

use super::object_parts::{self, ObjectParts, resolve_schema};
use crate::ir::{JsonKind, Type, VariantSignature};

/// Maximum depth of alternatives nested in alternatives.
const MAX_DEPTH: usize = 8;

/// An alternative, or several that were merged.
pub enum Alternative<'a> {
    /// A schema, and the signature that distinguishes it from the others.
    Schema {
        /// The schema.
        source: &'a ReferenceOr<Source>,
        /// The signature that distinguishes it from the others.
        signature: VariantSignature,
    },
    /// Several schemas whose values have the same JSON kind.
    Merged {
        /// The common type.
        ty: Type,
        /// The common kind.
        kind: JsonKind,
    },
}

/// Returns the alternatives of `source`, if it consists only of alternatives that can be distinguished.
pub fn alternatives<'a>(components: &'a Components, source: &'a Source) -> Option<Vec<Alternative<'a>>> {
    let mut all = Vec::new();
    for alternative in plain(source)? {
        flatten(components, alternative, &mut all, 0)?;
    }
    let mut kinds: Vec<(JsonKind, Vec<&ReferenceOr<Source>>)> = Vec::new();
    for alternative in all {
        let kind = kind(components, resolve_schema(components, alternative)?, 0)?;
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, sources)) => sources.push(alternative),
            None => kinds.push((kind, vec![alternative])),
        }
    }
    let mut found = Vec::new();
    for (kind, sources) in kinds {
        match (kind, &sources[..]) {
            (_, [only]) => {
                found.push(Alternative::Schema { source: only, signature: VariantSignature::new(kind) });
            }
            (JsonKind::Object, several) => found.extend(objects(components, several)?),
            (_, several) => {
                let schemas = several.iter().filter_map(|source| resolve_schema(components, source));
                found.push(Alternative::Merged { ty: merged(kind, schemas), kind });
            }
        }
    }
    (!found.is_empty()).then_some(found)
}

/// Returns the alternatives of a schema that has no other keywords that restrict its values.
fn plain(source: &Source) -> Option<&[ReferenceOr<Source>]> {
    let alternatives = match &source.schema_kind {
        SchemaKind::OneOf { one_of: alternatives } | SchemaKind::AnyOf { any_of: alternatives } => {
            alternatives
        }
        SchemaKind::Any(any)
            if any.properties.is_empty()
                && any.all_of.is_empty()
                && any.not.is_none()
                && any.one_of.is_empty() != any.any_of.is_empty() =>
        {
            if any.one_of.is_empty() {
                &any.any_of
            } else {
                &any.one_of
            }
        }
        _ => return None,
    };
    (alternatives.len() > 1).then_some(alternatives)
}

/// Adds `alternative`, or its own alternatives if it has any. Duplicates are added once.
fn flatten<'a>(
    components: &'a Components,
    alternative: &'a ReferenceOr<Source>,
    all: &mut Vec<&'a ReferenceOr<Source>>,
    depth: usize,
) -> Option<()> {
    if depth > MAX_DEPTH {
        return None;
    }
    let source = resolve_schema(components, alternative)?;
    match plain(source).filter(|_| source.schema_data.discriminator.is_none()) {
        Some(nested) => nested.iter().try_for_each(|nested| flatten(components, nested, all, depth + 1)),
        None => {
            if !all.contains(&alternative) {
                all.push(alternative);
            }
            Some(())
        }
    }
}

/// Returns the JSON kind of a schema's values, if all have the same one.
fn kind(components: &Components, source: &Source, depth: usize) -> Option<JsonKind> {
    if depth > MAX_DEPTH {
        return None;
    }
    let of_only = |parts: &[ReferenceOr<Source>]| match parts {
        [only] => kind(components, resolve_schema(components, only)?, depth + 1),
        _ => None,
    };
    match &source.schema_kind {
        SchemaKind::Type(ty) => Some(match ty {
            SourceType::Boolean(_) => JsonKind::Boolean,
            SourceType::Integer(_) | SourceType::Number(_) => JsonKind::Number,
            SourceType::String(_) => JsonKind::Text,
            SourceType::Array(_) => JsonKind::List,
            SourceType::Object(_) => JsonKind::Object,
        }),
        SchemaKind::AllOf { all_of } => of_only(all_of).or_else(|| object_kind(components, source)),
        SchemaKind::Any(any) if !any.all_of.is_empty() || !any.properties.is_empty() => {
            object_kind(components, source).or_else(|| of_only(&any.all_of))
        }
        SchemaKind::Any(any) if any.items.is_some() => Some(JsonKind::List),
        SchemaKind::Any(any) if !any.enumeration.is_empty() => {
            let values = || any.enumeration.iter().filter(|value| !value.is_null());
            let all = |is_kind: fn(&Value) -> bool| values().all(is_kind).then_some(());
            match any.typ.as_deref() {
                Some("string") => Some(JsonKind::Text),
                _ => all(Value::is_string)
                    .map(|()| JsonKind::Text)
                    .or_else(|| all(Value::is_number).map(|()| JsonKind::Number))
                    .or_else(|| all(Value::is_boolean).map(|()| JsonKind::Boolean)),
            }
        }
        SchemaKind::Any(any) if any.one_of.is_empty() && any.any_of.is_empty() && any.not.is_none() => {
            match any.typ.as_deref()? {
                "boolean" => Some(JsonKind::Boolean),
                "integer" | "number" => Some(JsonKind::Number),
                "string" => Some(JsonKind::Text),
                "array" => Some(JsonKind::List),
                "object" => Some(JsonKind::Object),
                _ => None,
            }
        }
        SchemaKind::OneOf { one_of: only } | SchemaKind::AnyOf { any_of: only }
            if source.schema_data.discriminator.is_none() =>
        {
            of_only(only)
        }
        // The alternatives of a discriminator are objects.
        SchemaKind::OneOf { .. } | SchemaKind::AnyOf { .. } => Some(JsonKind::Object),
        SchemaKind::Any(_) | SchemaKind::Not { .. } => None,
    }
}

fn object_kind(components: &Components, source: &Source) -> Option<JsonKind> {
    object_parts::collect(components, source, "").map(|_| JsonKind::Object)
}

/// Returns the common type of schemas of one kind other than objects.
fn merged<'a>(kind: JsonKind, sources: impl Iterator<Item = &'a Source> + Clone) -> Type {
    match kind {
        JsonKind::Boolean => Type::Boolean,
        JsonKind::Number => {
            let is_integer =
                |source: &Source| matches!(source.schema_kind, SchemaKind::Type(SourceType::Integer(_)));
            if sources.clone().all(is_integer) { Type::Long } else { Type::Number }
        }
        JsonKind::Text => {
            let mut all = Vec::new();
            for source in sources {
                let values = texts(source);
                if values.is_empty() {
                    return Type::Text(None);
                }
                all.extend(values.into_iter().filter(|value| !all.contains(value)).collect::<Vec<_>>());
            }
            Type::Choice(all)
        }
        JsonKind::List => Type::List(Box::new(Type::Any)),
        JsonKind::Object => Type::Any,
    }
}

/// Returns the strings that an object allows for a property, or nothing if it allows any string.
pub fn allowed_values(components: &Components, parts: &ObjectParts, name: &str) -> Vec<String> {
    let property = parts.properties.get(name);
    property.and_then(|property| resolve_schema(components, property)).map(texts).unwrap_or_default()
}

/// Returns the strings that a schema allows, or nothing if it allows any string.
fn texts(source: &Source) -> Vec<String> {
    match &source.schema_kind {
        SchemaKind::Type(SourceType::String(text)) => text.enumeration.iter().flatten().cloned().collect(),
        SchemaKind::Any(any) if any.enumeration.iter().all(|value| value.is_string() || value.is_null()) => {
            any.enumeration.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    }
}

/// Returns several objects, each with the signature that distinguishes it from the others.
fn objects<'a>(
    components: &'a Components,
    sources: &[&'a ReferenceOr<Source>],
) -> Option<Vec<Alternative<'a>>> {
    let parts: Vec<ObjectParts> = sources
        .iter()
        .map(|source| object_parts::collect(components, resolve_schema(components, source)?, ""))
        .collect::<Option<_>>()?;
    let signatures = by_values(components, &parts).or_else(|| by_members(&parts))?;
    let schema = |(source, signature): (&&'a ReferenceOr<Source>, VariantSignature)| Alternative::Schema {
        source,
        signature,
    };
    Some(sources.iter().zip(signatures).map(schema).collect())
}

/// Distinguishes objects by a property that each one requires, with different values in each.
fn by_values(components: &Components, parts: &[ObjectParts]) -> Option<Vec<VariantSignature>> {
    let (first, others) = parts.split_first()?;
    let values_of = |parts: &ObjectParts, name: &String| match parts.required.contains(name) {
        true => allowed_values(components, parts, name),
        false => Vec::new(),
    };
    first.properties.keys().find_map(|name| {
        let mut signatures = Vec::with_capacity(parts.len());
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for parts in std::iter::once(first).chain(others) {
            let values = values_of(parts, name);
            let is_distinct = values.iter().all(|value| taken.insert(value.clone()));
            if values.is_empty() || !is_distinct {
                return None;
            }
            let signature = VariantSignature::new(JsonKind::Object);
            signatures.push(VariantSignature { values: Some((name.clone(), values)), ..signature });
        }
        Some(signatures)
    })
}

/// Distinguishes objects by a property that only one of them has, and requires. One object may lack such a property
/// if it requires any.
fn by_members(parts: &[ObjectParts]) -> Option<Vec<VariantSignature>> {
    let is_open = |parts: &ObjectParts| {
        !matches!(parts.additional, None | Some(AdditionalProperties::Any(false))) || parts.has_alternatives
    };
    if parts.iter().any(is_open) {
        return None;
    }
    let own = |(index, own): (usize, &ObjectParts)| {
        let others = parts.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, parts)| parts);
        let mut required = own.required.iter().filter(|name| own.properties.contains_key(*name));
        required.find(|name| !others.clone().any(|parts| parts.properties.contains_key(*name))).cloned()
    };
    let marks: Vec<Option<String>> = parts.iter().enumerate().map(own).collect();
    let without_mark = marks.iter().zip(parts).filter(|(mark, _)| mark.is_none()).map(|(_, parts)| parts);
    let without_mark: Vec<&ObjectParts> = without_mark.collect();
    if without_mark.len() > 1 || without_mark.iter().any(|parts| parts.required.is_empty()) {
        return None;
    }
    let signature = |(index, parts): (usize, &ObjectParts)| {
        let others = marks.iter().enumerate().filter(|(other, _)| *other != index);
        let mut present: Vec<String> = parts.required.clone();
        present.sort();
        present.dedup();
        VariantSignature {
            kind: JsonKind::Object,
            values: None,
            present,
            absent: others.filter_map(|(_, mark)| mark.clone()).collect(),
        }
    };
    Some(parts.iter().enumerate().map(signature).collect())
}
