//! Lists all kinds of changes. Each kind has a stable ID, a meaning, and a reverse kind.
//!
//! The kinds are defined in one table, so reports, allowlists, `docs/changes.md` and tests always agree. A kind never
//! changes its ID or meaning; a new kind is added as a new line.

use serde::{Serialize, Serializer};

/// The audience that a change affects.
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

    /// Returns the title for reports.
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
        #[allow(missing_docs, reason = "the table documents each kind")]
        pub enum DiffKind { $($($kind),*),* }

        impl DiffKind {
            /// Every kind, level by level.
            pub const ALL: &'static [Self] = &[$($(Self::$kind),*),*];

            /// Returns the stable ID.
            pub const fn id(self) -> &'static str {
                match self { $($(Self::$kind => $id),*),* }
            }

            /// Returns the level.
            pub const fn level(self) -> ChangeLevel {
                match self { $($(Self::$kind => ChangeLevel::$level),*),* }
            }

            /// Returns the kind of the reverse change, from new to old.
            pub const fn mirror(self) -> Self {
                match self { $($(Self::$kind => Self::$mirror),*),* }
            }

            /// Returns when the change is breaking, for the table in the docs.
            pub const fn breaks(self) -> &'static str {
                match self { $($(Self::$kind => $breaks),*),* }
            }

            /// Returns the sentence, with the placeholders `{subject}`, `{member}`, `{old}` and `{new}`.
            pub const fn template(self) -> &'static str {
                match self { $($(Self::$kind => $says),*),* }
            }
        }
    };
}

