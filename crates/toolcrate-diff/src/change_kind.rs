//! All kinds of changes: their stable ids, what they mean, and what each is seen from the other side.
//!
//! One table, so that the reports, the allow-list, `docs/changes.md` and the tests can't disagree. A kind
//! never changes its id or its meaning; a new one is a new line.

use serde::{Serialize, Serializer};

/// Who notices a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeLevel {
    /// Any client of the API.
    Http,
    /// Programs that use the generated crate.
    Rust,
    /// Agents that call the tools, and the prompts that name them.
    Tools,
}

impl ChangeLevel {
    /// All levels, in the order of a report.
    pub const ALL: [Self; 3] = [Self::Http, Self::Rust, Self::Tools];

    /// The title in reports.
    pub fn title(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::Rust => "Rust",
            Self::Tools => "Tools",
        }
    }
}

macro_rules! kinds {
    ($($level:ident { $($kind:ident $id:literal $mirror:ident $breaks:literal $says:literal)* })*) => {
        /// A kind of change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "the table says what each means")]
        pub enum DiffKind { $($($kind),*),* }

        impl DiffKind {
            /// Every kind, level by level.
            pub const ALL: &'static [Self] = &[$($(Self::$kind),*),*];

            /// The stable id.
            pub const fn id(self) -> &'static str {
                match self { $($(Self::$kind => $id),*),* }
            }

            /// Who notices it.
            pub const fn level(self) -> ChangeLevel {
                match self { $($(Self::$kind => ChangeLevel::$level),*),* }
            }

            /// What the same edit is when old and new change places.
            pub const fn mirror(self) -> Self {
                match self { $($(Self::$kind => Self::$mirror),*),* }
            }

            /// When it breaks, for the table in the docs.
            pub const fn breaks(self) -> &'static str {
                match self { $($(Self::$kind => $breaks),*),* }
            }

            /// The sentence, with `{subject}`, `{member}`, `{old}` and `{new}` to be filled in.
            pub const fn template(self) -> &'static str {
                match self { $($(Self::$kind => $says),*),* }
            }
        }
    };
}

