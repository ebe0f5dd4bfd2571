//! Fills in fields of new records: the parent, audit fields, and the collection's defaults.

use serde_json::{Map, Value};

use super::changes::Transaction;
use crate::api::{CollectionId, Link, Member, api};
use crate::connectwise::fields::{self, AuditStamp};
use crate::engine::reference::build_reference;

impl Transaction<'_> {
    /// Fills in missing fields.
    pub(crate) fn fill_defaults(
        &mut self,
        collection: CollectionId,
        parent: i64,
        links: &[Link],
        record: &mut Map<String, Value>,
    ) {
        let known = api().collection(collection);
        self.fill_from_parent(collection, parent, record);
        if let Some(defaults) = self.state.overrides.defaults(collection) {
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
        let stamp = AuditStamp { date: &date, member: self.member };
        for (name, member) in &known.resource().members {
            let value = match member {
                Member::Boolean => Some(Value::Bool(false)),
                Member::Text => fields::audit_value(name, stamp).map(Value::from),
                _ => None,
            };
            let Some(value) = value else { continue };
            if record.get(name).is_none_or(Value::is_null) {
                record.insert(name.clone(), value);
            }
        }
    }

    /// Sets the parent's ID and the reference to it, if the record has fields for them.
    fn fill_from_parent(&mut self, collection: CollectionId, parent: i64, record: &mut Map<String, Value>) {
        let known = api().collection(collection);
        let Some(Some(above)) = known.parents.last() else { return };
        let Some(schema) = api().collection(*above).schema else { return };
        let Some(row) = self.state.row(*above, parent).cloned() else { return };
        for (name, member) in &known.resource().members {
            let given = record.get(name).is_some_and(|given| !given.is_null());
            let names_parent = name.strip_suffix("Id").is_some_and(|name| name.eq_ignore_ascii_case(schema));
            match member {
                Member::Integer if names_parent => {
                    record.insert(name.clone(), Value::from(parent));
                }
                Member::Object(of)
                    if !given
                        && fields::reference_target(of) == Some(schema)
                        && name.eq_ignore_ascii_case(schema) =>
                {
                    let path = self.path_of(*above, &row);
                    record.insert(
                        name.clone(),
                        Value::Object(build_reference(*above, &row, Some(member), path)),
                    );
                }
                _ => {}
            }
        }
    }

    /// Returns a reference to the default record for a field.
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
        Some(Value::Object(build_reference(target, &row, member, path)))
    }
}
