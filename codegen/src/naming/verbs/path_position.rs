//! Infers what an operation does from the last literal segment in its path, and from whether that segment is a
//! resource.

use std::collections::HashSet;

use super::evidence::stem;
use crate::ir::{ApiDefinition, Method, Operation, Segment};
use crate::naming::identifiers;

/// An API's paths and nouns.
pub struct Resources {
    /// Paths that are read, replaced, updated or deleted, and paths that have items; in normal form.
    paths: HashSet<String>,
    /// Singular words of the segments that are resources, and of schemas.
    nouns: HashSet<String>,
}

impl Resources {
    /// Collects the resources in `api`.
    pub fn new(api: &ApiDefinition) -> Self {
        let mut paths = HashSet::new();
        let mut nouns = HashSet::new();
        let mut add_nouns = |text: &str| nouns.extend(identifiers::split(text).iter().map(|word| stem(word)));
        for operation in api.operations.values() {
            let normal = operation.path.normal_form();
            // The last placeholder of a POST may specify how something is done: `/reboot/{mode}`.
            let is_post = operation.method == Method::Post;
            let owned = if is_post { normal.strip_suffix("/{}").unwrap_or(&normal) } else { &normal };
            paths.extend(owned.match_indices("/{}").map(|(at, _)| normal[..at].to_owned()));
            let segments = &operation.path.segments;
            let last = segments.len() - usize::from(is_post && !segments.is_empty());
            for pair in segments[..last].windows(2) {
                if let [Segment::Text(text), Segment::Placeholder(_)] = pair {
                    add_nouns(text);
                }
            }
            if matches!(operation.method, Method::Get | Method::Delete) {
                if let Some(Segment::Text(text)) = segments.last() {
                    add_nouns(text);
                }
                paths.insert(normal);
            }
        }
        for name in api.schemas.iter().filter(|(_, schema)| !schema.inline).map(|(name, _)| name) {
            nouns.extend(identifiers::split(name).last().map(|word| stem(word)));
        }
        Self { paths, nouns }
    }

    /// Returns true if the API uses `word` as the name of a resource.
    pub fn has_noun(&self, word: &str) -> bool {
        self.nouns.contains(&stem(word))
    }
}

/// The end of a path.
pub struct PathEnd {
    /// The last literal segment.
    pub text: String,
    /// Its words.
    pub words: Vec<String>,
    /// True if a placeholder follows it.
    pub has_item: bool,
    /// True if a placeholder is before it.
    pub is_on_item: bool,
    /// True if it is the first literal segment.
    pub is_first: bool,
    /// True if it is read, or has items.
    pub is_resource: bool,
    /// The singular words of the path. Words in a last segment that isn't a resource don't count, except for a plural
    /// at its end.
    pub nouns: HashSet<String>,
}

impl PathEnd {
    /// Returns the end of the path of `operation`, whose first `prefix` segments don't name a resource. A path without
    /// literal segments, or with several placeholders at its end, isn't interpreted.
    pub fn new(operation: &Operation, prefix: usize, resources: &Resources) -> Option<Self> {
        let segments = &operation.path.segments[prefix..];
        let at = segments.iter().rposition(|segment| matches!(segment, Segment::Text(_)))?;
        let Segment::Text(text) = &segments[at] else { return None };
        let has_item = match segments.len() - at {
            1 => false,
            2 => true,
            _ => return None,
        };
        let normal = operation.path.normal_form();
        let is_resource = resources.paths.contains(&normal)
            || (has_item && resources.paths.contains(normal.trim_end_matches("/{}")));
        let texts = segments.iter().enumerate().filter_map(|(index, segment)| match segment {
            Segment::Text(text) if index != at || is_resource => Some(text),
            _ => None,
        });
        let words = identifiers::split(text);
        let object = words.last().filter(|word| stem(word) != **word);
        Some(Self {
            has_item,
            is_on_item: at
                .checked_sub(1)
                .is_some_and(|before| matches!(segments[before], Segment::Placeholder(_))),
            is_first: !segments[..at].iter().any(|segment| matches!(segment, Segment::Text(_))),
            is_resource,
            nouns: texts
                .flat_map(|text| identifiers::split(text))
                .chain(object.cloned())
                .map(|word| stem(&word))
                .collect(),
            words,
            text: text.to_lowercase(),
        })
    }

    /// Returns true if the last segment is a plural noun.
    pub fn is_plural(&self) -> bool {
        self.words.last().is_some_and(|word| stem(word) != *word)
    }
}
