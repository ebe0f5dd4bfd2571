//! The input to all emitters: the model of the API, and the configuration.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{PoisonError, RwLock};

use toolcrate_catalog::placeholder;

use super::features::Features;
use super::model_uses::{self, ModelUses};
use crate::config::{ArgumentWords, Gloss, Overlay, Profile, UsageTracker};
use crate::id::OperationId;
use crate::ir::{ApiDefinition, Field, Operation, Template, Type};
use crate::model::Model;
use crate::naming::{Names, OperationName};
use crate::relate::{Reference, Relations};

/// File contents by path, relative to the output folder, with `/` as the separator.
pub type Files = BTreeMap<String, String>;

/// The model and the configuration for the emitters.
pub(crate) struct Context<'a> {
    pub(crate) model: &'a Model,
    pub(crate) api: &'a ApiDefinition,
    pub(crate) named: &'a Names,
    pub(crate) related: &'a Relations,
    pub(crate) profile: &'a Profile,
    pub(crate) overlay: &'a Overlay,
    pub(crate) ledger: &'a UsageTracker,
    pub(crate) features: Features,
    /// The models for custom field values.
    pub(super) custom_values: BTreeSet<&'a str>,
    /// Descriptions of arguments, by type and name.
    words_by_name: RwLock<HashMap<(&'static str, String), Option<&'a ArgumentWords>>>,
    /// How each model is used.
    pub(super) uses: BTreeMap<&'a str, ModelUses<'a>>,
    /// A link to each function, by the tool's short name.
    functions: BTreeMap<&'a str, String>,
    /// The overlay's explanations of collections, with the path as spelled in the overlay, by normalized path.
    glosses: BTreeMap<String, (&'a str, &'a Gloss)>,
    /// Lists that need no ID, by their nouns as spelled in arguments: `workrole`. `None` if two lists share a noun.
    lists: BTreeMap<String, Option<OperationId>>,
}

impl<'a> Context<'a> {
    /// Creates a context that borrows the tables of `model`.
    pub(crate) fn new(
        model: &'a Model,
        profile: &'a Profile,
        overlay: &'a Overlay,
        usage: &'a UsageTracker,
        features: Features,
    ) -> Self {
        let Model { api, names, relations, .. } = model;
        let functions = names.operations.values().map(|name| (name.short.as_str(), function_link(name)));
        let functions = functions.collect();
        let glosses = overlay.resources.iter();
        let glosses =
            glosses.map(|(path, gloss)| (Template::parse(path).normal_form(), (path.as_str(), gloss)));
        let custom = profile.custom_fields.as_ref();
        let is_custom = |field: &&Field| custom.is_some_and(|custom| custom.member == field.name);
        let custom_values = api.schemas.values().flat_map(|schema| schema.fields().iter().filter(is_custom));
        let custom_values = custom_values.filter(|field| matches!(field.ty, Type::List(_)));
        Self {
            model,
            api,
            named: names,
            related: relations,
            profile,
            overlay,
            ledger: usage,
            features,
            custom_values: custom_values.filter_map(|field| field.ty.innermost()).collect(),
            words_by_name: RwLock::default(),
            uses: model_uses::find(api, names),
            functions,
            glosses: glosses.collect(),
            lists: lists_by_noun(model),
        }
    }

    /// Returns the overlay's description of arguments with this type and name. A narrow pattern takes precedence over a
    /// wide one.
    pub(super) fn argument_words(&self, kind: &'static str, name: &str) -> Option<&'a ArgumentWords> {
        let key = (kind, name.to_owned());
        let known = self.words_by_name.read().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        known.unwrap_or_else(|| {
            let all = self.overlay.arguments_by_name.iter();
            let covering = all.filter(|words| words.name.covers(name, kind));
            let words = covering.max_by_key(|words| words.name.narrowness());
            if let Some(words) = words {
                self.ledger.mark(words.entry());
            }
            self.words_by_name.write().unwrap_or_else(PoisonError::into_inner).insert(key, words);
            words
        })
    }

    /// Returns the overlay's explanation of the collection at the normalized `path`, and its key in the overlay.
    pub(crate) fn gloss(&self, path: &str) -> Option<(&'a str, &'a Gloss)> {
        self.glosses.get(path).copied()
    }

    /// Returns the list of records whose IDs are named after `noun`, if there is exactly one that needs no ID itself.
    pub(crate) fn list_of(&self, noun: &str) -> Option<OperationId> {
        self.lists.get(&noun.to_lowercase()).copied().flatten()
    }

    /// Returns the list whose rows a count counts: the one at the preceding path.
    pub(crate) fn counted_list(&self, operation: &Operation) -> Option<OperationId> {
        let path = operation.path.normal_form();
        let (before, _) = path.rsplit_once('/')?;
        self.related.lists.get(before).copied()
    }

    /// Returns overlay text that refers to tools by their Rust functions.
    pub(crate) fn with_functions(&self, text: &str) -> String {
        let rendered =
            placeholder::render(text, |short_name| self.functions.get(short_name).map(String::as_str));
        rendered.into_owned()
    }

    /// Returns what a create operation with a body of type `schema` attaches, if its `id` identifies an existing
    /// record. This is the case if the schema only points to records, or if the overlay lists it in `attachments`.
    pub(crate) fn attachment(&self, schema: &str) -> Option<&'a Reference> {
        let fact = self.overlay.attachments.iter().find(|fact| fact.schema == schema);
        if let Some(fact) = fact {
            self.ledger.mark(fact.entry());
        }
        let Some(fact) = fact else {
            return self.reference(schema);
        };
        self.related.references.get(fact.reference.as_str())
    }

    /// Returns true if the API requires the field when a record is created, regardless of the document.
    pub(crate) fn is_required(&self, schema: &str, field: &Field) -> bool {
        let is_it = |name: &str| name.split_once('.') == Some((schema, &field.name));
        let fact = self.overlay.required.iter().find(|fact| is_it(&fact.field));
        if let Some(fact) = fact {
            self.ledger.mark(fact.entry());
        }
        field.required || fact.is_some()
    }

    /// Returns true if `field` contains an account's custom fields. Tools represent them by caption.
    pub(crate) fn is_custom_fields(&self, field: &Field) -> bool {
        let custom = self.profile.custom_fields.as_ref();
        custom.is_some_and(|custom| custom.member == field.name && matches!(field.ty, Type::List(_)))
    }
}

/// Returns a link to an operation's function, for a doc comment.
pub(super) fn function_link(name: &OperationName) -> String {
    let OperationName { module, function, .. } = name;
    format!("[`{module}::{function}`](crate::{module}::{function})")
}

fn lists_by_noun(model: &Model) -> BTreeMap<String, Option<OperationId>> {
    let mut lists: BTreeMap<String, Option<OperationId>> = BTreeMap::new();
    for id in model.relations.lists.values() {
        let subject = &model.names.operations[*id].subject;
        if model.api.operations[*id].path.placeholders().next().is_none() && !subject.is_view {
            let noun = subject.one.replace(' ', "").to_lowercase();
            lists.entry(noun).and_modify(|list| *list = None).or_insert(Some(*id));
        }
    }
    lists
}
