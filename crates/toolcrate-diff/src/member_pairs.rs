//! Pairs properties or parameters across two releases, first by name, then by similar name and equal type.

use std::collections::{BTreeSet, HashMap};

use toolcrate_codegen::ir::{Field, Schema};

use crate::letters::letters;
use crate::type_relation::{TypeComparison, TypeRelation};

/// The members of a paired schema.
#[derive(Debug, Default)]
pub struct MemberPairs<'a, T> {
    /// Old and new members with the same name.
    pub kept: Vec<(&'a T, &'a T)>,
    /// Old and new members with different names.
    pub renamed: Vec<(&'a T, &'a T)>,
    /// Only in the old release.
    pub removed: Vec<&'a T>,
    /// Only in the new release.
    pub added: Vec<&'a T>,
}

impl<'a, T> MemberPairs<'a, T> {
    /// Pairs members by name, then by `alike`, which decides whether two members with different names can be the same.
    /// Ambiguous members aren't paired.
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
        members.renamed = take_renamed(&mut members.removed, &mut members.added, name, alike);
        members
    }

    /// Returns all pairs.
    pub fn pairs(&self) -> impl Iterator<Item = (&'a T, &'a T)> {
        self.kept.iter().chain(&self.renamed).copied()
    }
}

/// Moves renamed members out of `removed` and `added`: their names are similar, and `alike` returns true.
pub fn take_renamed<'a, T>(
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
pub fn pair_fields<'a>(
    types: &TypeComparison<'a>,
    old: &'a Schema,
    new: &'a Schema,
) -> MemberPairs<'a, Field> {
    let alike = |a: &'a Field, b: &'a Field| types.relation(&a.ty, &b.ty) == TypeRelation::Equal;
    MemberPairs::new(old.fields(), new.fields(), |field| &field.name, alike)
}

/// Names with a lower similarity are considered different.
const MIN_NAME_SIMILARITY: f64 = 0.7;

/// Returns true if two names may be spellings of the same name: they differ in a few letters, but not in digits
/// (`address1`, `address2`).
fn are_near(old: &str, new: &str) -> bool {
    let digits = |name: &str| name.chars().filter(char::is_ascii_digit).collect::<String>();
    let (a, b) = (letters(old), letters(new));
    digits(old) == digits(new) && strsim::normalized_levenshtein(&a, &b) >= MIN_NAME_SIMILARITY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_similar_if_few_letters_differ() {
        for (old, new) in [("phoneNumber", "phoneNumbers"), ("siteID", "siteId"), ("colour", "color")] {
            assert!(are_near(old, new), "{old} {new}");
        }
        for (old, new) in [("address1", "address2"), ("name", "identifier"), ("notes", "note2s")] {
            assert!(!are_near(old, new), "{old} {new}");
        }
    }

    #[test]
    fn ambiguous_members_are_not_paired() {
        let strings =
            |names: &[&str]| -> Vec<String> { names.iter().map(|name| (*name).to_owned()).collect() };
        let (old, new) = (strings(&["id", "companyName"]), strings(&["id", "companyNames"]));
        let members = MemberPairs::new(&old, &new, |name| name, |_, _| true);
        assert_eq!((members.kept.len(), members.renamed.len()), (1, 1));
        let new = strings(&["id", "companyNames", "companysName"]);
        let members = MemberPairs::new(&old, &new, |name| name, |_, _| true);
        assert_eq!((members.renamed.len(), members.removed.len(), members.added.len()), (0, 1, 2));
    }
}
