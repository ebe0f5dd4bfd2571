//! Compares types (equal, narrower, wider or unrelated) and formats them for reports.
//!
//! Schemas that are paired across both releases are treated as equal here. Their changes are reported once, for the
//! schema itself, rather than everywhere the schema is used.

use std::collections::BTreeSet;

use crate::schema_pairs::SchemaPairs;
use crate::type_words::missing;
use toolcrate_codegen::ir::{ApiDefinition, Limits, Type};

/// How a new type relates to the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeRelation {
    /// Both types have the same values.
    Equal,
    /// The new type has fewer values.
    Narrower,
    /// The new type has more values.
    Wider,
    /// Neither type includes the other.
    Other,
}

impl TypeRelation {
    #[cfg(test)]
    pub(crate) fn reversed(self) -> Self {
        match self {
            Self::Narrower => Self::Wider,
            Self::Wider => Self::Narrower,
            other => other,
        }
    }
}

/// The context of a type comparison: both APIs, and the pairs of equal schemas.
#[derive(Clone, Copy)]
pub struct TypeComparison<'a> {
    /// The old API.
    pub old: &'a ApiDefinition,
    /// The new API.
    pub new: &'a ApiDefinition,
    /// The pairs of equal schemas.
    pub schemas: &'a SchemaPairs<'a>,
}

impl<'a> TypeComparison<'a> {
    /// Returns how `new` relates to `old`.
    pub fn relation(&self, old: &'a Type, new: &'a Type) -> TypeRelation {
        self.compare(old, new, &mut BTreeSet::new())
    }

    fn compare(&self, old: &'a Type, new: &'a Type, open: &mut BTreeSet<(&'a str, &'a str)>) -> TypeRelation {
        if let (Type::Named(a), Type::Named(b)) = (old, new)
            && (self.schemas.are_same(a, b) || !open.insert((a, b)))
        {
            return TypeRelation::Equal;
        }
        match (self.old.resolve(old), self.new.resolve(new)) {
            (Type::Named(a), Type::Named(b)) => self.objects(a, b, open),
            (Type::List(a), Type::List(b)) | (Type::Map(a), Type::Map(b)) => self.compare(a, b, open),
            (a, b) => scalars(a, b),
        }
    }

    /// Returns how two objects relate. Objects with different names are equal if all of their properties are.
    fn objects(&self, old: &'a str, new: &'a str, open: &mut BTreeSet<(&'a str, &'a str)>) -> TypeRelation {
        let (Some(old), Some(new)) = (self.old.schemas.get(old), self.new.schemas.get(new)) else {
            return TypeRelation::Other;
        };
        let (old, new) = (old.fields(), new.fields());
        let same = old.len() == new.len()
            && old.iter().all(|a| {
                new.iter().any(|b| {
                    a.name == b.name
                        && (a.required, a.nullable, a.read_only) == (b.required, b.nullable, b.read_only)
                        && a.limits == b.limits
                        && self.compare(&a.ty, &b.ty, open) == TypeRelation::Equal
                })
            });
        if same { TypeRelation::Equal } else { TypeRelation::Other }
    }
}

fn scalars(old: &Type, new: &Type) -> TypeRelation {
    use Type::{Any, Choice, Integer, Long, Number, Text};
    match (old, new) {
        (a, b) if a == b => TypeRelation::Equal,
        (Any, _) => TypeRelation::Narrower,
        (_, Any) => TypeRelation::Wider,
        (Integer, Long | Number) | (Long, Number) => TypeRelation::Wider,
        (Long | Number, Integer) | (Number, Long) => TypeRelation::Narrower,
        (Choice(a), Choice(b)) => choices(a, b),
        (Text(None), Text(Some(_)) | Choice(_) | Type::DateTime) => TypeRelation::Narrower,
        (Text(Some(_)) | Choice(_) | Type::DateTime, Text(None)) => TypeRelation::Wider,
        _ => TypeRelation::Other,
    }
}

fn choices(old: &[String], new: &[String]) -> TypeRelation {
    let (added, removed) = (missing(new, old).next().is_some(), missing(old, new).next().is_some());
    match (added, removed) {
        (false, false) => TypeRelation::Equal,
        (true, false) => TypeRelation::Wider,
        (false, true) => TypeRelation::Narrower,
        (true, true) => TypeRelation::Other,
    }
}

