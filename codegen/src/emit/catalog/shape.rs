//! Emits shapes, which are sets of arguments that several tools share. Each one is stored once.
//!
//! Operations that create, update and replace a record take the same fields, and list operations take the same filters.
//! A tool's record names its shape, and the runtime combines the two.

use std::borrow::Cow;
use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};
use toolcrate_catalog::placeholder::escape;
use toolcrate_catalog::{ArgumentLocation, Properties, Relation, ShapeRecord};

use super::node::{LocatedReference, Writer};
use crate::config::On;
use crate::emit::context::Context;
use crate::id::OperationId;
use crate::ir::Type;
use crate::relate::Reference;

/// The arguments of a request body.
pub struct BodyArguments<'a> {
    /// The properties.
    pub properties: Map<String, Value>,
    /// The properties required by the document.
    pub required: Vec<String>,
    /// Properties that are references.
    pub references: Vec<LocatedReference<'a>>,
    /// True if the property `id` identifies a record to attach.
    pub attaches: bool,
}

/// All shapes in a catalog.
pub struct Shapes<'a> {
    context: &'a Context<'a>,
    bodies: BTreeMap<String, BodyArguments<'a>>,
    queries: BTreeMap<String, Map<String, Value>>,
    /// Variants of bodies without the properties that clash with other arguments.
    variants: BTreeMap<String, (String, Vec<String>)>,
}

impl<'a> Shapes<'a> {
    /// Creates an empty set of shapes.
    pub fn new(context: &'a Context<'a>) -> Self {
        Self { context, bodies: BTreeMap::new(), queries: BTreeMap::new(), variants: BTreeMap::new() }
    }

    /// Returns the shape of a body of type `schema`.
    pub fn body(&mut self, schema: &'a str) -> &BodyArguments<'a> {
        let context = self.context;
        self.bodies.entry(schema.to_owned()).or_insert_with(|| {
            let mut writer = Writer::new(context);
            let (mut properties, mut required) = writer.properties(schema);
            let id = context.attachment(schema).and_then(|reference| writer.attached_id(schema, reference));
            let attaches = id.is_some();
            if let Some(id) = id {
                properties.shift_insert(0, "id".to_owned(), id);
                required.insert(0, "id".to_owned());
            }
            BodyArguments { properties, required, references: writer.references, attaches }
        })
    }

    /// Returns the name of the shape of `schema` without the `clashing` properties.
    pub fn variant(&mut self, schema: &str, clashing: &[String]) -> String {
        if clashing.is_empty() {
            return schema.to_owned();
        }
        let name = format!("{schema} without {}", clashing.join(", "));
        self.variants.insert(name.clone(), (schema.to_owned(), clashing.to_vec()));
        name
    }

    /// Returns the name of the shape with the shared query parameters `names`, which have an effect `on` this
    /// kind of operation.
    pub fn query(&mut self, on: On, names: &[&'a str]) -> String {
        let context = self.context;
        let kind = match on {
            On::List => "list",
            On::Count => "count",
            On::Get => "get",
        };
        let shared = context.profile.shared_query.values();
        let all = shared.filter(|query| query.tools && query.on.contains(&on)).count();
        let name = if names.len() == all {
            format!("query {kind}")
        } else {
            format!("query {kind} {}", names.join(" "))
        };
        self.queries.entry(name.clone()).or_insert_with(|| {
            names.iter().map(|name| ((*name).to_owned(), shared_node(context, name, on))).collect()
        });
        name
    }

    /// Returns the records, sorted by name.
    pub fn records(&self) -> BTreeMap<String, ShapeRecord<'a>> {
        let mut records = BTreeMap::new();
        for (name, properties) in &self.queries {
            let record = ShapeRecord {
                name: Cow::Owned(name.clone()),
                schema: None,
                location: ArgumentLocation::Query,
                relations: Vec::new(),
                properties: Properties::from(properties.clone()),
            };
            records.insert(name.clone(), record);
        }
        for (name, written) in &self.bodies {
            records.insert(name.clone(), self.body_record(name, name, written, &[]));
        }
        for (name, (schema, clashing)) in &self.variants {
            let record = self.body_record(name, schema, &self.bodies[schema], clashing);
            records.insert(name.clone(), record);
        }
        records
    }

    fn body_record(
        &self,
        name: &str,
        schema: &str,
        written: &BodyArguments<'a>,
        clashing: &[String],
    ) -> ShapeRecord<'a> {
        let mut properties = written.properties.clone();
        properties.retain(|member, _| !clashing.contains(member));
        let relations = written
            .references
            .iter()
            .filter(|(path, _)| !clashing.iter().any(|member| is_within(path, member)))
            .filter_map(|(path, reference)| self.relation(path, path.clone(), reference, written))
            .collect();
        ShapeRecord {
            name: Cow::Owned(name.to_owned()),
            schema: (name != schema).then(|| Cow::Owned(schema.to_owned())),
            location: ArgumentLocation::Body,
            relations,
            properties: Properties::from(properties),
        }
    }

