//! What all emitters read.

use std::collections::BTreeMap;

use super::features::Features;
use crate::config::{Overlay, Profile, UsageTracker};
use crate::ir::{ApiDefinition, Field, Type};
use crate::model::Model;
use crate::naming::Names;
use crate::relate::Relations;

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

    /// Returns true if `field` holds the fields that an account defines for itself. Tools have them by
    /// caption.
    pub(crate) fn is_custom_fields(&self, field: &Field) -> bool {
        let custom = self.profile.custom_fields.as_ref();
        custom.is_some_and(|custom| custom.member == field.name && matches!(field.ty, Type::List(_)))
    }
}
