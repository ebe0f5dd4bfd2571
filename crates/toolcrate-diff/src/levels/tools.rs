//! The third level reports changes that affect agents that call the tools, and prompts that name them.
//!
//! It reads the lines of the catalog, as the runtime does. A tool is unchanged if neither its line nor its shape (the
//! set of arguments it shares with other tools) has changed, so most lines are never parsed.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};
use toolcrate_catalog::{
    Annotations, ArgumentTarget, ResponseContent, ResponseRecord, SchemaRef, ShapeRecord, ToolRecord,
};
use toolcrate_codegen::id::OperationId;

use crate::change::{Change, ToolMigration};
use crate::change_kind::DiffKind;
use crate::json_schema::{SchemaDifferences, describe_node};
use crate::member_pairs;
use crate::release_pair::ReleasePair;
use crate::snapshot::Snapshot;

/// The lines of a catalog, by the name at their beginning.
pub struct CatalogLines<'a> {
    tools: HashMap<&'a str, &'a str>,
    shapes: HashMap<&'a str, &'a str>,
}

impl<'a> CatalogLines<'a> {
    /// Finds the lines of `snapshot`.
    pub fn new(snapshot: &'a Snapshot) -> Self {
        let mut lines = Self { tools: HashMap::new(), shapes: HashMap::new() };
        for (path, text) in &snapshot.catalog {
            let target = match path.as_str() {
                "catalog/shapes.jsonl" => &mut lines.shapes,
                path if path.starts_with("catalog/tools/") => &mut lines.tools,
                _ => continue,
            };
            target.extend(text.lines().filter_map(|line| {
                let name = line.strip_prefix("{\"name\":\"")?.split_once('"')?.0;
                Some((name, line))
            }));
        }
        lines
    }

    /// Returns a tool's line and the line of its shape.
    fn line_and_shape(&self, tool: &str) -> (&'a str, &'a str) {
        let line = self.tools.get(tool).copied().unwrap_or_default();
        let record: Option<ToolRecord<'_>> = serde_json::from_str(line).ok();
        let shape = record.and_then(|record| record.input.shape);
        let shape = shape.and_then(|name| self.shapes.get(name.as_ref()).copied());
        (line, shape.unwrap_or_default())
    }
}

/// A parsed tool, with its own and shared arguments.
struct ComparedTool<'a> {
    record: ToolRecord<'a>,
    properties: Map<String, Value>,
}

impl<'a> ComparedTool<'a> {
    fn parse((line, shape): (&'a str, &'a str)) -> Option<Self> {
        let record: ToolRecord<'a> = serde_json::from_str(line).ok()?;
        let shape: Option<ShapeRecord<'_>> = serde_json::from_str(shape).ok();
        let mut properties = record.input.properties.to_map();
        for (name, node) in shape.map(|shape| shape.properties.to_map()).unwrap_or_default() {
            properties.entry(name).or_insert(node);
        }
        Some(Self { record, properties })
    }

    /// Returns the title and the description. A title rephrases the name, so it is omitted if the name is new.
    fn words(&self, with_title: bool) -> String {
        let (title, description) = (&self.record.title, &self.record.description);
        if with_title { format!("{title}: {description}") } else { description.to_string() }
    }

    fn arguments(&self) -> Vec<ToolArgument<'_>> {
        let arguments = self.properties.iter();
        arguments
            .map(|(name, node)| ToolArgument {
                name,
                node,
                required: self.record.input.required.iter().any(|required| required == name),
                target: self.record.request.arguments.get(name.as_str()),
            })
            .collect()
    }
}