/// Returns the limits that differ, each as a relation with a description of the old and the new limit.
pub fn compare_limits(old: &Limits, new: &Limits) -> Vec<(TypeRelation, String, String)> {
    let mut found = Vec::new();
    let mut upper = |name: &str, old: Option<f64>, new: Option<f64>| {
        bound(&mut found, name, old, new, |old, new| new < old);
    };
    let number = |limit: &Option<serde_json::Number>| limit.as_ref().and_then(serde_json::Number::as_f64);
    let float = |limit: Option<u64>| limit.map(|limit| limit as f64);
    upper("longest", float(old.max_length), float(new.max_length));
    upper("at most", number(&old.maximum), number(&new.maximum));
    upper("most items", float(old.max_items), float(new.max_items));
    let mut lower = |name: &str, old: Option<f64>, new: Option<f64>| {
        bound(&mut found, name, old, new, |old, new| new > old);
    };
    lower("shortest", float(old.min_length), float(new.min_length));
    lower("at least", number(&old.minimum), number(&new.minimum));
    lower("fewest items", float(old.min_items), float(new.min_items));
    let flag = |found: &mut Vec<_>, old: bool, new: bool, words: &str| {
        let relation = if new { TypeRelation::Narrower } else { TypeRelation::Wider };
        let say = |set: bool| if set { words.to_owned() } else { format!("not {words}") };
        found.extend((old != new).then(|| (relation, say(old), say(new))));
    };
    if old.minimum == new.minimum {
        flag(&mut found, old.exclusive_minimum, new.exclusive_minimum, "above the lower bound");
    }
    if old.maximum == new.maximum {
        flag(&mut found, old.exclusive_maximum, new.exclusive_maximum, "below the upper bound");
    }
    flag(&mut found, old.unique_items, new.unique_items, "without equal items");
    if old.multiple_of != new.multiple_of {
        let say = |factor: &Option<serde_json::Number>| {
            factor
                .as_ref()
                .map_or_else(|| "any multiple".to_owned(), |factor| format!("a multiple of {factor}"))
        };
        let (was, is) = (say(&old.multiple_of), say(&new.multiple_of));
        if new.multiple_of.is_some() {
            found.push((TypeRelation::Narrower, was.clone(), is.clone()));
        }
        if old.multiple_of.is_some() {
            found.push((TypeRelation::Wider, was, is));
        }
    }
    compare_values(&mut found, &old.values, &new.values);
    if old.pattern != new.pattern {
        let relations: &[TypeRelation] = match (&old.pattern, &new.pattern) {
            (_, None) => &[TypeRelation::Wider],
            (None, _) => &[TypeRelation::Narrower],
            // Each may accept values that the other doesn't; there is no way to tell.
            _ => &[TypeRelation::Narrower, TypeRelation::Wider],
        };
        let say = |pattern: &Option<String>| {
            pattern.as_ref().map_or_else(|| "any text".to_owned(), |pattern| format!("the pattern {pattern}"))
        };
        found.extend(relations.iter().map(|relation| (*relation, say(&old.pattern), say(&new.pattern))));
    }
    found
}

/// Compares the lists of allowed values; an empty list allows all values.
fn compare_values(
    found: &mut Vec<(TypeRelation, String, String)>,
    old: &[serde_json::Value],
    new: &[serde_json::Value],
) {
    let say = |values: &[serde_json::Value]| match values {
        [] => "any value".to_owned(),
        values => format!("one of {}", values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
    };
    let lost = !new.is_empty() && (old.is_empty() || old.iter().any(|value| !new.contains(value)));
    let won = !old.is_empty() && (new.is_empty() || new.iter().any(|value| !old.contains(value)));
    for (changed, relation) in [(lost, TypeRelation::Narrower), (won, TypeRelation::Wider)] {
        if changed {
            found.push((relation, say(old), say(new)));
        }
    }
}

fn bound(
    found: &mut Vec<(TypeRelation, String, String)>,
    name: &str,
    old: Option<f64>,
    new: Option<f64>,
    tighter: impl Fn(f64, f64) -> bool,
) {
    let relation = match (old, new) {
        (None, None) => return,
        (None, Some(_)) => TypeRelation::Narrower,
        (Some(_), None) => TypeRelation::Wider,
        (Some(old), Some(new)) if tighter(old, new) => TypeRelation::Narrower,
        (Some(old), Some(new)) if tighter(new, old) => TypeRelation::Wider,
        _ => return,
    };
    let say =
        |limit: Option<f64>| limit.map_or_else(|| "no limit".to_owned(), |limit| format!("{name} {limit}"));
    found.push((relation, say(old), say(new)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(values: &[&str]) -> Type {
        Type::Choice(values.iter().map(|value| (*value).to_owned()).collect())
    }

    #[test]
    fn every_relation_reverses_when_swapped() {
        let types = [
            Type::Boolean,
            Type::Integer,
            Type::Long,
            Type::Unsigned,
            Type::Number,
            Type::Text(None),
            Type::Text(Some("date".into())),
            Type::DateTime,
            Type::Binary,
            text(&["a"]),
            text(&["a", "b"]),
            text(&["b", "c"]),
            Type::Any,
        ];
        for a in &types {
            for b in &types {
                assert_eq!(scalars(a, b), scalars(b, a).reversed(), "{a:?} {b:?}");
                assert_eq!(scalars(a, b) == TypeRelation::Equal, a == b);
            }
        }
        assert_eq!(scalars(&Type::Integer, &Type::Number), TypeRelation::Wider);
        assert_eq!(scalars(&text(&["a", "b"]), &text(&["a"])), TypeRelation::Narrower);
        assert_eq!(
            scalars(&text(&["b", "a"]), &text(&["a", "b"])),
            TypeRelation::Equal,
            "order is no matter"
        );
    }

    #[test]
    fn limit_changes_have_a_direction() {
        let old = Limits { max_length: Some(50), minimum: Some(1.into()), ..Limits::default() };
        let new = Limits { max_length: Some(30), pattern: Some("x+".into()), ..Limits::default() };
        let found = compare_limits(&old, &new);
        assert_eq!(
            found,
            [
                (TypeRelation::Narrower, "longest 50".to_owned(), "longest 30".to_owned()),
                (TypeRelation::Wider, "at least 1".to_owned(), "no limit".to_owned()),
                (TypeRelation::Narrower, "any text".to_owned(), "the pattern x+".to_owned()),
            ]
        );
        let mirrored = compare_limits(&new, &old);
        assert_eq!(mirrored.len(), 3);
        for ((relation, ..), (other, ..)) in found.iter().zip(&mirrored) {
            assert_eq!(*relation, other.reversed());
        }
    }
}
