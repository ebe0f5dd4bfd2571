//! Resolves the references in a body: finds the referenced records by ID, identifier or name, and stores each reference
//! with all of its fields and a link.

use serde_json::{Map, Value};

use super::changes::Transaction;
use crate::api::{CollectionId, Link, Member, Resource, api, resource};
use crate::connectwise::error::{ApiError, InvalidField};
use crate::connectwise::fields::{self, REFERENCE_KEYS, lower_first, spaced};
use crate::engine::reference::{build_reference, display_value};
use crate::engine::store::StoredRow;

impl Transaction<'_> {
    /// Completes the references in a validated record. Only those in `changed` fields are resolved.
    pub(crate) fn resolve_references(
        &mut self,
        links: &[Link],
        of: &'static Resource,
        record: &mut Map<String, Value>,
        changed: impl Fn(&str) -> bool,
    ) -> Result<(), ApiError> {
        let mut invalid_fields = Vec::new();
        for link in links.iter().filter(|link| changed(&link.path[0])) {
            if record.get(&link.path[0]).is_none_or(Value::is_null) {
                continue;
            }
            let Some(target) = api().listed_by(&link.tool) else { continue };
            self.ensure(target);
            let parent = self.target_parent(link, target, record);
            let mut at = Value::Object(std::mem::take(record));
            self.descend(&link.path, &mut at, of, link, target, parent, &mut invalid_fields);
            if let Value::Object(members) = at {
                *record = members;
            }
        }
        if invalid_fields.is_empty() {
            return Ok(());
        }
        Err(ApiError::invalid(&lower_first(&of.name), invalid_fields))
    }

    /// Returns the parent that a link's target must have, if the record specifies it.
    fn target_parent(&self, link: &Link, target: CollectionId, record: &Map<String, Value>) -> Option<i64> {
        let within = link.within.last()?;
        api().collection(target).parents.last()?.as_ref()?;
        let mut segments = within.split('/');
        let first = record.get(segments.next()?)?;
        segments.try_fold(first, |value, segment| value.get(segment))?.as_i64()
    }

    #[expect(clippy::too_many_arguments, reason = "the state of one recursive descent")]
    fn descend(
        &self,
        path: &[String],
        value: &mut Value,
        of: &'static Resource,
        link: &Link,
        target: CollectionId,
        parent: Option<i64>,
        invalid_fields: &mut Vec<InvalidField>,
    ) {
        if let Value::Array(items) = value {
            items
                .iter_mut()
                .for_each(|item| self.descend(path, item, of, link, target, parent, invalid_fields));
            return;
        }
        let Some((first, rest)) = path.split_first() else { return };
        let Some(below) = value.get_mut(first.as_str()) else { return };
        let member = of.member(first);
        if rest.is_empty() {
            let mut resolve = |value: &mut Value| {
                if let Err(invalid_field) = self.resolve_one(value, member, link, target, parent, &of.name) {
                    invalid_fields.push(invalid_field);
                }
            };
            match below {
                Value::Array(items) => items.iter_mut().for_each(resolve),
                other => resolve(other),
            }
            return;
        }
        let inner = match member {
            Some(Member::Object(name)) => resource(name),
            Some(Member::List(item)) => match &**item {
                Member::Object(name) => resource(name),
                _ => return,
            },
            _ => return,
        };
        self.descend(rest, below, inner, link, target, parent, invalid_fields);
    }

    /// Resolves a single reference: an object, or a bare ID or identifier.
    fn resolve_one(
        &self,
        value: &mut Value,
        member: Option<&Member>,
        link: &Link,
        target: CollectionId,
        parent: Option<i64>,
        resource: &str,
    ) -> Result<(), InvalidField> {
        let (key, text) = match &*value {
            Value::Object(members) => {
                let given = REFERENCE_KEYS.iter().find_map(|key| {
                    let given = members.get(*key)?;
                    match given {
                        Value::Number(number) => Some((*key, number.to_string())),
                        Value::String(text) if !text.is_empty() => Some((*key, text.clone())),
                        _ => None,
                    }
                });
                match given {
                    Some(given) => given,
                    // A reference that identifies nothing would be stored without a target.
                    None if members.values().all(Value::is_null) => {
                        let field = format!("{}/id", link.path.join("/"));
                        return Err(InvalidField::missing(&lower_first(resource), &field));
                    }
                    None => return Ok(()),
                }
            }
            Value::Number(number) if number.as_i64() != Some(0) => ("id", number.to_string()),
            Value::String(text) if !text.is_empty() => ("identifier", text.clone()),
            _ => return Ok(()),
        };
        let found = self.find_target(target, key, &text, parent);
        let object = value.is_object();
        match found {
            Some(row) => {
                if object {
                    *value = Value::Object(build_reference(target, row, member, self.path_of(target, row)));
                }
                Ok(())
            }
            // A bare string doesn't always identify a target, for example a device identifier.
            None if !object && key != "id" => Ok(()),
            None if !self.strict_references => Ok(()),
            None => {
                let path = link.path.join("/");
                let field = if object { format!("{path}/{key}") } else { path };
                let what = reference_noun(member).unwrap_or_else(|| spaced(&api().collection(target).noun()));
                let within = parent.zip(api().collection(target).parents.last().copied().flatten());
                let within = within.map(|(parent, collection)| (parent_noun(collection), parent));
                Err(InvalidField::unknown_reference(
                    &api().collection(target).noun(),
                    &field,
                    &what,
                    &text,
                    within,
                ))
            }
        }
    }

    fn find_target(
        &self,
        target: CollectionId,
        key: &str,
        text: &str,
        parent: Option<i64>,
    ) -> Option<&StoredRow> {
        let table = self.state.table(target)?;
        let fits = |row: &&StoredRow| parent.is_none_or(|parent| row.parent == parent);
        if key == "id" {
            return table.get(text.parse().ok()?).filter(fits);
        }
        let rows = match parent {
            Some(parent) => {
                table.children_of(parent).iter().filter_map(|id| table.get(*id)).collect::<Vec<_>>()
            }
            None => table.rows().iter().collect(),
        };
        let same = |row: &StoredRow| {
            display_value(&row.record, key).is_some_and(|value| value.eq_ignore_ascii_case(text))
        };
        rows.into_iter().find(|row| same(row))
    }

    /// Returns a reference to a record with this reference schema; null if the record doesn't exist.
    pub(crate) fn reference(&self, collection: CollectionId, id: i64, schema: &str) -> Value {
        let Some(row) = self.state.row(collection, id) else { return Value::Null };
        let member = Member::Object(schema.to_owned());
        Value::Object(build_reference(collection, row, Some(&member), self.path_of(collection, row)))
    }

    /// Returns a record's path for links.
    pub(crate) fn path_of(&self, collection: CollectionId, row: &StoredRow) -> Option<String> {
        let known = api().collection(collection);
        let mut ids = vec![row.id];
        let mut at = (collection, row.parent);
        while let Some(Some(parent)) = api().collection(at.0).parents.last() {
            let row = self.state.row(*parent, at.1)?;
            ids.push(row.id);
            at = (*parent, row.parent);
        }
        let mut ids = ids.into_iter().rev();
        let mut path = String::new();
        for segment in known.path.split('/').skip(1) {
            path.push('/');
            if segment.starts_with('{') {
                path.push_str(&ids.next()?.to_string());
            } else {
                path.push_str(segment);
            }
        }
        Some(format!("{path}/{}", ids.next()?))
    }
}

fn reference_noun(member: Option<&Member>) -> Option<String> {
    match member? {
        Member::Object(name) => Some(spaced(fields::reference_target(name)?)),
        _ => None,
    }
}

/// Returns the noun for a parent in messages: `Service Board` for `/service/boards`.
fn parent_noun(collection: CollectionId) -> String {
    let known = api().collection(collection);
    let module = known.template.split('/').nth(1).unwrap_or_default();
    let mut module = module.to_owned();
    module.get_mut(..1).map(str::make_ascii_uppercase);
    let name = spaced(&known.noun());
    if name.starts_with(&module) { name } else { format!("{module} {name}") }
}
