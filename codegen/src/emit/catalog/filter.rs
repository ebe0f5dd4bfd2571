//! Emits filter tables, which list the field paths and types of each schema that list operations return.
//!
//! Fields of the record, and of objects one level down, are filtered through `conditions`. Fields of list items, and
//! custom fields, have separate filter parameters. Deeper fields can still be filtered through the raw parameters.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};
use toolcrate_catalog::placeholder::{escape, placeholder};
use toolcrate_catalog::{FilterKind, FilterRecord, FilterScalar, OperationKind};

use crate::config::FilterConfig;
use crate::emit::context::Context;
use crate::id::OperationId;
use crate::ir::{DATE_FORMAT, Type};

/// The filter tables: each operation's schema, and each schema's line.
pub struct Filters<'a> {
    filter: Option<&'a FilterConfig>,
    /// Schemas by operation.
    schemas: BTreeMap<OperationId, &'a str>,
    records: BTreeMap<&'a str, FilterRecord<'a>>,
    /// The number of resources that have a field with this name.
    often: BTreeMap<String, usize>,
}

impl<'a> Filters<'a> {
    /// Finds the lists and counts that accept conditions.
    pub fn new(context: &'a Context<'a>) -> Self {
        let filter = context.profile.filter.as_ref();
        let mut schemas = BTreeMap::new();
        let mut records = BTreeMap::new();
        for (index, operation) in context.api.operations.iter() {
            let Some(filter) = filter else { break };
            let takes = operation.parameters.iter().any(|parameter| parameter.name == filter.conditions);
            let schema = match context.named.operations[index].kind {
                OperationKind::List => operation.listed().and_then(Type::innermost),
                OperationKind::Count => context
                    .counted_list(operation)
                    .and_then(|list| context.api.operations[list].listed().and_then(Type::innermost)),
                _ => None,
            };
            let Some(schema) = schema else { continue };
            if takes && !context.api.schemas[schema].fields().is_empty() {
                schemas.insert(index, schema);
                records.entry(schema).or_insert_with(|| record(context, schema));
            }
        }
        let mut often: BTreeMap<String, usize> = BTreeMap::new();
        for (member, _) in records.values().flat_map(members_of) {
            *often.entry(member.to_owned()).or_default() += 1;
        }
        Self { filter, schemas, records, often }
    }

    /// Returns the records, sorted by name.
    pub fn records(&self) -> impl ExactSizeIterator<Item = &FilterRecord<'a>> {
        self.records.values()
    }

    /// Returns the filter argument of the operation at `index`: the schema, and the argument's name and node.
    pub fn argument(&self, context: &Context<'_>, index: OperationId) -> Option<(&'a str, &'a str, Value)> {
        let schema = self.schemas.get(&index)?;
        let filter = self.filter?;
        let description = match self.list(context, index) {
            Some(list) => format!("Same filter as {}.", placeholder(&context.named.operations[list].short)),
            None => {
                let shown = self.shown(context, schema);
                let words = filter.description.replace(EXAMPLE, &self.example(schema, &shown));
                format!("{} Fields: {}", escape(&words), shown.join(", "))
            }
        };
        Some((schema, &filter.argument, json!({"type": "object", "description": description})))
    }

    /// Returns true if the raw query parameter `name` can match anything that the operation at `index` lists.
    /// Conditions on list items require lists, and conditions on custom fields require custom fields.
    pub fn can_match(&self, index: OperationId, name: &str) -> bool {
        let (Some(filter), Some(schema)) = (self.filter, self.schemas.get(&index)) else { return true };
        let record = &self.records[schema];
        if name == filter.child_conditions {
            !record.children.is_empty()
        } else if name == filter.custom_field_conditions {
            record.custom
        } else {
            true
        }
    }

    /// Returns the list whose rows the operation at `index` counts, if it is a count and the list has a filter.
    fn list(&self, context: &Context<'_>, index: OperationId) -> Option<OperationId> {
        if context.named.operations[index].kind != OperationKind::Count {
            return None;
        }
        context.counted_list(&context.api.operations[index]).filter(|list| self.schemas.contains_key(list))
    }

    /// Returns the fields by which records of type `schema` are most likely filtered: the ID, required fields, then
    /// references, of which those that most resources have come first. For an object only its own name is shown: the
    /// example shows how to continue, and an error lists the nearest fields.
    fn shown<'s>(&'s self, context: &Context<'_>, schema: &str) -> Vec<&'s str> {
        let record = context.api.schemas[schema].fields();
        let is_required = |name: &str| record.iter().any(|field| field.name == name && field.required);
        let mut members: Vec<(&str, bool)> = self.members(schema).collect();
        members.sort_by_key(|(name, is_object)| {
            let often = Reverse(self.often.get(*name).copied().unwrap_or_default());
            (*name != "id", !is_required(name), !is_object, often)
        });
        let mut length = 0;
        let fits = |(name, _): &&(&str, bool)| {
            length += name.len() + 2;
            length <= SHOWN
        };
        let mut shown: Vec<&str> = members.iter().take_while(fits).map(|(name, _)| *name).collect();
        if shown.len() < members.len() {
            shown.push("…");
        }
        shown
    }

    /// Returns an example filter by fields in `shown`: the most suitable one, such as a name, and a list of IDs.
    fn example(&self, schema: &str, shown: &[&str]) -> String {
        let fields = &self.records[schema].fields;
        let samples = fields.iter().filter_map(|(path, kind)| {
            let path: &str = path;
            let member = path.split('/').next().unwrap_or(path);
            let position = shown.iter().position(|name| *name == member)?;
            let (rank, value) = sample(path, kind)?;
            Some(((rank, position, path), value))
        });
        let best = samples.min_by_key(|(key, _)| *key);
        let mut example = Map::new();
        if let Some(((.., path), value)) = best {
            example.insert(path.to_owned(), value);
        }
        if let Some(FilterKind::Scalar(FilterScalar::Integer)) = fields.get("id") {
            example.insert("or".to_owned(), json!([{"id": {">": 5}}, {"id": 2}]));
        }
        Value::Object(example).to_string()
    }

    /// Returns the fields by which a record can be filtered, each with true if it is an object.
    fn members(&self, schema: &str) -> impl Iterator<Item = (&str, bool)> {
        members_of(&self.records[schema])
    }
}

