//! Describes the format of a dialect's declarations as data.

use super::schema_keywords::KEYWORDS;

/// The format that a dialect's declarations must have.
pub(super) struct DeclarationRules {
    /// The property of the declaration that contains everything else, next to a `type` with the same name.
    pub(super) envelope: Option<&'static str>,
    /// The allowed properties.
    pub(super) properties: &'static [&'static str],
    /// The properties that contain argument schemas.
    pub(super) schemas: &'static [&'static str],
    /// True if these schemas are optional.
    pub(super) schemas_are_optional: bool,
    /// The maximum length of a description in characters.
    pub(super) max_description: Option<usize>,
    /// The keywords allowed in a schema.
    pub(super) keywords: &'static [&'static str],
    /// True if schemas must be valid JSON Schema 2020-12.
    pub(super) is_json_schema: bool,
}

impl DeclarationRules {
    /// Returns the rules for a declaration that contains one schema, which may use all keywords of catalog schemas.
    pub(super) const fn new(properties: &'static [&'static str], schemas: &'static [&'static str]) -> Self {
        Self {
            envelope: None,
            properties,
            schemas,
            schemas_are_optional: false,
            max_description: None,
            keywords: KEYWORDS,
            is_json_schema: true,
        }
    }
}
