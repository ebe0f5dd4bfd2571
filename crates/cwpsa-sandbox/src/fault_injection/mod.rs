//! Fault injection: a request budget, latency, errors, and responses that are truncated, late or of the wrong
//! type.
//!
//! Faults are chosen here, by rules and a seeded random number generator, and carried out by the server. The same
//! sequence of requests encounters the same faults in each run.

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
