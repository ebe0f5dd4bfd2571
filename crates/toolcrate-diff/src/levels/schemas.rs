//! Compares schemas for the first level: their properties, and which clients a change affects.
//!
//! A request schema may become wider and a response schema narrower without breaking clients. A schema used in both, as
//! most records are, may become neither. All of a schema's uses count, including its use within other schemas.

use std::collections::BTreeMap;

use crate::change::Change;
use crate::change_kind::DiffKind;
use crate::levels::http::{TypeKinds, compare_type};
use crate::member_pairs;
use crate::release_pair::ReleasePair;
use crate::type_relation::{TypeRelation, compare_limits};
use crate::type_words::describe;
use toolcrate_codegen::diagnostic::pointer;
use toolcrate_codegen::ir::{ApiDefinition, BodyKind, Field, Schema, Shape, Type, Union, UnionVariant};

/// How a schema is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SchemaUse {
    /// In requests that send the complete record.
    whole: bool,
    /// In requests that change some fields.
    part: bool,
    /// In responses.
    answer: bool,
}

impl SchemaUse {
    fn join(self, other: Self) -> Self {
        Self {
            whole: self.whole || other.whole,
            part: self.part || other.part,
            answer: self.answer || other.answer,
        }
    }

    fn sent(self) -> bool {
        self.whole || self.part
    }
}

/// Returns how each schema in `api` is used, directly or within another schema.
pub fn uses(api: &ApiDefinition) -> BTreeMap<&str, SchemaUse> {
    let mut uses: BTreeMap<&str, SchemaUse> = BTreeMap::new();
    let mut open: Vec<(&str, SchemaUse)> = Vec::new();
    for operation in api.operations.values() {
        let mut add = |ty: &'_ Type, of: SchemaUse| {
            open.extend(
                ty.innermost()
                    .and_then(|name| api.schemas.get_key_value(name))
                    .map(|(name, _)| (name.as_str(), of)),
            );
        };
        for parameter in &operation.parameters {
            add(&parameter.ty, SchemaUse { whole: true, ..SchemaUse::default() });
        }
        if let Some(body) = &operation.body {
            let part = body.kind == BodyKind::Patch;
            add(&body.ty, SchemaUse { whole: !part, part, answer: false });
        }
        if let Some(ty) = &operation.error {
            add(ty, SchemaUse { answer: true, ..SchemaUse::default() });
        }
        for ty in operation.response.types() {
            add(ty, SchemaUse { answer: true, ..SchemaUse::default() });
        }
    }
    while let Some((name, of)) = open.pop() {
        let known = uses.entry(name).or_default();
        let joined = known.join(of);
        if joined == *known {
            continue;
        }
        *known = joined;
        let Some(schema) = api.schemas.get(name) else { continue };
        let mut follow = |ty: &Type| {
            open.extend(
                ty.innermost()
                    .and_then(|name| api.schemas.get_key_value(name))
                    .map(|(name, _)| (name.as_str(), joined)),
            );
        };
        match &schema.shape {
            Shape::Object(fields) => fields.iter().for_each(|field| follow(&field.ty)),
            Shape::Alias(ty) => follow(ty),
            Shape::Union(union) => union.variants.iter().for_each(|variant| follow(&variant.ty)),
        }
    }
    uses
}

/// Describes a union in words, with everything that callers depend on.
fn union_words(union: &Union) -> String {
    let variant = |variant: &UnionVariant| match (&union.discriminator, &variant.signature.values) {
        (Some(_), Some((_, values))) => format!("{} for `{}`", describe(&variant.ty), values.join("`, `")),
        _ => describe(&variant.ty),
    };
    let variants: Vec<String> = union.variants.iter().map(variant).collect();
    let variants = variants.join(", ");
    match &union.discriminator {
        Some(member) => format!("one of several objects by `{member}`: {variants}"),
        None => format!("one of several types: {variants}"),
    }
}

/// Returns a schema's location in its document. An inline schema has no location of its own.
pub fn schema_pointer(name: &str, schema: &Schema) -> String {
    if schema.inline { String::new() } else { pointer(&["components", "schemas", name]) }
}

/// Returns a field's location, if the schema itself defines the field rather than one of its parts.
pub fn field_pointer(name: &str, schema: &Schema, field: &str) -> String {
    if schema.inline { String::new() } else { pointer(&["components", "schemas", name, "properties", field]) }
}

/// Compares all schemas.
pub fn compare(pair: &ReleasePair<'_>, found: &mut Vec<Change>) {
    let (old, new) = (pair.old.api(), pair.new.api());
    let (old_uses, new_uses) = (uses(old), uses(new));
    let used = |a: &str, b: &str| {
        let of = |uses: &BTreeMap<&str, SchemaUse>, name: &str| uses.get(name).copied().unwrap_or_default();
        of(&old_uses, a).join(of(&new_uses, b))
    };
    for (name, schema) in old.schemas.iter().filter(|(_, schema)| !schema.inline) {
        if pair.schemas.new_name(name).is_none() {
            found.push(Change::new(DiffKind::SchemaRemoved, name.as_str(), schema_pointer(name, schema)));
        }
    }
    let kept: std::collections::BTreeSet<&str> = pair.schemas.pairs().map(|(_, new)| new).collect();
    for (name, schema) in new.schemas.iter().filter(|(_, schema)| !schema.inline) {
        if !kept.contains(name.as_str()) {
            found.push(Change::new(DiffKind::SchemaAdded, name.as_str(), schema_pointer(name, schema)));
        }
    }
    for (a, b) in pair.schemas.pairs() {
        let (old, new) = (&old.schemas[a], &new.schemas[b]);
        let comparison = SchemaComparison { pair, old_name: a, name: b, old, new, of: used(a, b) };
        if pair.schemas.is_renamed(a) {
            found.push(comparison.change(DiffKind::SchemaRenamed).was(a).is(b));
        }
        comparison.run(found);
    }
}