/// Compares all tools.
pub fn compare(pair: &ReleasePair<'_>, found: &mut Vec<Change>) -> Vec<ToolMigration> {
    let (old, new) = (CatalogLines::new(pair.old), CatalogLines::new(pair.new));
    let (olds, news) = (&pair.old.names().operations, &pair.new.names().operations);
    let pointer = |snapshot: &Snapshot, id: OperationId| snapshot.api().operations[id].pointer.clone();
    let aliases: BTreeMap<&str, &str> = pair.new.names().lock.aliases(&pair.new.release.version).collect();
    let mut migrations = Vec::new();
    for id in &pair.operations.removed {
        let tool = olds[*id].tool.as_str();
        let alias = aliases.get(tool);
        let kind = if alias.is_some() { DiffKind::ToolRenamed } else { DiffKind::ToolRemoved };
        let subject = alias.map_or(tool, |new| new);
        let change = Change::new(kind, subject, pointer(pair.old, *id));
        found.push(match alias {
            Some(new) => change.was(tool).is(*new),
            None => change.breaks_if(true),
        });
        migrations.extend(alias.map(|new| migration(pair, tool, new, true)));
    }
    for id in &pair.operations.added {
        found.push(Change::new(DiffKind::ToolAdded, &news[*id].tool, pointer(pair.new, *id)));
    }
    for (a, b, _) in pair.operations.pairs() {
        let (before, after) = (&olds[a].tool, &news[b].tool);
        let change = |kind| Change::new(kind, after, pointer(pair.new, b));
        if before != after {
            let aliased = aliases.get(before.as_str()) == Some(&after.as_str());
            found.push(change(DiffKind::ToolRenamed).was(before).is(after).breaks_if(!aliased));
            migrations.push(migration(pair, before, after, aliased));
        }
        match (pair.old.api().operations[a].deprecated, pair.new.api().operations[b].deprecated) {
            (false, true) => found.push(change(DiffKind::ToolDeprecated)),
            (true, false) => found.push(change(DiffKind::ToolUndeprecated)),
            _ => {}
        }
        let (before, after) = (old.line_and_shape(before), new.line_and_shape(after));
        if before != after
            && let (Some(before), Some(after)) = (ComparedTool::parse(before), ComparedTool::parse(after))
        {
            tool(&before, &after, &change, found);
        }
    }
    migrations
}

fn migration(pair: &ReleasePair<'_>, old: &str, new: &str, aliased: bool) -> ToolMigration {
    let line = format!("alias {old} {new} {}", pair.new.release.version);
    ToolMigration { old: old.to_owned(), new: new.to_owned(), aliased, line }
}

fn tool(
    old: &ComparedTool<'_>,
    new: &ComparedTool<'_>,
    change: &dyn Fn(DiffKind) -> Change,
    found: &mut Vec<Change>,
) {
    let (before, after) = (&old.record, &new.record);
    let with_title = before.name == after.name;
    let words = (old.words(with_title), new.words(with_title));
    if words.0 != words.1 {
        found.push(change(DiffKind::ToolReworded).was(words.0).is(words.1));
    }
    if before.class != after.class {
        let change = change(DiffKind::ToolClassChanged);
        found.push(change.was(before.class.as_str()).is(after.class.as_str()).breaks_if(true));
    }
    if before.annotations != after.annotations {
        let (before, after) = differing_hints(before.annotations, after.annotations);
        found.push(change(DiffKind::ToolHintsChanged).was(before).is(after));
    }
    response(&before.response, &after.response, change, found);
    arguments(old, new, change, found);
}

/// Returns the hints that differ, including default values that records omit.
fn differing_hints(old: Annotations, new: Annotations) -> (String, String) {
    let hints = [
        ("readOnlyHint", old.read_only_hint, new.read_only_hint),
        ("destructiveHint", old.destructive_hint, new.destructive_hint),
        ("idempotentHint", old.idempotent_hint, new.idempotent_hint),
        ("openWorldHint", old.open_world_hint, new.open_world_hint),
    ];
    let differing = hints.iter().filter(|(_, old, new)| old != new);
    let (old, new): (Vec<_>, Vec<_>) =
        differing.map(|(name, old, new)| (format!("{name} {old}"), format!("{name} {new}"))).unzip();
    (old.join(", "), new.join(", "))
}

