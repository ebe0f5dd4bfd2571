//! What an operation takes and answers, parsed from its line of the catalog when it is first called.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::Tool;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// What an operation takes and answers.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) content: Content,
    pub(crate) list: bool,
    pub(crate) schema: Schema,
    pub(crate) body: Body,
    pub(crate) shape: Shape,
    /// References in the body.
    pub(crate) links: Vec<Link>,
    /// Members of the body that must be given.
    pub(crate) required: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Content {
    Json,
    Binary,
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Body {
    None,
    Object,
    Whole,
    Patch,
    Multipart,
}

/// The schema of an answer, or of an item of one.
#[derive(Debug)]
pub(crate) enum Schema {
    Named(String),
    Inline(Value),
    Nothing,
}

/// What a body may hold: the JSON Schema of each member. For a body that is a list, the schema of it all.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    pub(crate) name: String,
    pub(crate) members: HashMap<String, Value>,
    pub(crate) whole: Option<Value>,
}

/// A reference in a body: where, and what it points to.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    /// Members from the body down, through lists.
    pub(crate) path: Vec<String>,
    /// The tool that lists what it can point to.
    pub(crate) tool: String,
    /// The paths of the members that name the parents of what it points to, the outermost first.
    pub(crate) within: Vec<String>,
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    input: Input<'a>,
    #[serde(borrow)]
    request: Request<'a>,
    #[serde(borrow)]
    response: Response<'a>,
    #[serde(borrow, default)]
    relations: Vec<Relation<'a>>,
}

#[derive(Deserialize)]
struct Input<'a> {
    properties: Map<String, Value>,
    #[serde(borrow, default)]
    shape: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow, default)]
    arguments: BTreeMap<Cow<'a, str>, Target<'a>>,
    body: Body,
    #[serde(borrow, default)]
    required: Vec<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Target<'a> {
    #[serde(borrow, rename = "in")]
    location: Cow<'a, str>,
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Response<'a> {
    content: Content,
    #[serde(borrow, default)]
    schema: Option<&'a RawValue>,
    #[serde(default)]
    list: bool,
}

#[derive(Deserialize)]
struct Relation<'a> {
    #[serde(borrow)]
    argument: Cow<'a, str>,
    #[serde(borrow)]
    tool: Cow<'a, str>,
    #[serde(borrow, default)]
    with: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
}

#[derive(Deserialize)]
struct ShapeLine<'a> {
    #[serde(borrow, rename = "in")]
    location: Cow<'a, str>,
    #[serde(borrow, default)]
    relations: Vec<Relation<'a>>,
    properties: Map<String, Value>,
}

impl Plan {
    /// # Panics
    /// If the line isn't what the generator writes, which no caller can cause.
    pub(super) fn new(tool: Tool) -> Self {
        let line: Line<'_> = match serde_json::from_str(tool.line()) {
            Ok(line) => line,
            Err(error) => panic!("the catalog's line of {} is damaged: {error}", tool.name()),
        };
        let shape_line: Option<ShapeLine<'_>> = line
            .input
            .shape
            .as_deref()
            .and_then(|name| CATALOG.shape(name))
            .and_then(|line| serde_json::from_str(line).ok());
        let in_body = |argument: &str| {
            let target = line.request.arguments.get(argument);
            match target.map(|target| &*target.location) {
                None => Some(argument.to_owned()),
                Some("body") => {
                    let name = target.and_then(|target| target.name.as_deref());
                    Some(name.unwrap_or(argument).to_owned())
                }
                Some(_) => None,
            }
        };
        let mut shape = Shape::default();
        let mut links = Vec::new();
        shape.name = line.input.shape.as_deref().unwrap_or_default().to_owned();
        if let Some((name, _)) = shape.name.split_once(" without ") {
            shape.name.truncate(name.len());
        }
        for (argument, node) in &line.input.properties {
            let target = line.request.arguments.get(argument.as_str());
            if target.is_some_and(|target| target.location == "whole_body") {
                shape.whole = Some(node.clone());
            } else if let Some(name) = in_body(argument) {
                shape.members.insert(name, node.clone());
            }
        }
        if let Some(found) = shape_line.filter(|found| found.location == "body") {
            for (argument, node) in found.properties {
                shape.members.insert(in_body(&argument).unwrap_or(argument), node);
            }
            // A member whose name is also a parameter's has another argument, and keeps its relation.
            let of_shape = |argument: &str| {
                in_body(argument)
                    .or_else(|| shape.members.contains_key(argument).then(|| argument.to_owned()))
            };
            links.extend(found.relations.iter().filter_map(|relation| Link::new(relation, &of_shape)));
        }
        links.extend(line.relations.iter().filter_map(|relation| Link::new(relation, &in_body)));
        let schema = match line.response.schema.map(|schema| serde_json::from_str(schema.get())) {
            Some(Ok(Value::String(name))) => Schema::Named(name),
            Some(Ok(Value::Null)) | Some(Err(_)) | None => Schema::Nothing,
            Some(Ok(schema)) => Schema::Inline(schema),
        };
        let required = line.request.required.iter().filter_map(|argument| in_body(argument)).collect();
        Self {
            content: line.response.content,
            list: line.response.list,
            schema,
            body: line.request.body,
            shape,
            links,
            required,
        }
    }

    /// The name of the answer's schema.
    pub(crate) fn schema_name(&self) -> Option<&str> {
        match &self.schema {
            Schema::Named(name) => Some(name),
            Schema::Inline(_) | Schema::Nothing => None,
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
