//! Pairs operations across two releases, first by method and path regardless of spelling, then by shape.
//!
//! An operation with the same parameters and response under a similar path is considered moved. If several operations
//! could be a match, none is paired, so a guess never hides a removed operation.

use std::collections::{BTreeSet, HashMap};

use toolcrate_codegen::id::OperationId;
use toolcrate_codegen::ir::{ApiDefinition, Content, Operation, ParameterLocation, Type};

use crate::schema_pairs::type_kind;
use crate::type_relation::TypeComparison;

/// The operations that both releases have in common.
#[derive(Debug, Default)]
pub struct OperationPairs {
    /// Old and new operations with the same path.
    pub kept: Vec<(OperationId, OperationId)>,
    /// Old and new operations with the same shape.
    pub moved: Vec<(OperationId, OperationId)>,
    /// Only in the old release.
    pub removed: Vec<OperationId>,
    /// Only in the new release.
    pub added: Vec<OperationId>,
}

impl OperationPairs {
    /// Pairs the operations of two APIs.
    pub fn new(types: &TypeComparison<'_>) -> Self {
        let (old, new) = (&types.old.operations, &types.new.operations);
        let mut olds: Vec<OperationId> = old.ids().collect();
        let mut news: BTreeSet<OperationId> = new.ids().collect();
        let mut kept = Vec::new();
        let exact = |operation: &Operation| operation.key();
        let sent = |operation: &Operation| format!("{} {}", operation.method, operation.path.text);
        let normal = |operation: &Operation| format!("{} {}", operation.method, operation.path.normal_form());
        for key in [&exact as &dyn Fn(&Operation) -> String, &sent, &normal] {
            let mut by_key: HashMap<String, OperationId> = HashMap::new();
            for id in news.iter().rev() {
                by_key.insert(key(&new[*id]), *id);
            }
            olds.retain(|id| match by_key.remove(&key(&old[*id])) {
                Some(found) => {
                    news.remove(&found);
                    kept.push((*id, found));
                    false
                }
                None => true,
            });
        }
        let moved = moved(types, &olds, &news);
        olds.retain(|id| !moved.iter().any(|(old, _)| old == id));
        news.retain(|id| !moved.iter().any(|(_, new)| new == id));
        kept.sort_unstable();
        Self { kept, moved, removed: olds, added: news.into_iter().collect() }
    }

    /// Returns all pairs, and whether they moved.
    pub fn pairs(&self) -> impl Iterator<Item = (OperationId, OperationId, bool)> {
        let kept = self.kept.iter().map(|(old, new)| (*old, *new, false));
        kept.chain(self.moved.iter().map(|(old, new)| (*old, *new, true)))
    }
}

/// Paths with a lower similarity are considered different.
const MIN_PATH_SIMILARITY: f64 = 0.6;

fn moved(
    types: &TypeComparison<'_>,
    olds: &[OperationId],
    news: &BTreeSet<OperationId>,
) -> Vec<(OperationId, OperationId)> {
    let path = |api: &ApiDefinition, id: OperationId| api.operations[id].path.normal_form();
    let mut scores: Vec<(f64, OperationId, OperationId)> = Vec::new();
    for &a in olds {
        for &b in news {
            if has_same_shape(types, &types.old.operations[a], &types.new.operations[b]) {
                let score = strsim::normalized_levenshtein(&path(types.old, a), &path(types.new, b));
                scores.push((score, a, b));
            }
        }
    }
    let is_best = |score: f64, a: OperationId, b: OperationId| {
        let other =
            |(other, c, d): &(f64, OperationId, OperationId)| *other >= score && (*c == a) != (*d == b);
        score >= MIN_PATH_SIMILARITY && !scores.iter().any(other)
    };
    let mut moved: Vec<(OperationId, OperationId)> = scores
        .iter()
        .filter(|(score, a, b)| names_schema(&types.old.operations[*a]) && is_best(*score, *a, *b))
        .map(|(_, a, b)| (*a, *b))
        .collect();
    // An operation without types (a delete) is paired like its collection.
    let collections: Vec<(String, String)> = moved
        .iter()
        .map(|(a, b)| (collection(&path(types.old, *a)), collection(&path(types.new, *b))))
        .collect();
    for (_, a, b) in &scores {
        let (from, to) = (path(types.old, *a), path(types.new, *b));
        let goes_along = collections.iter().any(|(old, new)| {
            from.strip_prefix(old.as_str()).is_some_and(|rest| to.strip_prefix(new.as_str()) == Some(rest))
        });
        let is_free = !moved.iter().any(|(old, new)| old == a || new == b);
        if is_free && goes_along && !names_schema(&types.old.operations[*a]) {
            moved.push((*a, *b));
        }
    }
    moved.sort_unstable();
    moved
}

/// Returns the path of the collection that contains `path`.
fn collection(path: &str) -> String {
    let path = path.strip_suffix("/count").unwrap_or(path);
    path.strip_suffix("/{}").unwrap_or(path).to_owned()
}

/// Returns true if the operation refers to a schema, which makes its shape distinctive.
fn names_schema(operation: &Operation) -> bool {
    let answer = match &operation.response.content {
        Content::Json(ty) => ty.innermost(),
        _ => None,
    };
    answer.or(operation.body.as_ref().and_then(|body| body.ty.innermost())).is_some()
}

/// Returns true if two operations accept and return the same types. One may have more query parameters.
fn has_same_shape(types: &TypeComparison<'_>, old: &Operation, new: &Operation) -> bool {
    let query = |operation: &Operation| -> BTreeSet<String> {
        let named =
            operation.parameters.iter().filter(|parameter| parameter.location != ParameterLocation::Path);
        named.map(|parameter| parameter.name.clone()).collect()
    };
    let same = |old: &Type, new: &Type| match (types.old.resolve(old), types.new.resolve(new)) {
        (Type::List(a), Type::List(b)) => same_innermost(types, a, b),
        (Type::List(_), _) | (_, Type::List(_)) => false,
        (a, b) => same_innermost(types, a, b),
    };
    let bodies = match (&old.body, &new.body) {
        (None, None) => true,
        (Some(a), Some(b)) => a.kind == b.kind && same(&a.ty, &b.ty),
        _ => false,
    };
    let answers = match (&old.response.content, &new.response.content) {
        (Content::Json(a), Content::Json(b)) => same(a, b),
        (a, b) => a == b,
    };
    let (a, b) = (query(old), query(new));
    old.method == new.method
        && old.path.placeholders().count() == new.path.placeholders().count()
        && bodies
        && answers
        && (a.is_subset(&b) || b.is_subset(&a))
}

fn same_innermost(types: &TypeComparison<'_>, old: &Type, new: &Type) -> bool {
    match (old.innermost(), new.innermost()) {
        (Some(old), Some(new)) => types.schemas.are_same(old, new),
        (None, None) => type_kind(old) == type_kind(new),
        _ => false,
    }
}
