//! What all emitters read.

use std::collections::BTreeMap;

use super::features::Features;
use crate::config::{Overlay, Profile, UsageTracker};
use crate::ir::{ApiDefinition, Field, Type};
use crate::model::Model;
use crate::naming::Names;
use crate::relate::{Reference, Relations};

/// Contents by path, relative to the output folder, with `/` between folders.
pub type Files = BTreeMap<String, String>;

/// The model and the configuration, as the emitters read them.
pub(crate) struct Context<'a> {
    pub(crate) model: &'a Model,
    pub(crate) api: &'a ApiDefinition,
    pub(crate) named: &'a Names,
    pub(crate) related: &'a Relations,
    pub(crate) profile: &'a Profile,
    pub(crate) overlay: &'a Overlay,
    pub(crate) ledger: &'a UsageTracker,
    pub(crate) features: Features,
}

impl<'a> Context<'a> {
    /// Borrows the tables of `model`.
    pub(crate) fn new(
        model: &'a Model,
        profile: &'a Profile,
        overlay: &'a Overlay,
        usage: &'a UsageTracker,
        features: Features,
    ) -> Self {
        let Model { api, names, relations, .. } = model;
        Self { model, api, named: names, related: relations, profile, overlay, ledger: usage, features }
    }

    /// Returns what a create whose body is of type `schema` attaches, if its `id` names a record that exists already:
    /// the schema only points at records, or the overlay says so.
    pub(crate) fn attachment(&self, schema: &str) -> Option<&'a Reference> {
        let fact = self.overlay.attachments.iter().find(|fact| fact.schema == schema);
        if let Some(fact) = fact {
            self.ledger.mark(fact.entry());
        }
        let Some(fact) = fact else {
            // What points at further records is a record itself, whatever its name ends in.
            let points_on = |field: &Field| {
                let target = field.ty.innermost();
                target.is_some_and(|target| self.related.references.contains_key(target))
            };
            let reference = self.related.references.get(schema)?;
            return (!self.api.schemas[schema].fields().iter().any(points_on)).then_some(reference);
        };
        self.related.references.get(fact.reference.as_str())
    }

    /// Returns true if the API requires the field when a record is created, whatever the document says.
    pub(crate) fn is_required(&self, schema: &str, field: &Field) -> bool {
        let is_it = |name: &str| name.split_once('.') == Some((schema, &field.name));
        let fact = self.overlay.required.iter().find(|fact| is_it(&fact.field));
        if let Some(fact) = fact {
            self.ledger.mark(fact.entry());
        }
        field.required || fact.is_some()
    }

    /// Returns true if `field` holds the fields that an account defines for itself. Tools have them by
    /// caption.
    pub(crate) fn is_custom_fields(&self, field: &Field) -> bool {
        let custom = self.profile.custom_fields.as_ref();
        custom.is_some_and(|custom| custom.member == field.name && matches!(field.ty, Type::List(_)))
    }
}
