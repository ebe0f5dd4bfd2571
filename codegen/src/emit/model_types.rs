//! Determines the Rust types of fields, the modules of models, and the link targets in doc comments.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::{Context, function_link};
use super::model_uses::ModelUses;
use crate::id::OperationId;
use crate::ir::Field;
use crate::naming::FieldName;
use crate::relate::Reference;

/// A model whose operations involve more kinds of records than this belongs to none of them.
const MAX_SUBJECTS: usize = 4;

impl<'a> Context<'a> {
    /// Returns the public module of the model for `schema`.
    pub(super) fn model_module(&self, schema: &str) -> String {
        self.features.home(schema).to_owned()
    }

    /// Returns how the model for `schema` is used.
    pub(super) fn model_uses(&self, schema: &str) -> &ModelUses<'a> {
        &self.uses[schema]
    }

    /// Returns what `schema` refers to, if it only refers to a record.
    pub(super) fn reference(&self, schema: &str) -> Option<&'a Reference> {
        self.related.reference(self.api, schema)
    }

    /// Returns true if the field is a reference, which isn't wrapped in an `Option`.
    pub(super) fn is_bare(&self, field: &Field) -> bool {
        self.related.is_reference(self.api, field)
    }

    /// Returns the type of a field's value.
    pub(super) fn value_type(&self, field: &Field, name: &FieldName) -> TokenStream {
        self.rust_type(&field.ty, name.choice.as_ref().map(|choice| choice.rust.as_str()))
    }

    /// Returns the type of a field.
    pub(super) fn field_type(&self, field: &Field, name: &FieldName) -> TokenStream {
        let ty = self.value_type(field, name);
        match (self.is_bare(field), field.boxed) {
            (true, _) => ty,
            (false, true) => quote!(Option<Box<#ty>>),
            (false, false) => quote!(Option<#ty>),
        }
    }

    /// Returns the noun for the records that `schema` describes, and the overlay's explanation. Returns `None` for a
    /// model shared by operations on different records, and for a part of records.
    pub(super) fn record_of(&self, schema: &str) -> Option<(String, Option<&'a str>)> {
        let uses = self.model_uses(schema);
        let ids = uses.listed.iter().chain(&uses.got).chain(&uses.created);
        let mut nouns: Vec<&str> = Vec::new();
        for id in ids {
            let noun = self.named.operations[*id].subject.one.as_str();
            if !nouns.contains(&noun) {
                nouns.push(noun);
            }
        }
        let id = uses.listed.iter().chain(&uses.got).chain(&uses.created).next()?;
        if nouns.len() > MAX_SUBJECTS {
            return None;
        }
        let subject = &self.named.operations[*id].subject;
        let gloss = self.gloss(&subject.path).filter(|_| !subject.is_view);
        Some((subject.one.clone(), gloss.map(|(_, gloss)| gloss.one()).filter(|gloss| !gloss.is_empty())))
    }

    /// Returns the noun for a value of the model for `schema`.
    pub(super) fn noun(&self, schema: &str) -> String {
        match self.record_of(schema) {
            Some((noun, _)) if !self.related.references.contains_key(schema) => noun,
            _ => self.spoken(&self.named.types[schema].rust),
        }
    }

    /// Returns a link to an operation's function.
    pub(super) fn function_link(&self, id: OperationId) -> String {
        function_link(&self.named.operations[id])
    }

    /// Returns a link to the model for `schema`.
    pub(super) fn model_link(&self, schema: &str) -> String {
        let rust = &self.named.types[schema].rust;
        format!("[`{rust}`](crate::{}::{rust})", self.features.home(schema))
    }
}
