//! Which operation, schema and member of the old release is which of the new one.
//!
//! First by name, however it is spelt; then by shape: an operation with the same parameters and answer under
//! a path that is nearly the same has moved, a schema with the same members has a new name. What could be
//! several things is none of them, so that a guess never hides that something is gone.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::types::{Relation, Types, resolved};
use crate::ir::{Api, Content, Field, Operation, Place, Schema, Shape, Type};

/// Which schemas are the same.
#[derive(Debug, Default)]
pub struct Schemas<'a> {
    new: BTreeMap<&'a str, &'a str>,
    renamed: BTreeSet<&'a str>,
}

impl<'a> Schemas<'a> {
    /// Pairs the schemas of two APIs.
    pub fn new(old: &'a Api, new: &'a Api) -> Self {
        let mut schemas = Self::default();
        let mut olds: Vec<&str> = old.schemas.keys().map(String::as_str).collect();
        let mut news: BTreeSet<&str> = new.schemas.keys().map(String::as_str).collect();
        let mut take = |olds: &mut Vec<&'a str>,
                        find: &dyn Fn(&str, &BTreeSet<&'a str>) -> Option<&'a str>| {
            let mut pairs = Vec::new();
            olds.retain(|name| match find(name, &news) {
                Some(new) => {
                    news.remove(new);
                    pairs.push((*name, new));
                    false
                }
                None => true,
            });
            pairs
        };
        let exact = take(&mut olds, &|name, news| news.get(name).copied());
        // A name with a dot, or in another case, is the same name mended or not.
        let loose =
            take(&mut olds, &|name, news| only(news.iter().filter(|new| letters(new) == letters(name))));
        schemas.new.extend(exact.into_iter().chain(loose));

        let mut shapes: HashMap<Vec<String>, (Vec<&str>, Vec<&str>)> = HashMap::new();
        for name in olds {
            if let Some(shape) = shape(&old.schemas[name]) {
                shapes.entry(shape).or_default().0.push(name);
            }
        }
        for name in news {
            if let Some(shape) = shape(&new.schemas[name]) {
                shapes.entry(shape).or_default().1.push(name);
            }
        }
        for (olds, news) in shapes.into_values() {
            if let ([old], [new]) = (&olds[..], &news[..]) {
                schemas.new.insert(old, new);
                schemas.renamed.insert(old);
            }
        }
        schemas
    }

    /// The new name of the schema `old`.
    pub fn of(&self, old: &str) -> Option<&'a str> {
        self.new.get(old).copied()
    }

    /// Whether both names are of one schema.
    pub fn are_same(&self, old: &str, new: &str) -> bool {
        self.of(old) == Some(new)
    }

    /// Whether the schema `old` was recognised by its shape alone.
    pub fn is_renamed(&self, old: &str) -> bool {
        self.renamed.contains(old)
    }

    /// All pairs.
    pub fn pairs(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.new.iter().map(|(old, new)| (*old, *new))
    }
}

/// What a named object looks like; objects of one member are too alike.
fn shape(schema: &Schema) -> Option<Vec<String>> {
    let fields = schema.fields();
    let say = |field: &Field| format!("{} {}", field.name, kind(&field.ty));
    (!schema.inline && fields.len() > 1).then(|| fields.iter().map(say).collect())
}

/// A type without the names of schemas in it.
fn kind(ty: &Type) -> String {
    match ty {
        Type::Named(_) => "object".to_owned(),
        Type::List(inner) => format!("list {}", kind(inner)),
        Type::Map(inner) => format!("map {}", kind(inner)),
        Type::Choice(_) => "choice".to_owned(),
        ty => super::types::say(ty),
    }
}

/// Letters and digits, lower case.
fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The only item, where there is exactly one.
fn only<'a: 'b, 'b>(mut items: impl Iterator<Item = &'b &'a str>) -> Option<&'a str> {
    let first = items.next()?;
    items.next().is_none().then_some(*first)
}

/// Which operations are the same, by index.
#[derive(Debug, Default)]
pub struct Operations {
    /// Old and new, by path.
    pub kept: Vec<(usize, usize)>,
    /// Old and new, by shape.
    pub moved: Vec<(usize, usize)>,
    /// Old alone.
    pub removed: Vec<usize>,
    /// New alone.
    pub added: Vec<usize>,
}

