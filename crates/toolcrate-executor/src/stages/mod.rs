//! The stages of a call. Each stage is a value that consumes the previous stage's value, and that only the function
//! performing the stage can create:
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
