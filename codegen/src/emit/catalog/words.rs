//! Describes arguments with text from the overlay or the spec, or with text derived from the argument's name and type.

use toolcrate_catalog::OperationKind;
use toolcrate_catalog::placeholder::{escape, placeholder};

use crate::config::ArgumentPattern;
use crate::emit::argument_words::{kind, words_by_name};
use crate::emit::context::Context;
use crate::id::OperationId;
use crate::ir::{Field, Operation, Parameter, ParameterLocation, Type};
use crate::naming::identifiers::capital;
use crate::relate::ValueSource;

/// The kind for references in [`ArgumentDescriber::explained`].
const REFERENCE: &str = "reference";

/// Describes arguments.
pub struct ArgumentDescriber<'a> {
    context: &'a Context<'a>,
    /// The formats, and possibly references, that have already been explained.
    explained: Vec<String>,
}

impl<'a> ArgumentDescriber<'a> {
    /// Creates a describer for one set of arguments.
    pub fn new(context: &'a Context<'a>) -> Self {
        Self { context, explained: Vec::new() }
    }

    /// Returns the description of a request body field; `is_top` is true if it is an argument itself.
    pub fn member(&mut self, schema: &str, field: &Field, is_top: bool) -> String {
        let key = format!("{schema}.{}", field.name);
        let ty = self.context.api.resolve(&field.ty);
        if let Some(words) = self.context.overlay.fields.get(&key) {
            self.context.ledger.mark(format!("fields.{key}"));
            return self.with_format(words.clone(), ty, is_top);
        }
        let known = sentence(&field.description);
        if !known.is_empty() {
            return self.with_format(known, ty, is_top);
        }
        if is_top { self.unknown(&field.name, ty) } else { String::new() }
    }

    /// Returns the description of a parameter, whose argument is called `argument`.
    pub fn parameter(
        &mut self,
        operation: OperationId,
        parameter: &Parameter,
        argument: &str,
        source: Option<&ValueSource>,
    ) -> String {
        let mut words = sentence(&parameter.description);
        if words.is_empty() {
            words = match (parameter.location, source) {
                (_, Some(source)) => self.identifies(operation, source, argument),
                (ParameterLocation::Path, None) => {
                    self.placeholder_words(operation, argument, self.context.api.resolve(&parameter.ty))
                }
                _ if argument == "id" && self.selects_record(operation) => {
                    format!("{} ID.", capital(self.context.named.operations[operation].subject.id_noun()))
                }
                _ => self.unknown(argument, self.context.api.resolve(&parameter.ty)),
            };
        }
        if let Some(source) = source {
            join(&mut words, &self.find_it(source.operation));
        }
        words
    }

    /// Returns the description of a reference that may be passed as a bare ID. Only a tool's first one mentions both
    /// forms, to save tokens.
    pub fn id_or_object(&mut self, list: OperationId) -> String {
        let forms = if self.is_first(REFERENCE) { "ID or object" } else { "ID" };
        format!("{forms} from {}.", placeholder(&self.context.named.operations[list].short))
    }

    /// Returns a sentence that names the tool listing a value.
    pub fn find_it(&self, list: OperationId) -> String {
        format!("Find it with {}.", placeholder(&self.context.named.operations[list].short))
    }

    /// Returns `Ticket ID.`, or a sentence about the row field that contains the value.
    fn identifies(&self, operation: OperationId, source: &ValueSource, argument: &str) -> String {
        let subject = &self.context.named.operations[operation].subject;
        let listed = self.context.named.operations[source.operation].subject.id_noun();
        // The same records may have another noun in this part of the API, which the tool's other texts use.
        let one = match &subject.owner {
            _ if argument == "id" && subject.is_item => subject.id_noun(),
            Some(owner)
                if argument.strip_suffix("Id") == last_word(listed)
                    && last_word(owner) == last_word(listed) =>
            {
                owner
            }
            _ => listed,
        };
        match source.field.as_str() {
            "id" if argument.ends_with("Identifier") => format!("{} identifier.", capital(one)),
            "id" => format!("{} ID.", capital(one)),
            field => format!("{} {}.", capital(one), self.context.spoken(field)),
        }
    }

    /// Returns true if an operation acts on one record that its path doesn't select, so that an ID outside of the path
    /// does.
    fn selects_record(&self, operation: OperationId) -> bool {
        let acts_on_one = matches!(
            self.context.named.operations[operation].kind,
            OperationKind::Get | OperationKind::Update | OperationKind::Replace | OperationKind::Delete
        );
        acts_on_one && !self.context.api.operations[operation].path.normal_form().ends_with("{}")
    }

