//! How one type stands to another: the same, narrower, wider, or something else; and how types are said.
//!
//! Schemas that are one and the same in both releases count as equal here: what changed in them is told once,
//! at the schema, and not at every place that uses it.

use std::collections::BTreeSet;

use super::matching::Schemas;
use crate::ir::{Api, BodyKind, Content, Limits, Response, Shape, Type};

/// How the new type stands to the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Every value of one is a value of the other.
    Equal,
    /// The new one has fewer values.
    Narrower,
    /// The new one has more values.
    Wider,
    /// Neither.
    Other,
}

impl Relation {
    #[cfg(test)]
    pub(crate) fn reversed(self) -> Self {
        match self {
            Self::Narrower => Self::Wider,
            Self::Wider => Self::Narrower,
            other => other,
        }
    }
}

/// What is needed to compare types: both APIs, and which schemas are the same.
#[derive(Clone, Copy)]
pub struct Types<'a> {
    /// The old API.
    pub old: &'a Api,
    /// The new one.
    pub new: &'a Api,
    /// Which schemas are the same.
    pub schemas: &'a Schemas<'a>,
}

impl<'a> Types<'a> {
    /// How `new` stands to `old`.
    pub fn relation(&self, old: &'a Type, new: &'a Type) -> Relation {
        self.compare(old, new, &mut BTreeSet::new())
    }

    fn compare(&self, old: &'a Type, new: &'a Type, open: &mut BTreeSet<(&'a str, &'a str)>) -> Relation {
        if let (Type::Named(a), Type::Named(b)) = (old, new)
            && (self.schemas.are_same(a, b) || !open.insert((a, b)))
        {
            return Relation::Equal;
        }
        match (resolved(self.old, old), resolved(self.new, new)) {
            (Type::Named(a), Type::Named(b)) => self.objects(a, b, open),
            (Type::List(a), Type::List(b)) | (Type::Map(a), Type::Map(b)) => self.compare(a, b, open),
            (a, b) => scalars(a, b),
        }
    }

    /// Objects under different names are the same if all their members are.
    fn objects(&self, old: &'a str, new: &'a str, open: &mut BTreeSet<(&'a str, &'a str)>) -> Relation {
        let (Some(old), Some(new)) = (self.old.schemas.get(old), self.new.schemas.get(new)) else {
            return Relation::Other;
        };
        let (old, new) = (old.fields(), new.fields());
        let same = old.len() == new.len()
            && old.iter().all(|a| {
                new.iter().any(|b| {
                    a.name == b.name
                        && (a.required, a.nullable, a.read_only) == (b.required, b.nullable, b.read_only)
                        && a.limits == b.limits
                        && self.compare(&a.ty, &b.ty, open) == Relation::Equal
                })
            });
        if same { Relation::Equal } else { Relation::Other }
    }
}

fn scalars(old: &Type, new: &Type) -> Relation {
    use Type::{Any, Choice, Integer, Long, Number, Text};
    match (old, new) {
        (a, b) if a == b => Relation::Equal,
        (Any, _) => Relation::Narrower,
        (_, Any) => Relation::Wider,
        (Integer, Long | Number) | (Long, Number) => Relation::Wider,
        (Long | Number, Integer) | (Number, Long) => Relation::Narrower,
        (Choice(a), Choice(b)) => choices(a, b),
        (Text(None), Text(Some(_)) | Choice(_) | Type::DateTime) => Relation::Narrower,
        (Text(Some(_)) | Choice(_) | Type::DateTime, Text(None)) => Relation::Wider,
        _ => Relation::Other,
    }
}

fn choices(old: &[String], new: &[String]) -> Relation {
    let (added, removed) = (missing(new, old).next().is_some(), missing(old, new).next().is_some());
    match (added, removed) {
        (false, false) => Relation::Equal,
        (true, false) => Relation::Wider,
        (false, true) => Relation::Narrower,
        (true, true) => Relation::Other,
    }
}

/// Those of `values` that `others` lacks.
pub fn missing<'a>(values: &'a [String], others: &'a [String]) -> impl Iterator<Item = &'a String> {
    values.iter().filter(|value| !others.contains(value))
}

/// The values of the choice at the heart of a type: of itself, of its items or its values. Named choices are
/// told where they are named.
pub fn values(ty: &Type) -> Option<&[String]> {
    match ty {
        Type::Choice(values) => Some(values),
        Type::List(inner) | Type::Map(inner) => values(inner),
        _ => None,
    }
}

/// A type with all aliases followed.
pub fn resolved<'a>(api: &'a Api, mut ty: &'a Type) -> &'a Type {
    while let Type::Named(name) = ty {
        match api.schemas.get(name).map(|schema| &schema.shape) {
            Some(Shape::Alias(inner)) => ty = inner,
            _ => break,
        }
    }
    ty
}

/// How many values of a choice are said.
const SAID: usize = 8;

