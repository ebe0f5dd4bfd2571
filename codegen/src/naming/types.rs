//! Names the Rust types for schemas, their fields, and their enums and variants.
//!
//! Structs and enums share one flat namespace and are recorded in the lock file. Fields and variants only have to be
//! unique within their type.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use super::identifiers;
use super::lock::{Additions, Lock};
use crate::id::SchemaId;
use crate::ir::{ApiDefinition, Schema, Shape, Type};

/// A schema's names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TypeName {
    /// The Rust type.
    pub rust: String,
    /// Its fields, in the order of `schema.fields()`; a single entry for an alias of an enum.
    pub fields: Vec<FieldName>,
}

/// A field's names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldName {
    /// The Rust field.
    pub rust: String,
    /// The enum's names, if the innermost type is an enum.
    pub choice: Option<ChoiceName>,
}

/// An enum's names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChoiceName {
    /// The Rust type.
    pub rust: String,
    /// The variants, in the order of the values.
    pub variants: Vec<String>,
}

/// The names of types that are reserved, or in the lock.
pub fn taken(lock: &Lock) -> HashSet<String> {
    identifiers::reserved_types().chain(lock.all_types().map(str::to_owned)).collect()
}

/// Names all schemas of `api`. What is new goes into `additions` and `taken`.
pub fn name(
    api: &ApiDefinition,
    lock: &Lock,
    taken: &mut HashSet<String>,
    additions: &mut Additions,
) -> BTreeMap<SchemaId, TypeName> {
    let schemas: Vec<&str> = api.schemas.keys().map(SchemaId::as_str).collect();
    let mut owners: Vec<String> = Vec::with_capacity(schemas.len());
    for (schema, locked) in schemas.iter().zip(lock.types(&schemas)) {
        owners.push(locked.map(str::to_owned).unwrap_or_else(|| {
            let rust = identifiers::unused(&identifiers::type_name(schema), &["Model"], "Alt", taken);
            additions.types.insert((*schema).to_owned(), rust.clone());
            taken.insert(rust.clone());
            rust
        }));
    }
    let choices: Vec<(&str, &str)> =
        api.schemas.iter().flat_map(|(name, schema)| choices(name, schema)).collect();
    let mut locked = choices.iter().zip(lock.choices(&choices));
    let mut types = BTreeMap::new();
    for ((name, schema), owner) in api.schemas.iter().zip(owners) {
        let mut choice = |values: &[String]| {
            let ((_, member), locked) = locked.next().expect("one for each choice, in this order");
            let rust = locked.map(str::to_owned).unwrap_or_else(|| {
                let plain = format!("{owner}{}", identifiers::upper_camel(&identifiers::split(member)));
                let rust = identifiers::unused(&plain, &["Choice"], "Alt", taken);
                additions.choices.insert((name.to_string(), (*member).to_owned()), rust.clone());
                taken.insert(rust.clone());
                rust
            });
            ChoiceName { rust, variants: identifiers::variants(values) }
        };
        let fields = match &schema.shape {
            Shape::Object(fields) => {
                let mut known = HashSet::new();
                fields
                    .iter()
                    .map(|field| {
                        let rust =
                            identifiers::unused(&identifiers::field_name(&field.name), &[], "_alt", &known);
                        known.insert(rust.clone());
                        FieldName { rust, choice: values(&field.ty).map(&mut choice) }
                    })
                    .collect()
            }
            // An alias of an enum is the enum itself.
            Shape::Alias(Type::Choice(values)) => {
                let choice = ChoiceName { rust: owner.clone(), variants: identifiers::variants(values) };
                vec![FieldName { rust: "value".to_owned(), choice: Some(choice) }]
            }
            Shape::Alias(ty) => values(ty)
                .map(|values| FieldName { rust: "value".to_owned(), choice: Some(choice(values)) })
                .into_iter()
                .collect(),
            Shape::Union(_) => Vec::new(),
        };
        types.insert(name.clone(), TypeName { rust: owner, fields });
    }
    types
}

/// Returns a schema's enums that need types: schema and field.
fn choices<'a>(name: &'a str, schema: &'a Schema) -> Vec<(&'a str, &'a str)> {
    match &schema.shape {
        Shape::Object(fields) => fields
            .iter()
            .filter(|field| values(&field.ty).is_some())
            .map(|field| (name, field.name.as_str()))
            .collect(),
        Shape::Alias(Type::Choice(_)) | Shape::Union(_) => Vec::new(),
        Shape::Alias(ty) => values(ty).map(|_| (name, "item")).into_iter().collect(),
    }
}

/// Returns the values of the enum that `ty` contains.
fn values(ty: &Type) -> Option<&[String]> {
    match ty {
        Type::Choice(values) => Some(values),
        Type::List(inner) | Type::Map(inner) => values(inner),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Field;

    fn object(fields: &[(&str, Type)]) -> Schema {
        let fields = fields.iter().map(|(name, ty)| Field::new(*name, ty.clone())).collect();
        Schema { description: String::new(), shape: Shape::Object(fields), additional: None, inline: false }
    }

    #[test]
    fn types_enums_and_fields_have_distinct_names() {
        let choice = Type::Choice(vec!["A".into(), "b c".into()]);
        let mut api = ApiDefinition::default();
        api.schemas.insert("Agreement".into(), object(&[("type", Type::List(Box::new(choice.clone())))]));
        api.schemas.insert("Agreement.Type".into(), object(&[("info", Type::Any), ("_info", Type::Any)]));
        api.schemas.insert("Option".into(), object(&[]));
        let shape = Shape::Alias(choice);
        let alias = Schema { description: String::new(), shape, additional: None, inline: false };
        api.schemas.insert("letters".into(), alias);
        let mut additions = Additions::default();
        let types = name(&api, &Lock::default(), &mut taken(&Lock::default()), &mut additions);
        assert_eq!(types["Option"].rust, "OptionModel");
        assert_eq!(types["Agreement.Type"].rust, "AgreementType");
        let field = &types["Agreement"].fields[0];
        let choice = field.choice.as_ref().unwrap();
        assert_eq!((field.rust.as_str(), choice.rust.as_str()), ("type_", "AgreementTypeChoice"));
        assert_eq!(choice.variants, ["A", "BC"]);
        let fields: Vec<&str> = types["Agreement.Type"].fields.iter().map(|f| f.rust.as_str()).collect();
        assert_eq!(fields, ["info", "info_alt"]);
        assert_eq!(types["letters"].fields[0].choice.as_ref().unwrap().rust, "Letters");

        // A type added later gets a different name if the lock file assigned its name to an enum.
        let mut lock = Lock::default();
        lock.extend(additions, "1");
        api.schemas.insert("AgreementTypeChoice".into(), object(&[]));
        let types = name(&api, &lock, &mut taken(&lock), &mut Additions::default());
        assert_eq!(types["AgreementTypeChoice"].rust, "AgreementTypeChoiceModel");
        assert_eq!(types["Agreement"].fields[0].choice.as_ref().unwrap().rust, "AgreementTypeChoice");
    }
}
