//! The third level: what an agent notices that calls the tools, and a prompt that names them.
//!
//! It reads the lines that the catalog is made of, as the runtime does. A tool whose line and shape are the
//! same text is the same tool, so most lines are never parsed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value, json};
use toolcrate_catalog::{Annotations, ToolRecord};

use super::Pair;
use super::change::{Change, Migration};
use super::kind::Kind;
use super::node::{Differences, say};
use super::{matching, side::Side};

/// The lines of a catalog, by the name at their start.
pub struct Lines<'a> {
    tools: HashMap<&'a str, &'a str>,
    shapes: HashMap<&'a str, &'a str>,
}

impl<'a> Lines<'a> {
    /// Finds the lines of `side`.
    pub fn new(side: &'a Side) -> Self {
        let mut lines = Self { tools: HashMap::new(), shapes: HashMap::new() };
        for (path, text) in &side.catalog {
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
    fn of(&self, tool: &str) -> (&'a str, &'a str) {
        let line = self.tools.get(tool).copied().unwrap_or_default();
        let record: Option<ToolRecord<'_>> = serde_json::from_str(line).ok();
        let shape = record.and_then(|record| record.input.shape);
        let shape = shape.and_then(|name| self.shapes.get(name.as_ref()).copied());
        (line, shape.unwrap_or_default())
    }
}

/// A tool, parsed: what it says, and its arguments, own and shared.
struct Tool {
    line: Value,
    properties: Map<String, Value>,
    required: BTreeSet<String>,
}

impl Tool {
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

    fn text(&self, member: &str) -> String {
        self.line[member].as_str().unwrap_or_default().to_owned()
    }
}

/// Compares all tools.
pub fn compare(pair: &Pair<'_>, found: &mut Vec<Change>) -> Vec<Migration> {
    let (old, new) = (Lines::new(pair.old), Lines::new(pair.new));
    let (olds, news) = (&pair.old.named.operations, &pair.new.named.operations);
    let place = |side: &Side, index: usize| side.api().operations[index].pointer.clone();
    let aliases: BTreeMap<&str, &str> = pair.new.named.lock.aliases(&pair.new.release.version).collect();
    let mut migrations = Vec::new();
    for index in &pair.operations.removed {
        let tool = olds[*index].tool.as_str();
        let alias = aliases.get(tool);
        let kind = if alias.is_some() { Kind::ToolRenamed } else { Kind::ToolRemoved };
        let subject = alias.map_or(tool, |new| new);
        let change = Change::new(kind, subject, place(pair.old, *index));
        found.push(match alias {
            Some(new) => change.was(tool).is(*new),
            None => change.breaks_if(true),
        });
        migrations.extend(alias.map(|new| migration(pair, tool, new, true)));
    }
    for index in &pair.operations.added {
        found.push(Change::new(Kind::ToolAdded, &news[*index].tool, place(pair.new, *index)));
    }
    for (a, b, _) in pair.operations.pairs() {
        let (before, after) = (&olds[a].tool, &news[b].tool);
        let change = |kind| Change::new(kind, after, place(pair.new, b));
        if before != after {
            let aliased = aliases.get(before.as_str()) == Some(&after.as_str());
            found.push(change(Kind::ToolRenamed).was(before).is(after).breaks_if(!aliased));
            migrations.push(migration(pair, before, after, aliased));
        }
        match (pair.old.api().operations[a].deprecated, pair.new.api().operations[b].deprecated) {
            (false, true) => found.push(change(Kind::ToolDeprecated)),
            (true, false) => found.push(change(Kind::ToolUndeprecated)),
            _ => {}
        }
        let (before, after) = (old.of(before), new.of(after));
        if before != after {
            tool(&Tool::parse(before), &Tool::parse(after), &change, found);
        }
    }
    migrations
}

fn migration(pair: &Pair<'_>, old: &str, new: &str, aliased: bool) -> Migration {
    let line = format!("alias {old} {new} {}", pair.new.release.version);
    Migration { old: old.to_owned(), new: new.to_owned(), aliased, line }
}

fn tool(old: &Tool, new: &Tool, change: &dyn Fn(Kind) -> Change, found: &mut Vec<Change>) {
    // The title says the name in other words, so it is no news where the name is new.
    let renamed = old.line["name"] != new.line["name"];
    let words = |tool: &Tool| match renamed {
        true => tool.text("description"),
        false => format!("{}: {}", tool.text("title"), tool.text("description")),
    };
    if words(old) != words(new) {
        found.push(change(Kind::ToolReworded).was(words(old)).is(words(new)));
    }
    if old.line["class"] != new.line["class"] {
        let change = change(Kind::ToolClassChanged);
        found.push(change.was(old.text("class")).is(new.text("class")).breaks_if(true));
    }
    if old.line["annotations"] != new.line["annotations"] {
        let (before, after) = hints(&old.hints(), &new.hints());
        found.push(change(Kind::ToolHintsChanged).was(before).is(after));
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
fn answer(old: &Value, new: &Value, change: &dyn Fn(Kind) -> Change, found: &mut Vec<Change>) {
    let say = |answer: &Value| {
        let what = match (answer["content"].as_str(), answer["schema"].is_null()) {
            (Some("json"), true) => "any value".to_owned(),
            (Some("json"), false) if answer["schema"].is_string() => "a record".to_owned(),
            (Some("json"), false) => say(&answer["schema"]),
            (Some("binary"), _) => "a file".to_owned(),
            _ => "nothing".to_owned(),
        };
        if answer["list"] == Value::Bool(true) { format!("a list of {what}") } else { what }
    };
    let (before, after) = (say(old), say(new));
    if before != after {
        let breaks = before != "nothing";
        found.push(change(Kind::ToolAnswerChanged).was(before).is(after).breaks_if(breaks));
    }
}

/// An argument.
struct Argument<'a> {
    name: &'a str,
    node: &'a Value,
    required: bool,
    /// Where it goes: the place and the name on the wire.
    target: &'a Value,
}

fn list<'a>(tool: &'a Tool) -> Vec<Argument<'a>> {
    let argument = |(name, node): (&'a String, &'a Value)| Argument {
        name,
        node,
        required: tool.required.contains(name),
        target: &tool.line["request"]["arguments"][name.as_str()],
    };
    tool.properties.iter().map(argument).collect()
}

fn arguments(old: &Tool, new: &Tool, change: &dyn Fn(Kind) -> Change, found: &mut Vec<Change>) {
    let (olds, news) = (list(old), list(new));
    let mut members = matching::Members::new(
        &olds,
        &news,
        |argument| argument.name,
        |a, b| {
            a.required == b.required && {
                let found = Differences::between(a.node, b.node);
                found.narrower.is_empty() && found.wider.is_empty() && found.other.is_empty()
            }
        },
    );
    // What goes to the same place is the same argument, whatever it is called.
    let same_place = |a: &Argument<'_>, b: &Argument<'_>| a.target.is_object() && a.target == b.target;
    let removed = std::mem::take(&mut members.removed);
    for argument in removed {
        match members.added.iter().position(|other| same_place(argument, other)) {
            Some(at) => members.renamed.push((argument, members.added.remove(at))),
            None => members.removed.push(argument),
        }
    }
    for (a, b) in &members.renamed {
        found.push(change(Kind::ToolArgumentRenamed).was(a.name).is(b.name).breaks_if(true));
    }
    for argument in &members.removed {
        let change = change(Kind::ToolArgumentRemoved).of(argument.name);
        found.push(change.was(say(argument.node)).breaks_if(true));
    }
    for argument in &members.added {
        let change = change(Kind::ToolArgumentAdded).of(argument.name);
        found.push(change.is(say(argument.node)).breaks_if(argument.required));
    }
    for (a, b) in members.pairs() {
        let change = |kind| change(kind).of(b.name);
        if a.required != b.required {
            let kind = if b.required { Kind::ToolArgumentRequired } else { Kind::ToolArgumentOptional };
            found.push(change(kind).breaks_if(b.required));
        }
        let differences = Differences::between(a.node, b.node);
        let join = |pairs: &[(String, String)], side: fn(&(String, String)) -> &String| {
            pairs.iter().map(|pair| side(pair).as_str()).collect::<Vec<_>>().join("; ")
        };
        for (kind, pairs, breaks) in [
            (
                Kind::ToolArgumentNarrowed,
                &differences.narrower,
                differences.narrower.len() > differences.ignored,
            ),
            (Kind::ToolArgumentWidened, &differences.wider, false),
            (Kind::ToolArgumentRetyped, &differences.other, true),
        ] {
            if !pairs.is_empty() {
                let (before, after) = (join(pairs, |pair| &pair.0), join(pairs, |pair| &pair.1));
                found.push(change(kind).was(before).is(after).breaks_if(breaks));
            }
        }
        if differences.reworded {
            let words = |argument: &Argument<'_>| {
                argument.node["description"].as_str().unwrap_or_default().to_owned()
            };
            found.push(change(Kind::ToolArgumentReworded).was(words(a)).is(words(b)));
        }
    }
}