/// A type in words.
pub fn say(ty: &Type) -> String {
    match ty {
        Type::Boolean => "true or false".to_owned(),
        Type::Integer => "an integer".to_owned(),
        Type::Long => "a 64 bit integer".to_owned(),
        Type::Number => "a number".to_owned(),
        Type::Text(None) => "text".to_owned(),
        Type::Text(Some(format)) => format!("text ({format})"),
        Type::DateTime => "a date with time".to_owned(),
        Type::Binary => "a file".to_owned(),
        Type::Choice(values) => {
            let mut said: Vec<String> =
                values.iter().take(SAID).map(|value| format!("\"{value}\"")).collect();
            if values.len() > SAID {
                said.push(format!("{} more", values.len() - SAID));
            }
            format!("one of {}", said.join(", "))
        }
        Type::Named(name) => name.clone(),
        Type::List(item) => format!("a list of {}", say(item)),
        Type::Map(value) => format!("a map of {}", say(value)),
        Type::Any => "any value".to_owned(),
    }
}

/// A body's format in words.
pub fn say_format(kind: BodyKind) -> &'static str {
    match kind {
        BodyKind::Json => "JSON",
        BodyKind::Patch => "a JSON Patch",
        BodyKind::Multipart => "a form with files",
    }
}

/// An answer's format in words. JSON is JSON, by whatever name a vendor calls it.
pub fn say_answer(response: &Response) -> String {
    match (&response.content, &response.media_type) {
        (Content::None, _) => "nothing".to_owned(),
        (Content::Json(_), _) => "JSON".to_owned(),
        (Content::Binary, Some(media)) => format!("a file ({media})"),
        (Content::Binary, None) => "bytes".to_owned(),
    }
}

/// The limits that differ, as a relation each and in words: the old one, the new one.
pub fn limits(old: &Limits, new: &Limits) -> Vec<(Relation, String, String)> {
    let mut found = Vec::new();
    let mut upper = |name: &str, old: Option<f64>, new: Option<f64>| {
        bound(&mut found, name, old, new, |old, new| new < old);
    };
    let float = |limit: Option<u64>| limit.map(|limit| limit as f64);
    upper("longest", float(old.max_length), float(new.max_length));
    upper("at most", old.maximum, new.maximum);
    upper("most items", float(old.max_items), float(new.max_items));
    let mut lower = |name: &str, old: Option<f64>, new: Option<f64>| {
        bound(&mut found, name, old, new, |old, new| new > old);
    };
    lower("shortest", float(old.min_length), float(new.min_length));
    lower("at least", old.minimum, new.minimum);
    lower("fewest items", float(old.min_items), float(new.min_items));
    if old.pattern != new.pattern {
        let relations: &[Relation] = match (&old.pattern, &new.pattern) {
            (_, None) => &[Relation::Wider],
            (None, _) => &[Relation::Narrower],
            // Each may take what the other doesn't; which of the two it is can't be told.
            _ => &[Relation::Narrower, Relation::Wider],
        };
        let say = |pattern: &Option<String>| {
            pattern.as_ref().map_or_else(|| "any text".to_owned(), |pattern| format!("the pattern {pattern}"))
        };
        found.extend(relations.iter().map(|relation| (*relation, say(&old.pattern), say(&new.pattern))));
    }
    found
}

fn bound(
    found: &mut Vec<(Relation, String, String)>,
    name: &str,
    old: Option<f64>,
    new: Option<f64>,
    tighter: impl Fn(f64, f64) -> bool,
) {
    let relation = match (old, new) {
        (None, None) => return,
        (None, Some(_)) => Relation::Narrower,
        (Some(_), None) => Relation::Wider,
        (Some(old), Some(new)) if tighter(old, new) => Relation::Narrower,
        (Some(old), Some(new)) if tighter(new, old) => Relation::Wider,
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
    fn every_relation_is_the_reverse_from_the_other_side() {
        let types = [
            Type::Boolean,
            Type::Integer,
            Type::Long,
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
                assert_eq!(scalars(a, b) == Relation::Equal, a == b);
            }
        }
        assert_eq!(scalars(&Type::Integer, &Type::Number), Relation::Wider);
        assert_eq!(scalars(&text(&["a", "b"]), &text(&["a"])), Relation::Narrower);
        assert_eq!(scalars(&text(&["b", "a"]), &text(&["a", "b"])), Relation::Equal, "order is no matter");
    }

    #[test]
    fn limits_know_their_direction() {
        let old = Limits { max_length: Some(50), minimum: Some(1.0), ..Limits::default() };
        let new = Limits { max_length: Some(30), pattern: Some("x+".into()), ..Limits::default() };
        let found = limits(&old, &new);
        assert_eq!(
            found,
            [
                (Relation::Narrower, "longest 50".to_owned(), "longest 30".to_owned()),
                (Relation::Wider, "at least 1".to_owned(), "no limit".to_owned()),
                (Relation::Narrower, "any text".to_owned(), "the pattern x+".to_owned()),
            ]
        );
        let mirrored = limits(&new, &old);
        assert_eq!(mirrored.len(), 3);
        for ((relation, ..), (other, ..)) in found.iter().zip(&mirrored) {
            assert_eq!(*relation, other.reversed());
        }
    }
}
