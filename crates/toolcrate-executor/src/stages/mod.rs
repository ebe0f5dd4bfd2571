//! The stages of a call. Each stage is a value that only the function performing that stage can create, and that
//! consumes the value of the previous stage:
//!
//! ```text
//! ToolCall → prepare → Prepared → approve → Approved → start → Started → send → Outcome
//! ```

mod approved;
mod prepared;
mod started;

pub use approved::{Approved, Unapproved};
pub use prepared::Prepared;
pub use started::Started;
