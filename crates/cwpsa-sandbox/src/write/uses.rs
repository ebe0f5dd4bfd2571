//! Where a record is used: what refers to it, told from the relations of the catalog. Records that were made
//! up from a schema don't count.

use serde_json::Value;

use super::{Writing, display, reference};
use crate::api::{CollectionId, Link, api};
use crate::store::{Node, Object, State};

/// Records of one collection that refer to a record by one member.
pub(crate) struct Use {
    pub(crate) collection: CollectionId,
    pub(crate) member: String,
    pub(crate) ids: Vec<i64>,
}

/// What refers to a record.
pub(crate) fn uses(state: &State, target: CollectionId, id: i64) -> Vec<Use> {
    let mut found = Vec::new();
    for collection in state.collections() {
        let Some(table) = state.table(collection) else { continue };
        if table.rows().iter().all(|row| row.synthetic) {
            continue;
        }
        let Some(writer) = api().of(collection).writer() else { continue };
        let links = api().operations[writer].plan().links.iter();
        for link in links.filter(|link| api().listed_by(&link.tool) == Some(target)) {
            // What is nested below a record is no use of it, it goes with it.
            let nested = api().of(collection).parents.last() == Some(&Some(target));
            let rows = table.rows().iter().filter(|row| !(row.synthetic || nested && row.parent == id));
            let ids: Vec<i64> =
                rows.filter(|row| refers(&row.record, &link.path, id)).map(|row| row.id).collect();
            if !ids.is_empty() {
                found.push(Use { collection, member: link.path.join("/"), ids });
            }
        }
    }
    found
}

fn refers(record: &Object, path: &[String], id: i64) -> bool {
    path.split_first()
        .is_some_and(|(first, rest)| record.get(first).is_some_and(|node| refers_at(node, rest, id)))
}

fn refers_at(node: &Node, path: &[String], id: i64) -> bool {
    match node {
        Node::List(items) => items.iter().any(|item| refers_at(item, path, id)),
        Node::Object(object) => match path.split_first() {
            Some((first, rest)) => object.get(first).is_some_and(|node| refers_at(node, rest, id)),
            None => object.get("id").and_then(Node::as_integer) == Some(id),
        },
        _ => false,
    }
}

impl Writing<'_> {
    /// Gives references to a record its new name, where that changed.
    pub(super) fn rename(&mut self, target: CollectionId, id: i64, before: &Object) {
        let Some(row) = self.state.row(target, id).cloned() else { return };
        let same = |member: &str| display(before, member) == display(&row.record, member);
        if ["identifier", "name", "summary"].into_iter().all(same) {
            return;
        }
        for found in uses(self.state, target, id) {
            let Some(writer) = api().of(found.collection).writer() else { continue };
            let path: Vec<String> = found.member.split('/').map(str::to_owned).collect();
            let links: Vec<Link> = api().operations[writer]
                .plan()
                .links
                .iter()
                .filter(|link| link.path == path)
                .cloned()
                .collect();
            if path.len() > 1 || links.is_empty() {
                continue;
            }
            let member = api().of(found.collection).resource().member(&path[0]);
            for using in found.ids {
                let Some(mut members) = self.state.value(found.collection, using) else { continue };
                let new = Value::Object(reference(target, &row, member, self.path_of(target, &row)));
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
