//! The second level reports changes that affect programs using the generated crate, according to semantic versioning.
//!
//! Structs and enums are `#[non_exhaustive]`, so a new field or a new variant isn't a breaking change. Types are
//! identified without their module, because their names are unique in the crate.

use std::collections::BTreeSet;

use crate::change::Change;
use crate::change_kind::DiffKind;
use crate::levels::rust_models;
use crate::levels::schemas::{field_pointer, schema_pointer};
use crate::levels::type_renames::TypeRenames;
use crate::member_pairs;
use crate::release_pair::ReleasePair;
use crate::rust_items::{RustEnum, RustFunction, RustItems, RustMember};
use toolcrate_codegen::config::Profile;
use toolcrate_codegen::ir::{Schema, Shape};
use toolcrate_codegen::naming::Names;

/// Compares the items of both crates.
pub fn compare(pair: &ReleasePair<'_>, profile: &Profile, found: &mut Vec<Change>) {
    let old = RustItems::new(pair.old, profile);
    let new = RustItems::new(pair.new, profile);
    modules(pair.old.names(), pair.new.names(), found);
    let renamed = types(pair, &old, &new, found);
    rust_models::compare(pair, (&old, &new), &renamed, found);
    functions(pair, &old, &new, &renamed, found);
}

fn modules(old: &Names, new: &Names, found: &mut Vec<Change>) {
    let modules = |names: &Names| -> BTreeSet<String> {
        names.operations.values().map(|name| name.module.clone()).collect()
    };
    let (old, new) = (modules(old), modules(new));
    for module in old.difference(&new) {
        found.push(Change::new(DiffKind::RustModuleRemoved, module, "").breaks_if(true));
    }
    for module in new.difference(&old) {
        found.push(Change::new(DiffKind::RustModuleAdded, module, ""));
    }
}

fn functions(
    pair: &ReleasePair<'_>,
    old: &RustItems<'_>,
    new: &RustItems<'_>,
    renamed: &TypeRenames,
    found: &mut Vec<Change>,
) {
    let (olds, news) = (&pair.old.api().operations, &pair.new.api().operations);
    for id in &pair.operations.removed {
        let change = Change::new(DiffKind::RustFunctionRemoved, old.function(*id).path, &olds[*id].pointer);
        found.push(change.breaks_if(true));
    }
    for id in &pair.operations.added {
        found.push(Change::new(DiffKind::RustFunctionAdded, new.function(*id).path, &news[*id].pointer));
    }
    for (a, b, _) in pair.operations.pairs() {
        let (before, after) = (old.function(a), new.function(b));
        let change = |kind| Change::new(kind, &after.path, &news[b].pointer);
        if before.path != after.path {
            let change = change(DiffKind::RustFunctionRenamed);
            found.push(change.was(&before.path).is(&after.path).breaks_if(true));
        }
        // A renamed type is reported once, where it is defined.
        let (signature, expected) = (after.signature(), before.signature());
        if renamed.apply(&expected) != signature {
            found.push(change(DiffKind::RustFunctionChanged).was(expected).is(signature).breaks_if(true));
        } else {
            responses(&before, &after, &news[b].pointer, renamed, found);
        }
        match (olds[a].deprecated, news[b].deprecated) {
            (false, true) => found.push(change(DiffKind::RustFunctionDeprecated)),
            (true, false) => found.push(change(DiffKind::RustFunctionUndeprecated)),
            _ => {}
        }
    }
}

/// Compares the enums of the responses of a function.
fn responses(
    before: &RustFunction,
    after: &RustFunction,
    at: &str,
    renamed: &TypeRenames,
    found: &mut Vec<Change>,
) {
    let named = |members: &[RustMember], name: &str| members.iter().find(|part| part.name == name).cloned();
    for old in &before.responses {
        let change = |kind| Change::new(kind, &after.answer, at).member(&old.name).breaks_if(true);
        match named(&after.responses, &old.name) {
            None => found.push(change(DiffKind::RustVariantRemoved).was(&old.ty)),
            Some(new) if renamed.apply(&old.ty) != new.ty => {
                found.push(change(DiffKind::RustFieldChanged).was(&old.ty).is(new.ty));
            }
            Some(_) => {}
        }
    }
    for new in after.responses.iter().filter(|new| named(&before.responses, &new.name).is_none()) {
        found.push(Change::new(DiffKind::RustVariantAdded, &after.answer, at).member(&new.name).is(&new.ty));
    }
}

