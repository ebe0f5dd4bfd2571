//! The format of a dialect's declarations, as data.

use super::schema_keywords::KEYWORDS;

/// The shape that the declarations of a dialect must have.
pub(super) struct DeclarationRules {
    /// The property of the declaration that holds everything else, in addition to a `type` of the same name.
    pub(super) envelope: Option<&'static str>,
    /// The properties that are allowed.
    pub(super) properties: &'static [&'static str],
    /// The properties that hold schemas of arguments.
    pub(super) schemas: &'static [&'static str],
    /// True if these schemas may be missing.
    pub(super) schemas_are_optional: bool,
    /// The maximum number of characters of a description.
    pub(super) max_description: Option<usize>,
    /// The keywords that a schema may have.
    pub(super) keywords: &'static [&'static str],
    /// True if schemas are valid JSON Schema 2020-12.
    pub(super) is_json_schema: bool,
}

impl DeclarationRules {
    /// Returns the rules of a declaration that holds one schema, which may have any keyword of the catalog's schemas.
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
