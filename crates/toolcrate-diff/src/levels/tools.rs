//! The third level: what an agent notices that calls the tools, and a prompt that names them.
//!
//! It reads the lines that the catalog is made of, as the runtime does. A tool whose line and shape are the
//! same text is the same tool, so most lines are never parsed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value, json};
use toolcrate_catalog::{Annotations, ToolRecord};
use toolcrate_codegen::id::OperationId;

use crate::change::{Change, ToolMigration};
use crate::change_kind::DiffKind;
use crate::json_schema::{SchemaDifferences, describe_node};
use crate::member_pairs;
use crate::release_pair::ReleasePair;
use crate::snapshot::Snapshot;

/// The lines of a catalog, by the name at their start.
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

    /// The line of a tool, and that of its shape.
    fn line_and_shape(&self, tool: &str) -> (&'a str, &'a str) {
        let line = self.tools.get(tool).copied().unwrap_or_default();
        let record: Option<ToolRecord<'_>> = serde_json::from_str(line).ok();
        let shape = record.and_then(|record| record.input.shape);
        let shape = shape.and_then(|name| self.shapes.get(name.as_ref()).copied());
        (line, shape.unwrap_or_default())
    }
}

/// A tool, parsed: what it says, and its arguments, own and shared.
struct ComparedTool {
    line: Value,
    properties: Map<String, Value>,
    required: BTreeSet<String>,
}

impl ComparedTool {
    fn parse((line, shape): (&str, &str)) -> Self {
        let parse = |text| serde_json::from_str(text).unwrap_or(Value::Null);
        let (line, mut shape): (Value, Value) = (parse(line), parse(shape));
        let mut properties = line["input"]["properties"].as_object().cloned().unwrap_or_default();
        if let Value::Object(shared) = shape["properties"].take() {
            for (name, node) in shared {
                properties.entry(name).or_insert(node);
            }
        }
        let required = line["input"]["required"].as_array().into_iter().flatten();
        let required = required.filter_map(Value::as_str).map(str::to_owned).collect();
        Self { line, properties, required }
    }

    /// All hints, also those that the record leaves out because they are the default.
    fn hints(&self) -> Value {
        let hints: Annotations = serde_json::from_value(self.line["annotations"].clone()).unwrap_or_default();
        json!({
            "readOnlyHint": hints.read_only_hint,
            "destructiveHint": hints.destructive_hint,
            "idempotentHint": hints.idempotent_hint,
            "openWorldHint": hints.open_world_hint,
        })
    }

    fn text_of(&self, member: &str) -> String {
        self.line[member].as_str().unwrap_or_default().to_owned()
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
        if before != after {
            tool(&ComparedTool::parse(before), &ComparedTool::parse(after), &change, found);
        }
    }
    migrations
}

fn migration(pair: &ReleasePair<'_>, old: &str, new: &str, aliased: bool) -> ToolMigration {
    let line = format!("alias {old} {new} {}", pair.new.release.version);
    ToolMigration { old: old.to_owned(), new: new.to_owned(), aliased, line }
}

fn tool(
    old: &ComparedTool,
    new: &ComparedTool,
    change: &dyn Fn(DiffKind) -> Change,
    found: &mut Vec<Change>,
) {
    // The title says the name in other words, so it is no news where the name is new.
    let renamed = old.line["name"] != new.line["name"];
    let words = |tool: &ComparedTool| match renamed {
        true => tool.text_of("description"),
        false => format!("{}: {}", tool.text_of("title"), tool.text_of("description")),
    };
    if words(old) != words(new) {
        found.push(change(DiffKind::ToolReworded).was(words(old)).is(words(new)));
    }
    if old.line["class"] != new.line["class"] {
        let change = change(DiffKind::ToolClassChanged);
        found.push(change.was(old.text_of("class")).is(new.text_of("class")).breaks_if(true));
    }
    if old.line["annotations"] != new.line["annotations"] {
        let (before, after) = hints(&old.hints(), &new.hints());
        found.push(change(DiffKind::ToolHintsChanged).was(before).is(after));
    }
    answer(&old.line["response"], &new.line["response"], change, found);
    arguments(old, new, change, found);
}

/// The hints that differ.
fn hints(old: &Value, new: &Value) -> (String, String) {
    let of = |hints: &Value, others: &Value| {
        let members = hints.as_object().into_iter().flatten();
        let differ = members.filter(|(name, value)| others[name.as_str()] != **value);
        differ.map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
    };
    (of(old, new), of(new, old))
}

/// The name of an answer's schema is not seen by who calls; what it holds is told at the schema.
fn answer(old: &Value, new: &Value, change: &dyn Fn(DiffKind) -> Change, found: &mut Vec<Change>) {
    let say = |answer: &Value| {
        let what = match (answer["content"].as_str(), answer["schema"].is_null()) {
            (Some("json"), true) => "any value".to_owned(),
            (Some("json"), false) if answer["schema"].is_string() => "a record".to_owned(),
            (Some("json"), false) => describe_node(&answer["schema"]),
            (Some("binary"), _) => "a file".to_owned(),
            _ => "nothing".to_owned(),
        };
        if answer["list"] == Value::Bool(true) { format!("a list of {what}") } else { what }
    };
    let (before, after) = (say(old), say(new));
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
    /// Where it goes: the place and the name on the wire.
    target: &'a Value,
}

fn list<'a>(tool: &'a ComparedTool) -> Vec<ToolArgument<'a>> {
    let argument = |(name, node): (&'a String, &'a Value)| ToolArgument {
        name,
        node,
        required: tool.required.contains(name),
        target: &tool.line["request"]["arguments"][name.as_str()],
    };
    tool.properties.iter().map(argument).collect()
}

fn arguments(
    old: &ComparedTool,
    new: &ComparedTool,
    change: &dyn Fn(DiffKind) -> Change,
    found: &mut Vec<Change>,
) {
    let (olds, news) = (list(old), list(new));
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
    // What goes to the same place is the same argument, whatever it is called.
    let same_place =
        |a: &ToolArgument<'_>, b: &ToolArgument<'_>| a.target.is_object() && a.target == b.target;
    let removed = std::mem::take(&mut members.removed);
    for argument in removed {
        match members.added.iter().position(|other| same_place(argument, other)) {
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