/// Callers don't see the name of a response schema; changes to its contents are reported for the schema.
fn response(
    old: &ResponseRecord<'_>,
    new: &ResponseRecord<'_>,
    change: &dyn Fn(DiffKind) -> Change,
    found: &mut Vec<Change>,
) {
    let describe = |response: &ResponseRecord<'_>| {
        let content = match (response.content, &response.schema) {
            (ResponseContent::Json, None) => "any value".to_owned(),
            (ResponseContent::Json, Some(SchemaRef::Named(_))) => "a record".to_owned(),
            (ResponseContent::Json, Some(SchemaRef::Inline(schema))) => describe_node(&schema.to_value()),
            (ResponseContent::Binary, _) => "a file".to_owned(),
            (ResponseContent::None, _) => "nothing".to_owned(),
        };
        if response.list { format!("a list of {content}") } else { content }
    };
    let (before, after) = (describe(old), describe(new));
    if before != after {
        let breaks = before != "nothing";
        found.push(change(DiffKind::ToolAnswerChanged).was(before).is(after).breaks_if(breaks));
    }
}

/// An argument.
struct ToolArgument<'a> {
    name: &'a str,
    node: &'a Value,
    required: bool,
    /// Where it is sent, unless it is an argument of the shape.
    target: Option<&'a ArgumentTarget<'a>>,
}

fn arguments(
    old: &ComparedTool<'_>,
    new: &ComparedTool<'_>,
    change: &dyn Fn(DiffKind) -> Change,
    found: &mut Vec<Change>,
) {
    let (olds, news) = (old.arguments(), new.arguments());
    let mut members = member_pairs::MemberPairs::new(
        &olds,
        &news,
        |argument| argument.name,
        |a, b| {
            a.required == b.required && {
                let found = SchemaDifferences::between(a.node, b.node);
                found.narrower.is_empty() && found.wider.is_empty() && found.other.is_empty()
            }
        },
    );
    // Arguments sent in the same place under the same name are the same argument, whatever they are called.
    let same_target = |a: &ToolArgument<'_>, b: &ToolArgument<'_>| a.target.is_some() && a.target == b.target;
    let removed = std::mem::take(&mut members.removed);
    for argument in removed {
        match members.added.iter().position(|other| same_target(argument, other)) {
            Some(at) => members.renamed.push((argument, members.added.remove(at))),
            None => members.removed.push(argument),
        }
    }
    for (a, b) in &members.renamed {
        found.push(change(DiffKind::ToolArgumentRenamed).was(a.name).is(b.name).breaks_if(true));
    }
    for argument in &members.removed {
        let change = change(DiffKind::ToolArgumentRemoved).member(argument.name);
        found.push(change.was(describe_node(argument.node)).breaks_if(true));
    }
    for argument in &members.added {
        let change = change(DiffKind::ToolArgumentAdded).member(argument.name);
        found.push(change.is(describe_node(argument.node)).breaks_if(argument.required));
    }
    for (a, b) in members.pairs() {
        let change = |kind| change(kind).member(b.name);
        if a.required != b.required {
            let kind =
                if b.required { DiffKind::ToolArgumentRequired } else { DiffKind::ToolArgumentOptional };
            found.push(change(kind).breaks_if(b.required));
        }
        let differences = SchemaDifferences::between(a.node, b.node);
        let join = |pairs: &[(String, String)], side: fn(&(String, String)) -> &String| {
            pairs.iter().map(|pair| side(pair).as_str()).collect::<Vec<_>>().join("; ")
        };
        for (kind, pairs, breaks) in [
            (
                DiffKind::ToolArgumentNarrowed,
                &differences.narrower,
                differences.narrower.len() > differences.ignored,
            ),
            (DiffKind::ToolArgumentWidened, &differences.wider, false),
            (DiffKind::ToolArgumentRetyped, &differences.other, true),
        ] {
            if !pairs.is_empty() {
                let (before, after) = (join(pairs, |pair| &pair.0), join(pairs, |pair| &pair.1));
                found.push(change(kind).was(before).is(after).breaks_if(breaks));
            }
        }
        if differences.reworded {
            let words = |argument: &ToolArgument<'_>| {
                argument.node["description"].as_str().unwrap_or_default().to_owned()
            };
            found.push(change(DiffKind::ToolArgumentReworded).was(words(a)).is(words(b)));
        }
    }
}
