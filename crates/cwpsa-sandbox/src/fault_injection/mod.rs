//! Fault injection: a request budget, latency, errors, and responses that are truncated, late or of the wrong type.
//!
//! Rules and a seeded random number generator choose the faults here, and the server injects them. The same sequence of
//! requests gets the same faults in each run.

mod budget;
mod cli_syntax;
mod injector;
mod plan;
mod responses;
mod rule;
mod settings;

pub use cli_syntax::FaultSyntaxError;
pub use injector::FaultInjector;
pub(crate) use plan::{BodyDamage, FaultEnding};
pub use settings::{FaultKind, FaultRule, FaultRuleError, FaultSettings, RequestBudget};

#[cfg(test)]
mod tests;
