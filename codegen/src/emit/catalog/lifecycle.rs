//! Lives of records: which step an operation is, what comes before it and what after.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::config::{Lifecycle, Step};
use crate::diagnostic::{Error, Errors};
use crate::emit::Context;
use crate::id::OperationId;

/// The steps of all lives, by operation.
pub struct Lifecycles<'a> {
    steps: BTreeMap<OperationId, Vec<(&'a Lifecycle, usize)>>,
    tools: BTreeMap<&'a str, &'a str>,
}

/// A step, as a tool's line tells it.
#[derive(Clone, Debug, Serialize)]
pub struct Place {
    /// What lives.
    pub name: String,
    /// What is done in this step.
    pub step: String,
    /// What to know of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The step before: what is done, and with which tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Neighbour>,
    /// The step after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Neighbour>,
}

/// The step before or after.
#[derive(Clone, Debug, Serialize)]
pub struct Neighbour {
    /// What is done.
    pub step: String,
    /// The tools that do it.
    pub tools: Vec<String>,
}

impl<'a> Lifecycles<'a> {
    /// Finds the operations that the overlay's steps name.
    ///
    /// # Errors
    /// `E032` an operation that the spec does not have.
    pub fn new(context: &'a Context<'_>) -> Result<Self, Errors> {
        let mut errors = Errors(Vec::new());
        let mut steps: BTreeMap<OperationId, Vec<(&Lifecycle, usize)>> = BTreeMap::new();
        let mut tools = BTreeMap::new();
        for lifecycle in &context.overlay.lifecycles {
            for (number, step) in lifecycle.steps.iter().enumerate() {
                for key in &step.operations {
                    let entry = format!("lifecycles.{}.{key}", lifecycle.name);
                    match context.api.operation_called(key) {
                        Some(index) => {
                            context.ledger.mark(entry);
                            tools.insert(key.as_str(), context.named.operations[index].short.as_str());
                            steps.entry(index).or_default().push((lifecycle, number));
                        }
                        None => {
                            let message = format!("the spec has no operation `{key}`");
                            errors.0.push(Error::new("E032", message).at(entry));
                        }
                    }
                }
            }
        }
        errors.into_result()?;
        Ok(Self { steps, tools })
    }

    /// The places of the operation at `index`.
    pub fn steps(&self, index: OperationId) -> Vec<Place> {
        let places = self.steps.get(&index).into_iter().flatten().map(|(lifecycle, number)| {
            let step = &lifecycle.steps[*number];
            let before = number.checked_sub(1).map(|before| &lifecycle.steps[before]);
            Place {
                name: lifecycle.name.clone(),
                step: step.name.clone(),
                note: step.note.clone(),
                before: before.map(|step| self.neighbour(step)),
                after: lifecycle.steps.get(number + 1).map(|step| self.neighbour(step)),
            }
        });
        places.collect()
    }

    fn neighbour(&self, step: &Step) -> Neighbour {
        let tools = step.operations.iter().filter_map(|key| self.tools.get(key.as_str()));
        Neighbour { step: step.name.clone(), tools: tools.map(|tool| (*tool).to_owned()).collect() }
    }
}