kinds! {
    Http {
        OperationAdded "operation-added" OperationRemoved "never" "`{subject}` was added"
        OperationRemoved "operation-removed" OperationAdded "always" "`{subject}` was removed"
        OperationMoved "operation-moved" OperationMoved "always" "`{old}` moved to `{new}`, otherwise unchanged"
        OperationDeprecated "operation-deprecated" OperationUndeprecated "never" "`{subject}` is deprecated"
        OperationUndeprecated "operation-undeprecated" OperationDeprecated "never" "`{subject}` is no longer deprecated"
        OperationReworded "operation-reworded" OperationReworded "never" "the summary or description of `{subject}` changed"
        OperationRetagged "operation-retagged" OperationRetagged "never" "the tags of `{subject}` changed from {old} to {new}"
        ParameterAdded "parameter-added" ParameterRemoved "if required" "`{subject}` accepts the `{member}` parameter ({new})"
        ParameterRemoved "parameter-removed" ParameterAdded "always" "`{subject}` no longer accepts the `{member}` parameter ({old})"
        ParameterRenamed "parameter-renamed" ParameterRenamed "always" "the `{old}` parameter of `{subject}` was renamed to `{new}`"
        ParameterRelocated "parameter-relocated" ParameterRelocated "always" "the `{member}` parameter of `{subject}` moved from the {old} to the {new}"
        ParameterRequired "parameter-required" ParameterOptional "always" "`{subject}` now requires the `{member}` parameter"
        ParameterOptional "parameter-optional" ParameterRequired "never" "`{subject}` no longer requires the `{member}` parameter"
        ParameterNarrowed "parameter-narrowed" ParameterWidened "always" "the `{member}` parameter of `{subject}` accepts fewer values: {new}, was {old}"
        ParameterWidened "parameter-widened" ParameterNarrowed "never" "the `{member}` parameter of `{subject}` accepts more values: {new}, was {old}"
        ParameterRetyped "parameter-retyped" ParameterRetyped "always" "the `{member}` parameter of `{subject}` is {new}, was {old}"
        ParameterValueAdded "parameter-value-added" ParameterValueRemoved "never" "the `{member}` parameter of `{subject}` also accepts `{new}`"
        ParameterValueRemoved "parameter-value-removed" ParameterValueAdded "always" "the `{member}` parameter of `{subject}` no longer accepts `{old}`"
        ParameterTightened "parameter-tightened" ParameterLoosened "always" "`{subject}` has tighter limits for the `{member}` parameter: {new}, was {old}"
        ParameterLoosened "parameter-loosened" ParameterTightened "never" "`{subject}` has looser limits for the `{member}` parameter: {new}, was {old}"
        ParameterStyleChanged "parameter-style-changed" ParameterStyleChanged "always" "the `{member}` parameter of `{subject}` is sent as {new}, was {old}"
        ParameterDefaultChanged "parameter-default-changed" ParameterDefaultChanged "unless there was no default" "`{subject}` has a different default for the `{member}` parameter: {new}, was {old}"
        ParameterDeprecated "parameter-deprecated" ParameterUndeprecated "never" "the `{member}` parameter of `{subject}` is deprecated"
        ParameterUndeprecated "parameter-undeprecated" ParameterDeprecated "never" "the `{member}` parameter of `{subject}` is no longer deprecated"
        ParameterReworded "parameter-reworded" ParameterReworded "never" "the `{member}` parameter of `{subject}` has a new description"
        BodyAdded "body-added" BodyRemoved "if required" "`{subject}` accepts a request body ({new})"
        BodyRemoved "body-removed" BodyAdded "always" "`{subject}` no longer accepts a request body ({old})"
        BodyRequired "body-required" BodyOptional "always" "`{subject}` now requires a request body"
        BodyOptional "body-optional" BodyRequired "never" "`{subject}` no longer requires a request body"
        BodyFormatChanged "body-format-changed" BodyFormatChanged "always" "the request body of `{subject}` is {new}, was {old}"
        BodyNarrowed "body-narrowed" BodyWidened "always" "the request body of `{subject}` accepts fewer values: {new}, was {old}"
        BodyWidened "body-widened" BodyNarrowed "never" "the request body of `{subject}` accepts more values: {new}, was {old}"
        BodyRetyped "body-retyped" BodyRetyped "always" "the request body of `{subject}` is {new}, was {old}"
        BodyMediaTypeAdded "body-media-type-added" BodyMediaTypeRemoved "never" "`{subject}` also accepts a body of type {new}"
        BodyMediaTypeRemoved "body-media-type-removed" BodyMediaTypeAdded "always" "`{subject}` no longer accepts a body of type {old}"
        BodyEncodingChanged "body-encoding-changed" BodyEncodingChanged "always" "the `{member}` field in the body of `{subject}` is sent as {new}, was {old}"
        AnswerStatusAdded "answer-status-added" AnswerStatusRemoved "never: any 2xx is success" "`{subject}` may respond with {new}"
        AnswerStatusRemoved "answer-status-removed" AnswerStatusAdded "never: any 2xx is success" "`{subject}` no longer responds with {old}"
        AnswerFormatChanged "answer-format-changed" AnswerFormatChanged "unless there was no response, or its type wasn't specified" "`{subject}` returns {new} instead of {old}"
        AnswerNarrowed "answer-narrowed" AnswerWidened "never" "`{subject}` returns fewer values: {new}, was {old}"
        AnswerWidened "answer-widened" AnswerNarrowed "always" "`{subject}` returns more values: {new}, was {old}"
        AnswerRetyped "answer-retyped" AnswerRetyped "always" "`{subject}` returns {new} instead of {old}"
        AnswerAlternativeAdded "answer-alternative-added" AnswerAlternativeRemoved "always" "`{subject}` may return {new} with status {member}"
        AnswerAlternativeRemoved "answer-alternative-removed" AnswerAlternativeAdded "never" "`{subject}` no longer returns {old} with status {member}"
        AnswerMediaTypeAdded "answer-media-type-added" AnswerMediaTypeRemoved "never" "`{subject}` may also return {new} with status {member}"
        AnswerMediaTypeRemoved "answer-media-type-removed" AnswerMediaTypeAdded "always" "`{subject}` no longer returns {old} with status {member}"
        AnswerHeaderAdded "answer-header-added" AnswerHeaderRemoved "never" "`{subject}` returns the `{member}` header ({new})"
        AnswerHeaderRemoved "answer-header-removed" AnswerHeaderAdded "always" "`{subject}` no longer returns the `{member}` header ({old})"
        AnswerHeaderRetyped "answer-header-retyped" AnswerHeaderRetyped "always" "the `{member}` header that `{subject}` returns is {new}, was {old}"
        ErrorAdded "error-added" ErrorRemoved "never" "`{subject}` may fail with {new}"
        ErrorRemoved "error-removed" ErrorAdded "never" "`{subject}` no longer fails with {old}"
        ErrorRetyped "error-retyped" ErrorRetyped "always" "error {member} of `{subject}` is {new}, was {old}"
        ServerAdded "server-added" ServerRemoved "never" "{subject} can be reached at `{new}`"
        ServerRemoved "server-removed" ServerAdded "always" "{subject} can no longer be reached at `{old}`"
        SecurityAdded "security-added" SecurityRemoved "never" "{subject} also accepts {new}"
        SecurityRemoved "security-removed" SecurityAdded "always" "{subject} no longer accepts {old}"
        SchemaAdded "schema-added" SchemaRemoved "never: schema names aren't sent" "schema `{subject}` was added"
        SchemaRemoved "schema-removed" SchemaAdded "never: schema names aren't sent" "schema `{subject}` was removed"
        SchemaRenamed "schema-renamed" SchemaRenamed "never: schema names aren't sent" "schema `{old}` was renamed to `{new}`, with the same properties"
        SchemaReworded "schema-reworded" SchemaReworded "never" "schema `{subject}` has a new description"
        SchemaNarrowed "schema-narrowed" SchemaWidened "in requests" "`{subject}` accepts fewer values: {new}, was {old}"
        SchemaWidened "schema-widened" SchemaNarrowed "in responses" "`{subject}` accepts more values: {new}, was {old}"
        SchemaRetyped "schema-retyped" SchemaRetyped "always" "`{subject}` is {new}, was {old}"
        SchemaValueAdded "schema-value-added" SchemaValueRemoved "in responses" "`{subject}` may be `{new}`"
        SchemaValueRemoved "schema-value-removed" SchemaValueAdded "in requests" "`{subject}` may no longer be `{old}`"
        SchemaAlternativeAdded "schema-alternative-added" SchemaAlternativeRemoved "in responses" "`{subject}` may also be {new}"
        SchemaAlternativeRemoved "schema-alternative-removed" SchemaAlternativeAdded "in requests" "`{subject}` may no longer be {old}"
        SchemaDiscriminatorChanged "schema-discriminator-changed" SchemaDiscriminatorChanged "always" "the discriminator of `{subject}` is {new}, was {old}"
        SchemaOpened "schema-opened" SchemaClosed "never: unknown properties are ignored" "`{subject}` may have additional properties"
        SchemaClosed "schema-closed" SchemaOpened "in requests" "`{subject}` may no longer have additional properties"
        PropertyAdded "property-added" PropertyRemoved "in requests, if required" "`{subject}` has the `{member}` property ({new})"
        PropertyRemoved "property-removed" PropertyAdded "always" "`{subject}` no longer has the `{member}` property ({old})"
        PropertyRenamed "property-renamed" PropertyRenamed "always" "the `{old}` property of `{subject}` was renamed to `{new}`"
        PropertyRequired "property-required" PropertyOptional "in requests other than PATCH" "`{subject}` now requires `{member}`"
        PropertyOptional "property-optional" PropertyRequired "in responses" "`{subject}` no longer requires `{member}`"
        PropertyNullable "property-nullable" PropertyNotNull "in responses" "`{member}` in `{subject}` may be null"
        PropertyNotNull "property-not-null" PropertyNullable "in requests" "`{member}` in `{subject}` may no longer be null"
        PropertyReadOnly "property-read-only" PropertyWritable "in requests" "`{member}` in `{subject}` can no longer be set"
        PropertyWritable "property-writable" PropertyReadOnly "never" "`{member}` in `{subject}` can be set"
        PropertyNarrowed "property-narrowed" PropertyWidened "in requests" "`{member}` in `{subject}` accepts fewer values: {new}, was {old}"
        PropertyWidened "property-widened" PropertyNarrowed "in responses" "`{member}` in `{subject}` accepts more values: {new}, was {old}"
        PropertyRetyped "property-retyped" PropertyRetyped "always" "`{member}` in `{subject}` is {new}, was {old}"
        PropertyValueAdded "property-value-added" PropertyValueRemoved "in responses" "`{member}` in `{subject}` may be `{new}`"
        PropertyValueRemoved "property-value-removed" PropertyValueAdded "in requests" "`{member}` in `{subject}` may no longer be `{old}`"
        PropertyTightened "property-tightened" PropertyLoosened "in requests" "the limits of `{member}` in `{subject}` are tighter: {new}, was {old}"
        PropertyLoosened "property-loosened" PropertyTightened "never: clients don't rely on limits in responses" "the limits of `{member}` in `{subject}` are looser: {new}, was {old}"
        PropertyRequiredOnReplace "property-required-on-replace" PropertyOptionalOnReplace "in requests other than PATCH" "`{subject}` now requires `{member}` when it is replaced"
        PropertyOptionalOnReplace "property-optional-on-replace" PropertyRequiredOnReplace "never" "`{subject}` no longer requires `{member}` when it is replaced"
        PropertyDefaultChanged "property-default-changed" PropertyDefaultChanged "in requests, unless there was no default" "`{subject}` has a different default for `{member}`: {new}, was {old}"
        PropertyDeprecated "property-deprecated" PropertyUndeprecated "never" "`{member}` in `{subject}` is deprecated"
        PropertyUndeprecated "property-undeprecated" PropertyDeprecated "never" "`{member}` in `{subject}` is no longer deprecated"
        PropertyWriteOnly "property-write-only" PropertyReadable "in responses" "`{member}` in `{subject}` is no longer returned"
        PropertyReadable "property-readable" PropertyWriteOnly "never" "`{member}` in `{subject}` is returned"
        DetailChanged "detail-changed" DetailChanged "always" "`{member}` in `{subject}` is {new}, was {old}"
        PropertyReworded "property-reworded" PropertyReworded "never" "`{member}` in `{subject}` has a new description"
    }
    Rust {
        RustModuleAdded "rust-module-added" RustModuleRemoved "never" "the `{subject}` module and feature were added"
        RustModuleRemoved "rust-module-removed" RustModuleAdded "always" "the `{subject}` module and feature were removed"
        RustFunctionAdded "rust-function-added" RustFunctionRemoved "never" "`{subject}` was added"
        RustFunctionRemoved "rust-function-removed" RustFunctionAdded "always" "`{subject}` was removed"
        RustFunctionRenamed "rust-function-renamed" RustFunctionRenamed "always" "`{old}` was renamed to `{new}`"
        RustFunctionChanged "rust-function-changed" RustFunctionChanged "always" "the signature of `{subject}` is `{new}`, was `{old}`"
        RustFunctionDeprecated "rust-function-deprecated" RustFunctionUndeprecated "never: a warning" "`{subject}` is deprecated"
        RustFunctionUndeprecated "rust-function-undeprecated" RustFunctionDeprecated "never" "`{subject}` is no longer deprecated"
        RustTypeAdded "rust-type-added" RustTypeRemoved "never" "`{subject}` was added"
        RustTypeRemoved "rust-type-removed" RustTypeAdded "always" "`{subject}` was removed"
        RustTypeRenamed "rust-type-renamed" RustTypeRenamed "always" "`{old}` was renamed to `{new}`"
        RustTypeChanged "rust-type-changed" RustTypeChanged "always" "`{subject}` is {new}, was {old}"
        RustFieldAdded "rust-field-added" RustFieldRemoved "never" "`{subject}` has the field `{member}: {new}`"
        RustFieldRemoved "rust-field-removed" RustFieldAdded "always" "`{subject}` no longer has the field `{member}: {old}`"
        RustFieldRenamed "rust-field-renamed" RustFieldRenamed "always" "the `{old}` field of `{subject}` was renamed to `{new}`"
        RustFieldChanged "rust-field-changed" RustFieldChanged "always" "the `{member}` field of `{subject}` is `{new}`, was `{old}`"
        RustVariantAdded "rust-variant-added" RustVariantRemoved "never" "`{subject}` has the `{member}` variant"
        RustVariantRemoved "rust-variant-removed" RustVariantAdded "always" "`{subject}` no longer has the `{member}` variant"
        RustMethodAdded "rust-method-added" RustMethodRemoved "never" "`{subject}` has the function `{member}{new}`"
        RustMethodRemoved "rust-method-removed" RustMethodAdded "always" "`{subject}` no longer has the function `{member}{old}`"
        RustMethodChanged "rust-method-changed" RustMethodChanged "always" "the signature of `{subject}::{member}` is `{new}`, was `{old}`"
        RustConversionAdded "rust-conversion-added" RustConversionRemoved "never" "`{subject}` can be made from `{member}`"
        RustConversionRemoved "rust-conversion-removed" RustConversionAdded "always" "`{subject}` can no longer be made from `{member}`"
        RustPathAdded "rust-path-added" RustPathRemoved "never" "`{subject}` can also be imported from {new}"
        RustPathRemoved "rust-path-removed" RustPathAdded "always" "`{subject}` can no longer be imported from {old}, but from {new}"
    }
    Tools {
        ToolAdded "tool-added" ToolRemoved "never" "`{subject}` was added"
        ToolRemoved "tool-removed" ToolAdded "always" "`{subject}` was removed"
        ToolRenamed "tool-renamed" ToolRenamed "unless the lock keeps an alias" "`{old}` was renamed to `{new}`"
        ToolDeprecated "tool-deprecated" ToolUndeprecated "never" "`{subject}` is deprecated"
        ToolUndeprecated "tool-undeprecated" ToolDeprecated "never" "`{subject}` is no longer deprecated"
        ToolReworded "tool-reworded" ToolReworded "never" "`{subject}` has a new description"
        ToolClassChanged "tool-class-changed" ToolClassChanged "always: callers select tools by class" "the class of `{subject}` changed from {old} to {new}"
        ToolHintsChanged "tool-hints-changed" ToolHintsChanged "never" "the hints of `{subject}` changed from {old} to {new}"
        ToolArgumentAdded "tool-argument-added" ToolArgumentRemoved "if required" "`{subject}` accepts the `{member}` argument ({new})"
        ToolArgumentRemoved "tool-argument-removed" ToolArgumentAdded "always: unknown arguments are rejected" "`{subject}` no longer accepts the `{member}` argument ({old})"
        ToolArgumentRenamed "tool-argument-renamed" ToolArgumentRenamed "always" "the `{old}` argument of `{subject}` was renamed to `{new}`"
        ToolArgumentRequired "tool-argument-required" ToolArgumentOptional "always" "`{subject}` now requires the `{member}` argument"
        ToolArgumentOptional "tool-argument-optional" ToolArgumentRequired "never" "`{subject}` no longer requires the `{member}` argument"
        ToolArgumentNarrowed "tool-argument-narrowed" ToolArgumentWidened "unless only properties of open objects were removed" "the `{member}` argument of `{subject}` accepts fewer values: {new}, was {old}"
        ToolArgumentWidened "tool-argument-widened" ToolArgumentNarrowed "never" "the `{member}` argument of `{subject}` accepts more values: {new}, was {old}"
        ToolArgumentRetyped "tool-argument-retyped" ToolArgumentRetyped "always" "the `{member}` argument of `{subject}` is {new}, was {old}"
        ToolArgumentReworded "tool-argument-reworded" ToolArgumentReworded "never" "the `{member}` argument of `{subject}` has a new description"
        ToolAnswerChanged "tool-answer-changed" ToolAnswerChanged "unless it returned nothing" "`{subject}` returns {new} instead of {old}"
    }
}

impl DiffKind {
    /// Returns the kind with this ID.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.id() == id)
    }

    /// Returns true if only text changed, such as a description.
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
    fn ids_are_unique_and_mirrors_are_symmetric() {
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
