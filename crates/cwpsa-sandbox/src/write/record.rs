//! Making, replacing, changing and deleting one record by the book: checked, references resolved, defaults
//! filled in, and the collection's rules kept.

use serde_json::{Map, Value};

use super::body::{Check, object};
use super::patch::patched;
use super::references::noun;
use super::{Writing, uses};
use crate::api::{CollectionId, Plan, api};
use crate::problem::Problem;
use crate::rules::rules;

impl Writing<'_> {
    /// Stores a new record and answers its id. `text` is the body as it came.
    pub(crate) fn create(
        &mut self,
        collection: CollectionId,
        plan: &Plan,
        parent: i64,
        body: &Value,
        text: &str,
    ) -> Result<i64, Problem> {
        self.ensure(collection);
        let known = api().of(collection);
        let resource = known.resource();
        let given = object(body, &plan.shape.name)?;
        let mut check = Check::new(&plan.shape, resource, text);
        let mut record = check.members(&given)?;
        check.required(&plan.required, &record);
        check.done()?;
        self.resolve(&plan.links, resource, &mut record, |_| true)?;
        self.defaults(collection, parent, &plan.links, &mut record);
        self.custom_fields(collection, None, &mut record);
        rules().before(self, collection, parent, None, &mut record)?;
        // What is taken on a write and never answered goes to the rules alone.
        let (record, only_written): (Map<String, Value>, Map<String, Value>) = record
            .into_iter()
            .partition(|(name, _)| resource.members.is_empty() || resource.member(name).is_some());
        let id = self.insert(collection, parent, record);
        rules().after(self, collection, id, None, &only_written)?;
        Ok(id)
    }

    /// Puts another record into the place of one.
    pub(crate) fn replace(
        &mut self,
        collection: CollectionId,
        plan: &Plan,
        id: i64,
        body: &Value,
        text: &str,
    ) -> Result<(), Problem> {
        let known = api().of(collection);
        let resource = known.resource();
        let before = self.existing(collection, id)?;
        let given = object(body, &plan.shape.name)?;
        let mut check = Check::new(&plan.shape, resource, text);
        let mut record = check.members(&given)?;
        check.required(&plan.required, &record);
        check.done()?;
        self.resolve(&plan.links, resource, &mut record, |_| true)?;
        // What the server sets stays, and so do custom fields.
        for (name, value) in &before {
            let kept = !plan.shape.members.contains_key(name) || name == "customFields";
            if kept && !record.contains_key(name) {
                record.insert(name.clone(), value.clone());
            }
        }
        let Some(parent) = self.state.row(collection, id).map(|row| row.parent) else { return Ok(()) };
        self.defaults(collection, parent, &plan.links, &mut record);
        self.finish(collection, id, parent, before, record)
    }

    /// Changes members of a record as a patch says.
    pub(crate) fn patch(
        &mut self,
        collection: CollectionId,
        plan: &Plan,
        id: i64,
        body: &Value,
        text: &str,
    ) -> Result<(), Problem> {
        let known = api().of(collection);
        let resource = known.resource();
        let before = self.existing(collection, id)?;
        // A patch without a shape of its own takes what a replacement takes.
        let plan = match known.replace.or(known.create) {
            Some(writer) if plan.shape.members.is_empty() => api().operations[writer].plan(),
            _ => plan,
        };
        let changed = patched(body, &before, resource, &plan.shape, &plan.links)?.members;
        let mut check = Check::new(&plan.shape, resource, text);
        let accepted = check.members(&changed)?;
        let required: Vec<String> =
            self.required(collection).into_iter().filter(|name| accepted.contains_key(name)).collect();
        check.required(&required, &accepted);
        check.done()?;
        let mut record = before.clone();
        record.extend(accepted.clone());
        self.resolve(&plan.links, resource, &mut record, |member| accepted.contains_key(member))?;
        let Some(parent) = self.state.row(collection, id).map(|row| row.parent) else { return Ok(()) };
        self.finish(collection, id, parent, before, record)
    }

    fn finish(
        &mut self,
        collection: CollectionId,
        id: i64,
        parent: i64,
        before: Map<String, Value>,
        mut record: Map<String, Value>,
    ) -> Result<(), Problem> {
        let resource = api().of(collection).resource();
        self.custom_fields(collection, Some(&before), &mut record);
        rules().before(self, collection, parent, Some(&before), &mut record)?;
        record.insert("id".to_owned(), resource.id(id));
        let (record, only_written): (Map<String, Value>, Map<String, Value>) = record
            .into_iter()
            .partition(|(name, _)| resource.members.is_empty() || resource.member(name).is_some());
        let old = self.state.record(collection, id);
        self.update(collection, id, record);
        if let Some(old) = old {
            self.rename(collection, id, &old);
        }
        rules().after(self, collection, id, Some(&before), &only_written)
    }

    /// What a record of the collection must have.
    fn required(&self, collection: CollectionId) -> Vec<String> {
        let writer = api().of(collection).create.or(api().of(collection).replace);
        writer.map(|writer| api().operations[writer].plan().required.clone()).unwrap_or_default()
    }

    /// Deletes a record that nothing refers to.
    pub(crate) fn delete(&mut self, collection: CollectionId, id: i64) -> Result<(), Problem> {
        self.existing(collection, id)?;
        let uses = uses(self.state, collection, id);
        if let Some(using) = uses.first() {
            let message = format!(
                "{} {id} is in use by {} {} and cannot be deleted.",
                noun(&api().of(collection).noun()),
                using.ids.len(),
                noun(&api().of(using.collection).noun())
            );
            return Err(Problem::new(409, "Conflict", message));
        }
        let before = self.existing(collection, id)?;
        self.remove(collection, id);
        rules().removed(self, collection, &before)
    }

    /// The record, or a 404.
    pub(crate) fn existing(
        &mut self,
        collection: CollectionId,
        id: i64,
    ) -> Result<Map<String, Value>, Problem> {
        let found = self.value(collection, id);
        found.ok_or_else(|| Problem::not_found(&api().of(collection).noun(), &id.to_string()))
    }
}
