//! Holds the custom fields of an account, and determines which of them a record has.

use super::definition::CustomField;
use crate::api::CustomFieldDefinitions;

/// An account's custom fields.
pub(crate) struct AccountFields {
    fields: Vec<CustomField>,
    is_readable: bool,
}

impl AccountFields {
    pub(super) fn new(fields: Vec<CustomField>) -> Self {
        Self { fields, is_readable: true }
    }

    /// Creates the fields of an account that doesn't let these credentials read its definitions.
    pub(super) fn unreadable() -> Self {
        Self { fields: Vec::new(), is_readable: false }
    }

    /// Returns true if and only if the account lets these credentials read its definitions.
    pub(crate) fn is_readable(&self) -> bool {
        self.is_readable
    }

    /// Returns all fields, in the account's order.
    pub(super) fn as_slice(&self) -> &[CustomField] {
        &self.fields
    }
}

/// An account's custom fields in the context of one record.
#[derive(Clone, Copy)]
pub(crate) struct FieldScope<'a> {
    pub(crate) fields: &'a AccountFields,
    /// The format of the definitions.
    pub(crate) format: &'a CustomFieldDefinitions,
    /// The name of the record, if it is known.
    pub(crate) record: Option<&'a str>,
}

impl<'a> FieldScope<'a> {
    /// Returns the record's fields, as far as their definitions specify them.
    pub(super) fn record_fields(self) -> impl Iterator<Item = &'a CustomField> {
        let Self { fields, format, record } = self;
        let has = move |field: &&CustomField| record.is_some_and(|record| field.is_of(record, format));
        fields.as_slice().iter().filter(has)
    }

    /// Returns the fields to suggest: the record's, or all fields if it isn't known to have any.
    pub(super) fn suggested_fields(self) -> Vec<&'a CustomField> {
        let fields: Vec<_> = self.record_fields().collect();
        if fields.is_empty() { self.all_fields().collect() } else { fields }
    }

    /// Returns true if the record's screens are known, so no field on another screen is the record's.
    pub(super) fn is_complete(self) -> bool {
        let is_mapped = |record: &str| self.format.records.iter().any(|(name, _)| *name == record);
        self.record.is_some_and(is_mapped) && self.record_fields().next().is_some()
    }

    /// Returns all of the account's fields.
    pub(super) fn all_fields(self) -> std::slice::Iter<'a, CustomField> {
        self.fields.as_slice().iter()
    }
}