/// A schema that exists in both releases.
struct SchemaComparison<'a> {
    pair: &'a ReleasePair<'a>,
    old_name: &'a str,
    name: &'a str,
    old: &'a Schema,
    new: &'a Schema,
    of: SchemaUse,
}

impl SchemaComparison<'_> {
    fn change(&self, kind: DiffKind) -> Change {
        Change::new(kind, self.name, schema_pointer(self.name, self.new))
    }

    fn run(&self, found: &mut Vec<Change>) {
        if self.old.description.trim() != self.new.description.trim() {
            let change = self.change(DiffKind::SchemaReworded);
            found.push(change.was(self.old.description.trim()).is(self.new.description.trim()));
        }
        match (&self.old.shape, &self.new.shape) {
            (Shape::Object(_), Shape::Object(_)) => self.fields(found),
            (Shape::Alias(a), Shape::Alias(b)) => {
                let kinds = TypeKinds {
                    added: DiffKind::SchemaValueAdded,
                    removed: DiffKind::SchemaValueRemoved,
                    narrowed: DiffKind::SchemaNarrowed,
                    widened: DiffKind::SchemaWidened,
                    retyped: DiffKind::SchemaRetyped,
                };
                let used = (self.of.sent(), self.of.answer);
                compare_type(self.pair, a, b, &kinds, used, &|kind| self.change(kind), found);
            }
            // The contract level compares their alternatives.
            (Shape::Union(_), Shape::Union(_)) => {}
            (a, b) => {
                let describe_shape = |shape: &Shape| match shape {
                    Shape::Object(_) => "an object".to_owned(),
                    Shape::Alias(ty) => describe(ty),
                    Shape::Union(union) => union_words(union),
                };
                found.push(
                    self.change(DiffKind::SchemaRetyped)
                        .was(describe_shape(a))
                        .is(describe_shape(b))
                        .breaks_if(true),
                );
            }
        }
    }

    fn fields(&self, found: &mut Vec<Change>) {
        let types = self.pair.types();
        let members = member_pairs::pair_fields(&types, self.old, self.new);
        for (a, b) in &members.renamed {
            let place = field_pointer(self.name, self.new, &b.name);
            let change = Change::new(DiffKind::PropertyRenamed, self.name, place);
            found.push(change.was(&a.name).is(&b.name).breaks_if(true));
        }
        for field in &members.removed {
            let old = Change::new(
                DiffKind::PropertyRemoved,
                self.name,
                field_pointer(self.old_name, self.old, &field.name),
            );
            found.push(old.member(&field.name).was(describe(&field.ty)).breaks_if(true));
        }
        for field in &members.added {
            let breaks = field.required && !field.read_only && self.of.whole;
            let place = field_pointer(self.name, self.new, &field.name);
            let change = Change::new(DiffKind::PropertyAdded, self.name, place).member(&field.name);
            found.push(change.is(describe(&field.ty)).breaks_if(breaks));
        }
        for (a, b) in members.pairs() {
            self.field(a, b, found);
        }
    }

    fn field(&self, old: &Field, new: &Field, found: &mut Vec<Change>) {
        let place = field_pointer(self.name, self.new, &new.name);
        let change = |kind| Change::new(kind, self.name, &place).member(&new.name);
        // A field that callers can't set in either release isn't part of a request.
        let of = if old.read_only && new.read_only {
            SchemaUse { answer: self.of.answer, ..SchemaUse::default() }
        } else {
            self.of
        };
        let mut flag = |old: bool, new: bool, on: (DiffKind, bool), off: (DiffKind, bool)| {
            if old != new {
                let (kind, breaks) = if new { on } else { off };
                found.push(change(kind).breaks_if(breaks));
            }
        };
        flag(
            old.required,
            new.required,
            (DiffKind::PropertyRequired, of.whole),
            (DiffKind::PropertyOptional, of.answer),
        );
        flag(
            old.nullable,
            new.nullable,
            (DiffKind::PropertyNullable, of.answer),
            (DiffKind::PropertyNotNull, of.sent()),
        );
        flag(
            old.read_only,
            new.read_only,
            (DiffKind::PropertyReadOnly, self.of.sent()),
            (DiffKind::PropertyWritable, false),
        );
        flag(
            old.limits.required_on_replace,
            new.limits.required_on_replace,
            (DiffKind::PropertyRequiredOnReplace, of.whole),
            (DiffKind::PropertyOptionalOnReplace, false),
        );
        let kinds = TypeKinds {
            added: DiffKind::PropertyValueAdded,
            removed: DiffKind::PropertyValueRemoved,
            narrowed: DiffKind::PropertyNarrowed,
            widened: DiffKind::PropertyWidened,
            retyped: DiffKind::PropertyRetyped,
        };
        compare_type(self.pair, &old.ty, &new.ty, &kinds, (of.sent(), of.answer), &change, found);
        for (relation, a, b) in compare_limits(&old.limits, &new.limits) {
            let narrower = relation == TypeRelation::Narrower;
            let kind = if narrower { DiffKind::PropertyTightened } else { DiffKind::PropertyLoosened };
            found.push(change(kind).was(a).is(b).breaks_if(narrower && of.sent()));
        }
        if old.description != new.description {
            found.push(change(DiffKind::PropertyReworded).was(&old.description).is(&new.description));
        }
    }
}