fn types(
    pair: &ReleasePair<'_>,
    old: &RustItems<'_>,
    new: &RustItems<'_>,
    found: &mut Vec<Change>,
) -> TypeRenames {
    let (olds, news) = (&pair.old.api().schemas, &pair.new.api().schemas);
    let item = |name: &str| name.to_owned();
    let kept: BTreeSet<&str> = pair.schemas.pairs().map(|(_, new)| new).collect();
    for (name, schema) in olds.iter().filter(|(name, _)| pair.schemas.new_name(name).is_none()) {
        for gone in old.defined(name) {
            let change = Change::new(DiffKind::RustTypeRemoved, item(&gone), schema_pointer(name, schema));
            found.push(change.breaks_if(true));
        }
    }
    for (name, schema) in news.iter().filter(|(name, _)| !kept.contains(name.as_str())) {
        for added in new.defined(name) {
            found.push(Change::new(DiffKind::RustTypeAdded, item(&added), schema_pointer(name, schema)));
        }
    }
    // All new names are collected first, because a field's type may be one of them.
    let mut renamed = TypeRenames::default();
    let mut records = Vec::new();
    for (a, b) in pair.schemas.pairs() {
        let at = schema_pointer(b, &news[b]);
        let mut rename = |old: &str, new: &str, found: &mut Vec<Change>| {
            if old != new {
                let change = Change::new(DiffKind::RustTypeRenamed, item(new), &at);
                found.push(change.was(item(old)).is(item(new)).breaks_if(true));
                renamed.add(old, new);
            }
        };
        let members = member_pairs::pair_fields(&pair.types(), &olds[a], &news[b]);
        match (old.record(a), new.record(b)) {
            (Some((before, _)), Some((after, _))) => {
                rename(before, after, found);
                records.push((a, b));
            }
            (None, None) => {}
            (before, after) => {
                kind_changed(old, new, (a, b), (before.is_some(), after.is_some()), &at, found)
            }
        }
        let same = |a: &RustEnum, b: &RustEnum| {
            a.member == b.member
                || members.renamed.iter().any(|(old, new)| old.name == a.member && new.name == b.member)
        };
        let (before, after) = (old.choices(a), new.choices(b));
        for choice in &before {
            match after.iter().find(|other| same(choice, other)) {
                Some(other) => {
                    rename(&choice.name, &other.name, found);
                    variants(&item(&other.name), &at, choice, other, found);
                }
                None if choice.member.is_empty() && is_object(&news[b]) => {}
                None => {
                    let change = Change::new(DiffKind::RustTypeRemoved, item(&choice.name), &at);
                    found.push(change.breaks_if(true));
                }
            }
        }
        for choice in after.iter().filter(|other| !before.iter().any(|choice| same(choice, other))) {
            if !(choice.member.is_empty() && is_object(&olds[a])) {
                found.push(Change::new(DiffKind::RustTypeAdded, item(&choice.name), &at));
            }
        }
    }
    for (a, b) in records {
        fields(pair, old, new, (a, b), &renamed, found);
    }
    renamed
}

/// Reports that a struct became an enum or a plain type without a name, or vice versa.
fn kind_changed(
    old: &RustItems<'_>,
    new: &RustItems<'_>,
    (a, b): (&str, &str),
    (was_record, is_record): (bool, bool),
    at: &str,
    found: &mut Vec<Change>,
) {
    let say = |record: bool| if record { "a struct" } else { "an enum" };
    let item = |name: &str| name.to_owned();
    match (old.defined(a).first(), new.defined(b).first()) {
        (Some(_), Some(name)) => {
            let change = Change::new(DiffKind::RustTypeChanged, item(name), at);
            found.push(change.was(say(was_record)).is(say(is_record)).breaks_if(true));
        }
        (Some(name), None) => {
            found.push(Change::new(DiffKind::RustTypeRemoved, item(name), at).breaks_if(true));
        }
        (None, Some(name)) => found.push(Change::new(DiffKind::RustTypeAdded, item(name), at)),
        (None, None) => {}
    }
}

fn variants(subject: &str, at: &str, old: &RustEnum, new: &RustEnum, found: &mut Vec<Change>) {
    let lacks = |parts: &[RustMember], part: &RustMember| !parts.iter().any(|other| other.name == part.name);
    for part in old.variants.iter().filter(|part| lacks(&new.variants, part)) {
        let change = Change::new(DiffKind::RustVariantRemoved, subject, at).member(&part.name);
        found.push(change.was(&part.wire).breaks_if(true));
    }
    for part in new.variants.iter().filter(|part| lacks(&old.variants, part)) {
        let change = Change::new(DiffKind::RustVariantAdded, subject, at).member(&part.name);
        found.push(change.is(&part.wire));
    }
}

fn fields(
    pair: &ReleasePair<'_>,
    old: &RustItems<'_>,
    new: &RustItems<'_>,
    (a, b): (&str, &str),
    renamed: &TypeRenames,
    found: &mut Vec<Change>,
) {
    let (Some((_, before)), Some((name, after))) = (old.record(a), new.record(b)) else { return };
    let (old_schema, new_schema) = (&pair.old.api().schemas[a], &pair.new.api().schemas[b]);
    let subject = name.to_owned();
    let part = |parts: &[RustMember], wire: &str| parts.iter().find(|part| part.wire == wire).cloned();
    let members = member_pairs::pair_fields(&pair.types(), old_schema, new_schema);
    for field in &members.removed {
        let Some(part) = part(&before, &field.name) else { continue };
        let change =
            Change::new(DiffKind::RustFieldRemoved, &subject, field_pointer(a, old_schema, &field.name));
        found.push(change.member(part.name).was(part.ty).breaks_if(true));
    }
    for field in &members.added {
        let Some(part) = part(&after, &field.name) else { continue };
        let change =
            Change::new(DiffKind::RustFieldAdded, &subject, field_pointer(b, new_schema, &field.name));
        found.push(change.member(part.name).is(part.ty));
    }
    for (before, after) in members
        .pairs()
        .filter_map(|(old, new)| Some((part(&before, &old.name)?, part(&after, &new.name)?)))
        .collect::<Vec<_>>()
    {
        let change = |kind| Change::new(kind, &subject, field_pointer(b, new_schema, &after.wire));
        if before.name != after.name {
            let change = change(DiffKind::RustFieldRenamed);
            found.push(change.was(&before.name).is(&after.name).breaks_if(true));
        }
        if renamed.apply(&before.ty) != after.ty {
            let change = change(DiffKind::RustFieldChanged).member(&after.name);
            found.push(change.was(&before.ty).is(&after.ty).breaks_if(true));
        }
    }
}

/// Returns true if `schema` is an object.
fn is_object(schema: &Schema) -> bool {
    matches!(schema.shape, Shape::Object(_))
}
