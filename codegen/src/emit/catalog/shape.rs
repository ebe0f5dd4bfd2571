//! Shapes: sets of arguments that several tools share, each written once.
//!
//! Create, update and replace of one record take the same members; lists take the same filters. A tool's
//! line names its shape, and the runtime puts the two together.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::node::{Found, Writer};
use crate::config::On;
use crate::emit::Context;
use crate::id::OperationId;
use crate::ir::Type;
use crate::relate::Reference;

/// A shape that is written.
pub struct Written<'a> {
    /// The members.
    pub properties: Map<String, Value>,
    /// The members that the document requires.
    pub required: Vec<String>,
    /// Members that are references.
    pub references: Vec<Found<'a>>,
}

/// All shapes of a catalog.
pub struct Shapes<'a> {
    context: &'a Context<'a>,
    bodies: BTreeMap<String, Written<'a>>,
    queries: BTreeMap<String, Map<String, Value>>,
    /// Variants of bodies without the members that clash with other arguments.
    variants: BTreeMap<String, (String, Vec<String>)>,
}

impl<'a> Shapes<'a> {
    /// No shapes yet.
    pub fn new(context: &'a Context<'a>) -> Self {
        Self { context, bodies: BTreeMap::new(), queries: BTreeMap::new(), variants: BTreeMap::new() }
    }

    /// The shape of a body of type `schema`.
    pub fn body(&mut self, schema: &'a str) -> &Written<'a> {
        let context = self.context;
        self.bodies.entry(schema.to_owned()).or_insert_with(|| {
            let mut writer = Writer::new(context);
            let (properties, required) = writer.properties(schema);
            Written { properties, required, references: writer.references }
        })
    }

    /// The name of the shape of `schema` without the members `clashing`.
    pub fn variant(&mut self, schema: &str, clashing: &[String]) -> String {
        if clashing.is_empty() {
            return schema.to_owned();
        }
        let name = format!("{schema} without {}", clashing.join(", "));
        self.variants.insert(name.clone(), (schema.to_owned(), clashing.to_vec()));
        name
    }

    /// The name of the shape that holds the shared query parameters `names`, which have an effect `on`.
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

    /// The file's lines, sorted by name; `properties` comes last, so that it can be cut out as text.
    pub fn lines(&self) -> Vec<Value> {
        let mut lines: BTreeMap<&str, Value> = BTreeMap::new();
        for (name, properties) in &self.queries {
            lines.insert(
                name,
                json!({"name": name, "in": "query", "relations": [], "properties": properties}),
            );
        }
        for (name, written) in &self.bodies {
            lines.insert(name, self.body_line(name, written, &[]));
        }
        for (name, (schema, clashing)) in &self.variants {
            lines.insert(name, self.body_line(name, &self.bodies[schema], clashing));
        }
        lines.into_values().collect()
    }

    fn body_line(&self, name: &str, written: &Written<'_>, clashing: &[String]) -> Value {
        let mut properties = written.properties.clone();
        properties.retain(|member, _| !clashing.contains(member));
        let relations: Vec<Value> = written
            .references
            .iter()
            .filter(|(path, _)| !clashing.iter().any(|member| is_within(path, member)))
            .filter_map(|(path, reference)| self.relation(path, reference, written))
            .collect();
        json!({"name": name, "in": "body", "relations": relations, "properties": properties})
    }

    /// What a reference says about where its value comes from, as a relation of the argument at `path`.
    fn relation(&self, path: &str, reference: &Reference, written: &Written<'_>) -> Option<Value> {
        let source = reference.source.as_ref()?;
        let tool = &self.context.named.operations[source.operation].tool;
        let mut relation = json!({"argument": path, "tool": tool, "field": source.field});
        let with = self.needs(path, source.operation, written);
        if !with.is_empty() {
            relation["with"] = Value::Object(with);
        }
        Some(relation)
    }

    /// The relations of the member of `schema` that goes by the name `argument`, as its own is taken.
    pub fn renamed_relations(&mut self, schema: &'a str, member: &str, argument: &str) -> Vec<Value> {
        self.body(schema);
        let written = &self.bodies[schema];
        let of_member = written.references.iter().filter(|(path, _)| is_within(path, member));
        of_member
            .filter_map(|(path, reference)| {
                let mut relation = self.relation(path, reference, written)?;
                relation["argument"] = json!(format!("{argument}{}", &path[member.len()..]));
                Some(relation)
            })
            .collect()
    }

    /// For the ids that the supplying list needs itself: which members beside the reference give them
    /// (the list of statuses needs a board, and the ticket has one).
    fn needs(&self, path: &str, list: OperationId, written: &Written<'_>) -> Map<String, Value> {
        let related = self.context.related;
        let beside = path.rsplit_once('/').map_or("", |(before, _)| before);
        let placeholders = related.arguments[list].iter().zip(&self.context.named.operations[list].parents);
        let mut with = Map::new();
        for (source, argument) in placeholders {
            let Some(source) = source else { continue };
            let giver = written.references.iter().find(|(other, reference)| {
                other != path
                    && other.rsplit_once('/').map_or("", |(before, _)| before) == beside
                    && reference.source.as_ref().is_some_and(|other| other.operation == source.operation)
            });
            if let Some((giver, _)) = giver {
                with.insert(argument.clone(), json!(format!("{giver}/id")));
            }
        }
        with
    }
}

/// Whether the path leads to `member` or into it.
fn is_within(path: &str, member: &str) -> bool {
    path.strip_prefix(member).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The node of a shared query parameter.
fn shared_node(context: &Context<'_>, name: &str, on: On) -> Value {
    let query = &context.profile.shared_query[name];
    let ty = match context.shared_type(name) {
        Type::Integer | Type::Long => "integer",
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
        node["description"] = json!(hint);
    }
    node
}
