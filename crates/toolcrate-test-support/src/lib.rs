//! Helpers that the tests of several crates share: the real specs, runs of property tests, and checks of
//! every tool of a catalog.

pub mod cases;
pub mod specs;
pub mod tool_checks;