    /// Returns the source of the reference at `path`, as a relation of `argument`.
    fn relation(
        &self,
        path: &str,
        argument: String,
        reference: &'a Reference,
        written: &BodyArguments<'a>,
    ) -> Option<Relation<'a>> {
        let source = reference.source.as_ref()?;
        Some(Relation {
            argument: Cow::Owned(argument),
            tool: Cow::Borrowed(&self.context.named.operations[source.operation].tool),
            field: Cow::Borrowed(&source.field),
            with: self.needs(path, source.operation, written),
        })
    }

    /// Returns the relations of a field of `schema` that is called `argument` because its own name is taken.
    pub fn renamed_relations(&mut self, schema: &'a str, member: &str, argument: &str) -> Vec<Relation<'a>> {
        self.body(schema);
        let written = &self.bodies[schema];
        let of_member = written.references.iter().filter(|(path, _)| is_within(path, member));
        of_member
            .filter_map(|(path, reference)| {
                let renamed = format!("{argument}{}", &path[member.len()..]);
                self.relation(path, renamed, reference, written)
            })
            .collect()
    }

    /// Returns the fields that supply the IDs needed by the supplying list itself: the list of statuses needs a
    /// board, and the ticket has one.
    fn needs(
        &self,
        path: &str,
        list: OperationId,
        written: &BodyArguments<'_>,
    ) -> IndexMap<Cow<'a, str>, Cow<'a, str>> {
        let related = self.context.related;
        let beside = path.rsplit_once('/').map_or("", |(before, _)| before);
        let placeholders = related.arguments[list].iter().zip(&self.context.named.operations[list].parents);
        let mut with = IndexMap::new();
        for (source, argument) in placeholders {
            let Some(source) = source else { continue };
            let giver = written.references.iter().find(|(other, reference)| {
                other != path
                    && other.rsplit_once('/').map_or("", |(before, _)| before) == beside
                    && reference.source.as_ref().is_some_and(|other| other.operation == source.operation)
            });
            if let Some((giver, _)) = giver {
                with.insert(Cow::Borrowed(argument.as_str()), Cow::Owned(format!("{giver}/id")));
            }
        }
        with
    }
}

/// Returns true if the path points to `member` or into it.
fn is_within(path: &str, member: &str) -> bool {
    path.strip_prefix(member).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns the node of a shared query parameter.
fn shared_node(context: &Context<'_>, name: &str, on: On) -> Value {
    let query = &context.profile.shared_query[name];
    let ty = match context.shared_type(name) {
        Type::Integer | Type::Long | Type::Unsigned => "integer",
        Type::Number => "number",
        Type::Boolean => "boolean",
        _ => "string",
    };
    let mut node = json!({"type": ty});
    for (key, limit) in [("minimum", query.minimum), ("maximum", query.maximum)] {
        if let Some(limit) = limit {
            node[key] = json!(limit);
        }
    }
    let hint = query.hint.as_ref().unwrap_or(&query.description);
    if !hint.is_empty() && (query.hint_on.is_empty() || query.hint_on.contains(&on)) {
        node["description"] = json!(escape(hint));
    }
    node
}
