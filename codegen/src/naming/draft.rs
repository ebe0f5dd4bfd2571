//! An operation that the naming stage is processing and that has no name yet.

use toolcrate_catalog::OperationKind;

use super::inflection::Inflector;
use super::noun::Noun;
use super::resource_path::{ResourcePath, ResourceReader};
use super::tools;
use crate::id::OperationId;
use crate::ir::Operation;

/// An operation from the perspective of the naming rules, before it has a name.
pub struct Draft<'a> {
    /// The path, interpreted as a resource.
    pub resource: ResourcePath<'a>,
    /// The operation's kind.
    pub kind: OperationKind,
    /// The tool name template.
    pub form: &'a str,
    /// How the tool name identifies the record, e.g. `_by_id`.
    pub by: String,
    /// The words that fill the template.
    pub phrase: tools::Phrase,
    /// The words in readable English.
    pub noun: Noun,
}

impl<'a> Draft<'a> {
    /// Interprets `operation`.
    pub fn new(
        id: OperationId,
        operation: &Operation,
        reader: &ResourceReader<'a>,
        words: &Inflector<'_>,
    ) -> Self {
        let resource = reader.read(id, operation, words);
        let (kind, form) = tools::form(operation, &resource);
        let (kind, form) = match reader.own_name(operation) {
            Some(own) => (tools::kind_of_own(operation.method, kind, own), own),
            None => (kind, form),
        };
        let by = tools::by(operation, &resource, words);
        let phrase = tools::Phrase::new(form, &resource, words);
        let noun = Noun::new(&resource, words);
        Self { resource, kind, form, by, phrase, noun }
    }
}
