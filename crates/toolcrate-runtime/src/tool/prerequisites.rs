//! Plans the lookups that a tool call requires: which tools list the IDs for its arguments, in which order to call
//! them, and what those tools need in turn. Nothing is called.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use toolcrate_catalog::{Relation, ToolRecord};

use super::catalog::Tool;

/// The lookups that provide a tool's arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Prerequisites {
    /// The lookups, each after those that it depends on.
    pub steps: Vec<Lookup>,
    /// Arguments that no lookup provides, such as text, dates and numbers.
    pub caller_supplied: Vec<String>,
}

/// A call to a list tool whose rows contain argument values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lookup {
    /// The tool.
    pub tool: &'static str,
    /// The sources of its required arguments.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub arguments: BTreeMap<String, Source>,
    /// The arguments that its rows provide; empty if only a later step uses them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub provides: Vec<ProvidedArgument>,
}

/// An argument whose value a lookup provides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProvidedArgument {
    /// The argument of the planned tool.
    pub argument: String,
    /// The row field that contains its value.
    pub field: String,
}

/// The source of a lookup's argument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Source {
    /// A field in a row of an earlier step.
    Step {
        /// The index of the step.
        step: usize,
        /// The field.
        field: String,
    },
    /// The caller; `null` in JSON.
    Caller,
}

impl Tool {
    /// Plans the lookups for the tool's required arguments.
    pub fn prerequisites(self) -> Prerequisites {
        let record = self.details();
        let required: Vec<&str> = record.required().iter().map(AsRef::as_ref).collect();
        self.plan(&record, &required)
    }

    /// Plans the lookups for these arguments, required or not.
    pub fn prerequisites_for(self, arguments: &[&str]) -> Prerequisites {
        self.plan(&self.details(), arguments)
    }

    fn plan(self, record: &ToolRecord<'_>, arguments: &[&str]) -> Prerequisites {
        let mut planner =
            LookupPlanner { plan: Prerequisites::default(), path: vec![record.name.to_owned()] };
        let relations = self.relations();
        for argument in arguments {
            let found = find(&relations, argument);
            let step = found.and_then(|relation| Some((relation, planner.step(self, &relations, relation)?)));
            match step {
                Some((relation, step)) => planner.plan.steps[step].provides.push(ProvidedArgument {
                    argument: relation.argument.to_string(),
                    field: relation.field.to_string(),
                }),
                None => planner.plan.caller_supplied.push((*argument).to_owned()),
            }
        }
        planner.plan
    }
}

/// Returns the relation of an argument, or of the first property in it that has one.
fn find<'r>(relations: &'r [Relation<'static>], argument: &str) -> Option<&'r Relation<'static>> {
    let within = |relation: &&Relation<'_>| {
        relation.argument.strip_prefix(argument).is_some_and(|rest| rest.starts_with('/'))
    };
    relations.iter().find(|relation| relation.argument == argument).or_else(|| relations.iter().find(within))
}

struct LookupPlanner {
    plan: Prerequisites,
    /// The tools that wait for the current step; none of them can be a step of another.
    path: Vec<String>,
}

impl LookupPlanner {
    /// Returns the index of the step that calls the relation's tool, or `None` if it can't be a step.
    fn step(
        &mut self,
        requesting: Tool,
        relations: &[Relation<'static>],
        relation: &Relation<'static>,
    ) -> Option<usize> {
        if self.path.iter().any(|waiting| *waiting == relation.tool) {
            return None;
        }
        let tool = requesting.catalog().get(&relation.tool)?;
        let record = tool.details();
        let own_relations = tool.relations();
        self.path.push(relation.tool.to_string());
        let mut arguments = BTreeMap::new();
        for name in record.required() {
            let sibling = relation.with.get(name).and_then(|path| {
                // The value comes from another argument of the requesting tool: "board/id" comes from its board.
                let argument = path.split('/').next().unwrap_or(path);
                let relation = find(relations, argument)?;
                let step = self.step(requesting, relations, relation)?;
                Some(Source::Step { step, field: relation.field.to_string() })
            });
            let source = sibling.or_else(|| {
                let relation = find(&own_relations, name)?;
                let step = self.step(tool, &own_relations, relation)?;
                Some(Source::Step { step, field: relation.field.to_string() })
            });
            arguments.insert(name.to_string(), source.unwrap_or(Source::Caller));
        }
        self.path.pop();
        let same = |step: &Lookup| step.tool == tool.name() && step.arguments == arguments;
        Some(self.plan.steps.iter().position(same).unwrap_or_else(|| {
            self.plan.steps.push(Lookup { tool: tool.name(), arguments, provides: Vec::new() });
            self.plan.steps.len() - 1
        }))
    }
}

/// Formats one line per step, such as `2. list_statuses (boardId = id of 1): id is status`.
impl fmt::Display for Prerequisites {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.steps.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}. {}", number + 1, step.tool)?;
            for (index, (name, source)) in step.arguments.iter().enumerate() {
                f.write_str(if index == 0 { " (" } else { ", " })?;
                match source {
                    Source::Step { step, field } => write!(f, "{name} = {field} of {}", step + 1)?,
                    Source::Caller => write!(f, "{name}: must be supplied by the caller")?,
                }
            }
            if !step.arguments.is_empty() {
                f.write_str(")")?;
            }
            for (index, provided) in step.provides.iter().enumerate() {
                f.write_str(if index == 0 { ": " } else { ", " })?;
                write!(f, "{} is {}", provided.field, provided.argument)?;
            }
        }
        Ok(())
    }
}
