//! What a new record holds beside what was given: its parent, who made it, and the defaults that the rules
//! name.

use serde_json::{Map, Value};

use super::{Writing, reference};
use crate::api::{CollectionId, Link, Member, api};
use crate::rules::rules;
use crate::store::{Node, Row};

impl Writing<'_> {
    /// Fills in what was not given.
    pub(crate) fn defaults(
        &mut self,
        collection: CollectionId,
        parent: i64,
        links: &[Link],
        record: &mut Map<String, Value>,
    ) {
        let known = api().of(collection);
        self.fill_from_parent(collection, parent, record);
        if let Some(defaults) = rules().defaults(collection) {
            for (name, value) in defaults {
                if record.get(name).is_some_and(|given| !given.is_null()) {
                    continue;
                }
                let value = match value.as_str() {
                    Some("@default") => {
                        self.default_reference(name, links, record, known.resource().member(name))
                    }
                    Some("@now") => Some(Value::from(self.date())),
                    Some("@member") => Some(Value::from(self.member)),
                    _ => Some(value.clone()),
                };
                if let Some(value) = value {
                    record.insert(name.clone(), value);
                }
            }
        }
        let date = self.date();
        for (name, member) in &known.resource().members {
            let value = match (name.as_str(), member) {
                (_, Member::Boolean) => Value::Bool(false),
                ("dateEntered" | "dateCreated" | "createdOnDate" | "lastUpdated", Member::Text) => {
                    Value::from(date.as_str())
                }
                ("enteredBy" | "createdBy" | "updatedBy", Member::Text) => Value::from(self.member),
                _ => continue,
            };
            if record.get(name).is_none_or(Value::is_null) {
                record.insert(name.clone(), value);
            }
        }
    }

    /// The id of the parent and the reference to it, where the record has members for them.
    fn fill_from_parent(&mut self, collection: CollectionId, parent: i64, record: &mut Map<String, Value>) {
        let known = api().of(collection);
        let Some(Some(above)) = known.parents.last() else { return };
        let Some(schema) = api().of(*above).schema else { return };
        let Some(row) = self.state.row(*above, parent).cloned() else { return };
        for (name, member) in &known.resource().members {
            let given = record.get(name).is_some_and(|given| !given.is_null());
            let names_parent = name.strip_suffix("Id").is_some_and(|name| name.eq_ignore_ascii_case(schema));
            match member {
                Member::Integer if names_parent => {
                    record.insert(name.clone(), Value::from(parent));
                }
                Member::Object(of)
                    if !given && *of == format!("{schema}Reference") && name.eq_ignore_ascii_case(schema) =>
                {
                    let path = self.path_of(*above, &row);
                    record.insert(name.clone(), Value::Object(reference(*above, &row, Some(member), path)));
                }
                _ => {}
            }
        }
    }

    /// The record that new ones refer to: the one marked as the default, else the first.
    fn default_reference(
        &mut self,
        name: &str,
        links: &[Link],
        record: &Map<String, Value>,
        member: Option<&Member>,
    ) -> Option<Value> {
        let link = links.iter().find(|link| link.path.len() == 1 && link.path[0] == name)?;
        let target = api().listed_by(&link.tool)?;
        self.ensure(target);
        let parent = link.within.last().and_then(|within| {
            let (first, rest) = within.split_once('/')?;
            record.get(first)?.get(rest)?.as_i64()
        });
        if !link.within.is_empty() && parent.is_none() {
            return None;
        }
        let row = self.default_row(target, parent)?;
        let path = self.path_of(target, &row);
        Some(Value::Object(reference(target, &row, member, path)))
    }

    /// The row that is marked as the default, else the first.
    pub(crate) fn default_row(&self, target: CollectionId, parent: Option<i64>) -> Option<Row> {
        let rows = self.state.table(target)?.rows();
        let fits = |row: &&Row| parent.is_none_or(|parent| row.parent == parent);
        let marked = |row: &&Row| row.record.get("defaultFlag") == Some(&Node::Boolean(true));
        rows.iter().filter(fits).find(marked).or_else(|| rows.iter().find(fits)).cloned()
    }
}
