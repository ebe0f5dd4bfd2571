//! Finds the records that refer to a given record, using the relations in the catalog. Generated records are ignored.

use serde_json::Value;

use super::changes::Transaction;
use crate::api::{CollectionId, Link, api};
use crate::connectwise::fields::DISPLAY_FIELDS;
use crate::engine::reference::{build_reference, display_value};
use crate::engine::store::{RecordObject, RecordValue, TenantState};

/// Records in one collection that refer to a record by one field.
pub(crate) struct ReferenceUse {
    pub(crate) collection: CollectionId,
    pub(crate) member: String,
    pub(crate) ids: Vec<i64>,
}

/// Finds the uses of a record.
pub(crate) fn find_uses(state: &TenantState, target: CollectionId, id: i64) -> Vec<ReferenceUse> {
    let mut found = Vec::new();
    for collection in state.collections() {
        let Some(table) = state.table(collection) else { continue };
        if table.rows().iter().all(|row| row.synthetic) {
            continue;
        }
        let Some(writer) = api().collection(collection).writer() else { continue };
        let links = api().operations[writer].details().links.iter();
        for link in links.filter(|link| api().listed_by(&link.tool) == Some(target)) {
            // Records nested below a record are deleted with it, so they don't count as uses.
            let nested = api().collection(collection).parents.last() == Some(&Some(target));
            let rows = table.rows().iter().filter(|row| !(row.synthetic || nested && row.parent == id));
            let ids: Vec<i64> =
                rows.filter(|row| record_refers_to(&row.record, &link.path, id)).map(|row| row.id).collect();
            if !ids.is_empty() {
                found.push(ReferenceUse { collection, member: link.path.join("/"), ids });
            }
        }
    }
    found
}

fn record_refers_to(record: &RecordObject, path: &[String], id: i64) -> bool {
    path.split_first()
        .is_some_and(|(first, rest)| record.get(first).is_some_and(|node| value_refers_to(node, rest, id)))
}

fn value_refers_to(node: &RecordValue, path: &[String], id: i64) -> bool {
    match node {
        RecordValue::List(items) => items.iter().any(|item| value_refers_to(item, path, id)),
        RecordValue::Object(object) => match path.split_first() {
            Some((first, rest)) => object.get(first).is_some_and(|node| value_refers_to(node, rest, id)),
            None => object.get("id").and_then(RecordValue::as_integer) == Some(id),
        },
        _ => false,
    }
}

impl Transaction<'_> {
    /// Updates the data that references to a record repeat, if it changed.
    pub(crate) fn update_references(&mut self, target: CollectionId, id: i64, before: &RecordObject) {
        let Some(row) = self.state.row(target, id).cloned() else { return };
        let same = |member: &str| display_value(before, member) == display_value(&row.record, member);
        if DISPLAY_FIELDS.into_iter().all(same) {
            return;
        }
        for found in find_uses(self.state, target, id) {
            let Some(writer) = api().collection(found.collection).writer() else { continue };
            let path: Vec<String> = found.member.split('/').map(str::to_owned).collect();
            let links: Vec<Link> = api().operations[writer]
                .details()
                .links
                .iter()
                .filter(|link| link.path == path)
                .cloned()
                .collect();
            if path.len() > 1 || links.is_empty() {
                continue;
            }
            let member = api().collection(found.collection).resource().member(&path[0]);
            for using in found.ids {
                let Some(mut members) = self.state.value(found.collection, using) else { continue };
                let new = Value::Object(build_reference(target, &row, member, self.path_of(target, &row)));
                match members.get_mut(&path[0]) {
                    Some(Value::Array(items)) => {
                        items.iter_mut().filter(|item| item["id"] == id).for_each(|item| *item = new.clone());
                    }
                    Some(value) => *value = new,
                    None => continue,
                }
                let Some(parent) = self.state.row(found.collection, using).map(|row| row.parent) else {
                    continue;
                };
                self.put(found.collection, using, parent, &members);
            }
        }
    }
}
