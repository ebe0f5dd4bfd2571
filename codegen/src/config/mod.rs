//! Reads the two files that configure the generator for an API: the profile (`toolcrate.yaml`) and the overlay
//! (`overlay.yaml`).
//!
//! Unknown keys are errors, so a typo is never silently ignored. An entry that applies to nothing in the spec is also
//! reported (see [`UsageTracker`]), so rules for operations that no longer exist are found.

mod api_info;
mod auth;
mod overlay;
mod overlay_facts;
mod paging;
mod pattern;
mod profile;
mod sample_program;
mod selector;
mod usage;
mod wording;

use std::path::Path;

use serde::de::DeserializeOwned;

pub use api_info::ApiInfo;
pub use auth::{Auth, AuthField, AuthScheme, SecretPlacement, SecuritySchemeConfig};
pub use overlay::{
    ArgumentRule, FieldRule, FilterField, Lifecycle, OperationNote, Overlay, ReferenceRule, Step, ToolBinding,
};
pub use overlay_facts::{
    AnyOfFact, AttachmentFact, BodyFact, BodyField, BodyFieldKind, FieldFormat, FormatFact, RequiredFact,
    WarningFact,
};
pub use paging::{ONLY_LIST, PagingConfig};
pub use pattern::matches;
pub use profile::{
    CustomFieldDefinitionsConfig, CustomFieldType, CustomFieldsConfig, EmptyObjects, ErrorBodyConfig,
    FilterConfig, ModuleAlias, NameRules, NoteRule, NounOverride, On, PatchPathStyle, PathAction, Profile,
    ResourceOverride, SharedQuery, VerbEffect,
};
pub use sample_program::SampleProgram;
pub use selector::OperationSelector;
pub use usage::UsageTracker;
pub use wording::{ArgumentPattern, ArgumentWords, FormatWords, Gloss};

use crate::diagnostic::{CodegenError, Errors};

/// Reads a YAML file into `T`; syntax errors and unknown keys are reported with the file, key and line.
pub fn read_yaml<T: DeserializeOwned>(path: &Path) -> Result<T, Errors> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Errors::from(CodegenError::new("E001", format!("can't be read: {error}")).in_file(path))
    })?;
    parse_yaml(&text).map_err(|errors| errors.in_file(path))
}

/// Parses YAML text, for tests and callers that have already read the file.
pub fn parse_yaml<T: DeserializeOwned>(text: &str) -> Result<T, Errors> {
    let deserializer = serde_yaml::Deserializer::from_str(text);
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        let mut location = inner.location().map(|at| format!("line {} column {}", at.line(), at.column()));
        if location.is_none() && path != "." {
            location = Some(path);
        }
        let diagnostic = CodegenError::new("E010", inner.to_string());
        Errors::from(match location {
            Some(location) => diagnostic.at(location),
            None => diagnostic,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_key_is_an_error_that_names_it() {
        let errors = parse_yaml::<Overlay>("bindigns: []\n").unwrap_err();
        let text = errors.to_string();
        assert!(text.contains("unknown field `bindigns`"), "{text}");
        assert!(text.contains("line 1"), "{text}");
    }
}
