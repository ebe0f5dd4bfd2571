//! Determines the words for a resource in readable English, in the singular and the plural.

use super::inflection::Inflector;
use super::resource_path::ResourcePath;

/// The words for a resource, with compounds split.
pub struct Noun {
    /// The nouns of its parents, outermost first.
    pub parents: Vec<String>,
    /// The resource in the singular.
    pub one: Vec<String>,
    /// The resource in the plural.
    pub many: Vec<String>,
}

impl Noun {
    /// Returns the noun for `resource`.
    pub fn new(resource: &ResourcePath<'_>, words: &Inflector<'_>) -> Self {
        let (one, many) = match &resource.given {
            Some((one, many)) => (words.spread(one), words.spread(many)),
            None => (words.spread(&words.one(&resource.own)), words.spread(&words.many(&resource.own))),
        };
        let parents = resource.parents.iter().flat_map(|parent| words.spread(parent)).collect();
        Self { parents, one, many }
    }

    /// Returns true if and only if the resource has no parent except its module.
    pub fn is_top(&self) -> bool {
        self.parents.is_empty()
    }
}
