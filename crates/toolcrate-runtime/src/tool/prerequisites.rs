//! What has to be looked up before a tool can be called: which tools list the ids that its arguments need, in which order,
//! and what those need in turn. The result is data; nothing is called.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use toolcrate_catalog::{Relation, ToolRecord};

use super::catalog::Tool;

/// The look-ups that fill arguments of a tool.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Prerequisites {
    /// The look-ups, each after those that it needs.
    pub steps: Vec<Lookup>,
    /// Arguments that no tool provides, such as texts, dates and numbers.
    pub own: Vec<String>,
}

/// A tool to call, whose rows have what is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lookup {
    /// The tool.
    pub tool: &'static str,
    /// Where the arguments that it requires come from.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub arguments: BTreeMap<String, Source>,
    /// What its rows are for; empty if only a later step needs them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gives: Vec<Gives>,
}

/// An argument whose value a look-up provides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gives {
    /// The argument of the tool that the plan is for.
    pub argument: String,
    /// The property of a row that is its value.
    pub field: String,
}

/// Where an argument of a look-up comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Source {
    /// A member of a row of an earlier step.
    Step {
        /// The number of the step, from 0.
        step: usize,
        /// The member.
        field: String,
    },
    /// The caller; `null` in JSON.
    Own,
}

impl Tool {
    /// The look-ups that fill the arguments which the tool requires.
    pub fn prerequisites(self) -> Prerequisites {
        let record = self.details();
        let required: Vec<&str> = record.required().iter().map(AsRef::as_ref).collect();
        self.plan(&record, &required)
    }

    /// The look-ups that fill these arguments, required or not.
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
                Some((relation, step)) => planner.plan.steps[step].gives.push(Gives {
                    argument: relation.argument.to_string(),
                    field: relation.field.to_string(),
                }),
                None => planner.plan.own.push((*argument).to_owned()),
            }
        }
        planner.plan
    }
}

/// The relation of an argument, or of the first member within it that has one.
fn find<'r>(relations: &'r [Relation<'static>], argument: &str) -> Option<&'r Relation<'static>> {
    let within = |relation: &&Relation<'_>| {
        relation.argument.strip_prefix(argument).is_some_and(|rest| rest.starts_with('/'))
    };
    relations.iter().find(|relation| relation.argument == argument).or_else(|| relations.iter().find(within))
}

struct LookupPlanner {
    plan: Prerequisites,
    /// The tools that wait for what is being planned; one of them is never a step for another.
    path: Vec<String>,
}

impl LookupPlanner {
    /// The number of the step that calls the tool of `relation`; `None` if it can't be one.
    fn step(
        &mut self,
        asking: Tool,
        relations: &[Relation<'static>],
        relation: &Relation<'static>,
    ) -> Option<usize> {
        if self.path.iter().any(|waiting| *waiting == relation.tool) {
            return None;
        }
        let tool = asking.catalog().get(&relation.tool)?;
        let record = tool.details();
        let own_relations = tool.relations();
        self.path.push(relation.tool.to_string());
        let mut arguments = BTreeMap::new();
        for name in record.required() {
            let beside = relation.with.get(name).and_then(|member| {
                // The member beside is an argument of the asking tool: "board/id" of its board.
                let argument = member.split('/').next().unwrap_or(member);
                let relation = find(relations, argument)?;
                let step = self.step(asking, relations, relation)?;
                Some(Source::Step { step, field: relation.field.to_string() })
            });
            let source = beside.or_else(|| {
                let relation = find(&own_relations, name)?;
                let step = self.step(tool, &own_relations, relation)?;
                Some(Source::Step { step, field: relation.field.to_string() })
            });
            arguments.insert(name.to_string(), source.unwrap_or(Source::Own));
        }
        self.path.pop();
        let same = |step: &Lookup| step.tool == tool.name() && step.arguments == arguments;
        Some(self.plan.steps.iter().position(same).unwrap_or_else(|| {
            self.plan.steps.push(Lookup { tool: tool.name(), arguments, gives: Vec::new() });
            self.plan.steps.len() - 1
        }))
    }
}

/// One line a step, such as `2. list_statuses (boardId = id of 1): id is status`.
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
                    Source::Own => write!(f, "{name} = your own")?,
                }
            }
            if !step.arguments.is_empty() {
                f.write_str(")")?;
            }
            for (index, gives) in step.gives.iter().enumerate() {
                f.write_str(if index == 0 { ": " } else { ", " })?;
                write!(f, "{} is {}", gives.field, gives.argument)?;
            }
        }
        Ok(())
    }
}