impl Operations {
    /// Pairs the operations of two APIs.
    pub fn new(types: &Types<'_>) -> Self {
        let (old, new) = (&types.old.operations, &types.new.operations);
        let mut olds: Vec<usize> = (0..old.len()).collect();
        let mut news: BTreeSet<usize> = (0..new.len()).collect();
        let mut kept = Vec::new();
        let exact = |operation: &Operation| operation.key();
        let sent = |operation: &Operation| format!("{} {}", operation.method, operation.path.text);
        let normal = |operation: &Operation| format!("{} {}", operation.method, operation.path.normal_form());
        for key in [&exact as &dyn Fn(&Operation) -> String, &sent, &normal] {
            let mut by_key: HashMap<String, usize> = HashMap::new();
            for index in news.iter().rev() {
                by_key.insert(key(&new[*index]), *index);
            }
            olds.retain(|index| match by_key.remove(&key(&old[*index])) {
                Some(found) => {
                    news.remove(&found);
                    kept.push((*index, found));
                    false
                }
                None => true,
            });
        }
        let moved = moved(types, &olds, &news);
        olds.retain(|index| !moved.iter().any(|(old, _)| old == index));
        news.retain(|index| !moved.iter().any(|(_, new)| new == index));
        kept.sort_unstable();
        Self { kept, moved, removed: olds, added: news.into_iter().collect() }
    }

    /// All pairs, and whether they moved.
    pub fn pairs(&self) -> impl Iterator<Item = (usize, usize, bool)> {
        let kept = self.kept.iter().map(|(old, new)| (*old, *new, false));
        kept.chain(self.moved.iter().map(|(old, new)| (*old, *new, true)))
    }
}

/// Paths that are less alike than this are different paths.
const ALIKE: f64 = 0.6;

fn moved(types: &Types<'_>, olds: &[usize], news: &BTreeSet<usize>) -> Vec<(usize, usize)> {
    let path = |api: &Api, index: usize| api.operations[index].path.normal_form();
    let mut scores: Vec<(f64, usize, usize)> = Vec::new();
    for &a in olds {
        for &b in news {
            if has_same_shape(types, &types.old.operations[a], &types.new.operations[b]) {
                let score = strsim::normalized_levenshtein(&path(types.old, a), &path(types.new, b));
                scores.push((score, a, b));
            }
        }
    }
    let is_best = |score: f64, a: usize, b: usize| {
        let other = |(other, c, d): &(f64, usize, usize)| *other >= score && (*c == a) != (*d == b);
        score >= ALIKE && !scores.iter().any(other)
    };
    let mut moved: Vec<(usize, usize)> = scores
        .iter()
        .filter(|(score, a, b)| says_something(&types.old.operations[*a]) && is_best(*score, *a, *b))
        .map(|(_, a, b)| (*a, *b))
        .collect();
    // What says nothing of its own (a delete) goes where its collection went.
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
        if is_free && goes_along && !says_something(&types.old.operations[*a]) {
            moved.push((*a, *b));
        }
    }
    moved.sort_unstable();
    moved
}

/// The path of the collection that `path` is in.
fn collection(path: &str) -> String {
    let path = path.strip_suffix("/count").unwrap_or(path);
    path.strip_suffix("/{}").unwrap_or(path).to_owned()
}

/// Whether the operation names a schema, so that its shape tells it from others.
fn says_something(operation: &Operation) -> bool {
    let answer = match &operation.response.content {
        Content::Json(ty) => ty.innermost(),
        _ => None,
    };
    answer.or(operation.body.as_ref().and_then(|body| body.ty.innermost())).is_some()
}

