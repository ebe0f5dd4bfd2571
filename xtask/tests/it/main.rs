//! Runs the developer commands as a person or CI would.

mod diff;
mod regenerate;
mod structure;
mod workflows;