/// Returns the fields in a record's paths, and whether they are objects.
fn members_of<'r>(record: &'r FilterRecord<'_>) -> impl Iterator<Item = (&'r str, bool)> {
    let mut last = "";
    record.fields.keys().filter_map(move |path| {
        let (member, is_object) =
            path.split_once('/').map_or((path.as_ref(), false), |(head, _)| (head, true));
        let is_new = member != last;
        last = member;
        is_new.then_some((member, is_object))
    })
}

/// The placeholder for the example in the description of the filter.
const EXAMPLE: &str = "{example}";

/// Returns how suitable a field is for an example, best first from 0, and a value for it. The ID is always in the
/// example.
fn sample(path: &str, kind: &FilterKind<'_>) -> Option<(usize, Value)> {
    let rank = match path.rsplit('/').next() {
        Some("name") => 0,
        Some("identifier") => 1,
        _ => 2,
    };
    Some(match kind {
        FilterKind::Scalar(FilterScalar::Text) => (rank, json!("A")),
        FilterKind::Choice(values) => (3, json!(values.iter().min()?)),
        FilterKind::Scalar(FilterScalar::Boolean) => (4, json!(true)),
        FilterKind::Scalar(FilterScalar::Integer | FilterScalar::Number) if path != "id" => (5, json!(1)),
        FilterKind::Scalar(_) => return None,
    })
}

/// Maximum size of a schema's list of fields. An error lists the nearest of all fields.
const SHOWN: usize = 105;

type FilterFields<'a> = IndexMap<Cow<'a, str>, FilterKind<'a>>;

fn record<'a>(context: &'a Context<'a>, name: &'a str) -> FilterRecord<'a> {
    let mut fields = FilterFields::new();
    let mut children = FilterFields::new();
    let record = context.api.schemas[name].fields();
    let custom = context.profile.filter.as_ref().map(|filter| filter.custom_fields.as_str());
    for field in record {
        if Some(field.name.as_str()) == custom {
            continue;
        }
        let ty = context.api.resolve(&field.ty);
        match ty {
            Type::List(item) => members(context, &field.name, item, &mut children),
            Type::Named(_) => members(context, &field.name, ty, &mut fields),
            ty => {
                if let Some(kind) = kind(ty) {
                    fields.insert(Cow::Borrowed(&field.name), kind);
                }
            }
        }
    }
    for rule in &context.overlay.filter_fields {
        if record.iter().any(|field| field.name == rule.beside) && !fields.contains_key(rule.field.as_str()) {
            context.ledger.mark(format!("filter_fields.{}", rule.field));
            fields.insert(Cow::Borrowed(&rule.field), FilterKind::Scalar(rule.kind));
        }
    }
    let custom = record.iter().any(|field| Some(field.name.as_str()) == custom);
    FilterRecord { name: Cow::Borrowed(name), fields, children, custom }
}

/// Collects the scalars of an object of type `ty`, as `path/field`; for a reference, those that identify it.
fn members<'a>(context: &'a Context<'a>, path: &str, ty: &'a Type, found: &mut FilterFields<'a>) {
    let Type::Named(name) = context.api.resolve(ty) else { return };
    let reference = context.related.references.get(name);
    for field in context.api.schemas[name].fields() {
        if reference.is_some_and(|reference| !reference.keys.contains(&field.name)) {
            continue;
        }
        if let Some(kind) = kind(context.api.resolve(&field.ty)) {
            found.insert(Cow::Owned(format!("{path}/{}", field.name)), kind);
        }
    }
}

fn kind(ty: &Type) -> Option<FilterKind<'_>> {
    let scalar = match ty {
        Type::Boolean => FilterScalar::Boolean,
        Type::Integer | Type::Long | Type::Unsigned => FilterScalar::Integer,
        Type::Number => FilterScalar::Number,
        Type::Text(Some(format)) if format == DATE_FORMAT => FilterScalar::Date,
        Type::Text(_) => FilterScalar::Text,
        Type::DateTime => FilterScalar::DateTime,
        Type::Choice(values) => {
            let values = values.iter().map(|value| Cow::Borrowed(value.as_str()));
            return Some(FilterKind::Choice(values.collect()));
        }
        _ => return None,
    };
    Some(FilterKind::Scalar(scalar))
}