    /// Returns the description of a path placeholder for which no list is known.
    fn placeholder_words(&self, operation: OperationId, argument: &str, ty: &Type) -> String {
        let subject = &self.context.named.operations[operation].subject;
        if argument == "id" {
            return format!("{} ID.", capital(subject.id_noun()));
        }
        if let Some(words) = words_by_name(self.context, argument, ty) {
            return words.to_owned();
        }
        let words = self.context.spoken(argument);
        match words.strip_suffix(" ID") {
            Some(_) => format!("{}.", capital(&words)),
            None => format!("{} {words}.", capital(&subject.one)),
        }
    }

    /// Returns the description of an argument that the document doesn't describe.
    fn unknown(&mut self, name: &str, ty: &Type) -> String {
        if let Some(words) = words_by_name(self.context, name, ty) {
            return self.with_format(words.to_owned(), ty, true);
        }
        if let Some(words) = self.id_words(name, ty) {
            return words;
        }
        let words = self.with_format(String::new(), ty, true);
        if words.is_empty() {
            self.mark_left_out(name, kind(ty));
        }
        words
    }

    /// Marks the overlay entry that lists the argument among those without a description.
    fn mark_left_out(&self, name: &str, kind: &str) {
        let overlay = self.context.overlay;
        let covering = |patterns: &'a [ArgumentPattern]| {
            let covering = patterns.iter().filter(|pattern| pattern.covers(name, kind));
            covering.max_by_key(|pattern| pattern.narrowness())
        };
        if let Some(pattern) = covering(&overlay.unexplained) {
            self.context.ledger.mark(format!("unexplained.{pattern}"));
        } else if let Some(pattern) = covering(&overlay.self_explanatory) {
            self.context.ledger.mark(format!("self_explanatory.{pattern}"));
        }
    }

    /// Returns the description of an ID: its record, and the tool that lists it.
    fn id_words(&self, name: &str, ty: &Type) -> Option<String> {
        let (stem, is_list) = match ty {
            Type::Integer | Type::Long => {
                let endings = ["RecId", "RecID", "Recid", "Id", "ID"];
                (endings.iter().find_map(|ending| name.strip_suffix(ending))?, false)
            }
            Type::List(item) if matches!(**item, Type::Integer | Type::Long) => {
                (name.strip_suffix("Ids")?, true)
            }
            _ => return None,
        };
        let list = self.context.list_of(stem)?;
        let name = &self.context.named.operations[list];
        let one = capital(name.subject.id_noun());
        Some(match is_list {
            true => format!("{one} IDs. Find them with {}.", placeholder(&name.short)),
            false => format!("{one} ID. {}", self.find_it(list)),
        })
    }

    /// Returns true if nothing of this kind has been explained yet.
    fn is_first(&mut self, kind: &str) -> bool {
        let is_first = !self.explained.iter().any(|explained| explained == kind);
        if is_first {
            self.explained.push(kind.to_owned());
        }
        is_first
    }

    /// Adds an explanation of the value's format to a description.
    fn with_format(&mut self, mut words: String, ty: &Type, is_top: bool) -> String {
        let Some(format) = format(ty).filter(|_| is_top) else { return words };
        let Some(known) = self.context.overlay.formats.get(format) else { return words };
        self.context.ledger.mark(format!("formats.{format}"));
        if words.contains("UTC") {
            return words;
        }
        let is_first = self.is_first(format);
        join(&mut words, if is_first { &known.first } else { &known.others });
        words
    }
}

fn format(ty: &Type) -> Option<&str> {
    match ty {
        Type::DateTime => Some("date-time"),
        Type::Text(Some(format)) => Some(format),
        _ => None,
    }
}

/// Returns the document's text as a sentence in which no brace is a placeholder.
pub fn sentence(text: &str) -> String {
    let text = text.trim();
    let end = if text.is_empty() || text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{end}", escape(text.trim_end_matches([';', ':', ','])))
}

/// Adds a sentence.
pub fn join(words: &mut String, sentence: &str) {
    if !words.is_empty() {
        words.push_str(if words.ends_with(['.', '!', '?']) { " " } else { ". " });
    }
    words.push_str(sentence);
}

/// Returns the description of a body that contains records: `Line items to create.`
pub fn records(operation: &Operation, many: &str, verb: &str) -> String {
    match operation.body.as_ref().map(|body| &body.ty) {
        Some(Type::List(_)) => format!("{} to {verb}.", capital(many)),
        _ => "Request body.".to_owned(),
    }
}

fn last_word(noun: &str) -> Option<&str> {
    noun.rsplit(' ').next()
}
