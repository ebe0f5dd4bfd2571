//! The developer commands as a person or CI runs them.

mod diff;
mod regenerate;
mod structure;
mod workflows;