/// Whether two operations take and answer the same. One may take more query parameters than the other.
fn has_same_shape(types: &Types<'_>, old: &Operation, new: &Operation) -> bool {
    let query = |operation: &Operation| -> BTreeSet<String> {
        let named = operation.parameters.iter().filter(|parameter| parameter.place != Place::Path);
        named.map(|parameter| parameter.name.clone()).collect()
    };
    let same = |old: &Type, new: &Type| match (resolved(types.old, old), resolved(types.new, new)) {
        (Type::List(a), Type::List(b)) => same_heart(types, a, b),
        (Type::List(_), _) | (_, Type::List(_)) => false,
        (a, b) => same_heart(types, a, b),
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

fn same_heart(types: &Types<'_>, old: &Type, new: &Type) -> bool {
    match (old.innermost(), new.innermost()) {
        (Some(old), Some(new)) => types.schemas.are_same(old, new),
        (None, None) => kind(old) == kind(new),
        _ => false,
    }
}

/// The members of a paired schema.
#[derive(Debug, Default)]
pub struct Members<'a, T> {
    /// Under one name.
    pub kept: Vec<(&'a T, &'a T)>,
    /// Under a new name.
    pub renamed: Vec<(&'a T, &'a T)>,
    /// Old alone.
    pub removed: Vec<&'a T>,
    /// New alone.
    pub added: Vec<&'a T>,
}

impl<'a, T> Members<'a, T> {
    /// Pairs members by name, then by `alike`: whether two of different names could be one, and may be called
    /// so. What could be several things is none of them.
    pub fn new(
        old: &'a [T],
        new: &'a [T],
        name: impl Fn(&T) -> &str,
        alike: impl Fn(&'a T, &'a T) -> bool,
    ) -> Self {
        let names: HashMap<&str, &T> = new.iter().map(|item| (name(item), item)).collect();
        let olds: BTreeSet<&str> = old.iter().map(&name).collect();
        let mut members = Self { kept: vec![], renamed: vec![], removed: vec![], added: vec![] };
        for item in old {
            match names.get(name(item)) {
                Some(found) => members.kept.push((item, found)),
                None => members.removed.push(item),
            }
        }
        members.added = new.iter().filter(|item| !olds.contains(name(item))).collect();
        members.renamed = renamed(&mut members.removed, &mut members.added, name, alike);
        members
    }

    /// All pairs.
    pub fn pairs(&self) -> impl Iterator<Item = (&'a T, &'a T)> {
        self.kept.iter().chain(&self.renamed).copied()
    }
}

/// Takes those out of `removed` and `added` that are one thing under two names: the names are near, and
/// `alike` agrees.
pub fn renamed<'a, T>(
    removed: &mut Vec<&'a T>,
    added: &mut Vec<&'a T>,
    name: impl Fn(&T) -> &str,
    alike: impl Fn(&'a T, &'a T) -> bool,
) -> Vec<(&'a T, &'a T)> {
    let could_be = |a: &'a T, b: &'a T| are_near(name(a), name(b)) && alike(a, b);
    let pair = |a: &&'a T| {
        let mut found = added.iter().filter(|b| could_be(a, b));
        let b = found.next()?;
        let is_only = found.next().is_none();
        let is_theirs = removed.iter().filter(|other| could_be(other, b)).count() == 1;
        (is_only && is_theirs).then_some((*a, *b))
    };
    let pairs: Vec<(&T, &T)> = removed.iter().filter_map(pair).collect();
    removed.retain(|item| !pairs.iter().any(|(a, _)| std::ptr::eq(*a, *item)));
    added.retain(|item| !pairs.iter().any(|(_, b)| std::ptr::eq(*b, *item)));
    pairs
}

/// Pairs the fields of a schema.
pub fn fields<'a>(types: &Types<'a>, old: &'a Schema, new: &'a Schema) -> Members<'a, Field> {
    let alike = |a: &'a Field, b: &'a Field| types.relation(&a.ty, &b.ty) == Relation::Equal;
    Members::new(old.fields(), new.fields(), |field| &field.name, alike)
}

/// Names that are less alike than this are different names.
const NEAR: f64 = 0.7;

/// Whether two names could be one that was spelt anew: they differ in a few letters. A digit tells things
/// apart (`address1`, `address2`).
fn are_near(old: &str, new: &str) -> bool {
    let digits = |name: &str| name.chars().filter(char::is_ascii_digit).collect::<String>();
    let (a, b) = (letters(old), letters(new));
    digits(old) == digits(new) && strsim::normalized_levenshtein(&a, &b) >= NEAR
}

/// Whether a schema is an object.
pub fn is_object(schema: &Schema) -> bool {
    matches!(schema.shape, Shape::Object(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_near_when_a_few_letters_differ() {
        for (old, new) in [("phoneNumber", "phoneNumbers"), ("siteID", "siteId"), ("colour", "color")] {
            assert!(are_near(old, new), "{old} {new}");
        }
        for (old, new) in [("address1", "address2"), ("name", "identifier"), ("notes", "note2s")] {
            assert!(!are_near(old, new), "{old} {new}");
        }
    }

    #[test]
    fn members_that_could_be_several_things_are_none_of_them() {
        let strings =
            |names: &[&str]| -> Vec<String> { names.iter().map(|name| (*name).to_owned()).collect() };
        let (old, new) = (strings(&["id", "companyName"]), strings(&["id", "companyNames"]));
        let members = Members::new(&old, &new, |name| name, |_, _| true);
        assert_eq!((members.kept.len(), members.renamed.len()), (1, 1));
        let new = strings(&["id", "companyNames", "companysName"]);
        let members = Members::new(&old, &new, |name| name, |_, _| true);
        assert_eq!((members.renamed.len(), members.removed.len(), members.added.len()), (0, 1, 2));
    }
}
