//! Determines which lifecycle step an operation performs, and which steps come before and after it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use toolcrate_catalog::{LifecycleNeighbor, LifecycleStep};

use crate::config::{Lifecycle, Step};
use crate::diagnostic::{CodegenError, Errors};
use crate::emit::context::Context;
use crate::id::OperationId;

/// The steps of all lifecycles, by operation.
pub struct Lifecycles<'a> {
    steps: BTreeMap<OperationId, Vec<(&'a Lifecycle, usize)>>,
    tools: BTreeMap<&'a str, &'a str>,
}

impl<'a> Lifecycles<'a> {
    /// Finds the operations in the overlay's steps.
    ///
    /// # Errors
    /// Returns `E032` for an operation that the spec doesn't have.
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
                            errors.0.push(CodegenError::new("E032", message).at(entry));
                        }
                    }
                }
            }
        }
        errors.into_result()?;
        Ok(Self { steps, tools })
    }

    /// Returns the steps performed by the operation at `index`.
    pub fn steps(&self, index: OperationId) -> Vec<LifecycleStep<'a>> {
        let steps = self.steps.get(&index).into_iter().flatten().map(|(lifecycle, number)| {
            let step = &lifecycle.steps[*number];
            let before = number.checked_sub(1).map(|before| &lifecycle.steps[before]);
            LifecycleStep {
                name: Cow::Borrowed(&lifecycle.name),
                step: Cow::Borrowed(&step.name),
                note: step.note.as_deref().map(Cow::Borrowed),
                before: before.map(|step| self.neighbor(step)),
                after: lifecycle.steps.get(number + 1).map(|step| self.neighbor(step)),
            }
        });
        steps.collect()
    }

    fn neighbor(&self, step: &'a Step) -> LifecycleNeighbor<'a> {
        let tools = step.operations.iter().filter_map(|key| self.tools.get(key.as_str()));
        LifecycleNeighbor {
            step: Cow::Borrowed(&step.name),
            tools: tools.map(|tool| Cow::Borrowed(*tool)).collect(),
        }
    }
}