kinds! {
    Http {
        OperationAdded "operation-added" OperationRemoved "never" "`{subject}` is new"
        OperationRemoved "operation-removed" OperationAdded "always" "`{subject}` is gone"
        OperationMoved "operation-moved" OperationMoved "always" "`{old}` moved to `{new}`, with the same shape"
        OperationDeprecated "operation-deprecated" OperationUndeprecated "never" "`{subject}` is deprecated"
        OperationUndeprecated "operation-undeprecated" OperationDeprecated "never" "`{subject}` is no longer deprecated"
        OperationReworded "operation-reworded" OperationReworded "never" "the summary or description of `{subject}` is worded anew"
        OperationRetagged "operation-retagged" OperationRetagged "never" "the tags of `{subject}` are {new}, were {old}"
        ParameterAdded "parameter-added" ParameterRemoved "if required" "`{subject}` takes the parameter `{member}` ({new})"
        ParameterRemoved "parameter-removed" ParameterAdded "always" "`{subject}` no longer takes the parameter `{member}` ({old})"
        ParameterRenamed "parameter-renamed" ParameterRenamed "always" "the parameter `{old}` of `{subject}` is called `{new}` now"
        ParameterRelocated "parameter-relocated" ParameterRelocated "always" "the parameter `{member}` of `{subject}` travels in the {new}, was in the {old}"
        ParameterRequired "parameter-required" ParameterOptional "always" "`{subject}` now requires the parameter `{member}`"
        ParameterOptional "parameter-optional" ParameterRequired "never" "`{subject}` no longer requires the parameter `{member}`"
        ParameterNarrowed "parameter-narrowed" ParameterWidened "always" "the parameter `{member}` of `{subject}` takes less: {new}, was {old}"
        ParameterWidened "parameter-widened" ParameterNarrowed "never" "the parameter `{member}` of `{subject}` takes more: {new}, was {old}"
        ParameterRetyped "parameter-retyped" ParameterRetyped "always" "the parameter `{member}` of `{subject}` is {new}, was {old}"
        ParameterValueAdded "parameter-value-added" ParameterValueRemoved "never" "the parameter `{member}` of `{subject}` takes `{new}` too"
        ParameterValueRemoved "parameter-value-removed" ParameterValueAdded "always" "the parameter `{member}` of `{subject}` no longer takes `{old}`"
        ParameterTightened "parameter-tightened" ParameterLoosened "always" "the limits of the parameter `{member}` of `{subject}` are tighter: {new}, was {old}"
        ParameterLoosened "parameter-loosened" ParameterTightened "never" "the limits of the parameter `{member}` of `{subject}` are looser: {new}, was {old}"
        ParameterReworded "parameter-reworded" ParameterReworded "never" "the parameter `{member}` of `{subject}` is described anew"
        BodyAdded "body-added" BodyRemoved "if required" "`{subject}` takes a body ({new})"
        BodyRemoved "body-removed" BodyAdded "always" "`{subject}` no longer takes a body ({old})"
        BodyRequired "body-required" BodyOptional "always" "`{subject}` now requires its body"
        BodyOptional "body-optional" BodyRequired "never" "`{subject}` no longer requires its body"
        BodyFormatChanged "body-format-changed" BodyFormatChanged "always" "the body of `{subject}` is {new}, was {old}"
        BodyNarrowed "body-narrowed" BodyWidened "always" "the body of `{subject}` takes less: {new}, was {old}"
        BodyWidened "body-widened" BodyNarrowed "never" "the body of `{subject}` takes more: {new}, was {old}"
        BodyRetyped "body-retyped" BodyRetyped "always" "the body of `{subject}` is {new}, was {old}"
        AnswerStatusAdded "answer-status-added" AnswerStatusRemoved "never: any 2xx is success" "`{subject}` may answer {new}"
        AnswerStatusRemoved "answer-status-removed" AnswerStatusAdded "never: any 2xx is success" "`{subject}` no longer answers {old}"
        AnswerFormatChanged "answer-format-changed" AnswerFormatChanged "unless there was none, or bytes of a kind that was not said" "`{subject}` answers {new}, was {old}"
        AnswerNarrowed "answer-narrowed" AnswerWidened "never" "`{subject}` answers less: {new}, was {old}"
        AnswerWidened "answer-widened" AnswerNarrowed "always" "`{subject}` answers more: {new}, was {old}"
        AnswerRetyped "answer-retyped" AnswerRetyped "always" "`{subject}` answers {new}, was {old}"
        SchemaAdded "schema-added" SchemaRemoved "never: its name is not on the wire" "the schema `{subject}` is new"
        SchemaRemoved "schema-removed" SchemaAdded "never: its name is not on the wire" "the schema `{subject}` is gone"
        SchemaRenamed "schema-renamed" SchemaRenamed "never: its name is not on the wire" "the schema `{old}` is called `{new}` now, with the same members"
        SchemaReworded "schema-reworded" SchemaReworded "never" "the schema `{subject}` is described anew"
        SchemaNarrowed "schema-narrowed" SchemaWidened "in requests" "`{subject}` takes less: {new}, was {old}"
        SchemaWidened "schema-widened" SchemaNarrowed "in answers" "`{subject}` takes more: {new}, was {old}"
        SchemaRetyped "schema-retyped" SchemaRetyped "always" "`{subject}` is {new}, was {old}"
        SchemaValueAdded "schema-value-added" SchemaValueRemoved "in answers" "`{subject}` may be `{new}`"
        SchemaValueRemoved "schema-value-removed" SchemaValueAdded "in requests" "`{subject}` may no longer be `{old}`"
        PropertyAdded "property-added" PropertyRemoved "if required, in requests" "`{subject}` has the property `{member}` ({new})"
        PropertyRemoved "property-removed" PropertyAdded "always" "`{subject}` no longer has the property `{member}` ({old})"
        PropertyRenamed "property-renamed" PropertyRenamed "always" "the property `{old}` of `{subject}` is called `{new}` now"
        PropertyRequired "property-required" PropertyOptional "in requests other than changes" "`{subject}` now requires `{member}`"
        PropertyOptional "property-optional" PropertyRequired "in answers" "`{subject}` no longer requires `{member}`"
        PropertyNullable "property-nullable" PropertyNotNull "in answers" "`{member}` of `{subject}` may be null"
        PropertyNotNull "property-not-null" PropertyNullable "in requests" "`{member}` of `{subject}` may no longer be null"
        PropertyReadOnly "property-read-only" PropertyWritable "in requests" "`{member}` of `{subject}` can no longer be set"
        PropertyWritable "property-writable" PropertyReadOnly "never" "`{member}` of `{subject}` can be set"
        PropertyNarrowed "property-narrowed" PropertyWidened "in requests" "`{member}` of `{subject}` takes less: {new}, was {old}"
        PropertyWidened "property-widened" PropertyNarrowed "in answers" "`{member}` of `{subject}` takes more: {new}, was {old}"
        PropertyRetyped "property-retyped" PropertyRetyped "always" "`{member}` of `{subject}` is {new}, was {old}"
        PropertyValueAdded "property-value-added" PropertyValueRemoved "in answers" "`{member}` of `{subject}` may be `{new}`"
        PropertyValueRemoved "property-value-removed" PropertyValueAdded "in requests" "`{member}` of `{subject}` may no longer be `{old}`"
        PropertyTightened "property-tightened" PropertyLoosened "in requests" "the limits of `{member}` of `{subject}` are tighter: {new}, was {old}"
        PropertyLoosened "property-loosened" PropertyTightened "never: limits of answers are not relied on" "the limits of `{member}` of `{subject}` are looser: {new}, was {old}"
        PropertyRequiredOnReplace "property-required-on-replace" PropertyOptionalOnReplace "in requests other than changes" "`{subject}` now requires `{member}` when it is replaced"
        PropertyOptionalOnReplace "property-optional-on-replace" PropertyRequiredOnReplace "never" "`{subject}` no longer requires `{member}` when it is replaced"
        PropertyReworded "property-reworded" PropertyReworded "never" "`{member}` of `{subject}` is described anew"
    }
    Rust {
        RustModuleAdded "rust-module-added" RustModuleRemoved "never" "the module and feature `{subject}` is new"
        RustModuleRemoved "rust-module-removed" RustModuleAdded "always" "the module and feature `{subject}` is gone"
        RustFunctionAdded "rust-function-added" RustFunctionRemoved "never" "`{subject}` is new"
        RustFunctionRemoved "rust-function-removed" RustFunctionAdded "always" "`{subject}` is gone"
        RustFunctionRenamed "rust-function-renamed" RustFunctionRenamed "always" "`{old}` is `{new}` now"
        RustFunctionChanged "rust-function-changed" RustFunctionChanged "always" "the signature of `{subject}` is `{new}`, was `{old}`"
        RustFunctionDeprecated "rust-function-deprecated" RustFunctionUndeprecated "never: a warning" "`{subject}` is deprecated"
        RustFunctionUndeprecated "rust-function-undeprecated" RustFunctionDeprecated "never" "`{subject}` is no longer deprecated"
        RustTypeAdded "rust-type-added" RustTypeRemoved "never" "`{subject}` is new"
        RustTypeRemoved "rust-type-removed" RustTypeAdded "always" "`{subject}` is gone"
        RustTypeRenamed "rust-type-renamed" RustTypeRenamed "always" "`{old}` is `{new}` now"
        RustTypeChanged "rust-type-changed" RustTypeChanged "always" "`{subject}` is {new}, was {old}"
        RustFieldAdded "rust-field-added" RustFieldRemoved "always: all fields are public, so literals without `..` stop compiling" "`{subject}` has the field `{member}: {new}`"
        RustFieldRemoved "rust-field-removed" RustFieldAdded "always" "`{subject}` no longer has the field `{member}: {old}`"
        RustFieldRenamed "rust-field-renamed" RustFieldRenamed "always" "the field `{old}` of `{subject}` is called `{new}` now"
        RustFieldChanged "rust-field-changed" RustFieldChanged "always" "the field `{member}` of `{subject}` is `{new}`, was `{old}`"
        RustVariantAdded "rust-variant-added" RustVariantRemoved "always: a `match` without `_` stops compiling" "`{subject}` has the variant `{member}`"
        RustVariantRemoved "rust-variant-removed" RustVariantAdded "always" "`{subject}` no longer has the variant `{member}`"
    }
    Tools {
        ToolAdded "tool-added" ToolRemoved "never" "`{subject}` is new"
        ToolRemoved "tool-removed" ToolAdded "always" "`{subject}` is gone"
        ToolRenamed "tool-renamed" ToolRenamed "unless the lock keeps an alias" "`{old}` is `{new}` now"
        ToolDeprecated "tool-deprecated" ToolUndeprecated "never" "`{subject}` is deprecated"
        ToolUndeprecated "tool-undeprecated" ToolDeprecated "never" "`{subject}` is no longer deprecated"
        ToolReworded "tool-reworded" ToolReworded "never" "`{subject}` is described anew"
        ToolClassChanged "tool-class-changed" ToolClassChanged "always: callers choose tools by class" "`{subject}` is of the class {new}, was {old}"
        ToolHintsChanged "tool-hints-changed" ToolHintsChanged "never" "the hints of `{subject}` are {new}, were {old}"
        ToolArgumentAdded "tool-argument-added" ToolArgumentRemoved "if required" "`{subject}` takes the argument `{member}` ({new})"
        ToolArgumentRemoved "tool-argument-removed" ToolArgumentAdded "always: unknown arguments are refused" "`{subject}` no longer takes the argument `{member}` ({old})"
        ToolArgumentRenamed "tool-argument-renamed" ToolArgumentRenamed "always" "the argument `{old}` of `{subject}` is called `{new}` now"
        ToolArgumentRequired "tool-argument-required" ToolArgumentOptional "always" "`{subject}` now requires the argument `{member}`"
        ToolArgumentOptional "tool-argument-optional" ToolArgumentRequired "never" "`{subject}` no longer requires the argument `{member}`"
        ToolArgumentNarrowed "tool-argument-narrowed" ToolArgumentWidened "unless all that is gone are members of objects that take any" "the argument `{member}` of `{subject}` takes less: {new}, was {old}"
        ToolArgumentWidened "tool-argument-widened" ToolArgumentNarrowed "never" "the argument `{member}` of `{subject}` takes more: {new}, was {old}"
        ToolArgumentRetyped "tool-argument-retyped" ToolArgumentRetyped "always" "the argument `{member}` of `{subject}` is {new}, was {old}"
        ToolArgumentReworded "tool-argument-reworded" ToolArgumentReworded "never" "the argument `{member}` of `{subject}` is described anew"
        ToolAnswerChanged "tool-answer-changed" ToolAnswerChanged "unless it had none" "`{subject}` answers {new}, was {old}"
    }
}

impl DiffKind {
    /// The kind with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.id() == id)
    }

    /// Whether it is about words alone.
    pub fn is_wording(self) -> bool {
        self.id().ends_with("-reworded") || matches!(self, Self::OperationRetagged)
    }
}

impl Serialize for DiffKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_mirrors_lead_back_on_one_level() {
        let ids: HashSet<&str> = DiffKind::ALL.iter().map(|kind| kind.id()).collect();
        assert_eq!(ids.len(), DiffKind::ALL.len());
        for kind in DiffKind::ALL {
            assert_eq!(kind.mirror().mirror(), *kind, "{}", kind.id());
            assert_eq!(kind.mirror().level(), kind.level(), "{}", kind.id());
            assert_eq!(DiffKind::from_id(kind.id()), Some(*kind));
        }
        assert_eq!(DiffKind::from_id("nothing"), None);
    }
}
