//! Pairs schemas across two releases, first by name regardless of spelling, then by shape.
//!
//! A schema with the same fields under another name is considered renamed. If several schemas could be a match, none is
//! paired, so a guess never hides a removed schema.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use toolcrate_codegen::id::SchemaId;
use toolcrate_codegen::ir::{ApiDefinition, Field, Schema, Type};

use crate::letters::letters;
use crate::type_words::describe;

/// The schemas that both releases have in common.
#[derive(Debug, Default)]
pub struct SchemaPairs<'a> {
    new: BTreeMap<&'a str, &'a str>,
    renamed: BTreeSet<&'a str>,
}

impl<'a> SchemaPairs<'a> {
    /// Pairs the schemas of two APIs.
    pub fn new(old: &'a ApiDefinition, new: &'a ApiDefinition) -> Self {
        let mut schemas = Self::default();
        let mut olds: Vec<&str> = old.schemas.keys().map(SchemaId::as_str).collect();
        let mut news: BTreeSet<&str> = new.schemas.keys().map(SchemaId::as_str).collect();
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
        // Differences in dots or case don't make a different name, normalized or not.
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

    /// Returns the new name of a schema.
    pub fn new_name(&self, old: &str) -> Option<&'a str> {
        self.new.get(old).copied()
    }

    /// Returns true if both names refer to the same schema.
    pub fn are_same(&self, old: &str, new: &str) -> bool {
        self.new_name(old) == Some(new)
    }

    /// Returns true if the schema `old` was matched only by its shape.
    pub fn is_renamed(&self, old: &str) -> bool {
        self.renamed.contains(old)
    }

    /// Returns all pairs.
    pub fn pairs(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.new.iter().map(|(old, new)| (*old, *new))
    }
}

/// Returns the shape of a named object. Objects with only one field are too similar to be matched.
fn shape(schema: &Schema) -> Option<Vec<String>> {
    let fields = schema.fields();
    let part = |field: &Field| format!("{} {}", field.name, type_kind(&field.ty));
    (!schema.inline && fields.len() > 1).then(|| fields.iter().map(part).collect())
}

/// Returns a type without schema names.
pub fn type_kind(ty: &Type) -> String {
    match ty {
        Type::Named(_) => "object".to_owned(),
        Type::List(inner) => format!("list {}", type_kind(inner)),
        Type::Map(inner) => format!("map {}", type_kind(inner)),
        Type::Choice(_) => "choice".to_owned(),
        ty => describe(ty),
    }
}

/// Returns the only item if there is exactly one.
fn only<'a: 'b, 'b>(mut items: impl Iterator<Item = &'b &'a str>) -> Option<&'a str> {
    let first = items.next()?;
    items.next().is_none().then_some(*first)
}
