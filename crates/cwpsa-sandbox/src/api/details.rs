//! An operation's parameters, body and response. They are parsed from its catalog record on the first call.

use std::collections::HashMap;

use connectwise_psa::runtime::catalog::{ArgumentLocation, BodyFormat, ResponseContent, SchemaRef};
use connectwise_psa::runtime::{Relation, Tool};
use serde_json::Value;

/// The parameters, body and response of an operation.
#[derive(Debug)]
pub(crate) struct OperationDetails {
    pub(crate) content: ResponseContent,
    pub(crate) list: bool,
    pub(crate) schema: ResponseSchema,
    pub(crate) body: BodyFormat,
    pub(crate) shape: BodySchema,
    /// References in the body.
    pub(crate) links: Vec<Link>,
    /// Required properties of the body.
    pub(crate) required: Vec<String>,
}

/// The schema of a response, or of a list item.
#[derive(Debug)]
pub(crate) enum ResponseSchema {
    Named(String),
    Inline(Value),
    Nothing,
}

/// The fields of a body, each with its JSON Schema. For a body that is a list, the schema of the list.
#[derive(Debug, Default)]
pub(crate) struct BodySchema {
    pub(crate) name: String,
    pub(crate) members: HashMap<String, Value>,
    pub(crate) whole: Option<Value>,
}

/// A reference in a body: its location and its target.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    /// The fields from the body down, through lists.
    pub(crate) path: Vec<String>,
    /// The tool that lists its possible targets.
    pub(crate) tool: String,
    /// The paths of the fields that identify the target's parents, outermost first.
    pub(crate) within: Vec<String>,
}

impl OperationDetails {
    pub(super) fn new(tool: Tool) -> Self {
        let record = tool.details();
        let shared = tool.shape(&record).filter(|shape| shape.location == ArgumentLocation::Body);
        let in_body = |argument: &str| match record.request.arguments.get(argument) {
            None => Some(argument.to_owned()),
            Some(target) if target.location == ArgumentLocation::Body => {
                Some(target.name_or(argument).to_owned())
            }
            Some(_) => None,
        };
        let mut shape = BodySchema::default();
        let mut links = Vec::new();
        for (argument, node) in record.input.properties.to_map() {
            let target = record.request.arguments.get(argument.as_str());
            if target.is_some_and(|target| target.location == ArgumentLocation::WholeBody) {
                shape.whole = Some(node);
            } else if let Some(name) = in_body(&argument) {
                shape.members.insert(name, node);
            }
        }
        if let Some(shared) = shared {
            shape.name = shared.schema().unwrap_or_default().to_owned();
            for (argument, node) in shared.properties.to_map() {
                shape.members.insert(in_body(&argument).unwrap_or(argument), node);
            }
            // A field with the same name as a parameter has a different argument, and keeps its relation.
            let of_shape = |argument: &str| {
                in_body(argument)
                    .or_else(|| shape.members.contains_key(argument).then(|| argument.to_owned()))
            };
            links.extend(shared.relations.iter().filter_map(|relation| Link::new(relation, &of_shape)));
        }
        links.extend(record.relations.iter().filter_map(|relation| Link::new(relation, &in_body)));
        let schema = match &record.response.schema {
            None => ResponseSchema::Nothing,
            Some(SchemaRef::Named(name)) => ResponseSchema::Named(name.to_string()),
            Some(SchemaRef::Inline(schema)) => ResponseSchema::Inline(schema.to_value()),
        };
        let required = record.required().iter().filter_map(|argument| in_body(argument)).collect();
        Self {
            content: record.response.content,
            list: record.response.list,
            schema,
            body: record.request.body,
            shape,
            links,
            required,
        }
    }

    /// Returns the name of the response schema.
    pub(crate) fn schema_name(&self) -> Option<&str> {
        match &self.schema {
            ResponseSchema::Named(name) => Some(name),
            ResponseSchema::Inline(_) | ResponseSchema::Nothing => None,
        }
    }
}

impl Link {
    fn new(relation: &Relation<'_>, in_body: &impl Fn(&str) -> Option<String>) -> Option<Self> {
        let mut segments = relation.argument.split('/');
        let first = in_body(segments.next()?)?;
        let path = std::iter::once(first).chain(segments.map(str::to_owned)).collect();
        let within = relation.with.values().map(|member| member.to_string()).collect();
        Some(Self { path, tool: relation.tool.to_string(), within })
    }
}
